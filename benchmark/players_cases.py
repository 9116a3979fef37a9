"""One test of the players benchmark: footage, broken in one way, as tracklets with their truth."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmark.players_footage import Described, Footage
from frameatlas.reid.breaking import Breakage, break_tracks
from frameatlas.reid.crop_plan import MOST_CROPS, WORST, box_quality
from frameatlas.reid.metrics_levels import TrueBoxes
from frameatlas.reid.tracklets import TrackletFeatures, Tracklets
from frameatlas.reid.tracks import Tracks

MEAN_LENGTH = 120.0
"""Mean frames between random cuts: long enough that a switch can be found, 24 crops."""


@dataclass(frozen=True)
class Case:
    """Tracklets with features, and who they are.

    Attributes:
        name: Of the footage.
        switches: Share of tracklets that show two people.
        features: What identities are found from.
        truth: Who every box is; the same rows as ``features.tracklets``.
    """

    name: str
    switches: float
    features: TrackletFeatures
    truth: TrueBoxes

    @property
    def people(self) -> int:
        """Number of people."""
        return len(np.unique(self.truth.identity))

    @property
    def majority(self) -> NDArray[np.int64]:
        """The person of each tracklet."""
        return self.truth.majority(len(self.features.tracklets))


def make_case(footage: Footage, described: list[Described], switches: float, seed: int) -> Case:
    """Break the tracks of some footage, and gather what is known of the tracklets.

    Args:
        footage: Filmed people.
        described: Described boxes of each camera.
        switches: Share of tracklets that show two people.
        seed: Decides where tracks break.
    """
    files, identities, crops = [], [], []
    for number, filmed in enumerate(footage.cameras):
        how = Breakage(MEAN_LENGTH, switches=switches, seed=1000 * seed + number)
        tracks, rows = _broken(filmed.boxes, how, footage.broken)
        order = np.lexsort((tracks.frame, tracks.track))
        files.append(tracks)
        identities.append(filmed.identity[rows[order]])
        crops.append(_crops(tracks, order, rows, described[number], filmed.size))
    tracklets = Tracklets.of(files)
    starts = np.cumsum([0, *(len(own) for own in identities[:-1])])
    row = np.concatenate([own[0] + start for own, start in zip(crops, starts, strict=True)])
    features = TrackletFeatures(
        tracklets,
        tracklets.row_tracklet[row],
        tracklets.row_frame[row],
        np.concatenate([own[1] for own in crops]),
        np.concatenate([own[2] for own in crops]),
        np.concatenate([own[3] for own in crops]).astype(np.float32),
    )
    taken = np.zeros(len(tracklets.row_frame), bool)
    taken[row] = True
    truth = TrueBoxes(tracklets.row_tracklet, np.concatenate(identities), taken)
    return Case(footage.name, switches, features, truth)


def _broken(boxes: Tracks, how: Breakage, already: bool) -> tuple[Tracks, NDArray[np.int64]]:
    """Broken tracks, and the row of each of their boxes among the true ones."""
    if already:
        return boxes, np.arange(len(boxes))
    # A row's number travels as its identity: with it comes everything that is known of the row.
    numbered = break_tracks(boxes, how)
    keys = {
        (int(frame), int(person)): row
        for row, (frame, person) in enumerate(zip(boxes.frame, boxes.track, strict=True))
    }
    rows = [
        keys[int(frame), int(person)]
        for frame, person in zip(numbered.tracks.frame, numbered.identity, strict=True)
    ]
    return numbered.tracks, np.array(rows, np.int64)


Crops = tuple[NDArray[np.int64], NDArray[np.float16], NDArray[np.float32], NDArray[np.floating]]
"""Rows by tracklet and frame, features, colours and quality."""


def _crops(
    tracks: Tracks,
    order: NDArray[np.int64],
    rows: NDArray[np.int64],
    described: Described,
    size: tuple[int, int],
) -> Crops:
    """The described boxes of one camera, at most 40 a tracklet, evenly chosen."""
    place = np.full(int(max(rows.max(), described.row.max())) + 1, -1)
    place[described.row] = np.arange(len(described.row))
    found = place[rows[order]]
    quality = box_quality(replace(tracks, confidence=np.ones_like(tracks.confidence)), size)[order]
    usable = (found >= 0) & (quality >= WORST)
    chosen = [
        _evenly(np.flatnonzero(usable & (tracks.track[order] == number)))
        for number in np.unique(tracks.track)
    ]
    kept = np.concatenate(chosen)
    which = found[kept]
    ranks = np.argsort(np.argsort(described.sharpness[which])) / max(1, len(which) - 1)
    return (
        kept,
        described.features[which],
        described.colour[which],
        quality[kept] * (0.5 + 0.5 * ranks),
    )


def _evenly(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(rows) <= MOST_CROPS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, MOST_CROPS).round().astype(np.int64)]
