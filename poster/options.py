"""What the user asks of a poster, and what came of it."""

from dataclasses import dataclass
from pathlib import Path

from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.options import check_one_of, check_within

FILLS = ("optimal", "nearest")
FITS = ("cover", "contain")
CENTIMETRES = 2.54
"""Of an inch."""


@dataclass(frozen=True)
class PosterOptions:
    """A poster.

    Attributes:
        viewport: The window of the map.
        output: The picture's file; its ending says the format.
        grid: Columns and rows, or None.
        count: Number of pictures in place of a grid, or None.
        tile_height: Pixels down of every cell.
        gap: Pixels between cells.
        background: RGB of gaps, margins and empty cells.
        fit: "cover" crops frames of other shapes to the cell, "contain" shows them whole.
        fill: "optimal", or "nearest": the article's plain rule.
        apart: Seconds that frames of one video keep.
        originals: Take every picture again from its source.
        dpi: Dots per inch stored in the file.
        print_width: Centimetres across on paper, in place of ``dpi``.
        quality: Of JPEG, WebP and PDF, 1 to 100.
        links: Write a CSV and a page of links beside the picture.
        jobs: Threads; None takes one for each core.
        names: Write the names of the map's regions over the pictures.
        groups: Regions that are named from far; their parts are named where there is room.
    """

    viewport: Viewport
    output: Path = Path("poster.png")
    grid: Grid | None = None
    count: int | None = None
    tile_height: int = 300
    gap: int = 0
    background: tuple[int, int, int] = (0, 0, 0)
    fit: str = "cover"
    fill: str = "optimal"
    apart: float = 0.0
    originals: bool = False
    dpi: float = 200.0
    print_width: float | None = None
    quality: int = 90
    links: bool = False
    jobs: int | None = None
    names: bool = False
    groups: int = 12

    def __post_init__(self) -> None:
        if self.grid is not None and self.count is not None:
            raise InputError("Expected --grid or --count. Received: both; leave one of them out.")
        if self.count is not None:
            check_within("--count", self.count, 1, 10_000_000, "a poster has 1 picture or more")
        check_within("--tile-height", self.tile_height, 1, 32_768, "300 is the usual height")
        check_within("--gap", self.gap, 0, 10_000, "give pixels")
        check_within("--apart", self.apart, 0, 1e9, "give seconds")
        check_within("--groups", self.groups, 2, 64, "12 is usual")
        check_within("--dpi", self.dpi, 1, 65_535, "200 suits a poster")
        check_within("--quality", self.quality, 1, 100, "90 is the usual one")
        if self.print_width is not None:
            check_within("--print-width", self.print_width, 0.1, 100_000, "give centimetres")
        if self.jobs is not None:
            check_within("--jobs", self.jobs, 1, 256, "one for each core is plenty")
        check_one_of("--fit", self.fit, FITS)
        check_one_of("--fill", self.fill, FILLS)

    def dots_per_inch(self, width: int) -> float:
        """Resolution of a picture of so many pixels across."""
        return self.dpi if self.print_width is None else width / (self.print_width / CENTIMETRES)


@dataclass(frozen=True)
class PosterReport:
    """What a poster came out as.

    Attributes:
        output: The picture's file.
        grid: Its cells.
        cell: Their size.
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
        dpi: Dots per inch.
        mean_displacement: Mean distance between a frame's coordinates and its cell's middle, in
            cells; 0 where all are empty.
        empty: Cells without a frame.
        repeats: Frames shown more than once.
        missing: Sources that gave no originals, and why; their stored frames stand in.
        notes: What else the user should know.
        seconds: Time that it took.
    """

    output: Path
    grid: Grid
    cell: CellSize
    width: int
    height: int
    dpi: float
    mean_displacement: float
    empty: int
    repeats: int
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
