"""Tiles of the map: drawn when first asked for, then kept."""

from frameatlas.browser.caching.fair_semaphore import Turns
from frameatlas.browser.caching.tile_cache import KeptTiles
from frameatlas.browser.view.encoding import NOTHING
from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.drawing.tiles import DRAWING, QUICK, SCALES, encode_tile, render_tile

AT_ONCE = 2
"""Tiles drawn at the same time, on two cores too: while one is made small or encoded, which does
not hold Python's lock, the other is read and put together."""


LOW = 2
"""Zoom up to which tiles are drawn before anybody asks for them: 21 tiles a scale."""


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

    def tile(self, opened: OpenMap, place: Place, scale: int, chosen: Filter, kind: str) -> bytes:
        """A tile as a picture file; cells without a frame are transparent where it can be.

        Args:
            opened: The map.
            place: Zoom, column and row of a tile that there is.
            scale: Pictures' pixels for each pixel of the page: 1 or 2.
            chosen: The frames that are shown.
            kind: "webp", or "jpg", which knows nothing transparent.
        """
        key = f"{DRAWING} {opened.digest()} {place} {scale} {chosen if not chosen.all else ''}"
        content = self._kept.get(key, f".{kind}")
        if content is None:
            with self._drawing:
                # Whoever waited may have waited for this very tile.
                content = self._kept.in_memory(key, f".{kind}")
                if content is None:
                    content = draw_tile(opened, place, scale, chosen, kind)
                    self._kept.put(key, f".{kind}", content)
        return content

    def draw_low(self, opened: OpenMap) -> None:
        """Draw what a page shows first."""
        for z in range(min(LOW, opened.pyramid().deepest) + 1):
            for x, y in opened.pyramid().tiles(z):
                for scale in SCALES:
                    self.tile(opened, (z, x, y), scale, Filter(), "webp")


def draw_tile(opened: OpenMap, place: Place, scale: int, chosen: Filter, kind: str) -> bytes:
    """A tile as a picture file, without a look at what is kept; arguments as of ``Tiles.tile``."""
    pyramid = opened.shown(chosen, chosen.mask(opened))
    picture = render_tile(opened.atlas, pyramid, *place, scale=scale)
    return NOTHING if picture is None else encode_tile(picture, kind, effort=QUICK)
