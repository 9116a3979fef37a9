"""``frameatlas players``: one identity for each person in a game."""

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.cli.arguments import refuse_missing
from frameatlas.cli.game.film import make_films
from frameatlas.cli.game.outputs import output_options, take_output_options
from frameatlas.cli.index import choose_progress
from frameatlas.cli.players_crops import (
    FoundPlayers,
    find_players,
    refuse_other_atlas,
    with_corrections,
)
from frameatlas.cli.tracks.check_boxes import check_boxes
from frameatlas.cli.tracks.detect import detect_options, find_tracks, take_detect_options
from frameatlas.cli.tracks.options import ENDINGS, list_tracks, take_track_options, track_options
from frameatlas.errors import InputError
from frameatlas.options import ENGINES, PRECISIONS, PRECISIONS_OF_PLAYERS, IndexOptions
from frameatlas.plurals import count_of
from frameatlas.progress import Progress
from frameatlas.safe_text import say

if TYPE_CHECKING:
    from frameatlas.reid.crops.recordings import Recording
    from frameatlas.reid.identify.options import PlayersOptions

_SHOWN, _NUMBERED = 5, 100
"""Lines that cannot be used: shown with the reason, and by number."""


INNER = {
    "rank": "frameatlas.cli.players_rank:rank",
    "score": "frameatlas.cli.game.score:score",
    "train": "frameatlas.cli.learning.train:train",
    "evaluate": "frameatlas.cli.learning.evaluate:evaluate",
    "adapt": "frameatlas.cli.learning.adapt:adapt",
}
"""Commands behind ``players``, by the word that follows it."""


class PlayersCommand(click.Command):
    """``players VIDEO…``, and what is about players too but a command of its own."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Hand over to the command of the first word, where that is one."""
        if args[:1] and args[0] in INNER:
            module, _, name = INNER[args[0]].partition(":")
            command: click.Command = getattr(import_module(module), name)
            return command.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


