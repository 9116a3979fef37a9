"""What the page of a static site knows of the frames, as scripts.

A page opened from a file may load scripts but fetch nothing. Anything per frame is binary columns
in base64. No path is told: of a source only its file name.
"""

import base64
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.browser.export.likeness import LIKE, alike_frames
from frameatlas.drawing.tiles import tile_size
from frameatlas.geometry.pyramid import Pyramid
from frameatlas.regions.map_regions import map_regions
from frameatlas.regions.regions import Region

CHUNK = 65_536
"""Frames in one script: about a megabyte."""

_SEEN_ZOOM = 6
"""Zoom whose filled tiles are told first: the map is drawn before all frames are known."""


Said = Sequence[tuple[str, NDArray[np.float32]]]
"""Sentences, each with its heat: float32 of shape (n,), 0 to 1."""


def data_scripts(
    atlas: Atlas,
    pyramid: Pyramid,
    depth: int,
    said: Said = (),
    clips: dict[str, object] | None = None,
    places: NDArray[np.float32] | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Name and content of every script of data, beginning with the one that the page loads first.

    Args:
        atlas: The atlas.
        pyramid: Of its map.
        depth: The last zoom with tiles.
        said: Sentences that the page offers.
        clips: What the page is told of short clips; None where there are none.
        places: Latitude and longitude of each frame, NaN where unknown; None tells of none.
    """
    likes = alike_frames(atlas)
    levels, regions = map_regions(atlas, folders=False)
    about = {
        **_describe(atlas, pyramid, depth),
        "said": [text for text, _ in said],
        "regions": _regions(regions),
        "groups": [[one.title, one.frames] for one in regions if one.level == 0 <= one.number],
        "like": LIKE if likes is not None else 0,
        "clips": clips,
        "places": places is not None,
    }
    yield "atlas.js", _script("atlas", about)
    yield "groups.js", _script("groups", _pack(levels[0].labels.astype(np.uint8).tobytes()))
    for number, first in enumerate(range(0, len(atlas) if likes is not None else 0, CHUNK)):
        assert likes is not None
        part = likes[first : first + CHUNK].astype("<u4")
        yield f"like-{number}.js", _script("like", number, _pack(part.tobytes()))
    for number, first in enumerate(range(0, len(atlas) if places is not None else 0, CHUNK)):
        assert places is not None
        part = places[first : first + CHUNK].astype("<f4")
        yield f"places-{number}.js", _script("places", number, _pack(part.tobytes()))
    for number, (_, heat) in enumerate(said):
        shades = np.round(255 * heat).astype(np.uint8)
        yield f"said-{number}.js", _script("said", number, _pack(shades.tobytes()))
    for number, first in enumerate(range(0, len(atlas), CHUNK)):
        yield f"frames-{number}.js", _script("frames", number, _columns(atlas, pyramid, first))
    for number, source in enumerate(atlas.sources):
        if source.kind == "photos" and source.frames:
            yield f"names-{number}.js", _script("names", number, _photo_names(atlas, number))


def title_of(atlas: Atlas) -> str:
    """The atlas' name, without what its ending says."""
    return _as_text(atlas.folder.resolve().stem)


def _describe(atlas: Atlas, pyramid: Pyramid, depth: int) -> dict[str, object]:
    size = tile_size(atlas)
    seen = min(depth, _SEEN_ZOOM)
    return {
        "title": title_of(atlas),
        "frames": len(atlas),
        "chunk": CHUNK,
        "tile": [size.width, size.height],
        "deepest": pyramid.deepest,
        "depth": depth,
        "levels": [pyramid.level(z) for z in range(pyramid.deepest + 1)],
        "seen": {"zoom": seen, "bits": _filled_tiles(pyramid, seen)},
        "sources": [
            [_as_text(PurePath(source.path).name), source.kind, source.frames]
            for source in atlas.sources
        ],
        "folders": _folders(atlas),
    }


def _folders(atlas: Atlas) -> list[int]:
    """A number for each source: equal where they lie in one folder. Folders' names are not told."""
    paths = [
        source.path if source.kind == "photos" else str(PurePath(source.path).parent)
        for source in atlas.sources
    ]
    numbers = {path: number for number, path in enumerate(dict.fromkeys(paths))}
    return [numbers[path] for path in paths]


def _regions(regions: Sequence[Region]) -> list[list[object]]:
    """Regions that have names: level, number, parent, frame, frames, spread, the parent's, name.

    A name comes from people or from what files are called, never from their folders.
    """
    spreads = {(one.level, one.number): one.spread for one in regions}
    return [
        [
            *(one.level, one.number, one.parent, one.frame, one.frames, round(one.spread, 5)),
            round(spreads.get((one.level - 1, one.parent), 0.0), 5),
            one.name,
        ]
        for one in regions
        if one.name
    ]


def _filled_tiles(pyramid: Pyramid, zoom: int) -> str:
    """A bit for each tile of a zoom, in Morton order, the lowest bit of a byte first."""
    bits = np.zeros(max(8, 1 << (2 * zoom)), np.uint8)
    bits[pyramid.cells >> (2 * (pyramid.deepest - zoom))] = 1
    return _pack(np.packbits(bits, bitorder="little").tobytes())


def _columns(atlas: Atlas, pyramid: Pyramid, first: int) -> str:
    """Cell as uint32, rank as uint32, seconds as float32, each for all frames of the chunk."""
    part = slice(first, min(first + CHUNK, len(atlas)))
    columns = (
        pyramid.cells[part].astype("<u4"),
        pyramid.ranks[part].astype("<u4"),
        atlas.seconds[part].astype("<f4"),
    )
    return _pack(b"".join(column.tobytes() for column in columns))


def _photo_names(atlas: Atlas, number: int) -> str:
    names = (_as_text(Path(atlas.origins[frame].name).name) for frame in atlas.range_of(number))
    return _pack("\n".join(name.replace("\n", " ") for name in names).encode())


def _as_text(name: str) -> str:
    """A file name as text; bytes that are none become question marks."""
    return os.fsencode(name).decode("utf-8", "replace")


def _pack(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _script(call: str, *values: object) -> bytes:
    said = ",".join(json.dumps(value, separators=(",", ":")) for value in values)
    return f"FrameSite.{call}({said});\n".encode("ascii")
