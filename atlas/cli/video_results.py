"""What the commands about videos share: their table, their JSON, their figure."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from frameatlas.atlas import Atlas
from frameatlas.clock import clock
from frameatlas.frames import Pixels
from frameatlas.plurals import count_of
from frameatlas.safe_text import plain, say
from frameatlas.search.video_paths import VideoPath
from frameatlas.search.video_similarity import SimilarVideo

COLUMNS = ("rank", "distance", "length", "path")
SPAN = ", from – to"
"""What the name of a column of spans ends with; scripts, which read tabs, get it without."""


def video_values(atlas: Atlas, video: SimilarVideo) -> dict[str, Any]:
    """A video as JSON."""
    source = atlas.sources[video.number]
    return {
        "path": str(video.path),
        "distance": round(video.distance, 6),
        "id": source.id,
        "frames": source.frames,
        "seconds": source.duration,
    }


def video_row(atlas: Atlas, video: SimilarVideo) -> tuple[str, ...]:
    """Distance, length and path of a video, as a table shows them."""
    length = length_of(atlas.sources[video.number].duration)
    return f"{video.distance:.3f}", length, str(video.path)


def length_of(seconds: float | None) -> str:
    """A length as people write it: 9.6 s, 2:19, 1:30:00; "" where it is not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return clock(seconds)


def print_table(rows: Sequence[tuple[str, ...]], columns: tuple[str, ...] = COLUMNS) -> None:
    """Print a table: fitted to a terminal, whole lines with tabs elsewhere."""
    if not sys.stdout.isatty():
        for row in [tuple(column.removesuffix(SPAN) for column in columns), *rows]:
            say("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None)
    for column in columns:
        number = column in ("rank", "distance", "length", "size")
        justify: Literal["left", "right"] = "right" if number else "left"
        table.add_column(column, justify=justify, no_wrap=number, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    Console(highlight=False).print(table)


def say_photos_left_out(atlas: Atlas) -> None:
    """Tell that photos take no part, where there are any."""
    photos = sum(source.frames for source in atlas.sources if source.kind == "photos")
    if photos:
        say(f"{count_of(photos, 'photo')} left out: photos have no way through time.", err=True)


@contextmanager
def show_count(what: str) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how far something is; elsewhere nothing."""
    from rich.console import Console

    console = Console(stderr=True)
    with console.status(f"0 {what}") as status:
        yield lambda count: status.update(f"{count} {what}")


def write_figure(
    atlas: Atlas,
    output: Path,
    videos: Sequence[SimilarVideo],
    *,
    title: str,
    subtitle: str,
    query: int | VideoPath | None = None,
    name: str = "",
    picture: Callable[[int], Pixels] | None = None,
) -> None:
    """Draw the ways of videos over the map, the query's first, and say where.

    Args:
        atlas: The atlas.
        output: The figure's file.
        videos: In the order of its columns.
        title: Above it.
        subtitle: Below the title.
        query: The video that was asked about, or its path if it is not in the atlas.
        name: What the query is called where it is not in the atlas.
        picture: Gives the frame in a row of its path, likewise.
    """
    from frameatlas.poster.figures.paths_figure import FigureVideo, write_paths

    shown = [FigureVideo.of(atlas, video.number, distance=video.distance) for video in videos]
    if isinstance(query, int):
        shown.insert(0, FigureVideo.of(atlas, query, query=True))
    elif query is not None and picture is not None:
        shown.insert(0, FigureVideo(Path(name).name, query, picture, query=True))
    write_paths(atlas, shown, output, title=title, subtitle=subtitle)
    say(f"Drawn: {output}", err=True)
