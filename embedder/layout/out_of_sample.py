"""The frames that a map was fitted on: they keep their codes, and new frames land among them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.layout.knn_graph import Units, nearest, unit_scores
from frameatlas.errors import FormatError
from frameatlas.store.column_rules import LARGEST_HALF
from frameatlas.store.pictures.raw_file import NPY_ERRORS

NEAREST = 25
"""Fitted frames that a new one is placed by."""

SOUGHT = 50
"""Fitted frames of the largest cosines among which those are sought. 100 find the same."""

CROWDED = 0.25
"""How much of a fitted frame's crowding (``FittedFrames.crowding``) its cosines to new frames are
lessened by. Where frames lie close, one of them is near whatever comes; it is like a new one if it
is nearer to it than to its own neighbours. With .5, digits gain no more and pictures lose .01."""

ROUNDS = 60
"""Steps towards the thick of them; it stands still long before."""

FALL = 2.0
"""How much less the last of them counts than the first: e^-2. Counting all alike keeps .002 more of
trustworthiness and mixes .01 more of the digits."""

WIDTH = 4.0
"""How near fitted frames must lie to each other to count as one place, in the distances of
``arranging.arrange``, where neighbours are about 1 apart."""

BLOCK = 2048
"""New frames placed together: each takes 15 kB of distances between its nearest."""

LARGEST = 6e4
"""float16 ends at 65,504."""

SCORES_FILE = "fitted_scores.npy"
CODES_FILE = "fitted_codes.npy"
CROWDING_FILE = "fitted_crowding.npy"


@dataclass(eq=False)
class FittedFrames:
    """Scores and codes, and how near to them a new frame ought to be.

    Attributes:
        scores: float16 of shape (m, k), no two rows equal.
        codes: float64 of shape (m, 2).
        width: ``WIDTH`` in units of the code.
        radius: Largest distance (1 - cosine) to the nearest fitted frame at which a new one is
            like what the map was fitted on.
        crowding: float32 of shape (m,), each frame's mean cosine to its own nearest; None on small
            maps, some of which lose neighbours by it, and on those that older releases drew: there
            new frames are placed by cosines alone.
    """

    scores: NDArray[np.float16]
    codes: NDArray[np.float64]
    width: float
    radius: float
    crowding: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        digests = _digests(self.scores)
        self._order = np.argsort(digests, kind="stable")
        self._digests = digests[self._order]
        self._units: Units | None = None

    def known(self, scores: NDArray[Any]) -> NDArray[np.int64]:
        """Which fitted frame each row equals: int64 of shape (n,), -1 for none."""
        rows = to_float16(scores)
        at = np.searchsorted(self._digests, _digests(rows))
        found = self._order[np.minimum(at, len(self._order) - 1)]
        same = (self.scores[found] == rows).all(axis=1)
        return np.where(same, found, -1)

    def place(self, scores: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Codes of new frames, and their distances (1 - cosine) to the nearest fitted frame.

        A new frame lands where most of its nearest lie close together: the mode of their codes,
        found by steps of a mean whose weights fall with the distance (Cauchy's). A plain mean
        lands between two groups, where neither is.

        Args:
            scores: Floating point of shape (n, k).

        Returns:
            float64 of shape (n, 2), and float32 of shape (n,).
        """
        rows, likeness, cosine = self._likest(unit_scores(to_float16(scores)))
        further = likeness[:, :1].astype(np.float64) - likeness
        counts = np.exp(-FALL * further / np.maximum(further[:, -1:], 1e-6))
        codes = np.empty((len(rows), 2))
        for start in range(0, len(rows), BLOCK):
            block = slice(start, start + BLOCK)
            codes[block] = self._thick_of(self.codes[rows[block]], counts[block])
        return codes, 1.0 - cosine

    def _likest(
        self, units: Units
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
        """Rows and likeness of the ``NEAREST`` that are most like each frame, best first.

        Beside these, both of shape (n, count), the largest cosine, of shape (n,).
        """
        if self._units is None:
            self._units = unit_scores(self.scores)
        count = min(NEAREST, len(self.scores))
        if self.crowding is None:
            rows, cosines = nearest(units, self._units, count)
            return rows, cosines, cosines[:, 0]
        rows, cosines = nearest(units, self._units, min(SOUGHT, len(self.scores)))
        likeness = cosines - np.float32(CROWDED) * self.crowding[rows]
        best = np.argsort(-likeness, axis=1, kind="stable")[:, :count]
        rows, likeness = (np.take_along_axis(a, best, axis=1) for a in (rows, likeness))
        return rows, likeness, cosines[:, 0]

    def _thick_of(
        self, codes: NDArray[np.float64], counts: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The mode of codes (n, count, 2) that count so much each (n, count), from the thickest."""
        apart = np.square(codes[:, :, None] - codes[:, None]).sum(axis=3)
        thick = (counts[:, None] / (self.width**2 + apart)).sum(axis=2).argmax(axis=1)
        place = codes[np.arange(len(codes)), thick]
        for _ in range(ROUNDS):
            far = np.square(codes - place[:, None]).sum(axis=2)
            weight = counts / (self.width**2 + far)
            place = (codes * weight[:, :, None]).sum(axis=1) / weight.sum(axis=1)[:, None]
        return np.asarray(place)

    def save(self, folder: Path) -> None:
        """Write the arrays; the two numbers belong into layout.json, and whether crowding is."""
        np.save(folder / SCORES_FILE, self.scores, allow_pickle=False)
        np.save(folder / CODES_FILE, self.codes, allow_pickle=False)
        if self.crowding is not None:
            np.save(folder / CROWDING_FILE, self.crowding, allow_pickle=False)

    @classmethod
    def load(
        cls, folder: Path, components: int, width: float, radius: float, crowded: bool
    ) -> "FittedFrames":
        """Read what ``save`` wrote; with ``crowded``, the crowding too."""
        crowding = None
        try:
            scores = np.load(folder / SCORES_FILE, allow_pickle=False)
            codes = np.load(folder / CODES_FILE, allow_pickle=False)
            if crowded:
                crowding = np.load(folder / CROWDING_FILE, allow_pickle=False).astype(np.float32)
        except NPY_ERRORS as error:
            raise FormatError(
                f"Expected {folder} to hold the frames that the map was fitted on. Received: "
                f"{error}. Draw the map again with --refit."
            ) from error
        whole = scores.shape == (len(codes), components) and codes.shape == (len(scores), 2)
        finite = whole and np.isfinite(codes).all() and (np.abs(scores) <= LARGEST_HALF).all()
        if not finite or len(codes) == 0 or not 0 < width < np.inf:
            raise FormatError(
                f"Expected {folder} to hold scores (m, {components}) and codes (m, 2) of the "
                f"frames that the map was fitted on. Received: {scores.shape}, {codes.shape}. "
                "Draw the map again with --refit."
            )
        if crowding is not None and (
            crowding.shape != (len(codes),) or not np.isfinite(crowding).all()
        ):
            raise FormatError(
                f"Expected {folder / CROWDING_FILE} to hold a number for each of the {len(codes)} "
                f"frames that the map was fitted on. Received: {crowding.shape}. Draw the map "
                "again with --refit."
            )
        return cls(scores.astype(np.float16), codes.astype(np.float64), width, radius, crowding)


def to_float16(scores: NDArray[Any]) -> NDArray[np.float16]:
    """Scores as the atlas stores them, float16, none infinite and no -0."""
    rows = np.clip(np.asarray(scores, np.float32), -LARGEST, LARGEST).astype(np.float16)
    return np.asarray(rows + np.float16(0.0), np.float16)


def _digests(rows: NDArray[np.float16]) -> NDArray[np.uint64]:
    """A number for each row that is equal for equal rows, shape (n,)."""
    factors = np.random.default_rng(1).integers(1, 2**63, rows.shape[1], np.uint64) | np.uint64(1)
    bits = np.ascontiguousarray(rows).view(np.uint16)
    return np.concatenate(
        [
            (bits[i : i + 4096].astype(np.uint64) * factors).sum(axis=1, dtype=np.uint64)
            for i in range(0, len(bits), 4096)
        ]
        or [np.zeros(0, np.uint64)]
    )
