"""``/tiles``: pictures of the tile pyramid, drawn when first asked for and then kept."""

from flask import Blueprint, Response, request

from frameatlas.browser.view.drawn_tiles import Tiles
from frameatlas.browser.view.encoding import NOTHING
from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.library import Library
from frameatlas.browser.web.parameters import whole, whole_of
from frameatlas.browser.web.responses import as_picture
from frameatlas.drawing.tiles import KINDS

_DEEPEST = 64
_MOST = 2**62


def tile_routes(library: Library, tiles: Tiles) -> Blueprint:
    """The tiles of a library's maps.

    Args:
        library: Gives the maps.
        tiles: Draws them.
    """
    routes = Blueprint("tiles", __name__)

    @routes.get("/tiles/<map_id>/<z>/<x>/<y>.<any(webp,jpg):kind>")
    def tile(map_id: str, z: str, x: str, y: str, kind: str) -> Response:
        opened = library.map_of(map_id)
        column, row = whole_of(x, "x", 0, _MOST), whole_of(y, "y", 0, _MOST)
        place = (whole_of(z, "z", 0, _DEEPEST), column, row)
        scale = whole(request.args, "scale", 1, 2, 1)
        chosen = Filter.parse(request.args)
        if not opened.pyramid().holds(*place):
            return as_missing()
        content = tiles.tile(opened, place, scale, chosen, kind)
        return as_picture(content, "image/png" if content == NOTHING else KINDS[kind])

    return routes


def as_missing() -> Response:
    """The answer for a tile beyond the map."""
    return Response("", 404, mimetype="image/png", headers={"Cache-Control": "max-age=3600"})
