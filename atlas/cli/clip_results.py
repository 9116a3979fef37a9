"""Where a clip occurs: found, printed, and drawn as a sheet."""

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from frameatlas.atlas import Atlas
from frameatlas.cli.index import choose_progress
from frameatlas.cli.video_results import print_table
from frameatlas.progress import NullProgress, Progress
from frameatlas.safe_text import say
from frameatlas.search.clip_matches import Span
from frameatlas.search.clip_search import find_clip
from frameatlas.search.frame_reference import format_timestamp

if TYPE_CHECKING:
    from frameatlas.drawing.compose import Picture
    from frameatlas.embedder.query.describer import Described

MOST_ON_A_SHEET = 400
"""Pictures: what fits a PNG that programs open without complaint."""


class Describing(NamedTuple):
    """How a photo or a clip is described: the options of ``open_describer``."""

    engine: str
    weights: Path | None
    preset: Path | None


def show_clip(
    atlas: Atlas,
    clip: Path,
    count: int,
    as_json: bool,
    output: Path | None,
    describing: Describing,
) -> list[Span]:
    """Find a clip in an atlas, print its places, and draw them where an output is given."""
    from frameatlas.embedder.query.describer import open_describer

    shown: AbstractContextManager[Progress] = (
        nullcontext(NullProgress()) if as_json else choose_progress(False)
    )
    with open_describer(atlas, **describing._asdict()) as describer, shown as progress:
        progress.stage("describing the clip", None, "frames")
        variants = describer.clip(clip, progress=progress.step)
    first = float(variants[0].seconds[0])
    seconds = variants[0].seconds - first
    spans = find_clip(atlas, [one.scores for one in variants], seconds, count=count)
    if as_json:
        say(json.dumps([_span_values(atlas, n, s) for n, s in enumerate(spans, 1)]))
    elif spans:
        rows = [_span_row(atlas, number, span) for number, span in enumerate(spans, 1)]
        print_table(rows, ("rank", "score", "in the clip", "in the video", "name", "path"))
    else:
        say(f"Nothing of {clip.name} was found in {atlas.folder}.", err=True)
    if output is not None and spans:
        _draw_spans(atlas, variants[0], spans, output)
    return spans


def _span_row(atlas: Atlas, rank: int, span: Span) -> tuple[str, ...]:
    path = Path(atlas.sources[span.source].path)
    return (
        str(rank),
        f"{span.score:.2f}",
        _stretch(span.query_from, span.query_to),
        _stretch(span.source_from, span.source_to),
        path.name,
        str(path),
    )


def _stretch(start: float, stop: float) -> str:
    return f"{format_timestamp(start)} – {format_timestamp(stop)}"


def _span_values(atlas: Atlas, rank: int, span: Span) -> dict[str, Any]:
    return {
        "rank": rank,
        "score": round(span.score, 4),
        "path": atlas.sources[span.source].path,
        "query_from": round(span.query_from, 3),
        "query_to": round(span.query_to, 3),
        "source_from": round(span.source_from, 3),
        "source_to": round(span.source_to, 3),
        "speed": round(span.speed, 3),
        "similarity": round(span.similarity, 4),
        "change": round(span.change, 4),
        "id": atlas.sources[span.source].id,
    }


def _draw_spans(atlas: Atlas, clip: "Described", spans: list[Span], output: Path) -> None:
    """Each span as two rows: moments of the clip, and below them those of the video."""
    from frameatlas.cli.frame_results import span_moments

    columns = 5
    pictures: list[Picture | None] = []
    captions: list[str] = []
    marked: list[int] = []
    for rank, span in enumerate(spans[: MOST_ON_A_SHEET // (2 * columns)], 1):
        pairs = span_moments(atlas, span, clip.seconds[clip.pictured] - clip.seconds[0], columns)
        spare = [None] * (columns - len(pairs))
        marked += range(len(pictures), len(pictures) + len(pairs))
        pictures += [*(clip.pixels[one.query] for one in pairs), *spare]
        captions += [f"{clip.name}\n{one.query_moment}" for one in pairs] + [""] * len(spare)
        name = Path(atlas.sources[span.source].path).name
        pictures += [*(frame_picture(atlas, one.frame) for one in pairs), *spare]
        captions += [f"{rank}   {span.score:.2f}   {name}\n{one.moment}" for one in pairs]
        captions += [""] * len(spare)
    title = f"{clip.name} in {atlas.folder.name}"
    write_pictures(atlas, pictures, captions, output, title, set(marked), columns)


def frame_picture(atlas: Atlas, frame: int) -> "Picture":
    """A frame without its padding."""
    x, y, width, height = atlas.boxes[frame].tolist()
    return atlas.frames[frame][y : y + height, x : x + width]


def write_pictures(
    atlas: Atlas,
    pictures: "list[Picture] | list[Picture | None]",
    captions: list[str],
    output: Path,
    title: str,
    marked: set[int],
    columns: int | None = None,
) -> None:
    """Draw a contact sheet of pictures, and say where it is."""
    from frameatlas.geometry.cell_size import common_size
    from frameatlas.poster.figures.contact_sheet import contact_sheet, write_sheet

    cell = common_size(atlas.boxes).of_height(180)
    columns = columns or max(1, round((1.2 * len(pictures) / cell.aspect) ** 0.5))
    sheet = contact_sheet(
        pictures, captions, columns=columns, cell=cell, title=title, marked=marked
    )
    write_sheet(output, sheet)
    say(f"{output}: {sheet.shape[1]} × {sheet.shape[0]} pixels.", err=True)
