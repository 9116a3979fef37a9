"""``/tiles``: pictures of the tile pyramid, drawn when first asked for and kept on disk."""

from threading import BoundedSemaphore

from flask import Blueprint, Response, request

from frameatlas.browser.answers import as_picture
from frameatlas.browser.encoding import NOTHING
from frameatlas.browser.file_cache import FileCache
from frameatlas.browser.filters import Filter
from frameatlas.browser.library import Library
from frameatlas.browser.open_map import OpenMap
from frameatlas.browser.request_values import whole, whole_of
from frameatlas.tiles import DRAWING, KINDS, encoded, render_tile

AT_ONCE = 2
"""Tiles drawn at the same time: more would only take turns on two cores."""

_DEEPEST = 64
_MOST = 2**62


def tile_routes(library: Library, cache: FileCache) -> Blueprint:
    """The tiles of a library's maps.

    Args:
        library: Gives the maps.
        cache: Keeps tiles that were drawn.
    """
    routes = Blueprint("tiles", __name__)
    drawing = BoundedSemaphore(AT_ONCE)

    @routes.get("/tiles/<map_id>/<z>/<x>/<y>.<any(webp,jpg):kind>")
    def tile(map_id: str, z: str, x: str, y: str, kind: str) -> Response:
        opened = library.map_of(map_id)
        column, row = whole_of(x, "x", 0, _MOST), whole_of(y, "y", 0, _MOST)
        place = (whole_of(z, "z", 0, _DEEPEST), column, row)
        scale = whole(request.args, "scale", 1, 2, 1)
        wish = Filter.parse(request.args)
        if not opened.pyramid().holds(*place):
            return as_missing()
        key = f"{DRAWING} {opened.digest()} {place} {scale} {wish if not wish.all else ''}"
        content = cache.get(key, f".{kind}")
        if content is None:
            with drawing:
                content = drawn(opened, place, scale, wish, kind)
            cache.put(key, f".{kind}", content)
        return as_picture(content, "image/png" if content == NOTHING else KINDS[kind])

    return routes


def as_missing() -> Response:
    """The answer for a tile beyond the map."""
    return Response("", 404, mimetype="image/png", headers={"Cache-Control": "max-age=3600"})


def drawn(
    opened: OpenMap, place: tuple[int, int, int], scale: int, wish: Filter, kind: str
) -> bytes:
    """A tile as a picture file; cells without a frame are transparent where it can be.

    Args:
        opened: The map.
        place: Zoom, column and row.
        scale: Pictures' pixels for each pixel of the page: 1 or 2.
        wish: The frames that are shown.
        kind: "webp", or "jpg", which knows nothing transparent.
    """
    pyramid = opened.shown(wish, wish.mask(opened))
    picture = render_tile(opened.atlas, pyramid, *place, scale=scale)
    return NOTHING if picture is None else encoded(picture, kind)
