"""IDF1 and HOTA's association accuracy of MOT boxes with identities, as TrackEval defines them.

By hand, since TrackEval is run on folders laid out as its benchmarks are, not on arrays of boxes.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from frameatlas.errors import InputError
from frameatlas.reid.tracks.boxes import intersection_over_union
from frameatlas.reid.tracks.mot import Tracks

ALPHAS = np.arange(0.05, 0.99, 0.05)
"""Overlaps at which HOTA is measured; its mean over them is what is reported."""


@dataclass(frozen=True)
class TrackingScores:
    """Scores in [0, 1] of a whole sequence.

    Attributes:
        idf1: F1 of boxes that carry the right identity under the best map (overlap of half).
        idp: Its precision.
        idr: Its recall.
        hota: Geometric mean of the next two, over ``ALPHAS``.
        assa: Association accuracy: how much of each person one identity covers, and the reverse.
        deta: Detection accuracy; 1 where the boxes are the true boxes.
    """

    idf1: float
    idp: float
    idr: float
    hota: float
    assa: float
    deta: float

    def to_json(self) -> dict[str, float]:
        """All of them by name, rounded to six places."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def score_tracking(truth: Tracks, given: Tracks) -> TrackingScores:
    """Score boxes with identities against the true ones, both of one sequence.

    Raises:
        InputError: One of both has no boxes.
    """
    if not len(truth.frame) or not len(given.frame):
        raise InputError(
            "Expected boxes in the truth and in the answer. Received: "
            f"{len(truth.frame)} and {len(given.frame)}."
        )
    timestamps = list(_matched_frames(truth, given))
    idf1, idp, idr = _identity_scores(truth, given, timestamps)
    hota, assa, deta = _hota(truth, given, timestamps)
    return TrackingScores(idf1, idp, idr, hota, assa, deta)


MatchedFrame = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
"""Rows of the true identities in one frame, of the given ones, and the overlap of each pair."""


def _matched_frames(truth: Tracks, given: Tracks) -> Iterator[MatchedFrame]:
    true_row = np.unique(truth.track, return_inverse=True)[1]
    given_row = np.unique(given.track, return_inverse=True)[1]
    for frame in np.union1d(truth.frame, given.frame):
        here, there = truth.frame == frame, given.frame == frame
        overlaps = intersection_over_union(truth.box[here], given.box[there])
        yield true_row[here], given_row[there], overlaps


def _identity_scores(
    truth: Tracks, given: Tracks, timestamps: list[MatchedFrame]
) -> tuple[float, float, float]:
    """IDF1, IDP, IDR: the map from given to true identities that leaves fewest boxes wrong."""
    table = np.zeros((len(np.unique(truth.track)), len(np.unique(given.track))))
    for rows, columns, overlaps in timestamps:
        row, column = np.nonzero(overlaps >= 0.5)
        np.add.at(table, (rows[row], columns[column]), 1)
    # The most boxes right is the fewest wrong: what has no partner adds the same to every map.
    row, column = linear_sum_assignment(-table)
    right = float(table[row, column].sum())
    precision, recall = right / len(given.frame), right / len(truth.frame)
    return 2 * right / (len(given.frame) + len(truth.frame)), precision, recall


def _hota(
    truth: Tracks, given: Tracks, timestamps: list[MatchedFrame]
) -> tuple[float, float, float]:
    """HOTA, AssA, DetA, each the mean over ``ALPHAS``."""
    true_count = np.unique(truth.track, return_counts=True)[1][:, None]
    given_count = np.unique(given.track, return_counts=True)[1][None, :]
    alignment = _alignment(true_count, given_count, timestamps)
    matches = np.zeros((len(ALPHAS), *alignment.shape))
    for timestamp in timestamps:
        _match(timestamp, alignment, matches)
    found = matches.sum(axis=(1, 2))
    joint = matches / np.maximum(1, true_count + given_count - matches)
    association = (matches * joint).sum(axis=(1, 2)) / np.maximum(1, found)
    detection = found / np.maximum(1, len(truth.frame) + len(given.frame) - found)
    hota = np.sqrt(detection * association)
    return float(hota.mean()), float(association.mean()), float(detection.mean())


def _alignment(
    true_count: NDArray[np.int64], given_count: NDArray[np.int64], timestamps: list[MatchedFrame]
) -> NDArray[np.float64]:
    """How much each true and given identity overlap in the whole sequence, (K, K̂)."""
    potential = np.zeros((true_count.size, given_count.size))
    for rows, columns, overlaps in timestamps:
        either = overlaps.sum(axis=0)[None] + overlaps.sum(axis=1)[:, None] - overlaps
        share = np.divide(overlaps, either, out=np.zeros_like(overlaps), where=either > 1e-12)
        potential[rows[:, None], columns[None]] += share
    return potential / (true_count + given_count - potential)


def _match(
    timestamp: MatchedFrame, alignment: NDArray[np.float64], matches: NDArray[np.float64]
) -> None:
    """Pair the boxes of one frame, and count the pairs at each overlap, in place."""
    rows, columns, overlaps = timestamp
    score = alignment[rows[:, None], columns[None]] * overlaps
    row, column = linear_sum_assignment(-score)
    for number, alpha in enumerate(ALPHAS):
        good = overlaps[row, column] >= alpha - np.finfo(float).eps
        matches[number, rows[row[good]], columns[column[good]]] += 1
