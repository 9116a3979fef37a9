"""``frameatlas bins`` and ``import-bins``: named selections of frames, kept in the atlas."""

import json
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.bins.stored import (
    Bins,
    edit_bins,
    frames_of,
    read_bins,
    renamed,
    rows_of,
    with_frames,
)
from frameatlas.cli.arguments import resolve_atlas
from frameatlas.cli.footage.conditions import conditions, mask_of
from frameatlas.cli.footage.cuts import read_frames
from frameatlas.cli.footage.tables import read_any_table
from frameatlas.cli.video_results import print_table
from frameatlas.columns.bins_table import bins_of_table
from frameatlas.errors import InputError
from frameatlas.handover.datasets.labels import bins_of_labels
from frameatlas.handover.datasets.read import holds_labels, read_labels
from frameatlas.plurals import count_of
from frameatlas.safe_text import say


@click.command(
    epilog="""\b
Examples:
  frameatlas bins clips.atlas --add best --frames picked.txt
  frameatlas bins clips.atlas --add summer --where date=2021-07
  frameatlas bins clips.atlas --rename best favourites
  frameatlas poster clips.atlas --where bins=favourites
"""
)
@click.argument("atlas", required=False)
@click.option("--add", metavar="NAME", help="Put frames into a bin; it is made where needed.")
@click.option("--take", metavar="NAME", help="Take frames out of a bin.")
@click.option("--frames", type=click.Path(path_type=Path), help="File of frame numbers.")
@conditions
@click.option("--rename", nargs=2, metavar="NAME NEW", help="Give a bin another name.")
@click.option("--remove", metavar="NAME", help="Remove a bin; its frames stay where they are.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects, with all frames.")
def bins(
    atlas: str | None,
    add: str | None,
    take: str | None,
    frames: Path | None,
    where: tuple[str, ...],
    rename: tuple[str, str] | None,
    remove: str | None,
    as_json: bool,
) -> None:
    """List the bins of an atlas, or change one.

    A bin is a named selection of frames. It stays when videos are added or moved, and when the map
    is drawn anew; pages, tables, cut lists, searches and posters know it.
    """
    given = [n for n, v in (("--add", add), ("--take", take), ("--rename", rename),
                            ("--remove", remove)) if v]  # fmt: skip
    if len(given) > 1:
        raise InputError(f"Expected one change at a time. Received: {' and '.join(given)}.")
    chosen = frames is not None or bool(where)
    if bool(add or take) != chosen:
        raise InputError(
            "Expected --frames or --where beside --add or --take. Received: "
            f"{'them alone' if chosen else 'neither'}; say which frames of which bin."
        )
    opened = open_atlas(resolve_atlas(atlas))
    if add or take:
        numbers = _chosen(opened, frames, where)
        rows = rows_of(opened, numbers.tolist())
        name = add or take or ""
        edit_bins(opened.folder, lambda now: with_frames(now, name, rows, without=add is None))
    if rename:
        edit_bins(opened.folder, lambda now: renamed(now, rename[0], rename[1]))
    if remove:
        edit_bins(opened.folder, lambda now: renamed(now, remove, None))
    _list(opened, read_bins(opened.folder), as_json)


@click.command(epilog="Example:  frameatlas import-bins clips.atlas frames.csv")
@click.argument("words", nargs=-1, metavar="[ATLAS] FILE")
def import_bins(words: tuple[str, ...]) -> None:
    """Read bins back from a table, or from a program that labels pictures.

    FILE is a CSV, Parquet or Arrow file with a column bins (names, in CSV with ; between them)
    and what `frameatlas table` calls the frames by: source and pts, path and seconds, or frame.
    Or it is what FiftyOne (a folder), CVAT (for images 1.1) or Label Studio (JSON) exported of
    pictures that `frameatlas table` wrote: labels and tags become bins. Frames are added to the
    bins that are there.
    """
    if not 1 <= len(words) <= 2:
        raise InputError(f"Expected [ATLAS] FILE. Received: {' '.join(words) or 'nothing'}.")
    file = Path(words[-1])
    atlas = words[0] if len(words) == 2 else None
    if holds_labels(file):
        labelled = read_labels(file)
        opened = open_atlas(resolve_atlas(atlas))
        found, unknown = bins_of_labels(opened, labelled, file)
    else:
        table = read_any_table(file)
        opened = open_atlas(resolve_atlas(atlas))
        found, unknown = bins_of_table(opened, table)

    def added(now: Bins) -> Bins:
        for name, frames in found.items():
            now = with_frames(now, name, rows_of(opened, frames))
        return now

    _list(opened, edit_bins(opened.folder, added), as_json=False)
    total = sum(len(frames) for frames in found.values())
    say(
        f"{count_of(total, 'frame')} in {count_of(len(found), 'bin')} read; "
        f"of no frame here: {count_of(unknown, 'row')}.",
        err=True,
    )


def _chosen(atlas: Atlas, frames: Path | None, where: tuple[str, ...]) -> NDArray[np.int64]:
    mask = mask_of(atlas, where)
    chosen = np.arange(len(atlas)) if frames is None else read_frames(frames, len(atlas))
    return chosen if mask is None else chosen[mask[chosen]]


def _list(atlas: Atlas, bins: Bins, as_json: bool) -> None:
    held = {name: frames_of(atlas, rows) for name, rows in bins.frames.items()}
    if as_json:
        say(json.dumps([{"name": n, "frames": f.tolist()} for n, f in held.items()]))
        return
    rows = [
        (name, str(len(frames)), str(len(np.unique(atlas.source_numbers[frames]))))
        for name, frames in held.items()
    ]
    print_table(rows, ("bin", "frames", "sources"))
