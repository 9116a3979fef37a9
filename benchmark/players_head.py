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
from frameatlas.reid.learn.learn_on_game import only_tracklets
from frameatlas.reid.tracks.tracklets import TrackletFeatures

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
    return only_tracklets(case.features, chosen), np.flatnonzero(chosen)
