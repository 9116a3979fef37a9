"""What is compared in the players benchmark: trivial answers, other ways, ours, ours with less."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from benchmark.players_cases import Case
from frameatlas.reid.identify.constraints.seen_together import seen_together
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.identities import Identities
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.ranking.distances import cluster_dbscan, jaccard_distance, unit_length
from frameatlas.reid.tracks.pool import pool
from frameatlas.reid.tracks.tracklets import Tracklets


@dataclass(frozen=True)
class Answer:
    """Players that a method gives.

    Attributes:
        players: int64 of shape (tracklets,).
        of_box: int64 of shape (m,), the player of each box.
        estimate: Label-free error rates and the like, of our method.
    """

    players: NDArray[np.int64]
    of_box: NDArray[np.int64]
    estimate: dict[str, Any]


Method = Callable[[Case], Answer]
"""From a case to an answer."""


def ours(**options: Any) -> Method:
    """``identify`` as users get it, but for what the options say."""

    def method(case: Case) -> Answer:
        found = identify(case.features, PlayersOptions(**options))
        estimate = {
            "count": found.count,
            "false_links": found.false_links,
            "missed_links": found.missed_links,
            "estimate": found.false_links + found.missed_links,
            "pieces": len(found.segments),
        }
        return Answer(found.player, players_of_boxes(case.features.tracklets, found), estimate)

    return method


def known_count(**options: Any) -> Method:
    """Ours, told how many people there are."""
    return lambda case: ours(count=case.people, **options)(case)


def players_of_boxes(tracklets: Tracklets, found: Identities) -> NDArray[np.int64]:
    """The player of every box: that of the piece which it belongs to."""
    segments = found.segments
    last = int(tracklets.row_frame.max()) + 1
    starts = segments.tracklet * last + segments.first
    rows = tracklets.row_tracklet * last + tracklets.row_frame
    order = np.argsort(starts)
    which = order[np.searchsorted(starts[order], rows, side="right") - 1]
    return segments.player[which]


def _answer(case: Case, players: NDArray[np.integer]) -> Answer:
    whole = players.astype(np.int64)
    return Answer(whole, whole[case.features.tracklets.row_tracklet], {})


def tracker_ids(case: Case) -> Answer:
    """Every tracklet is a person."""
    return _answer(case, np.arange(len(case.features.tracklets)))


def all_one(case: Case) -> Answer:
    """Everybody is one person."""
    return _answer(case, np.zeros(len(case.features.tracklets), np.int64))


def at_random(case: Case) -> Answer:
    """Dice, as many sides as there are people."""
    random = np.random.default_rng(case.seed)
    return _answer(case, random.integers(0, case.people, len(case.features.tracklets)))


def teams_only(case: Case) -> Answer:
    """Each team is a person."""
    return _answer(case, identify(case.features, PlayersOptions()).team)


def oracle(case: Case) -> Answer:
    """The best that can be done without splitting: each tracklet is the person it shows most."""
    return _answer(case, case.majority)


def tracklet_means(case: Case) -> NDArray[np.float64]:
    """Network and colour, pooled by tracklet, no camera normalised, nothing whitened."""
    features = unit_length(np.asarray(case.features.features, np.float32))
    both = np.concatenate([features, 0.5 * case.features.colour], axis=1).astype(np.float32)
    number = len(case.features.tracklets)
    return pool(both, case.features.quality, case.features.tracklet, number).astype(np.float64)


def kmeans_crops(case: Case) -> Answer:
    """KMeans of single crops, K known; a tracklet is what most of its crops are."""
    features = unit_length(np.asarray(case.features.features, np.float32))
    found = KMeans(case.people, n_init=3, random_state=case.seed).fit_predict(features)
    votes = np.zeros((len(case.features.tracklets), case.people))
    np.add.at(votes, (case.features.tracklet, found), 1)
    return _answer(case, votes.argmax(axis=1))


def kmeans_tracklets(case: Case) -> Answer:
    """KMeans of tracklets' means, K known."""
    means = tracklet_means(case)
    return _answer(case, KMeans(case.people, n_init=5, random_state=case.seed).fit_predict(means))


def dbscan_tracklets(case: Case) -> Answer:
    """DBSCAN of the k-reciprocal Jaccard distance of tracklets' means."""
    distance = jaccard_distance(tracklet_means(case), k1=10, k2=3)
    return _answer(case, cluster_dbscan(distance, eps=0.5, least=2))


def gta_connector(case: Case) -> Answer:
    """GTA-Link's connector: nearest pairs by mean cosine merge below .4, overlaps count as 1."""
    tracklets, means = case.features.tracklets, tracklet_means(case)
    timestamp = tracklets.sequence[tracklets.row_tracklet] * (tracklets.row_frame.max() + 1)
    timestamp = timestamp + tracklets.row_frame
    number = len(tracklets)
    seen = seen_together(number, tracklets.row_tracklet, timestamp, tracklets.row_box)
    label, sums, counts = np.arange(number), means.copy(), np.ones(number)
    ban = seen.together.copy()
    while True:
        centres = sums / counts[:, None]
        distance = 1 - centres @ centres.T
        distance[ban] = 1
        alive = np.unique(label)
        distance = distance[np.ix_(alive, alive)]
        np.fill_diagonal(distance, np.inf)
        place = np.unravel_index(distance.argmin(), distance.shape)
        if distance[place] >= 0.4:
            return _answer(case, label)
        kept, gone = sorted(int(alive[p]) for p in place)
        label[label == gone] = kept
        sums[kept] += sums[gone]
        counts[kept] += counts[gone]
        ban[kept] |= ban[gone]
        ban[:, kept] |= ban[:, gone]


def without_quality(case: Case) -> Answer:
    """Ours, every crop counting the same."""
    even = replace(case.features, quality=np.ones_like(case.features.quality))
    return ours()(replace(case, features=even))


BASELINES: dict[str, Method] = {
    "tracker ids as they are": tracker_ids,
    "all one person": all_one,
    "teams only": teams_only,
    "random, right K": at_random,
    "colour only": ours(network=False),
    "KMeans of crops, K known": kmeans_crops,
    "KMeans of tracklets, K known": kmeans_tracklets,
    "DBSCAN on Jaccard distance": dbscan_tracklets,
    "GTA-Link's connector, .4": gta_connector,
}
OURS: dict[str, Method] = {"players": ours(), "players, K known": known_count()}
ORACLE: dict[str, Method] = {"oracle: majority of each tracklet": oracle}

ABLATION: dict[str, Method] = {
    "- normalised cameras": ours(normalise=False),
    "- casts taken out": ours(casts=False),
    "- whitening": ours(whiten=False),
    "- splitting": ours(split=False),
    "- cannot-link": ours(cannot_link=False),
    "- speed limit": ours(top_speed=0.0),
    "- colour": ours(colour_weight=0.0),
    "- network": ours(network=False),
    "- quality": without_quality,
    "- unassigned": ours(unassigned_share=0.0),
    "- calibration (0.6)": ours(threshold=0.6),
    "+ repair": ours(repair=True),
    "+ teams apart, .2": ours(team_apart=0.2),
}
"""``players`` with one step taken away, or one that is off by default put in."""
