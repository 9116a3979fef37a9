"""``frameatlas poster``: print a window of the map as a picture."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.cli.arguments import resolve_atlas
from frameatlas.cli.footage.conditions import conditions, mask_of
from frameatlas.errors import InputError
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.players.tables import holds_players
from frameatlas.safe_text import say
from frameatlas.shots import Shots, best_frames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from frameatlas.poster import PosterReport

COLOURS = {"black": "#000000", "white": "#ffffff", "grey": "#808080", "gray": "#808080"}
"""Names that ``--background`` knows beside #rrggbb."""

OUTPUT = "poster.png"


@click.command(epilog="Example:  frameatlas poster clips.atlas --center -0.5,0.25 --width 0.5")
@click.argument("atlas", required=False)
@click.option("--center", default="0,0", metavar="X,Y", help="Middle of the window.  [0,0]")
@click.option("--width", default=2.0, type=float, help="Width of the window; the map is 2 wide.")
@click.option("--grid", metavar="COLUMNSxROWS", help="Cells, such as 11x18.")
@click.option("--count", type=int, help="Number of pictures, on the grid nearest to a square.")
@click.option("--tile-height", default=300, show_default=True, help="Pixels down of a picture.")
@click.option("--gap", default=0, show_default=True, help="Pixels between pictures.")
@click.option("--background", default="black", show_default=True, help="Name or #rrggbb.")
@click.option("--rotate", default=0.0, type=float, help="Turn the map, degrees anticlockwise.")
@click.option("--fit", default="cover", show_default=True, help="cover: crop; contain: show whole.")
@click.option("--fill", default="optimal", show_default=True, help="optimal, or nearest.")
@click.option("--apart", default=0.0, type=float, help="Seconds between frames of one video.")
@conditions
@click.option("--per", type=click.Choice(["frame", "shot"]), default="frame", show_default=True)
@click.option("--originals", is_flag=True, help="Take every picture again from its source.")
@click.option("--dpi", default=200.0, show_default=True, type=float, help="Dots per inch.")
@click.option("--print-width", type=float, metavar="CM", help="Width on paper instead of --dpi.")
@click.option("--quality", default=90, show_default=True, help="Of JPEG, WebP and PDF.")
@click.option("--names", is_flag=True, help="Write the names of the map's regions on it.")
@click.option("--groups", default=12, show_default=True, help="With --names: regions from far.")
@click.option("--links", is_flag=True, help="Write a CSV and a page of links beside it.")
@click.option("--jobs", type=int, help="Threads.  [one for each core]")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("-o", "--output", default=OUTPUT, show_default=True, help="Its ending says the kind.")
def poster(atlas: str | None, as_json: bool, **given: Any) -> int:
    """Print a window of the map as a picture of frames.

    Every cell shows the frame that lies there, no frame twice. Without --grid and --count the
    poster has as many cells as there are frames in the window. Formats: .png, .jpg, .webp
    (16,383 pixels a side), .tif, .btf (BigTIFF), .pdf.
    """
    from frameatlas.poster import PosterOptions, render

    grid, where, per = given.pop("grid"), given.pop("where"), given.pop("per")
    viewport = Viewport.parse(given.pop("center"), given.pop("width"), given.pop("rotate"))
    options = PosterOptions(
        viewport=viewport,
        output=Path(given.pop("output")),
        grid=Grid.parse(grid) if grid is not None else None,
        background=parse_colour(given.pop("background")),
        **given,
    )
    opened = open_atlas(resolve_atlas(atlas))
    if options.originals and holds_players(opened.folder):
        raise InputError(
            f"Expected whole pictures for --originals. Received: {opened.folder}, crops of "
            "players; leave out --originals."
        )
    among = shown_frames(opened, where, per)
    with show_cells(as_json) as on_cell:
        report = render(opened, options, on_cell=on_cell, among=among)
    say(json.dumps(_values(report)) if as_json else _sentences(report, options.links))
    for missing in report.missing:
        say(f"{missing}; the stored frames stand in.", err=True)
    return 1 if report.missing else 0


def shown_frames(atlas: Atlas, where: Sequence[str], per: str) -> "NDArray[np.int64] | None":
    """The frames that a poster may show, int64, rising; None for all.

    Args:
        atlas: The atlas.
        where: Conditions.
        per: "frame", or "shot": the best frame of each.
    """
    import numpy as np

    mask = mask_of(atlas, where)
    if per == "shot":
        shots = Shots(atlas)
        if not shots.known:
            say("No shots are known; `frameatlas shots` finds them.", err=True)
        return best_frames(shots, mask)
    return None if mask is None else np.flatnonzero(mask)


def parse_colour(text: str) -> tuple[int, int, int]:
    """Red, green and blue of a name or of "#rrggbb".

    Raises:
        InputError: It is neither.
    """
    match = re.fullmatch(r"#?([0-9a-fA-F]{6})", COLOURS.get(text.lower(), text))
    if not match:
        raise InputError(
            f"Expected --background to be {', '.join(COLOURS)} or #rrggbb. Received: {text!r}."
        )
    red, green, blue = bytes.fromhex(match[1])
    return red, green, blue


@contextmanager
def show_cells(quiet: bool) -> "Iterator[Callable[[int, int], None] | None]":
    """A bar on a terminal; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Pictures", total=None)

        def on_cell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield on_cell


def _sentences(report: "PosterReport", links: bool) -> str:
    cell, inch = report.cell, 2.54 / report.dpi
    lines = [
        f"{report.output}: {report.grid} cells of {cell.width} × {cell.height}, {report.width} × "
        f"{report.height} pixels, {report.width * inch:.1f} × {report.height * inch:.1f} cm at "
        f"{report.dpi:.4g} dpi, in {report.seconds:.1f} s.",
        f"Mean displacement {report.mean_displacement:.3f} cells, empty cells {report.empty}, "
        f"repeats {report.repeats}.",
        *report.notes,
    ]
    if links:
        lines.append(
            f"Links: {report.output.with_suffix('.csv')}, {report.output.with_suffix('.html')}."
        )
    return "\n".join(lines)


def _values(report: "PosterReport") -> dict[str, Any]:
    return {
        "output": str(report.output),
        "columns": report.grid.columns,
        "rows": report.grid.rows,
        "cell": [report.cell.width, report.cell.height],
        "width": report.width,
        "height": report.height,
        "dpi": report.dpi,
        "mean_displacement": report.mean_displacement,
        "empty": report.empty,
        "repeats": report.repeats,
        "missing": list(report.missing),
        "remarks": list(report.notes),
        "seconds": round(report.seconds, 3),
    }
