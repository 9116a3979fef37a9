"""``/api/nearest``, ``/api/path``, ``/api/similar``: what is like a frame or a video."""

from flask import Blueprint, Response, request

from frameatlas.browser.view.frame_facts import frame_number, source_number, ways_of
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.neighbours import (
    nearest_to,
    novelty_of,
    similar_shots_to,
    similar_to,
)
from frameatlas.browser.web.parameters import one_of, switch, whole, whole_of
from frameatlas.browser.web.responses import as_binary, as_json

PER = ("video", "shot")
"""What the rows of what is similar are."""

_MOST = 2**62


def neighbour_routes(library: Library) -> Blueprint:
    """Likeness of frames and videos."""
    routes = Blueprint("neighbours", __name__)

    @routes.get("/api/nearest/<frame>")
    def nearest(frame: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        number = frame_number(opened, whole_of(frame, "the frame", 0, _MOST))
        count = whole(request.args, "count", 1, 200, 24)
        apart, every = switch(request.args, "apart"), switch(request.args, "every")
        return as_json(nearest_to(opened, number, count, apart=apart, every=every))

    @routes.get("/api/path/<map_id>/<source>")
    def path(map_id: str, source: str) -> Response:
        opened = library.map_of(map_id)
        number = source_number(opened, whole_of(source, "the video", 0, _MOST))
        return as_binary(ways_of(opened, number))

    @routes.get("/api/similar/<source>")
    def similar(source: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        number = source_number(opened, whole_of(source, "the video", 0, _MOST))
        count = whole(request.args, "count", 1, 50, 9)
        if one_of(request.args.get("per", "video"), "per", PER) == "shot":
            return as_json(similar_shots_to(opened, number, count))
        return as_json(similar_to(opened, number, count))

    @routes.get("/api/novelty/<map_id>/<source>")
    def novelty(map_id: str, source: str) -> Response:
        opened = library.map_of(map_id)
        number = source_number(opened, whole_of(source, "the video", 0, _MOST))
        return as_binary(novelty_of(opened, number))

    return routes
