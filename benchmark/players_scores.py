"""Scores of the answers in the players benchmark: at three levels, as tracks, and as a ranking."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.players_cases import Case
from benchmark.players_estimate import true_links
from benchmark.players_methods import Answer, Method
from frameatlas.reid.evaluate.levels import score_levels
from frameatlas.reid.evaluate.tracking_metrics import score_tracking
from frameatlas.reid.ranking.cmc_map import Labels, Precision, score_ranking
from frameatlas.reid.ranking.distances import euclidean, normalise_cameras, rerank, unit_length
from frameatlas.reid.tracks.mot import Tracks

MOST_CROPS = 600
"""Crops that are ranked against one another."""

Row = dict[str, Any]


def score(case: Case, name: str, method: Method) -> Row:
    """Every score of one method on one case."""
    answer = method(case)
    levels = score_levels(case.truth, answer.players, answer.of_box)
    row: Row = {"case": case.name, "switches": case.switches, "seed": case.seed, "method": name}
    for level, scores in levels.items():
        row |= {f"{level}_{key}": value for key, value in scores.to_json().items()}
    return (
        row | tracking(case, answer) | true_links(case.majority, answer.players) | answer.estimate
    )


def tracking(case: Case, answer: Answer) -> Row:
    """IDF1 and AssA of the boxes that were given a player, all cameras as one sequence."""
    tracklets = case.features.tracklets
    frames = tracklets.sequence[tracklets.row_tracklet] * (tracklets.row_frame.max() + 1)
    frames = frames + tracklets.row_frame
    sure = np.ones(len(frames), np.float32)
    truth = Tracks(frames, case.truth.identity, tracklets.row_box, sure)
    given = Tracks(frames, answer.of_box, tracklets.row_box, sure)
    given = given.rows(answer.of_box >= 0)
    if not len(given):
        return {"idf1": 0.0, "assa": 0.0}
    scores = score_tracking(truth, _once(given))
    return {"idf1": round(scores.idf1, 6), "assa": round(scores.assa, 6)}


def _once(tracks: Tracks) -> Tracks:
    """A player at two places at once keeps the first of both: a MOT file may say it only once."""
    order = np.lexsort((tracks.track, tracks.frame))
    pairs = np.stack([tracks.frame[order], tracks.track[order]])
    first = np.append(True, (np.diff(pairs, axis=1) != 0).any(axis=0))
    return tracks.rows(order[first])


def retrieval(case: Case) -> list[Row]:
    """Crops ranked by crops of other tracklets: how well the features alone tell people apart."""
    crops = case.features
    random = np.random.default_rng(case.seed)
    chosen = np.sort(random.permutation(len(crops))[:MOST_CROPS])
    frame_of = int(crops.tracklets.row_frame.max()) + 1
    keys = crops.tracklets.row_tracklet * frame_of + crops.tracklets.row_frame
    wanted = crops.tracklet[chosen] * frame_of + crops.frame[chosen]
    person = case.truth.identity[np.searchsorted(keys, wanted)]
    labels = Labels.of(person, crops.tracklet[chosen])
    raw = unit_length(np.asarray(crops.features[:][chosen], np.float32))
    camera = crops.tracklets.camera[crops.tracklet[chosen]]
    both = np.concatenate([raw, 0.5 * crops.colour[chosen]], axis=1)
    ways: dict[str, NDArray[np.float64]] = {
        "network": euclidean(raw, raw),
        "network and colour": euclidean(both, both),
        "+ camera normalisation": _same(normalise_cameras(both, camera)),
        "+ re-ranking": rerank(*(normalise_cameras(both, camera),) * 2),
    }
    return [_ranked(case, name, way, labels) for name, way in ways.items()]


def _same(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return euclidean(rows, rows)


def _ranked(case: Case, name: str, distance: NDArray[np.float64], labels: Labels) -> Row:
    row: Row = {"case": case.name, "switches": case.switches, "seed": case.seed, "method": name}
    kinds: tuple[Precision, ...] = ("standard", "trapezoid")
    for ap in kinds:
        scores = score_ranking(distance, labels, labels, ap=ap)
        row |= {
            f"mAP_{ap}": round(scores.mean_precision, 6),
            **{f"rank{n}": round(float(scores.cmc[n - 1]), 6) for n in (1, 5, 10)},
            "mINP": round(scores.mean_inverse_penalty, 6),
        }
    return row
