"""``/frames`` and ``/api/frame``: one frame, its picture and what is known of it."""

from flask import Blueprint, Response, request

from frameatlas.browser.view.encoding import MEDIA_TYPES, encode, small_picture
from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.frame_facts import details_of, frame_at, frame_number, moment_of
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.web.parameters import real, whole, whole_of
from frameatlas.browser.web.responses import as_json, as_picture
from frameatlas.drawing.stored_pictures import StoredPictures

_MOST = 2**62
_DEEPEST = 64
_LOWEST = 16


def frame_routes(library: Library) -> Blueprint:
    """Single frames of a library's maps."""
    routes = Blueprint("frames", __name__)

    @routes.get("/frames/<map_id>/<frame>.<any(jpg,webp):kind>")
    def picture(map_id: str, frame: str, kind: str) -> Response:
        opened = library.map_of(map_id)
        number = _frame(opened, frame)
        height = whole(request.args, "height", _LOWEST, 65_536, 65_536)
        content = encode(small_picture(StoredPictures(opened.atlas)(number), height), f".{kind}")
        return as_picture(content, MEDIA_TYPES[f".{kind}"])

    @routes.get("/api/frame/<frame>")
    def frame(frame: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        return as_json(details_of(opened, _frame(opened, frame)))

    @routes.get("/api/moment/<source>")
    def moment(source: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        seconds = real(request.args, "seconds", -1e12, 1e12, None)
        number = whole_of(source, "the video", 0, _MOST)
        return as_json(details_of(opened, frame_at(opened, number, seconds)))

    @routes.get("/api/at")
    def at() -> Response:
        opened = library.map_of(request.args.get("map"))
        x = real(request.args, "x", -1e30, 1e30, None)
        y = real(request.args, "y", -1e30, 1e30, None)
        z = whole(request.args, "z", 0, _DEEPEST, _DEEPEST)
        chosen = Filter.parse(request.args)
        pyramid = opened.shown(chosen, chosen.mask(opened))
        found = pyramid.at(x, y, z)
        if found is None:
            return as_json({"frame": None})
        left, bottom, right, top = pyramid.bounds(found, z)
        return as_json({**moment_of(opened, found), "cell": [left, bottom, right, top]})

    return routes


def _frame(opened: OpenMap, text: str) -> int:
    return frame_number(opened, whole_of(text, "the frame", 0, _MOST))
