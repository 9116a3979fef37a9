"""``frameatlas search --text``: frames that fit a sentence."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.cli.frame_results import (
    FoundFrame,
    describe_frames_found,
    whereabouts_named,
)
from frameatlas.cli.video_results import print_table
from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.safe_text import say
from frameatlas.search.neighbours import Neighbours, Spacing
from frameatlas.search.word_search import joined_query, strengths, word_neighbours

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 10_000
MOST_ON_A_SHEET = 400

CELLS = 10
"""Characters of a bar."""


@dataclass(frozen=True)
class TextOptions:
    """What ``--text`` and its companions ask for.

    Attributes:
        text: What frames are to show; None where frames are not searched by text.
        unwanted: What they are not to show.
        every: Also frames that show nearly the same as a better one beside them.
        image: A photo that frames are to be like as well.
        preset: The folder of the network, where it is not the one used last.
    """

    text: str | None
    unwanted: tuple[str, ...]
    every: bool
    image: Path | None = None
    preset: Path | None = None

    def check(self, frame: str | None, clip: Path | None) -> None:
        """Refuse what cannot be meant together.

        Raises:
            InputError: --text beside --frame or --clip; --not or --all without --text.
        """
        others = [name for name, value in (("--frame", frame), ("--clip", clip)) if value]
        if self.text is not None and others:
            raise InputError(
                f"Expected --text alone or with --image. Received: --text and {others[0]}; leave "
                "one out."
            )
        if self.text is None and (self.unwanted or self.every):
            raise InputError(
                f"Expected {'--not' if self.unwanted else '--all'} with --text. Received: no "
                "--text; say what frames are to show."
            )


def check_queries(
    queries: Mapping[str, object], count: int, skip_near: float, one_per_video: bool
) -> None:
    """Refuse several queries at once, and numbers out of range.

    Raises:
        InputError: One sentence.
    """
    given = [name for name, value in queries.items() if value is not None]
    if len(given) != 1 and given != ["--image", "--text"]:
        raise InputError(
            "Expected one of --frame VIDEO@SECONDS, --image FILE, --clip FILE, --text SENTENCE, "
            f"--said WORDS and --where CONDITION. Received: {' and '.join(given) or 'none of them'}"
            "; give exactly one, --text with --image, or --where with any but --clip."
        )
    if not 1 <= count <= MOST:
        raise InputError(f"Expected -k between 1 and {MOST}. Received: {count}; 20 is the default.")
    if not 0 <= skip_near <= 1e7:
        raise InputError(
            f"Expected --skip-near in seconds, 0 or more. Received: {skip_near:g}; 5 is usual."
        )
    if queries["--clip"] and (skip_near or one_per_video):
        raise InputError(
            "Expected --skip-near and --one-per-video with --frame or --image. Received: --clip, "
            "which finds stretches, not frames; leave them out."
        )


def search_text(
    atlas: Atlas,
    asked: TextOptions,
    count: int,
    spacing: Spacing,
    *,
    as_json: bool,
    output: Path | None,
) -> Neighbours:
    """Find, print and draw frames that fit a sentence.

    Args:
        atlas: An atlas that has words.
        asked: The sentence, and what is not wanted.
        count: Most frames.
        spacing: How far apart what is found lies.
        as_json: Print a list of objects.
        output: A contact sheet.
    """
    from frameatlas.embedder.query.sentences import Sentences

    assert asked.text is not None
    with Sentences(atlas, asked.preset) as network:
        wanted = network.of_texts([asked.text])
        if asked.image is not None:
            wanted = np.concatenate([wanted, network.of_picture(asked.image)])
        query = joined_query(wanted, network.of_texts(asked.unwanted))
    found = word_neighbours(atlas, query, count, every=asked.every, **spacing)
    strong = strengths(atlas, query, found)
    by_shot = spacing["groups"] is not None
    frames = say_found(atlas, found, strong, as_json, by_shot=by_shot)
    if output is not None:
        _draw(atlas, asked.text, frames, strong, output)
    return found


def _draw(
    atlas: Atlas,
    text: str,
    frames: list[FoundFrame],
    strong: "NDArray[np.float32]",
    output: Path,
) -> None:
    from frameatlas.drawing.stored_pictures import StoredPictures
    from frameatlas.poster.figures.contact_sheet import contact_sheet, write_sheet

    frames = frames[:MOST_ON_A_SHEET]
    stored = StoredPictures(atlas)
    cell = atlas.frame_size.of_height(180)
    sheet = contact_sheet(
        [stored(one.frame) for one in frames],
        [
            f"{one.rank}   {bar_of(float(fit))}   {one.moment}\n{one.path.name}"
            for one, fit in zip(frames, strong[: len(frames)], strict=True)
        ],
        columns=max(1, round((1.2 * len(frames) / cell.aspect) ** 0.5)),
        cell=cell,
        title=f"{count_of(len(frames), 'frame')} of {atlas.folder.name}: {text}",
    )
    write_sheet(output, sheet)
    say(f"{output}: {sheet.shape[1]} × {sheet.shape[0]} pixels.", err=True)


def say_found(
    atlas: Atlas,
    found: Neighbours,
    strong: "NDArray[np.float32]",
    as_json: bool,
    *,
    by_shot: bool = False,
) -> list[FoundFrame]:
    """Print the hits as ranks and bars: a cosine of a sentence is no percentage of anything."""
    frames = describe_frames_found(atlas, found, by_shot=by_shot)
    bars = [round(float(value), 3) for value in strong]
    if as_json:
        say(
            json.dumps(
                [{**one.values(), "strength": s} for one, s in zip(frames, bars, strict=True)]
            )
        )
        return frames
    rows = [
        (str(one.rank), bar_of(s), *one.whereabouts(by_shot))
        for one, s in zip(frames, bars, strict=True)
    ]
    print_table(rows, ("rank", "fit", *whereabouts_named(by_shot)))
    return frames


def bar_of(share: float) -> str:
    """A share of 0 to 1 as a bar."""
    full = round(CELLS * min(max(share, 0.0), 1.0))
    return "█" * full + "·" * (CELLS - full)
