"""The article's figure of paths: left the ways over the map, right each video's frames in time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from frameatlas.atlas import Atlas
from frameatlas.clock import clock
from frameatlas.drawing.compose import Colour, Picture, blank, paint
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize, common_size
from frameatlas.poster.figures.figure_text import elide, two_lines, width_of, write_line
from frameatlas.poster.figures.paths_map import WHITE, label_disc, paths_map
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.writers import check_fits, check_place, write_picture
from frameatlas.search.video_paths import VideoPath, even_rows, path_of

BLACK: Colour = (20, 20, 20)
SOFT: Colour = (110, 110, 110)
PAPER: Colour = (243, 243, 243)

PALETTE: tuple[Colour, ...] = (
    (204, 102, 119),
    (51, 34, 136),
    (17, 119, 51),
    (68, 170, 153),
    (170, 68, 153),
    (153, 153, 51),
    (136, 34, 85),
    (102, 178, 226),
    (214, 158, 46),
)
"""After Paul Tol's "muted" scheme (2021), made for people who see colours differently."""

MAP_PIXELS = 2_000_000
"""Of the map, whatever its shape."""

ROWS = 10
"""Frames of a column."""

NARROWEST = 168
"""Pixels across of a column, so that names are legible above upright frames."""

MOST_COLUMNS = 40
MARGIN, GAP, COLUMN_GAP, TITLE, HEADER = 60, 6, 22, 96, 104
"""Pixels: around everything, between frames, between columns, above for titles and headers."""

DPI = 200.0


@dataclass(frozen=True, eq=False)
class FigureVideo:
    """A video of the figure.

    Attributes:
        name: As it is called above its column.
        path: Its way.
        picture: Gives the frame in a row of the path.
        query: Whether it is the one that was asked about.
        distance: From the query, or None.
    """

    name: str
    path: VideoPath
    picture: Callable[[int], Picture]
    query: bool = False
    distance: float | None = None

    @classmethod
    def of(
        cls, atlas: Atlas, number: int, *, query: bool = False, distance: float | None = None
    ) -> "FigureVideo":
        """A source of an atlas, with its stored frames."""
        first = atlas.range_of(number).start
        pictures = StoredPictures(atlas)
        name = Path(atlas.sources[number].path).name
        return cls(
            name, path_of(atlas, number), partial(_picture, pictures, first), query, distance
        )


def write_paths(
    atlas: Atlas,
    videos: Sequence[FigureVideo],
    output: Path,
    *,
    title: str = "",
    subtitle: str = "",
) -> None:
    """Draw the figure and write it; the file's ending says the format.

    Args:
        atlas: The atlas.
        videos: In the order of their columns.
        output: The file.
        title: A line above the figure.
        subtitle: A smaller one below it.

    Raises:
        InputError: The file cannot be written, or there are no videos or too many.
        SpaceError: The disk is full.
    """
    check_place(output)
    figure = paths_figure(atlas, videos, title=title, subtitle=subtitle)
    height, width = figure.shape[:2]
    check_fits(output, width, height)
    write_picture(output, PictureShape(width, height, DPI), [figure], 1)


