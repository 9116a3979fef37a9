"""``frameatlas table``: a row for each frame, for DuckDB, pandas, R or a spreadsheet."""

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.cli.arguments import resolve_atlas
from frameatlas.cli.footage.conditions import conditions, mask_of
from frameatlas.cli.footage.cuts import read_frames
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.frame_column import FrameColumn
from frameatlas.errors import InputError
from frameatlas.handover.datasets.write import check_dataset, is_dataset, write_dataset
from frameatlas.handover.table import TABLES, check_table, write_table
from frameatlas.plurals import count_of
from frameatlas.regions.map_regions import map_regions
from frameatlas.safe_text import say

_NEXT = {
    ".fiftyone": "Load it: fo.Dataset.from_dir(FOLDER, fo.types.FiftyOneDataset).",
    ".cvat": "Make a task of images/ and labels.json (Raw); upload annotations.xml as CVAT 1.1.",
    ".labelstudio": "Import tasks.json; labels.xml is the labelling interface.",
}
"""What to do with a dataset."""


@click.command(
    epilog="""\b
Examples:
  frameatlas table clips.atlas -o frames.csv
  frameatlas table clips.atlas -o frames.parquet --vectors
  frameatlas table clips.atlas --where bins=sea -o sea.fiftyone
"""
)
@click.argument("atlas", required=False)
@click.option("--frames", type=click.Path(path_type=Path), help="File of frame numbers.")
@conditions
@click.option("--vectors", is_flag=True, help="The components too, by which frames are compared.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("frames.csv"), show_default=True
)
def table(
    atlas: str | None, frames: Path | None, where: tuple[str, ...], vectors: bool, output: Path
) -> None:
    """Write a table with a row for each frame, in the atlas' order.

    The output's ending says the form: .csv, .parquet or .arrow; the last two need pyarrow. Or a
    folder with pictures for a program that labels them: .fiftyone, .cvat or .labelstudio;
    `frameatlas import-bins` reads the labels back.
    """
    check_output(output, vectors)
    opened = open_atlas(resolve_atlas(atlas))
    chosen = chosen_frames(opened, frames, where)
    columns = table_columns(opened)
    if is_dataset(output):
        pictures = write_dataset(output, opened, columns, chosen)
        say(f"{output}")
        say(f"{count_of(pictures, 'picture')}. {_NEXT[output.suffix.lower()]}", err=True)
        return
    rows = write_table(output, columns, opened.scores if vectors else None, chosen)
    say(f"{output}")
    say(
        f"{count_of(rows, 'row')} of "
        f"{count_of(len(columns), 'column')}{' and vectors' if vectors else ''}.",
        err=True,
    )


def check_output(output: Path, vectors: bool) -> None:
    """Refuse what cannot be written before anything is opened."""
    if not is_dataset(output):
        check_table(output)
        return
    if vectors:
        raise InputError(
            f"Expected --vectors with {', '.join(TABLES)}. Received: {output.name}; leave it out."
        )
    check_dataset(output)


def chosen_frames(
    atlas: Atlas, frames: Path | None, where: tuple[str, ...]
) -> NDArray[np.int64] | None:
    """The frames that a file and conditions name, int64, rising; None for all."""
    mask = mask_of(atlas, where)
    if frames is None:
        return None if mask is None else np.flatnonzero(mask)
    chosen: NDArray[np.int64] = read_frames(frames, len(atlas))
    return chosen if mask is None else chosen[mask[chosen]]


def table_columns(atlas: Atlas) -> list[FrameColumn]:
    """All columns of an atlas' frames, in the order of the table."""
    known = Columns(atlas)
    first = [name for name in known if name not in known.user_columns]
    place = first.index("shot") + 1
    found = [known[name] for name in (*first, *known.user_columns)]
    return [*found[:place], *_region_columns(atlas), *found[place:]]


def _region_columns(atlas: Atlas) -> tuple[FrameColumn, FrameColumn]:
    """Columns ``cluster`` and ``region``: the groups that the page shows at first, and names."""
    levels, regions = map_regions(atlas)
    if not levels:
        return (
            FrameColumn("cluster", "whole", np.full(len(atlas), np.nan)),
            FrameColumn("region", "text", np.full(len(atlas), -1, np.int32)),
        )
    labels = levels[0].labels.astype(np.int64)
    names = {one.number: one.name or one.title for one in regions if one.level == 0}
    shown = tuple(names.get(number, f"Group {number + 1}") for number in range(len(levels[0])))
    return (
        FrameColumn("cluster", "whole", np.where(labels >= 0, labels, np.nan)),
        FrameColumn("region", "text", labels.astype(np.int32), shown),
    )
