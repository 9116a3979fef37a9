"""Crops of filmed people, chosen and described as ``frameatlas players`` does it, and kept.

Which boxes become crops depends on where tracks break, so every box that any breaking asks for is
described, once, and found again by its row among the true boxes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.players_footage import Filmed
from benchmark.players_small import small
from frameatlas.frames import Pixels
from frameatlas.reid.crops.crop import Crop
from frameatlas.reid.crops.crops import cut_crops
from frameatlas.reid.crops.selection import CropPlan
from frameatlas.store.digests import text_digest

Describe = Callable[[Pixels, NDArray[np.int32]], NDArray[np.floating]]
"""The network: pictures and the boxes in them to features (n, 4096)."""

BLOCK = 64
"""Crops that the network is given at a time."""

KEPT_AFTER = 8
"""Blocks after which what is described is written down: a run that is stopped goes on there."""


@dataclass(frozen=True)
class Described:
    """Described boxes of one camera.

    Attributes:
        row: int64 of shape (n,), ascending: rows of the camera's true boxes.
        features: float16 of shape (n, d).
        colour: float32 of shape (n, 72).
        sharpness: float32 of shape (n,).
    """

    row: NDArray[np.int64]
    features: NDArray[np.float16]
    colour: NDArray[np.float32]
    sharpness: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.row)

    def rows(self, chosen: NDArray[np.int64]) -> "Described":
        """Some of them."""
        return Described(*(values[chosen] for values in vars(self).values()))


def describe(
    filmed: Filmed, rows: NDArray[np.int64], network: Describe, cache: Path | None
) -> Described:
    """Describe boxes of one camera, except those that an earlier run kept.

    Args:
        filmed: What the camera filmed.
        rows: int64 of shape (n,), ascending: rows of its boxes.
        network: Describes crops.
        cache: A folder; None keeps nothing.

    Returns:
        These and perhaps more boxes; without those whose pictures cannot be decoded.
    """
    name = f"{filmed.name} small" if network is small else filmed.name
    key = text_digest(f"{name} {len(filmed.boxes)} {filmed.boxes.box.sum():.3f}")
    kept = cache / f"{key}.npz" if cache else None
    known = _read(kept)
    missing = rows if known is None else np.setdiff1d(rows, known.row)
    crops: list[Crop] = []
    since = 0
    plan = _plan(filmed, missing)
    for crop in cut_crops(filmed.pictures, plan) if len(plan) else ():
        crops.append(crop)
        if len(crops) == BLOCK:
            known, crops, since = _joined(known, _described(crops, missing, network)), [], since + 1
            if since % KEPT_AFTER == 0:
                _write(kept, known)
    if crops:
        known = _joined(known, _described(crops, missing, network))
    if known is None:
        raise SystemExit(f"Expected people in {filmed.boxes.camera}. Received: no picture of one.")
    if crops or since:
        _write(kept, known)
    return known


def _plan(filmed: Filmed, rows: NDArray[np.int64]) -> CropPlan:
    boxes = filmed.boxes.rows(rows)
    return CropPlan(boxes.frame, boxes.track, boxes.box, np.ones(len(rows), np.float32))


def _described(crops: list[Crop], rows: NDArray[np.int64], network: Describe) -> Described:
    pixels = np.stack([crop.pixels for crop in crops])
    box = np.array([crop.box for crop in crops], np.int32)
    return Described(
        rows[[crop.row for crop in crops]],
        np.asarray(network(pixels, box), np.float16),
        np.stack([crop.colour for crop in crops]),
        np.array([crop.sharpness for crop in crops], np.float32),
    )


def _joined(first: Described | None, second: Described) -> Described:
    if first is None:
        return second
    pairs = zip(vars(first).values(), vars(second).values(), strict=True)
    both = Described(*(np.concatenate(pair) for pair in pairs))
    return both.rows(np.argsort(both.row))


def _read(path: Path | None) -> Described | None:
    if path is None or not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as file:
        return Described(*(file[name] for name in ("row", "features", "colour", "sharpness")))


def _write(path: Path | None, described: Described) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new.npz")
        np.savez(beside, **vars(described))
        beside.replace(path)