def paths_figure(
    atlas: Atlas, videos: Sequence[FigureVideo], *, title: str = "", subtitle: str = ""
) -> Picture:
    """Draw the figure; arguments and errors as in ``write_paths``.

    Returns:
        uint8 of shape (height, width, 3), RGB.
    """
    if not 1 <= len(videos) <= MOST_COLUMNS or not all(len(video.path) for video in videos):
        raise InputError(
            f"Expected 1 to {MOST_COLUMNS} videos with frames in a figure. Received: {len(videos)};"
            " draw fewer with -k."
        )
    shape = common_size(atlas.boxes)
    map_size = _map_size(shape)
    cell = shape.of_height((map_size[1] - (ROWS - 1) * GAP) // ROWS)
    across = max(cell.width, NARROWEST)
    left = MARGIN + map_size[0] + 2 * COLUMN_GAP
    width = left + len(videos) * (across + COLUMN_GAP) - COLUMN_GAP + MARGIN
    top = MARGIN + TITLE + HEADER
    figure = blank((width, top + map_size[1] + MARGIN), WHITE)
    columns = [left + n * (across + COLUMN_GAP) for n in range(len(videos))]
    for x, video in zip(columns, videos, strict=True):
        _paint_frames(figure[top:, x : x + across], video, cell)
    image = Image.fromarray(figure)
    _write_titles(image, title, subtitle, width - 2 * MARGIN)
    marks = _marks(videos)
    ways = [(v.path, *mark) for v, mark in zip(videos, marks, strict=True)]
    image.paste(paths_map(atlas.coordinates, ways, map_size), (MARGIN, top))
    write_line(image, (MARGIN, top - 12), "The map: a point for every frame", 24, SOFT, "ls")
    for x, video, mark in zip(columns, videos, marks, strict=True):
        _write_header(image, (x, top - HEADER), across, video, mark)
        _write_times(image, (x, top), video, cell.height + GAP)
    return np.asarray(image, np.uint8)


def _picture(pictures: StoredPictures, first: int, row: int) -> Picture:
    return pictures(first + row)


def _map_size(shape: CellSize) -> tuple[int, int]:
    """Width and height of the map: the frames' shape, within reason."""
    aspect = min(2.0, max(0.6, shape.aspect))
    return round((MAP_PIXELS * aspect) ** 0.5), round((MAP_PIXELS / aspect) ** 0.5)


def _marks(videos: Sequence[FigureVideo]) -> list[tuple[Colour, str]]:
    """Colour and label of each: black and Q for the query, the others by rank."""
    marks: list[tuple[Colour, str]] = []
    rank = 0
    for video in videos:
        if video.query:
            marks.append((BLACK, "Q"))
        else:
            marks.append((PALETTE[rank % len(PALETTE)], str(rank + 1)))
            rank += 1
    return marks


def _paint_frames(column: Picture, video: FigureVideo, cell: CellSize) -> None:
    """Up to ``ROWS`` frames of a video, evenly spread, from top to bottom."""
    for place, row in enumerate(even_rows(len(video.path), ROWS).tolist()):
        y = place * (cell.height + GAP)
        part = column[y : y + cell.height]
        part[:] = PAPER
        paint(part, video.picture(row), contain=True)


def _write_times(
    image: Image.Image, corner: tuple[int, int], video: FigureVideo, step: int
) -> None:
    """When each frame is shown, in its lower left corner."""
    x, y = corner
    draw = ImageDraw.Draw(image)
    for place, row in enumerate(even_rows(len(video.path), ROWS).tolist()):
        text = clock(int(video.path.seconds[row]))
        bottom = y + place * step + step - GAP
        draw.rectangle((x, bottom - 19, x + width_of(text, 14) + 7, bottom - 1), fill=BLACK)
        write_line(image, (x + 4, bottom - 9), text, 14, WHITE, "lm")


def _write_titles(image: Image.Image, title: str, subtitle: str, width: float) -> None:
    write_line(image, (MARGIN, MARGIN - 10), elide(title, 44, width), 44, BLACK)
    write_line(image, (MARGIN, MARGIN + 50), elide(subtitle, 26, width), 26, SOFT)


def _write_header(
    image: Image.Image,
    corner: tuple[int, int],
    width: int,
    video: FigureVideo,
    mark: tuple[Colour, str],
) -> None:
    """Label, name, distance and length of a video above its column."""
    x, y = corner
    colour, _ = mark
    disc = label_disc(*mark)
    image.paste(disc, (x, y - 4))
    facts = "" if video.distance is None else f"{video.distance:.3f}"
    facts = "query" if video.query else facts
    write_line(image, (x + disc.width + 9, y + disc.height / 2 - 4), facts, 22, SOFT, "lm")
    for line, text in enumerate(two_lines(video.name, 19, width)):
        write_line(image, (x, y + 38 + 23 * line), text, 19, BLACK)
    bar = (x, y + HEADER - 13, x + width - 1, y + HEADER - 7)
    ImageDraw.Draw(image).rectangle(bar, fill=colour)
