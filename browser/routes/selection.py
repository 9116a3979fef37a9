"""``/api/select`` and ``/api/export``: what lies within shapes, and downloads of it."""

from collections.abc import Iterable

from flask import Blueprint, Response, request

from frameatlas.browser.downloads.cut_lists import edl, ffconcat
from frameatlas.browser.downloads.frames import check_pictures, table, zip_frames
from frameatlas.browser.downloads.timebases import RateOf, rates_of_originals
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.originals import Originals
from frameatlas.browser.view.selection import SAMPLE, Selection, covered_videos, gallery, spans
from frameatlas.browser.web.parameters import json_body
from frameatlas.browser.web.responses import as_json

DOWNLOADS = {
    "csv": ("selection.csv", "text/csv"),
    "zip": ("selection.zip", "application/zip"),
    "edl": ("selection.edl", "text/plain"),
    "concat": ("selection.ffconcat", "text/plain"),
}
"""What can be downloaded: its file's name and media type."""


def selection_routes(library: Library, originals: Originals) -> Blueprint:
    """Selections of a library's maps.

    Args:
        library: Gives the maps.
        originals: Finds the videos, for their frame rates.
    """
    routes = Blueprint("selection", __name__)

    @routes.post("/api/select")
    def select() -> Response:
        opened = library.map_of(request.args.get("map"))
        frames = Selection.parse(json_body()).frames(opened)
        return as_json(
            {
                "count": len(frames),
                "videos": covered_videos(opened, frames)[:500],
                "sample": gallery(frames, SAMPLE),
            }
        )

    @routes.post("/api/export/<any(csv,zip,edl,concat):kind>")
    def export(kind: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        rate_of = rates_of_originals(opened, originals, library.tools.frame_rate)
        selection = Selection.parse(json_body())
        content = download(opened, selection, kind, library.name, rate_of)
        name, media = DOWNLOADS[kind]
        response = Response(content, mimetype=media)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    return routes


def download(
    opened: OpenMap, selection: Selection, kind: str, title: str, rate_of: RateOf
) -> Iterable[str] | Iterable[bytes]:
    """A selection as a file, part by part; what is wrong with it is said before the first part.

    Args:
        opened: The map.
        selection: Of its frames.
        kind: One of ``DOWNLOADS``.
        title: Of a cut list.
        rate_of: Says the frame rates of the videos in a cut list.
    """
    frames = selection.frames(opened)
    if kind == "csv":
        return table(opened, frames)
    if kind == "zip":
        check_pictures(len(frames))
        return zip_frames(opened, frames)
    lines = edl(opened, spans(opened, frames), title, rate_of) if kind == "edl" else None
    if lines is None:
        lines = ffconcat(opened, spans(opened, frames))
    return ["".join(lines)]
