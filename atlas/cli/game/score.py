"""``frameatlas players score``: how good players are, where somebody knows the truth."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.plurals import count_of
from frameatlas.safe_text import say

if TYPE_CHECKING:
    from frameatlas.reid.evaluate.score_players import PlayersScores


@click.command(epilog="Example:  frameatlas players score game.players --truth gt.txt")
@click.argument("folder", type=click.Path(path_type=Path), metavar="PLAYERS")
@click.option(
    "--truth",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="True boxes with identities, one file for each video.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the scores as one JSON object.")
def score(folder: Path, truth: tuple[Path, ...], as_json: bool) -> int:
    """Score players against the truth: accuracy, IDF1 and HOTA.

    PLAYERS is what `frameatlas players` wrote. The truth is any file of tracks that it reads, such
    as a MOT gt.txt. A box is right where it lies on a true one by half (intersection over union)
    and its player is the one that stands for that person; each person is matched to one player.
    """
    from frameatlas.reid.evaluate.score_players import score_players

    found = score_players(folder, truth)
    say(json.dumps(_values(found)) if as_json else _words(folder, found))
    return 0


def _values(found: "PlayersScores") -> dict[str, Any]:
    return {
        "people": found.people,
        "frames": found.frames,
        "true_boxes": found.true,
        "given_boxes": found.given,
        "matched_boxes": found.matched,
        "only_labelled_frames": found.sparse,
        "accuracy": {name: one.to_json() for name, one in found.levels.items()},
        "tracking": found.tracking.to_json(),
    }


def _words(folder: Path, found: "PlayersScores") -> str:
    some = " (only those that the truth labels)" if found.sparse else ""
    lines = [
        f"{folder}: {count_of(found.people, 'person', 'people')} in "
        f"{count_of(found.frames, 'frame')}{some}; {found.matched} of "
        f"{found.true} true boxes are found, {found.given - found.matched} of {found.given} given "
        "boxes lie on nobody.",
        "Who is who, of what is found, one player for each person:",
    ]
    for name, one in found.levels.items():
        lines.append(
            f"  each {'moment' if name == 'duration' else name}: accuracy {one.accuracy:.3f}, "
            f"purity {one.purity:.3f}, {count_of(one.count, 'player')}"
        )
    scores = found.tracking
    lines.append(
        f"IDF1 {scores.idf1:.3f} (precision {scores.idp:.3f}, recall {scores.idr:.3f}); HOTA "
        f"{scores.hota:.3f} (association {scores.assa:.3f}, detection {scores.deta:.3f})."
    )
    return "\n".join(lines)
