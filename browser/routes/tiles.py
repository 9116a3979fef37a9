"""``/tiles``: pictures of the tile pyramid, drawn when first asked for and then kept."""

from flask import Blueprint, Response, request

from frameatlas.browser.caching.fair_semaphore import Turns
from frameatlas.browser.caching.tile_cache import KeptTiles
from frameatlas.browser.view.encoding import NOTHING
from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.web.parameters import whole, whole_of
from frameatlas.browser.web.responses import as_picture
from frameatlas.drawing.tiles import DRAWING, KINDS, QUICK, SCALES, encoded, render_tile

AT_ONCE = 2
"""Tiles drawn at the same time, on two cores too: while one is made small or encoded, which does
not hold Python's lock, the other is read and put together."""

LOW = 2
"""Zoom up to which tiles are drawn before anybody asks for them: 21 tiles a scale."""

_DEEPEST = 64
_MOST = 2**62

Place = tuple[int, int, int]
"""Zoom, column and row of a tile."""


class Tiles:
    """Draws tiles, and keeps them.

    Args:
        kept: Keeps them.
    """

    def __init__(self, kept: KeptTiles) -> None:
        self._kept = kept
        self._drawing = Turns(AT_ONCE)

    def tile(self, opened: OpenMap, place: Place, scale: int, wish: Filter, kind: str) -> bytes:
        """A tile as a picture file; cells without a frame are transparent where it can be.

        Args:
            opened: The map.
            place: Zoom, column and row of a tile that there is.
            scale: Pictures' pixels for each pixel of the page: 1 or 2.
            wish: The frames that are shown.
            kind: "webp", or "jpg", which knows nothing transparent.
        """
        key = f"{DRAWING} {opened.digest()} {place} {scale} {wish if not wish.all else ''}"
        content = self._kept.get(key, f".{kind}")
        if content is None:
            with self._drawing:
                # Whoever waited may have waited for this very tile.
                content = self._kept.in_memory(key, f".{kind}")
                if content is None:
                    content = drawn(opened, place, scale, wish, kind)
                    self._kept.put(key, f".{kind}", content)
        return content

    def draw_low(self, opened: OpenMap) -> None:
        """Draw what a page shows first."""
        for z in range(min(LOW, opened.pyramid().deepest) + 1):
            for x, y in opened.pyramid().tiles(z):
                for scale in SCALES:
                    self.tile(opened, (z, x, y), scale, Filter(), "webp")


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
        wish = Filter.parse(request.args)
        if not opened.pyramid().holds(*place):
            return as_missing()
        content = tiles.tile(opened, place, scale, wish, kind)
        return as_picture(content, "image/png" if content == NOTHING else KINDS[kind])

    return routes


def as_missing() -> Response:
    """The answer for a tile beyond the map."""
    return Response("", 404, mimetype="image/png", headers={"Cache-Control": "max-age=3600"})


def drawn(opened: OpenMap, place: Place, scale: int, wish: Filter, kind: str) -> bytes:
    """A tile as a picture file, without a look at what is kept; arguments as of ``Tiles.tile``."""
    pyramid = opened.shown(wish, wish.mask(opened))
    picture = render_tile(opened.atlas, pyramid, *place, scale=scale)
    return NOTHING if picture is None else encoded(picture, kind, effort=QUICK)
