"""The experiment that EPFL's report leaves open: a head learnt on some people, tested on others."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.players_cases import Case
from frameatlas.reid.evaluate.clustering_metrics import score_identities
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.learn.clustering_head import (
    PLAN,
    estimate_error,
    head_inputs,
    train_head,
    with_head,
)
from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets

Row = dict[str, Any]

WAYS = ("no head", "people known", "tracklets only")
"""Labels of the training people: none trained, who they are, or no more than a tracker tells."""


def head_rows(case: Case) -> list[Row]:
    """Scores on half of the people, of a head that was trained on the other half."""
    random = np.random.default_rng(case.seed)
    people = random.permutation(np.unique(case.majority))
    chosen = people[: len(people) // 2]
    train = np.isin(case.majority[case.features.tracklet], chosen)
    inputs = head_inputs(case.features)
    test, kept = only(case, ~np.isin(case.majority, chosen))
    truth = case.majority[kept]
    rows: list[Row] = []
    for way in WAYS:
        crops = test
        if way != "no head":
            tracklet = case.features.tracklet[train]
            labels = case.majority[tracklet] if way == "people known" else tracklet
            head = train_head(inputs[train], labels, replace(PLAN, seed=case.seed))
            crops = with_head(test, inputs[~train], head)
        found = identify(crops, PlayersOptions())
        identities = identify(crops, PlayersOptions(count=len(np.unique(truth))))
        scores = score_identities(truth, found.player)
        rows.append(
            {
                "case": case.name,
                "switches": case.switches,
                "seed": case.seed,
                "method": f"head: {way}",
                "accuracy": scores.accuracy,
                "pair_f1": scores.pair_f1,
                "accuracy_known": score_identities(truth, identities.player).accuracy,
                "estimate": estimate_error(found),
            }
        )
    return rows


def only(case: Case, chosen: NDArray[np.bool_]) -> tuple[TrackletFeatures, NDArray[np.int64]]:
    """Some tracklets of a case as a game of their own, and their rows."""
    kept = np.flatnonzero(chosen)
    place = np.full(len(chosen), -1)
    place[kept] = np.arange(len(kept))
    crops, old = case.features, case.features.tracklets
    row, crop = chosen[old.row_tracklet], chosen[crops.tracklet]
    tracklets = Tracklets(
        tuple(old.names[number] for number in kept),
        old.sequence[kept],
        old.camera[kept],
        old.cameras,
        place[old.row_tracklet[row]],
        old.row_frame[row],
        old.row_box[row],
    )
    features = TrackletFeatures(
        tracklets,
        place[crops.tracklet[crop]],
        crops.frame[crop],
        np.asarray(crops.features[:])[crop],
        crops.colour[crop],
        crops.quality[crop],
    )
    return features, kept
