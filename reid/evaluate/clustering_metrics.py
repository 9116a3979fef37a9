"""How well given identities agree with the true ones, whatever the identities are called.

By hand, since scikit-learn's ``adjusted_rand_score`` and its kin take no weights of items.
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from frameatlas.errors import InputError
from frameatlas.reid.identify.identities import UNASSIGNED


@dataclass(frozen=True)
class IdentityScores:
    """Agreement of two labellings of the same items; all but counts lie in [0, 1], ARI in [-1, 1].

    Attributes:
        items: Number of items, or the sum of their weights.
        true_count: Distinct true identities, K.
        count: Distinct identities given, K̂, without the unassigned.
        count_error: How far K̂ is from K.
        coverage: Share of the items that were given an identity.
        accuracy: Share of items right under the best one-to-one map from given to true identities;
            items of a given identity without a partner, and unassigned items, are wrong.
        purity: Share of items of the commonest true identity within what they were given.
        inverse_purity: Share of items in the commonest given identity of their true one.
        ari: Adjusted Rand index.
        nmi: Mutual information over the mean of both entropies; the V-measure is the same number.
        homogeneity: 1 - H(true | given) / H(true).
        completeness: 1 - H(given | true) / H(given).
        pair_precision: Of the pairs said to be one person, the share that is.
        pair_recall: Of the pairs that are one person, the share that is said to be.
        pair_f1: Harmonic mean of both.
        bcubed_precision: Mean over items of the share of their given identity that is their person.
        bcubed_recall: Mean over items of the share of their person that is in their given identity.
        bcubed_f1: Harmonic mean of both.
    """

    items: float
    true_count: int
    count: int
    count_error: int
    coverage: float
    accuracy: float
    purity: float
    inverse_purity: float
    ari: float
    nmi: float
    homogeneity: float
    completeness: float
    pair_precision: float
    pair_recall: float
    pair_f1: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float

    def to_json(self) -> dict[str, float]:
        """All of them by name, rounded to six places."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def score_identities(
    truth: ArrayLike,
    given: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    tracklets: ArrayLike | None = None,
) -> IdentityScores:
    """Compare identities with the true ones.

    Args:
        truth: Integers of shape (n,), the person that each item shows.
        given: Integers of shape (n,), the identity it was given, or ``UNASSIGNED``.
        weights: Number of boxes or crops that each item stands for, (n,); 1 where left out.
        tracklets: Integers of shape (n,). An unassigned item counts as an identity of its own in
            every score but ``accuracy``; items of one tracklet stay together in that. Where left
            out each item stays alone.

    Raises:
        InputError: There are no items, or not as many of one as of the other.
    """
    true, found, weight = _check(truth, given, weights)
    assigned = found != UNASSIGNED
    alone = np.arange(len(true)) if tracklets is None else np.asarray(tracklets)
    named = np.where(assigned, found, UNASSIGNED - 1 - alone.astype(np.int64))
    table = contingency(true, named, weight)
    part = contingency(true[assigned], found[assigned], weight[assigned])
    right = _match(part)
    count = part.shape[1]
    true_count = table.shape[0]
    return IdentityScores(
        items=float(weight.sum()),
        true_count=true_count,
        count=count,
        count_error=abs(count - true_count),
        coverage=float(part.sum() / table.sum()),
        accuracy=float(right / table.sum()),
        purity=float(table.max(axis=0).sum() / table.sum()),
        inverse_purity=float(table.max(axis=1).sum() / table.sum()),
        ari=_adjusted_rand(table),
        **_information(table),
        **_pairs(table),
        **_bcubed(table),
    )


def contingency(
    truth: NDArray[np.int64], given: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weight of the items of each true identity (rows) under each given one (columns)."""
    rows, row = np.unique(truth, return_inverse=True)
    columns, column = np.unique(given, return_inverse=True)
    table = np.zeros((len(rows), len(columns)))
    np.add.at(table, (row, column), weights)
    return table


def best_map(truth: ArrayLike, given: ArrayLike) -> dict[int, int]:
    """Given identity → true identity, one to one, so that most items are right."""
    true, found, weight = _check(truth, given, None)
    keep = found != UNASSIGNED
    table = contingency(true[keep], found[keep], weight[keep])
    rows, columns = np.unique(true[keep]), np.unique(found[keep])
    row, column = linear_sum_assignment(-table)
    return {int(columns[c]): int(rows[r]) for r, c in zip(row, column, strict=True)}


def _check(
    truth: ArrayLike, given: ArrayLike, weights: ArrayLike | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    true, found = np.asarray(truth), np.asarray(given)
    weight = np.ones(len(true)) if weights is None else np.asarray(weights, np.float64)
    if not (true.shape == found.shape == weight.shape and true.ndim == 1 and len(true)):
        raise InputError(
            "Expected one true and one given identity for each of at least one item. Received: "
            f"shapes {true.shape}, {found.shape} and weights {weight.shape}."
        )
    return true.astype(np.int64), found.astype(np.int64), weight


def _match(table: NDArray[np.float64]) -> float:
    """Weight on the diagonal of the best one-to-one map (the Hungarian method)."""
    if not table.size:
        return 0.0
    row, column = linear_sum_assignment(-table)
    return float(table[row, column].sum())


def _pairs_in(counts: NDArray[np.float64]) -> float:
    return float(np.sum(counts * (counts - 1)) / 2)


def _adjusted_rand(table: NDArray[np.float64]) -> float:
    both = _pairs_in(table)
    true, given = _pairs_in(table.sum(axis=1)), _pairs_in(table.sum(axis=0))
    total = _pairs_in(table.sum()[None])
    expected = true * given / total if total else 0.0
    most = (true + given) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _pairs(table: NDArray[np.float64]) -> dict[str, float]:
    both = _pairs_in(table)
    true, given = _pairs_in(table.sum(axis=1)), _pairs_in(table.sum(axis=0))
    precision = both / given if given else 1.0
    recall = both / true if true else 1.0
    return _as_scores("pair", precision, recall)


def _bcubed(table: NDArray[np.float64]) -> dict[str, float]:
    total, squared = table.sum(), table**2
    precision = float((squared / table.sum(axis=0)).sum() / total)
    recall = float((squared / table.sum(axis=1, keepdims=True)).sum() / total)
    return _as_scores("bcubed", precision, recall)


def _as_scores(kind: str, precision: float, recall: float) -> dict[str, float]:
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return {f"{kind}_precision": precision, f"{kind}_recall": recall, f"{kind}_f1": f1}


def _entropy(counts: NDArray[np.float64]) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log(share)).sum())


def _information(table: NDArray[np.float64]) -> dict[str, float]:
    true, given = _entropy(table.sum(axis=1)), _entropy(table.sum(axis=0))
    mutual = max(0.0, true + given - _entropy(table.ravel()))
    mean = (true + given) / 2
    return {
        "nmi": mutual / mean if mean > 1e-12 else 1.0,
        "homogeneity": mutual / true if true > 1e-12 else 1.0,
        "completeness": mutual / given if given > 1e-12 else 1.0,
    }
