"""``frameatlas cuts``: frames or shots of an atlas as a cut list for an editing program."""

import json
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import numpy as np

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.cli.arguments import resolve_atlas
from frameatlas.cli.footage.conditions import conditions, mask_of
from frameatlas.errors import FrameatlasError, InputError
from frameatlas.handover.cut_lists import ENDINGS, is_cut_list, write_cut_list
from frameatlas.handover.cuts import CutOptions, RateOf, Stretch, cuts_of, stretches_of
from frameatlas.handover.timecode import counted_rate
from frameatlas.safe_text import say
from frameatlas.search.source_lookup import named_source
from frameatlas.shots import Shots

MOST_TEXT = 64 << 20
"""Bytes of a list of frames."""

CUTTING = ("handles", "merge", "snap")
"""The options of ``cutting``, which make a ``CutOptions``."""


def cutting(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that writes cut lists."""
    snaps = click.Choice(["none", "shots"])
    for option in (
        click.option("--snap", type=snaps, default="none", help="Widen cuts to whole shots."),
        click.option("--merge", default=0.0, help="Close gaps of so many seconds in cut lists."),
        click.option("--handles", default=0.0, help="Seconds before and after each cut."),
    ):
        command = option(command)
    return command


@click.command(
    epilog="""\b
Examples:
  frameatlas cuts clips.atlas --shots chaplin.mp4 -o chaplin.otio
  frameatlas cuts clips.atlas --frames picked.txt --snap shots --handles 1 -o cuts.fcpxml
  frameatlas cuts clips.atlas --frames picked.txt --merge 2 -o cuts.edl
"""
)
@click.argument("atlas", required=False)
@click.option("--frames", type=click.Path(path_type=Path), help="File of frame numbers.")
@click.option("--shots", "video", metavar="VIDEO", help="Every shot of this video.")
@conditions
@cutting
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("cuts.otio"), show_default=True
)
def cuts(
    atlas: str | None,
    frames: Path | None,
    video: str | None,
    where: tuple[str, ...],
    output: Path,
    **options: Any,
) -> None:
    """Write a cut list of frames, or of a video's shots.

    The output's ending says the form: .otio, .fcpxml, .edl, .llc (LosslessCut) or .ffconcat. FILE
    holds numbers of frames, apart from each other by spaces, commas or line breaks, or is a JSON
    list of numbers; - reads standard input.
    """
    check_cut_list(output)
    queries = {"--frames": frames, "--shots": video, "--where": where or None}
    given = [name for name, value in queries.items() if value is not None]
    if len(given) != 1 and given != ["--frames", "--where"]:
        raise InputError(
            f"Expected --frames, --shots or --where. Received: {' and '.join(given) or 'neither'}; "
            "give one of them, or --frames with --where."
        )
    opened = open_atlas(resolve_atlas(atlas))
    if video is not None:
        stretches: Iterable[Stretch] = _shots(opened, named_source(opened, video))
    else:
        mask = mask_of(opened, where)
        chosen = np.arange(len(opened)) if frames is None else read_frames(frames, len(opened))
        stretches = stretches_of(opened, chosen if mask is None else chosen[mask[chosen]])
    hand_over(opened, stretches, CutOptions(**options), output)


def hand_over(
    atlas: Atlas, stretches: Iterable[Stretch], options: CutOptions, output: Path
) -> None:
    """Write a cut list of stretches and say what was written."""
    found = cuts_of(atlas, stretches, options, rates_of(atlas))
    for path in write_cut_list(found, output, output.stem):
        say(f"{path}")
    seconds = float(sum(cut.end - cut.begin for cut in found))
    say(f"{len(found)} cuts, {seconds:.1f} s.", err=True)


def check_cut_list(output: Path) -> None:
    """Refuse a file whose ending is that of no cut list."""
    if not is_cut_list(output):
        raise InputError(
            f"Expected -o FILE with one of {', '.join(ENDINGS)}. Received: {output.name}; choose "
            "one of them."
        )


def rates_of(atlas: Atlas) -> RateOf:
    """Asks the videos themselves for their frame rates, each once; None where they are gone."""
    from frameatlas.embedder.media.probe import probe_video

    known: dict[int, Fraction | None] = {}

    def rate_of(number: int) -> Fraction | None:
        if number not in known:
            try:
                path = Path(atlas.sources[number].path)
                known[number] = counted_rate(probe_video(path).average_rate)
            except FrameatlasError:
                known[number] = None
                say(
                    f"{atlas.sources[number].path} is not there: its frames are counted as 25 a "
                    "second.",
                    err=True,
                )
        return known[number]

    return rate_of


def read_frames(path: Path, frames: int) -> Any:
    """Numbers of frames in a file, int64, rising, each once.

    Args:
        path: The file; "-" is standard input.
        frames: How many frames there are.

    Raises:
        InputError: It cannot be read, or holds something else.
    """
    try:
        with click.open_file(str(path), encoding="utf-8-sig") as file:
            text = file.read(MOST_TEXT)
        listed = text.lstrip().startswith("[")
        words = json.loads(text) if listed else text.replace(",", " ").split()
        numbers = [int(str(word)) for word in words]
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"Expected numbers of frames in {path}. Received: "
            f"{getattr(error, 'strerror', None) or error}; give one a line."
        ) from error
    wrong = next((number for number in numbers if not 0 <= number < frames), None)
    if wrong is not None:
        raise InputError(
            f"Expected numbers of frames below {frames} in {path}. Received: {wrong}; take them "
            "from this very atlas."
        )
    return np.unique(np.array(numbers, np.int64))


def _shots(atlas: Atlas, number: int) -> Iterator[Stretch]:
    found = Shots(atlas).of_source(number)
    if not found:
        raise InputError(
            f"Expected a video whose shots are known. Received: {atlas.sources[number].path}; find "
            "them with `frameatlas shots`."
        )
    name = Path(atlas.sources[number].path).stem
    for shot in found:
        yield Stretch(number, shot.begin, shot.until, f"{name} {shot.number + 1}")