def _refuse_int8(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """The precisions of crops; int8, which ``index`` has, is refused with the reason."""
    if value is not None and value not in PRECISIONS_OF_PLAYERS:
        raise InputError(
            f"Expected --precision to be one of {', '.join(PRECISIONS_OF_PLAYERS)}. Received: "
            f"{value}, whose ranges are measured on films and photos and not on crops of people; "
            "leave it out, or choose one of these."
        )
    return value


@click.command(
    cls=PlayersCommand,
    epilog="""\b
Examples:
  frameatlas players game.mp4
  frameatlas players game.mp4 --tracks game.txt
  frameatlas players one.mp4 two.mp4 --tracks one.txt --tracks two.txt \\
      --camera two.mp4=west --count 23
  frameatlas players game.mp4 --tracks game.txt --corrections players.yaml
""",
)
@click.argument("videos", nargs=-1, required=True, metavar="VIDEO...")
@click.option("--tracks", multiple=True, metavar="MOT.txt", help="Boxes, one file for each video.")
@track_options
@detect_options
@click.option("--camera", multiple=True, metavar="FILE=NAME", help="Which camera took a video.")
@click.option("--together", is_flag=True, help="Videos of one time that show different places.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="[VIDEO's name].players")
@click.option("--count", type=int, help="Number of people.  [found]")
@click.option("--teams", type=int, help="Groups by colour, 2 to 4; 0 for none.  [found]")
@click.option("--threshold", type=float, help="Distance up to which players merge.  [calibrated]")
@click.option("--cameras", type=int, help="Cameras that a film is cut between.  [found]")
@click.option("--segments", type=int, help="Blocks of time normalised on their own.  [1]")
@click.option("--colour-weight", type=float, default=1.0, show_default=True, help="Of the torso.")
@click.option("--unassigned-share", type=float, default=0.01, help="Seen for less: unassigned.")
@click.option("--split/--no-split", default=True, help="Cut where a tracker exchanged two people.")
@click.option("--repair", is_flag=True, help="Move who is hardly seen past a ban of a few frames.")
@click.option("--descriptor", type=click.Path(path_type=Path), help="A trained descriptor.")
@click.option("--descriptor-weight", type=float, help="Of it.  [what its file says, or 1]")
@click.option("--mask", help="Colour without background: auto, none, a trained mask.  [none]")
@click.option("--learn", is_flag=True, help="Learn on this game; used if that lowers the error.")
@click.option("--numbers", type=click.Path(path_type=Path), help="Jersey numbers: tracklet,number.")
@click.option("--corrections", type=click.Path(path_type=Path), help="What you know better.")
@output_options
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True)
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    metavar=f"[{'|'.join(PRECISIONS_OF_PLAYERS)}]",
    callback=_refuse_int8,
    help="As of index.  [auto]",
)
@click.option("--weights", type=click.Path(path_type=Path), help="Other weights for Xception.")
@click.option("--force", is_flag=True, help="Go on although disk or boxes look wrong.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def players(videos: tuple[str, ...], as_json: bool, output: Path | None, **given: Any) -> int:
    """Find who is who: one identity for each person in a game.

    VIDEO is a video or a folder of images with seqinfo.ini. --tracks names the boxes that any
    tracker wrote for it, as MOT, CVAT, COCO, CSV with a header and more; without it, people are
    found and followed here, and their boxes kept in the output. That is an atlas of crops, which
    the other commands open, with players.csv, a contact sheet for each player and the tracks with
    players as ids in it. Nothing leaves this machine. `frameatlas players rank` is for folders of
    pictures.
    """
    from frameatlas.reid.crops.recordings import open_recordings

    files = [Path(v) for v in videos if Path(v).suffix.lower() in ENDINGS]
    shown = [Path(v) for v in videos if Path(v) not in files]
    files = [*(Path(t) for t in given.pop("tracks")), *files]
    tracks = take_track_options(given)
    if given.pop("as_list"):
        say(list_tracks(files))
        return 0
    refuse_missing(shown, "a video, or a folder of images")
    refuse_missing(files, "a file of tracks")
    detect = take_detect_options(given)
    wanted = take_output_options(given)
    cameras = _parse_cameras(given.pop("camera"))
    index = IndexOptions(
        **{name: given.pop(name) for name in ("engine", "precision", "weights", "force")},
    )
    folder = output or Path(f"{shown[0].stem if shown else 'game'}.players")
    refuse_other_atlas(folder)
    options = _options(folder, **given)
    with choose_progress(as_json) as progress:
        found = [] if files else find_tracks(shown, folder, detect, progress)
        recordings = open_recordings(shown, files or found, cameras, tracks)
        for recording in recordings:
            _tell(recording, progress)
        if files:
            check_boxes(recordings, folder, detect, progress, force=index.force)
        done = find_players(
            recordings,
            folder,
            options,
            index=index,
            corrections=given["corrections"],
            report=wanted.report,
            progress=progress,
        )
        films = make_films(done, folder, wanted, progress)
    damaged = [source for source in done.game.atlas.sources if source.status != "ok"]
    say(_report(folder, done, films, as_json=as_json))
    for source in damaged:
        say(f"{source.path}: {source.reason}.", err=True)
    return 1 if damaged else 0


def _parse_cameras(given: Sequence[str]) -> dict[str, str]:
    cameras = {}
    for text in given:
        file, equals, name = text.rpartition("=")
        if not (file and equals and name.strip()):
            raise InputError(
                f"Expected --camera FILE=NAME. Received: {text!r}; for example --camera "
                "two.mp4=west."
            )
        cameras[file] = name.strip()
    return cameras


def _options(
    folder: Path, corrections: Path | None, numbers: Path | None, **given: Any
) -> "PlayersOptions":
    """The options, with the corrections that are given or that an earlier run kept."""
    from frameatlas.cli.learning.describe_game import (
        check_descriptor,
        mask_setting,
        weight_setting,
    )
    from frameatlas.reid.identify.options import PlayersOptions

    descriptor, mask = given.pop("descriptor"), given.pop("mask")
    check_descriptor(descriptor, mask)
    given["descriptor_file"] = str(descriptor.absolute()) if descriptor else ""
    given["descriptor_weight"] = weight_setting(given["descriptor_weight"], descriptor)
    given["mask_file"] = mask_setting(mask)
    if numbers is not None:
        from frameatlas.reid.identify.constraints.jersey_numbers import read_numbers

        given["numbers"] = read_numbers(numbers)
        given["numbers_file"] = str(numbers.absolute())
    return with_corrections(PlayersOptions(**given), folder, corrections)


def _tell(recording: "Recording", progress: Progress) -> None:
    """Say what of a file of tracks is not as it should be."""
    for note in recording.read.notes:
        progress.note(f"{recording.file}: {note}")
    if recording.linked:
        tracklets = len(set(recording.tracks.track.tolist()))
        progress.note(
            f"{recording.file}: a detector's boxes, without ids; linked where they overlap from "
            f"frame to frame to {tracklets} short tracklets. A tracker's file is better."
        )
    bad = recording.bad
    if bad:
        shown = "; ".join(str(line) for line in bad[:_SHOWN])
        numbers = ", ".join(str(line.number) for line in bad[_SHOWN:_NUMBERED])
        more = f"; also lines {numbers}" if numbers else ""
        more += f" and {len(bad) - _NUMBERED} more" if len(bad) > _NUMBERED else ""
        progress.note(
            f"{recording.file}: {count_of(len(bad), 'line')} cannot be used, the others are: "
            f"{shown}{more}. "
            "players.json lists them all."
        )


def _report(folder: Path, done: FoundPlayers, films: Sequence[Path], *, as_json: bool) -> str:
    from frameatlas.reid.report.summary import headline, summary

    if not as_json:
        made = f"\nFilms: {', '.join(map(str, films))}." if films else ""
        return summary(folder, done.game, done.identities, done.statistics) + made
    facts = headline(done.game, done.identities, done.options)
    return json.dumps(
        {"event": "done", "atlas": str(folder), **facts, "films": [str(film) for film in films]}
    )
