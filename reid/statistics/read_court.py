"""``--court``: a file of YAML that says where points of the court are, in pixels and in metres.

    size: [28, 15]                            # of the court, metres along and across
    points:                                   # four or more, no three of four on one line
      - {pixel: [112, 310], metres: [0, 0]}
      - {pixel: [655, 298], metres: [28, 0]}
      …

``frame:`` in a point says at which frame it is there, where the camera moves. With several cameras,
``cameras:`` has such a list for each, by its name.
"""

import math
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from frameatlas.errors import InputError
from frameatlas.reid.statistics.court import Court, View, homography

LARGEST = 1_000_000
"""Bytes of the file."""

_FARTHEST = 1e6


def read_court(path: Path) -> Court:
    """Read where the court is.

    Raises:
        InputError: The file cannot be read, or its points decide nothing.
    """
    import yaml

    try:
        if path.stat().st_size > LARGEST:
            raise _wrong(path, "a file of more than a megabyte")
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(path, str(getattr(error, "strerror", None) or error)) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        first = str(error).strip().replace("\n", " ")[:150]
        raise _wrong(path, f"what is no YAML ({first})") from error
    return parse_court(content, path)


def parse_court(content: Any, path: Path) -> Court:
    """The court that a file's content describes; see ``read_court``."""
    known = {"size", "points", "cameras"}
    if not isinstance(content, Mapping) or not set(content) <= known:
        raise _wrong(path, f"{_shown(content)}; its headings are size, points and cameras")
    size = _pair(content.get("size", (0, 0)), path, "size")
    if min(size) < 0:
        raise _wrong(path, f"a size of {_shown(content['size'])}")
    cameras = content.get("cameras") or {}
    if not isinstance(cameras, Mapping):
        raise _wrong(path, f"cameras: {_shown(cameras)}")
    lists = {str(name): points for name, points in cameras.items()}
    if content.get("points"):
        lists[""] = content["points"]
    if not lists:
        raise _wrong(path, "no points")
    return Court(size, {n: _views(p, path, n) for n, p in lists.items()}, str(path.absolute()))


def _views(points: Any, path: Path, camera: str) -> tuple[View, ...]:
    if not isinstance(points, list):
        raise _wrong(path, f"points: {_shown(points)}")
    rows = sorted((_point(point, path) for point in points), key=lambda row: row[0])
    views = []
    for frame, group in groupby(rows, key=lambda row: row[0]):
        own = list(group)
        pixels, metres = (np.array([row[k] for row in own], np.float64) for k in (1, 2))
        try:
            homography(pixels, metres)
        except InputError as error:
            of = f", camera {camera}" if camera else ""
            raise InputError(f"{path}{of}, frame {frame}: {error}") from error
        views.append(View(pixels, metres, frame))
    return tuple(views)


_Row = tuple[int, tuple[float, float], tuple[float, float]]


def _point(point: Any, path: Path) -> _Row:
    whole = isinstance(point, Mapping) and {"pixel", "metres"} <= set(point)
    if not whole or not set(point) <= {"pixel", "metres", "frame"}:
        raise _wrong(path, f"the point {_shown(point)}")
    frame = point.get("frame", 1)
    if type(frame) is not int or not 1 <= frame < 10**9:
        raise _wrong(path, f"a frame of {_shown(frame)}")
    return frame, _pair(point["pixel"], path, "pixel"), _pair(point["metres"], path, "metres")


def _pair(value: Any, path: Path, what: str) -> tuple[float, float]:
    numbers = isinstance(value, list | tuple) and len(value) == 2
    if not numbers or not all(type(one) in (int, float) for one in value):
        raise _wrong(path, f"{what}: {_shown(value)}")
    if not all(math.isfinite(one) and abs(one) < _FARTHEST for one in value):
        raise _wrong(path, f"{what}: {_shown(value)}")
    return float(value[0]), float(value[1])


def _shown(value: Any) -> str:
    return repr(value)[:60]


def _wrong(path: Path, received: str) -> InputError:
    return InputError(
        f"Expected --court {path} to name four points such as {{pixel: [112, 310], metres: [0, 0]}}"
        f". Received: {received}; docs/players.md shows one."
    )
