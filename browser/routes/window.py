"""``/api/view``, ``near``, ``legend``: what a window of the map shows, and what is nearest."""

from flask import Blueprint, Response, request

from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.frame_facts import moment_of
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.overlays import COLOURS, visible
from frameatlas.browser.view.window import counted, nearest_frame, shared_cells, window_of
from frameatlas.browser.web.parameters import one_of, real, whole
from frameatlas.browser.web.responses import as_binary, as_json

_DEEPEST = 64


def window_routes(library: Library) -> Blueprint:
    """Windows of a library's maps."""
    routes = Blueprint("window", __name__)

    @routes.get("/api/view/<map_id>")
    def view(map_id: str) -> Response:
        opened = library.map_of(map_id)
        chosen = Filter.parse(request.args)
        zoom = whole(request.args, "z", 0, _DEEPEST, 0)
        inside = visible(opened, chosen, window_of(request.args))
        mask = chosen.mask(opened)
        headers = {
            "X-Inside": len(inside),
            "X-Total": len(opened.atlas) if mask is None else int(mask.sum()),
            "X-Level": opened.pyramid().level(min(zoom, opened.pyramid().deepest)),
        }
        return as_binary(shared_cells(opened, inside, headers["X-Level"]), headers)

    @routes.get("/api/near/<map_id>")
    def near(map_id: str) -> Response:
        opened = library.map_of(map_id)
        x = real(request.args, "x", -1e30, 1e30, None)
        y = real(request.args, "y", -1e30, 1e30, None)
        found = nearest_frame(opened, Filter.parse(request.args), (x, y))
        return as_json({"frame": None} if found is None else moment_of(opened, found))

    @routes.get("/api/legend/<map_id>")
    def legend(map_id: str) -> Response:
        opened = library.map_of(map_id)
        colour = one_of(request.args.get("value"), "value", COLOURS)
        inside = visible(opened, Filter.parse(request.args), window_of(request.args))
        return as_json({"counts": counted(opened, inside, colour, request.args)})

    return routes
