"""The layouts: each turns scores into a code of two numbers, and back.

One line in ``_LAYOUTS`` per layout; what it gives is a ``Layout``, and nothing after it knows
which one it was.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.layout import article as article_layout
from frameatlas.embedder.layout import atlas as atlas_layout
from frameatlas.errors import FormatError, InputError
from frameatlas.options import LayoutOptions

Progress = Callable[[int, int], None]
"""Called with (step, steps); may raise to stop the fitting."""


class Layout(Protocol):
    """A fitted layout, frozen: it also places frames that it has not seen.

    Attributes:
        name: As in ``LayoutOptions.name``.
        report: For the manifest: ``losses`` (each weighted term), ``mean`` and ``std`` of the code
            as pairs, ``saturated`` (share of |code| > 0.99), ``reduced`` ("" or a sentence that
            says what was left out and why), and how it was trained.
        even: Whether the code, turned by ``LayoutOptions.rotate``, fills an upright square evenly
            already.
    """

    name: str
    even: bool
    report: dict[str, Any]

    def encode(self, scores: NDArray[Any]) -> NDArray[np.float64]:
        """Codes of frames: float64 of shape (n, 2), finite, inside [-1, 1]²."""

    def decode(self, code: NDArray[Any]) -> NDArray[np.float32]:
        """What the scores at places of the code are like: float32 of shape (n, k)."""

    def place(self, scores: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
        """Codes, and which frames fit the map badly: bool of shape (n,); None where unknown."""

    def save(self, folder: Path) -> None:
        """Write into an existing folder."""


_LAYOUTS: dict[str, tuple[Callable[..., Layout], Callable[..., Layout]]] = {
    "atlas": (atlas_layout.fit, atlas_layout.load),
    "article": (article_layout.fit, article_layout.load),
}


def fit_layout(
    name: str,
    scores: NDArray[Any],
    *,
    settings: LayoutOptions,
    paths: NDArray[Any],
    progress: Progress | None = None,
) -> Layout:
    """Lay frames out on a plane.

    Args:
        name: One of the layouts' names.
        scores: Floating point of shape (n, k), n at least 1, of overall root mean square 1.
        settings: What is asked for.
        paths: Whole numbers of shape (n,), each frame's source; frames of one source follow
            each other in time.
        progress: Called with (step, steps); may raise to stop.
    """
    if name not in _LAYOUTS:
        raise InputError(
            f"Expected a layout that this version has: {', '.join(_LAYOUTS)}. Received: {name}. "
            "Use --layout atlas."
        )
    if scores.ndim != 2 or len(scores) == 0 or len(paths) != len(scores):
        raise InputError(
            "Expected scores of shape (n, k) and paths of shape (n,), n at least 1. "
            f"Received: {scores.shape} and {paths.shape}."
        )
    return _LAYOUTS[name][0](scores, settings, paths, progress)


def takes_network(folder: Path) -> bool:
    """Whether the layout in a folder is a trained network: True too where that cannot be read."""
    try:
        stored = json.loads((folder / "layout.json").read_text(encoding="utf-8"))
        return bool(stored["kind"] != "principal")
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return True


def load_layout(folder: Path) -> Layout:
    """Read what ``Layout.save`` wrote; FormatError names the file where it is something else."""
    path = folder / "layout.json"
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        name = stored["name"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError(
            f"Expected {path} to describe a layout. Received: {error}. Draw the map again "
            "with --refit."
        ) from error
    if not isinstance(name, str) or name not in _LAYOUTS:
        raise FormatError(
            f"Expected {path} to name a layout that this version has: {', '.join(_LAYOUTS)}. "
            f"Received: {str(name)[:80]}. Use the frameatlas that drew the map."
        )
    try:
        return _LAYOUTS[name][1](folder, stored)
    except FormatError:
        raise
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FormatError(
            f"Expected {path} to hold what the layout {name} keeps. Received: "
            f"{type(error).__name__}: {error}. Draw the map again with --refit."
        ) from error
