"""How large a static site would be, and how deep it may go."""

from dataclasses import dataclass

from frameatlas.atlas import Atlas
from frameatlas.browser.export.assets import bytes_of_page
from frameatlas.browser.export.options import SiteOptions
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.drawing.tiles import encode_tile, render_tile
from frameatlas.errors import InputError
from frameatlas.geometry.pyramid import Pyramid

SCALE = 2
"""Tiles are in double size: dense screens and zooms between whole numbers show it."""

_SAMPLED = 12
"""Tiles of each zoom that are made to see how large they are."""

_BYTES_A_FRAME = 50
"""Twelve bytes of columns, six frames like it and its group, as base64."""

_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True)
class SitePlan:
    """What will be written.

    Attributes:
        depth: The last zoom with tiles.
        tiles: Number of tiles, up to that zoom.
        bytes: Size of the whole site, estimated.
        note: Why it is not as deep as it could be; "" where it is.
    """

    depth: int
    tiles: int
    bytes: int
    note: str = ""


def plan_site(atlas: Atlas, pyramid: Pyramid, options: SiteOptions) -> SitePlan:
    """Choose the depth.

    Args:
        atlas: The atlas.
        pyramid: Of its map.
        options: Depth and size.

    Raises:
        InputError: The wished depth, or even a single tile, is larger than ``max_bytes``.
    """
    counts = [len(pyramid.tiles(z)) for z in range(pyramid.deepest + 1)]
    wanted = pyramid.deepest if options.depth is None else min(options.depth, pyramid.deepest)
    bytes_used = bytes_of_page() + (_BYTES_A_FRAME + 2 * len(options.said)) * len(atlas)
    sizes: list[int] = []
    for z in range(wanted + 1):
        bytes_used += round(counts[z] * _mean_bytes(atlas, pyramid, z, options.quality))
        sizes.append(bytes_used)
    fitting = [z for z, size in enumerate(sizes) if size <= options.max_bytes]
    if not fitting or (options.depth is not None and len(fitting) <= wanted):
        raise InputError(
            f"Expected a site of at most {format_bytes(options.max_bytes)}. Received: about "
            f"{format_bytes(sizes[-1] if options.depth is not None else sizes[0])} for --depth "
            f"{wanted if options.depth is not None else 0}; give a lower --depth or "
            "--webp-quality, or a higher --max-bytes."
        )
    depth = fitting[-1]
    return SitePlan(depth, sum(counts[: depth + 1]), sizes[depth], _note(sizes, depth, options))


def format_bytes(size: float) -> str:
    """A size for people, as "12.3 MB"."""
    for unit, name in _UNITS:
        if size >= unit:
            return (
                f"{size / unit:.3g} {name}" if size < 1000 * unit else f"{size / unit:.0f} {name}"
            )
    return f"{size:.0f} bytes"


def _note(sizes: list[int], depth: int, options: SiteOptions) -> str:
    if depth == len(sizes) - 1:
        return ""
    return (
        f"The site ends at zoom {depth} of {len(sizes) - 1}: with every zoom it would have about "
        f"{format_bytes(sizes[-1])}, more than --max-bytes {format_bytes(options.max_bytes)}."
    )


def _mean_bytes(atlas: Atlas, pyramid: Pyramid, z: int, quality: int) -> float:
    """Of some tiles of a zoom, evenly taken over the map."""
    tiles = pyramid.tiles(z)
    chosen = tiles[:: max(1, len(tiles) // _SAMPLED)]
    pictures = StoredPictures(atlas)
    size = 0
    for x, y in chosen:
        picture = render_tile(atlas, pyramid, z, x, y, scale=SCALE, pictures=pictures)
        size += len(encode_tile(picture, "webp", quality)) if picture is not None else 0
    return size / len(chosen)
