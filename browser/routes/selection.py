"""``/api/select`` and ``/api/export``: what lies within shapes, and downloads of it."""

from collections.abc import Iterable

import numpy as np
from flask import Blueprint, Response, request
from numpy.typing import NDArray

from frameatlas.browser.downloads.cut_lists import KINDS, CutRequest, cut_file
from frameatlas.browser.downloads.frames import check_pictures, table, zip_frames
from frameatlas.browser.downloads.timebases import rates_of_originals
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.originals import Originals
from frameatlas.browser.view.selection import SAMPLE, Selection, covered_videos, gallery
from frameatlas.browser.web.parameters import json_body
from frameatlas.browser.web.responses import as_json

DOWNLOADS = {
    "csv": ("selection.csv", "text/csv"),
    "zip": ("selection.zip", "application/zip"),
}
"""What can be downloaded beside cut lists: its file's name and media type."""


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

    @routes.post("/api/export/<any(csv,zip):kind>")
    def export(kind: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        name, media = DOWNLOADS[kind]
        frames = Selection.parse(json_body()).frames(opened)
        return _sent(download(opened, frames, kind), name, media)

    @routes.post(f"/api/export/<any({','.join(KINDS)}):kind>")
    def cut(kind: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        body = json_body()
        selection, wanted = Selection.parse(body), CutRequest.parse(body.get("cut"))
        frames = selection.ordered(opened) if wanted.each else selection.frames(opened)
        rate_of = rates_of_originals(opened, originals, library.tools.frame_rate)
        made = cut_file(opened.atlas, frames, kind, library.name, wanted, rate_of)
        return _sent([made.content], made.name, made.media_type)

    return routes


def download(
    opened: OpenMap, frames: NDArray[np.int64], kind: str
) -> Iterable[str] | Iterable[bytes]:
    """Frames as a file, part by part; what is wrong with them is said before the first part.

    Args:
        opened: The map.
        frames: int64, rising.
        kind: One of ``DOWNLOADS``.
    """
    if kind == "csv":
        return table(opened, frames)
    check_pictures(len(frames))
    return zip_frames(opened, frames)


def _sent(content: Iterable[str] | Iterable[bytes], name: str, media: str) -> Response:
    response = Response(content, mimetype=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
