"""frameatlas turns hours of video, or 100,000 photos, into a map that a person can look at.

import frameatlas

atlas = frameatlas.open_atlas("holiday.atlas")
atlas.coordinates      # float64 (n, 2) in [-1, 1]²
atlas.frames[0]        # uint8 (height, width, 3)
atlas.origins[0]       # which video, which second
"""

import re
from importlib import import_module
from pathlib import Path

_STUB = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
_HOMES = {name: home for home, name in re.findall(r"(?m)^from (\S+) import (\w+) as", _STUB)}
"""Where each public name is, as the stub beside this file says to type checkers too. A module is
loaded when it is first asked for, so that the command line starts before NumPy and h5py are."""

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
