"""``frameatlas players``: options that say how files of tracks are to be read, and ``--list``."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.errors import InputError
from frameatlas.plurals import count_of

if TYPE_CHECKING:
    from frameatlas.reid.tracks.options import TrackOptions

ENDINGS = (".txt", ".csv", ".tsv", ".zip", ".json", ".jsonl", ".xml")
"""Files that are taken for tracks where they stand among the videos."""

_OPTIONS = (
    click.option("--class", "classes", multiple=True, metavar="NAME", help="Whose boxes to use."),
    click.option("--track-size", metavar="WxH", help="Pictures that the tracker saw.  [VIDEO's]"),
    click.option("--track-fps", type=float, help="Frames a second it saw.  [VIDEO's]"),
    click.option("--cut/--no-cut", default=True, help="Cut tracks where their ids begin anew."),
    click.option("--list", "as_list", is_flag=True, help="Say what the tracks hold, and end."),
)


def track_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def take_track_options(options: dict[str, Any]) -> "TrackOptions":
    """The options' value, taken out of all options of the command."""
    from frameatlas.reid.tracks.options import TrackOptions, parse_size

    return TrackOptions(
        tuple(options.pop("classes")),
        parse_size(options.pop("track_size")),
        options.pop("track_fps"),
        options.pop("cut"),
    )


def list_tracks(files: Sequence[Path]) -> str:
    """What files of tracks hold, a few lines each."""
    if not files:
        raise InputError(
            "Expected files of tracks for --list. Received: none; name them with --tracks."
        )
    return "\n".join(_listed(file) for file in files)


def _listed(file: Path) -> str:
    import numpy as np

    from frameatlas.reid.tracks.formats.read import read_table
    from frameatlas.reid.tracks.labels import choose_rows, kinds_of

    table = read_table(file)
    chosen = choose_rows(table, ())
    kinds = kinds_of(table)
    ids = np.unique(table.track[table.track >= 0])
    lines = [
        f"{file}: {table.format}, {count_of(len(table), 'box', 'boxes')}, "
        f"{count_of(len(ids), 'track')}, frames "
        f"{table.frame.min(initial=0)} to {table.frame.max(initial=0)} as the file counts."
    ]
    for kind in np.unique(kinds):
        own = kinds == kind
        used = int((own & chosen.kept).sum())
        tracks = len(np.unique(table.track[own & (table.track >= 0)]))
        lines.append(
            f"  {kind or 'no class'}: {count_of(own.sum(), 'box', 'boxes')} of "
            f"{count_of(tracks, 'track')}, {used} of them used"
        )
    if table.bad:
        lines.append(f"  {count_of(len(table.bad), 'line')} cannot be used; first {table.bad[0]}")
    return "\n".join([*lines, *(f"  {note}" for note in chosen.notes)])
