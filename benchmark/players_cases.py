"""One test of the players benchmark: footage, broken in one way, as tracklets with their truth.

Crops are chosen and put together by the code that ``frameatlas players`` runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.players_crops import Describe, Described, describe
from benchmark.players_footage import Filmed, Footage
from frameatlas.reid.crops.crop_table import CropTable
from frameatlas.reid.crops.game import gather_crops
from frameatlas.reid.crops.selection import CropPlan, plan_crops
from frameatlas.reid.evaluate.levels import TrueBoxes
from frameatlas.reid.evaluate.tracker_errors import Breakage, break_tracks
from frameatlas.reid.tracks.mot import Tracks
from frameatlas.reid.tracks.tracklets import TrackletFeatures

MEAN_LENGTH = 120.0
"""Mean frames between random cuts: long enough that a switch can be found, 24 crops."""


@dataclass(frozen=True)
class Case:
    """Tracklets with features, and who they are.

    Attributes:
        name: Of the footage.
        switches: Share of tracklets that show two people.
        seed: Of the footage.
        features: What identities are found from.
        truth: Who every box is; the same rows as ``features.tracklets``.
    """

    name: str
    switches: float
    seed: int
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


@dataclass(frozen=True)
class Broken:
    """What a tracker would have given for one camera.

    Attributes:
        tracks: Its tracklets.
        row: int64 of shape (m,): the row of each of their boxes among the true ones.
        plan: Boxes that become crops.
        crop: int64 of shape (n,): the row of each of these in ``tracks``.
    """

    tracks: Tracks
    row: NDArray[np.int64]
    plan: CropPlan
    crop: NDArray[np.int64]


def cases(
    footage: Footage,
    switches: Sequence[float],
    network: Describe,
    cache: Path | None,
    takeovers: float = 0.0,
) -> Iterator[Case]:
    """Footage broken at each share of switches; every box is described once for all of them.

    Args:
        footage: What was filmed.
        switches: Shares of tracklets that exchange people.
        network: Describes crops.
        cache: A folder; None keeps nothing.
        takeovers: Share of tracklets that go over to somebody who has none.
    """
    if takeovers and not footage.broken:
        footage = replace(footage, name=f"{footage.name}, {takeovers:.0%} taken over")
    shares = [0.0] if footage.broken else switches
    broken = [
        [
            _broken(filmed, footage, (share, takeovers), n)
            for n, filmed in enumerate(footage.cameras)
        ]
        for share in shares
    ]
    described = []
    for number, filmed in enumerate(footage.cameras):
        wanted = [each[number].row[each[number].crop] for each in broken]
        described.append(describe(filmed, np.unique(np.concatenate(wanted)), network, cache))
    for share, each in zip(shares, broken, strict=True):
        yield _case(footage, share, each, described)


def _broken(filmed: Filmed, footage: Footage, shares: tuple[float, float], number: int) -> Broken:
    boxes = filmed.boxes
    if footage.broken:
        return _planned(boxes, np.arange(len(boxes)), filmed.size)
    how = Breakage(
        MEAN_LENGTH, switches=shares[0], takeovers=shares[1], seed=1000 * footage.seed + number
    )
    found = break_tracks(boxes, how)
    keys = _keys(boxes.frame, boxes.track)
    order = np.argsort(keys)
    place = np.searchsorted(keys[order], _keys(found.tracks.frame, found.identity))
    return _planned(found.tracks, order[place], filmed.size)


def _planned(tracks: Tracks, row: NDArray[np.int64], size: tuple[int, int]) -> Broken:
    order = np.lexsort((tracks.track, tracks.frame))
    tracks, row = tracks.rows(order), row[order]
    plan = plan_crops(tracks, size)
    crop = np.searchsorted(_keys(tracks.frame, tracks.track), _keys(plan.frame, plan.track))
    return Broken(tracks, row, plan, crop)


def _keys(frame: NDArray[np.int64], track: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each box that no other box of the video has; ascending with frame and track."""
    return frame * 1_000_000_000 + track


def _case(
    footage: Footage, share: float, broken: Sequence[Broken], described: Sequence[Described]
) -> Case:
    parts, features = [], []
    for number, (own, known) in enumerate(zip(broken, described, strict=True)):
        found = np.isin(own.row[own.crop], known.row)
        place = np.searchsorted(known.row, own.row[own.crop[found]])
        plan = own.plan
        parts.append(
            (
                number,
                CropTable(
                    plan.frame[found],
                    plan.track[found],
                    plan.box[found],
                    plan.quality[found],
                    known.sharpness[place],
                    known.colour[place],
                ),
            )
        )
        features.append(known.features[place])
    rates = [float(filmed.pictures.rate) for filmed in footage.cameras]
    crops, _ = gather_crops([own.tracks for own in broken], parts, np.concatenate(features), rates)
    return Case(footage.name, share, footage.seed, crops, _truth(footage, broken, crops))


def _truth(footage: Footage, broken: Sequence[Broken], crops: TrackletFeatures) -> TrueBoxes:
    """Who each box is, in the order of ``Tracklets``: by file, then track, then frame."""
    identity = []
    for filmed, own in zip(footage.cameras, broken, strict=True):
        order = np.lexsort((own.tracks.frame, own.tracks.track))
        identity.append(filmed.identity[own.row[order]])
    tracklets = crops.tracklets
    taken = np.isin(
        _keys(tracklets.row_frame, tracklets.row_tracklet), _keys(crops.frame, crops.tracklet)
    )
    return TrueBoxes(tracklets.row_tracklet, np.concatenate(identity), taken)
