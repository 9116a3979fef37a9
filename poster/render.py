"""From an atlas and a wish to a poster."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.drawing.compose import Picture, canvas_size
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize, common_size
from frameatlas.geometry.viewport import MAP_WIDTH, Grid
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.ordered_threads import OrderedWork
from frameatlas.poster.formats.writers import check_fits, check_place, format_of, write_picture
from frameatlas.poster.links import Links, check_links_place
from frameatlas.poster.names import labelled, labels_of
from frameatlas.poster.options import PosterOptions, PosterReport
from frameatlas.poster.originals.originals import OriginalPictures
from frameatlas.poster.placement.assignment import EMPTY
from frameatlas.poster.placement.crowding import crowding_note
from frameatlas.poster.placement.grid import fill_grid, grid_of_count
from frameatlas.poster.placement.place import Placement, eligible, frame_moments, place_frames
from frameatlas.poster.placement.time_spacing import Timestamps
from frameatlas.poster.strips import CellStyle, bands
from frameatlas.processors import available_processors
from frameatlas.store.notes.run_state import refuse_empty

OnCell = Callable[[int, int], None]
"""Told how many cells are done, and of how many."""

MOST_BY_ITSELF = 1_000_000_000
"""Pixels of the largest poster that nobody asked for by grid or count: a gigapixel."""


def render(
    atlas: Atlas,
    options: PosterOptions,
    *,
    on_cell: OnCell | None = None,
    among: NDArray[np.int64] | None = None,
) -> PosterReport:
    """Print a window of an atlas' map as a picture.

    Args:
        atlas: The atlas.
        options: Window, cells, format.
        on_cell: Told of progress.
        among: int64, rising: the frames that may be shown; all by default.

    Returns:
        What came of it. Sources without originals are in ``missing``.

    Raises:
        InputError: The wish cannot be met; nothing was written.
        SourceError: With ``originals``, a source's file has changed since it was indexed.
        SpaceError: The disk is full; nothing is left behind.
    """
    begun = time.monotonic()
    check_place(options.output)
    if options.links:
        check_links_place(options.output)
    refuse_empty(atlas.folder, len(atlas))
    if among is not None and not len(among):
        raise InputError("Expected frames to show. Received: none; choose another --where.")
    cell = common_size(atlas.boxes).of_height(options.tile_height)
    placement, notes = place(atlas, options, cell, among)
    width, height = canvas_size(placement.grid.columns, placement.grid.rows, cell, options.gap)
    check_fits(options.output, width, height)
    shape = PictureShape(width, height, options.dots_per_inch(width), options.quality)
    missing = _write(atlas, options, placement, cell, shape, on_cell)
    return PosterReport(
        output=options.output,
        grid=placement.grid,
        cell=cell,
        width=width,
        height=height,
        dpi=shape.dpi,
        mean_displacement=placement.mean_displacement,
        empty=placement.empty,
        repeats=placement.repeats,
        missing=missing,
        notes=notes,
        seconds=time.monotonic() - begun,
    )


def place(
    atlas: Atlas, options: PosterOptions, cell: CellSize, among: NDArray[np.int64] | None = None
) -> tuple[Placement, tuple[str, ...]]:
    """Choose the grid and each cell's frame.

    Args:
        atlas: The atlas.
        options: Window, grid or count, fill.
        cell: Size of the cells.
        among: The frames that may be shown; all by default.

    Returns:
        The placement, and notes for the user.
    """
    viewport, moments = options.viewport, frame_moments(atlas)
    points = viewport.local(atlas.coordinates)
    if among is not None:
        points = points[among]
        moments = Timestamps(moments.source[among], moments.seconds[among])
    notes: list[str] = []
    if options.grid is not None:
        grid = options.grid
    elif options.count is not None:
        _check_count(options.count, len(points))
        grid = grid_of_count(options.count, cell)
    else:
        tallest = MAP_WIDTH / viewport.width
        window = Grid(1, 1) if options.apart == 0 else grid_of_count(len(points), cell, tallest)
        kept = points[eligible(points, viewport, window, moments, options.apart)]
        grid = fill_grid(viewport, kept, cell, most := most_cells(options, cell))
        if len(kept) > most and viewport.holds(kept, grid).sum() > grid.cells + grid.rows:
            notes.append(
                f"The window holds more frames than the {grid.cells} shown: by itself a poster "
                "stays below a gigapixel and its format's limit. Ask for more with --count."
            )
    check_fits(options.output, *canvas_size(grid.columns, grid.rows, cell, options.gap))
    placed = place_frames(points, viewport, grid, moments, fill=options.fill, apart=options.apart)
    if among is not None:
        numbers = np.append(among, EMPTY)  # an empty cell is -1, the last
        placed = replace(placed, frames=numbers[placed.frames])
    if options.apart == 0 and (note := crowding_note(atlas, placed)):
        notes.append(note)
    return placed, tuple(notes)


def _check_count(count: int, frames: int) -> None:
    if count > frames:
        raise InputError(
            f"Expected --count of at most {frames}, the frames of the atlas. Received: {count}; "
            "no frame is shown twice."
        )


def most_cells(options: PosterOptions, cell: CellSize) -> int:
    """Cells of the largest poster that is made without being asked for by number."""
    wide, high = cell.width + options.gap, cell.height + options.gap
    # As wide as it is high, or as much wider as a window that is as high as the map; a little
    # less, as the grid that wastes fewest cells is a little off that shape.
    longest = 0.95 * format_of(options.output).longest - max(wide, high)
    oblong = max(1.0, options.viewport.width / MAP_WIDTH * wide / high)
    return max(1, int(min(longest**2 / oblong, MOST_BY_ITSELF) / (wide * high)))


def _write(
    atlas: Atlas,
    options: PosterOptions,
    placement: Placement,
    cell: CellSize,
    shape: PictureShape,
    on_cell: OnCell | None,
) -> tuple[str, ...]:
    """Compose and write; the sources without originals are returned."""
    stored = StoredPictures(atlas)
    originals = OriginalPictures(atlas, placement.frames, stored) if options.originals else None
    style = CellStyle(cell, options.gap, options.background, options.fit == "contain")
    links = Links(atlas, placement, style) if options.links else None
    total = placement.grid.cells

    def seen(number: int, picture: Picture) -> None:
        if links:
            links.see(number, picture)
        if on_cell:
            on_cell(number + 1, total)

    jobs = options.jobs or available_processors()
    # Large cells wait in memory until it is their turn: fewer of them may.
    ahead = max(jobs, min(4 * jobs, (48 << 20) // (3 * cell.width * cell.height)))
    with closing(OrderedWork(jobs, ahead=ahead)) as work:
        rows = bands(placement, originals or stored, style, work, seen)
        if options.names:
            size = (shape.width, shape.height)
            rows = labelled(rows, labels_of(atlas, placement, style, size, options.groups))
        write_picture(options.output, shape, rows, jobs)
    if links:
        links.write(options.output)
    return originals.missing if originals else ()
