"""Whom the user leaves out: they go before anything is compared, and come back as nobody."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.players.corrections import Corrections
from frameatlas.reid.identify.identities import IGNORED, Decision, Identities, Segments
from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets


class LeftOut:
    """A game without whom the user ignores, and the way back to the whole of it.

    A tracklet of which a part is ignored goes on as its other parts, each of its own.

    Args:
        crops: The whole game.
        corrections: Say whom to ignore.

    Raises:
        InputError: They name tracklets that are not there, or everybody is ignored.
    """

    def __init__(self, crops: TrackletFeatures, corrections: Corrections) -> None:
        self.whole = crops
        tracklets = crops.tracklets
        splits = _splits(corrections, tracklets)
        self.names, self.tracklet, begins = _parts(tracklets, splits)
        row = _part_of(tracklets.row_tracklet, tracklets.row_frame, self.tracklet, begins)
        crop = _part_of(crops.tracklet, crops.frame, self.tracklet, begins)
        gone = set(corrections.ignore)
        unknown = sorted(gone - set(self.names))
        if unknown:
            raise InputError(
                "Expected the corrections' ignore to name tracklets, such as "
                f"{', '.join(tracklets.names[:3])}. Received: {unknown[0]!r}; players.csv lists "
                "all of them."
            )
        kept = np.array([name not in gone for name in self.names])
        if not kept[crop].any():
            raise InputError(
                "Expected somebody who is not ignored. Received: corrections that ignore all "
                "tracklets; mend ignore."
            )
        self._row, self._kept = row, kept
        present = kept & (np.bincount(row, minlength=len(kept)) > 0)
        self.parts = np.flatnonzero(present)
        number = np.cumsum(present) - 1
        self.crops = _only(crops, self, number, row, crop)
        parted = {tracklets.names[n] for n in splits}
        self.corrections = _without(corrections, gone, parted)

    def widen(self, found: Identities) -> Identities:
        """What was found of the game without them, as of the whole game."""
        segments = found.segments
        gone = np.flatnonzero(~self._kept)
        frames = [self.whole.tracklets.row_frame[self._row == part] for part in gone]
        ignored = np.full(len(gone), IGNORED)
        tracklet = np.concatenate(
            [self.tracklet[self.parts[segments.tracklet]], self.tracklet[gone]]
        )
        first = np.concatenate([segments.first, [f.min() for f in frames]]).astype(np.int64)
        order = np.lexsort((first, tracklet))
        last = np.concatenate([segments.last, [f.max() for f in frames]]).astype(np.int64)
        wide = Segments(
            tracklet[order],
            first[order],
            last[order],
            np.concatenate([segments.player, ignored])[order],
            np.concatenate([segments.confidence, np.zeros(len(gone))])[order],
        )
        names = self.whole.tracklets.names
        inner = {self.names[n]: names[self.tracklet[n]] for n in self.parts}
        decisions = tuple(
            replace(one, tracklet=inner.get(one.tracklet, one.tracklet)) for one in found.decisions
        )
        return self._by_tracklet(found, wide, decisions)

    def _by_tracklet(
        self, found: Identities, wide: Segments, decisions: tuple[Decision, ...]
    ) -> Identities:
        """Player, team and confidence of each whole tracklet: those of its longest part."""
        length = np.bincount(self._row, minlength=len(self.names))
        number = len(self.whole.tracklets)
        player = np.full(number, IGNORED)
        team, confidence = np.full(number, -1), np.zeros(number)
        inner = {int(part): place for place, part in enumerate(self.parts)}
        for tracklet in range(number):
            own = np.flatnonzero(self.tracklet == tracklet)
            longest = int(own[length[own].argmax()])
            if longest in inner:
                place = inner[longest]
                player[tracklet] = found.player[place]
                team[tracklet], confidence[tracklet] = found.team[place], found.confidence[place]
        return replace(
            found,
            player=player,
            team=team,
            confidence=confidence,
            segments=wide,
            decisions=decisions,
        )


def _splits(corrections: Corrections, tracklets: Tracklets) -> dict[int, list[int]]:
    """Of tracklets of which some part is ignored, the frames at which the user cuts them."""
    numbers = {name: number for number, name in enumerate(tracklets.names)}
    cut = {name for name, _ in corrections.split}
    parted = {name.rpartition("@")[0] for name in corrections.ignore} | set(corrections.ignore)
    found: dict[int, list[int]] = {}
    for name, frame in corrections.split:
        if name in parted & cut and name in numbers:
            found.setdefault(numbers[name], []).append(frame)
    return found


def _parts(
    tracklets: Tracklets, splits: dict[int, list[int]]
) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Names, tracklets and first frames of all parts, by tracklet, then by time.

    A part is named as segments are: by the first frame in which there is a box.
    """
    names, owner, begins = [], [], []
    for number, name in enumerate(tracklets.names):
        frames = tracklets.row_frame[tracklets.row_tracklet == number]
        for place, begin in enumerate([0, *sorted(set(splits.get(number, ())))]):
            later = frames[frames >= begin]
            if not len(later) or (place and begin <= frames.min()):
                raise InputError(
                    f"Expected the corrections to split {name} between its frames "
                    f"{frames.min()} and {frames.max()}. Received: {begin}; mend the corrections."
                )
            names.append(f"{name}@{later.min()}" if place else name)
            owner.append(number)
            begins.append(begin)
    return names, np.array(owner, np.int64), np.array(begins, np.int64)


def _part_of(
    tracklet: NDArray[np.int64],
    frame: NDArray[np.int64],
    owner: NDArray[np.int64],
    begins: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The part in which each row lies."""
    most = int(max(frame.max(initial=0), begins.max(initial=0))) + 1
    place = np.searchsorted(owner * most + begins, tracklet * most + frame, side="right") - 1
    return np.asarray(place, np.int64)


def _only(
    crops: TrackletFeatures,
    left: LeftOut,
    number: NDArray[np.int64],
    row: NDArray[np.int64],
    crop: NDArray[np.int64],
) -> TrackletFeatures:
    """The crops and boxes of parts that are kept, each part a tracklet."""
    tracklets = crops.tracklets
    kept = np.isin(np.arange(len(left.names)), left.parts)
    rows, own = kept[row], np.flatnonzero(kept[crop])
    owner = left.tracklet[left.parts]
    some = Tracklets(
        tuple(left.names[n] for n in left.parts),
        tracklets.sequence[owner],
        tracklets.camera[owner],
        tracklets.cameras,
        number[row[rows]],
        tracklets.row_frame[rows],
        tracklets.row_box[rows],
        tracklets.rates,
    )
    return TrackletFeatures(
        some,
        number[crop[own]],
        crops.frame[own],
        np.asarray(crops.features[:])[own],
        crops.colour[own],
        crops.quality[own],
        None if crops.learned is None else crops.learned[own],
    )


def _without(corrections: Corrections, gone: set[str], parted: set[str]) -> Corrections:
    """The corrections of those who are left; what was parted here need not be parted again."""

    def rest(groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        some = (tuple(name for name in group if name not in gone) for group in groups)
        return tuple(group for group in some if len(group) > 1)

    return replace(
        corrections,
        merge=rest(corrections.merge),
        not_same=rest(corrections.not_same),
        split=tuple(pair for pair in corrections.split if pair[0] not in parted | gone),
        rename=tuple(pair for pair in corrections.rename if pair[0] not in gone),
        role=tuple(pair for pair in corrections.role if pair[0] not in gone),
        ignore=(),
    )
