"""Crops of filmed people ranked by what describes them: why ``players rank`` is as it is.

PETS09-S2L1, the crops of its hand-drawn boxes; every crop is asked for, those of its own tracklet
are left out. One camera, one sequence, 15 people: a sanity figure, and no benchmark.
"""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.cli.learning.describe_game import CROP_SIZE, stretch
from frameatlas.embedder.describe.descriptor import XceptionDescriptor
from frameatlas.embedder.describe.engine import open_engine
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.reid.crops.colour_histogram import torso_colour
from frameatlas.reid.crops.crops import cut_crops
from frameatlas.reid.crops.selection import CropPlan
from frameatlas.reid.learn.networks.masks import SEEN, open_mask
from frameatlas.reid.ranking.cmc_map import Labels, score_ranking
from frameatlas.reid.ranking.distances import euclidean, rerank, unit_length
from frameatlas.reid.tracks.frame_reader import open_pictures

SAME = {13: 2, 11: 3, 12: 4, 10: 6}
"""Identities that are, by eye, the same actor coming back."""

VIDEO = "PETS09-S2L1_vtest.avi"

Row = dict[str, Any]


def read_boxes(folder: Path) -> dict[str, NDArray[Any]]:
    """Frame, box, actor and tracklet of every hand-drawn box that lies in a tracklet."""
    with (folder / "tracklet_identities.csv").open() as file:
        spans = [{k: int(v) for k, v in row.items()} for row in csv.DictReader(file)]
    rows = []
    with (folder / "boxes.csv").open() as file:
        for row in csv.DictReader(file):
            frame, person = int(row["frame"]), int(row["id"])
            own = [s["tracklet"] for s in spans if s["identity"] == person
                   and s["first_frame"] <= frame <= s["last_frame"]]  # fmt: skip
            if own:
                box = [float(row[key]) for key in "xywh"]
                rows.append((frame, SAME.get(person, person), own[0], *box))
    table = np.array(sorted(rows))
    return {
        "frame": table[:, 0].astype(np.int64),
        "actor": table[:, 1].astype(np.int64),
        "tracklet": table[:, 2].astype(np.int64),
        "box": table[:, 3:],
    }


def describe_boxes(folder: Path, kept: Path | None) -> dict[str, NDArray[Any]]:
    """The boxes with the network's features and the torso's colour; kept for the next run."""
    if kept is not None and kept.is_file():
        with np.load(kept, allow_pickle=False) as file:
            if "masked" in file.files:
                return {name: file[name] for name in file.files}
    known = read_boxes(folder)
    plan = CropPlan(
        known["frame"], known["tracklet"], known["box"], np.ones(len(known["frame"]), np.float32)
    )
    crops = list(cut_crops(open_pictures(folder / VIDEO), plan))
    rows = np.array([crop.row for crop in crops])
    engine = XceptionDescriptor(open_engine("auto"))
    pixels = np.stack([crop.pixels for crop in crops])
    box = np.array([crop.box for crop in crops], np.int32)
    found = {name: values[rows] for name, values in known.items()}
    found["features"] = describe_frames(engine, pixels, box)
    found["colour"] = np.stack([crop.colour for crop in crops])
    found["masked"] = masked_colour(pixels, box)
    engine.close()
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, **found)
    return found


def masked_colour(pixels: NDArray[np.uint8], box: NDArray[np.int32]) -> NDArray[np.float32]:
    """The torso's colour without background, as ``players --mask auto`` tells it."""
    opened = open_mask("auto")
    assert opened is not None
    people = stretch(pixels, box, CROP_SIZE)
    seen = opened[1](people, ()) >= SEEN
    return np.stack([torso_colour(*pair) for pair in zip(people, seen, strict=True)])


def people_rows(folder: Path, kept: Path | None = None) -> list[Row]:
    """Scores of each way to describe."""
    known = describe_boxes(folder, kept)
    network, colour = unit_length(known["features"]), unit_length(known["colour"])
    ways = {
        "Xception": network,
        "Xception, centred": centred(network),
        "torso colour": colour,
        "torso colour, background left out": unit_length(known["masked"]),
        "Xception + colour .5": np.hstack([network, 0.5 * colour]),
        "Xception + colour 1": np.hstack([network, colour]),
        "Xception + colour 1, centred": centred(np.hstack([network, colour])),
        "the same, background left out": centred(
            np.hstack([network, unit_length(known["masked"])])
        ),
    }
    labels = Labels.of(known["actor"], known["tracklet"])
    rows = [_row(name, euclidean(*[unit_length(w)] * 2), labels) for name, w in ways.items()]
    last = unit_length(ways["Xception + colour 1, centred"])
    return [*rows, _row("Xception + colour 1, centred, re-ranked", rerank(last, last), labels)]


def centred(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rows without what all of them share."""
    return np.asarray(rows - rows.mean(axis=0), np.float64)


def _row(name: str, distance: NDArray[np.floating], labels: Labels) -> Row:
    scores = score_ranking(distance, labels, labels)
    trapezoid = score_ranking(distance, labels, labels, ap="trapezoid").mean_precision
    return {
        "way": name,
        "mAP": round(scores.mean_precision, 3),
        "trapezoid": round(trapezoid, 3),
        "rank-1": round(float(scores.cmc[0]), 3),
        "rank-5": round(float(scores.cmc[4]), 3),
        "mINP": round(scores.mean_inverse_penalty, 3),
        "crops": len(labels.person),
        "queries": scores.queries,
    }
