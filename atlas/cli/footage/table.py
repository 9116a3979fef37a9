"""``frameatlas table``: a row for each frame, for DuckDB, pandas, R or a spreadsheet."""

from pathlib import Path

import click
import numpy as np

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.cli.arguments import resolve_atlas
from frameatlas.cli.footage.conditions import conditions, mask_of
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.frame_column import FrameColumn
from frameatlas.handover.table import check_table, write_table
from frameatlas.regions.map_regions import map_regions
from frameatlas.safe_text import say


@click.command(
    epilog="""\b
Examples:
  frameatlas table clips.atlas -o frames.csv
  frameatlas table clips.atlas -o frames.parquet --vectors
"""
)
@click.argument("atlas", required=False)
@conditions
@click.option("--vectors", is_flag=True, help="The components too, by which frames are compared.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("frames.csv"), show_default=True
)
def table(atlas: str | None, where: tuple[str, ...], vectors: bool, output: Path) -> None:
    """Write a table with a row for each frame, in the atlas' order.

    The output's ending says the form: .csv, .parquet or .arrow. The last two need pyarrow.
    """
    check_table(output)
    opened = open_atlas(resolve_atlas(atlas))
    columns = table_columns(opened)
    mask = mask_of(opened, where)
    frames = None if mask is None else np.flatnonzero(mask)
    rows = write_table(output, columns, opened.scores if vectors else None, frames)
    say(f"{output}")
    say(f"{rows} rows of {len(columns)} columns{' and vectors' if vectors else ''}.", err=True)


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
