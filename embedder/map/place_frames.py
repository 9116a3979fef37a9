"""Placing frames with a frozen layout, and saying where they fit the map badly."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.layout.registry import Layout
from frameatlas.errors import FormatError
from frameatlas.progress import Progress
from frameatlas.store.json_fields import Fields

BLOCK = 4096
"""Frames placed at once."""

MISFITS = 0.1
"""Share of new frames that fit the map badly from which a new one is suggested; of frames like the
fitted ones, some three hundredths do."""


def place_frames(
    layout: Layout, scores: NDArray[np.float16], first: int
) -> tuple[NDArray[np.float64], int | None]:
    """Codes of the frames from ``first`` on, and how many of them fit the map badly, if known."""
    codes, misfits = [np.zeros((0, 2))], [0]
    known = True
    for start in range(first, len(scores), BLOCK):
        block, strange = layout.place(np.asarray(scores[start : start + BLOCK], np.float32))
        codes.append(block)
        known = known and strange is not None
        misfits.append(0 if strange is None else int(strange.sum()))
    return np.concatenate(codes).astype(np.float64), sum(misfits) if known else None


def tell_misfits(
    folder: Path, misfits: int | None, new: int, progress: Progress
) -> dict[str, int] | None:
    """Say where new frames fit badly; all placed since the map was drawn, for quality.json."""
    if misfits is None or not new:
        return None
    if misfits > MISFITS * new:
        progress.note(
            f"{misfits / new:.0%} of the {new} new frames fit this map badly: consider --refit."
        )
    path = folder / "quality.json"
    try:
        quality = Fields.of_json(path.read_text(encoding="utf-8"), str(path))
        placed = quality.object("placed_later")
        before = placed.integer("frames", least=0), placed.integer("misfits", least=0)
    except (OSError, UnicodeDecodeError, FormatError):  # nothing was placed later, or it is lost
        before = 0, 0
    return {"frames": before[0] + new, "misfits": before[1] + misfits}
