"""The boxes of each recording with their players: what tables, statistics and films are made of."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.crops.game import Game
from frameatlas.reid.identify.identities import IGNORED, Identities
from frameatlas.reid.tracks.picture_size import picture_size

LONGEST_GAP = 1.0
"""Seconds without a box after which somebody was away, and not only overlooked."""


@dataclass(frozen=True, eq=False)
class PlayerBoxes:
    """The boxes of one recording, by tracklet, then by frame.

    Attributes:
        camera: Name of its camera.
        rate: Frames a second.
        step: Frames from one box of a tracklet to the next: 5 where one in five was looked at.
        size: Width and height of its pictures in pixels.
        frame: int64 of shape (n,): from 1.
        player: int64 of shape (n,): -1 unassigned.
        segment: int64 of shape (n,): place among the segments of ``Identities``.
        tracklet: int64 of shape (n,): place among the names of ``Tracklets``.
        box: float64 of shape (n, 4): left, top, width, height in pixels.
        confidence: float32 of shape (n,): the tracker's.
    """

    camera: str
    rate: float
    step: int
    size: tuple[int, int]
    frame: NDArray[np.int64]
    player: NDArray[np.int64]
    segment: NDArray[np.int64]
    tracklet: NDArray[np.int64]
    box: NDArray[np.float64]
    confidence: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def longest_gap(self) -> int:
        """Frames between two boxes of one stay, at most."""
        return max(2 * self.step, round(LONGEST_GAP * self.rate))

    def seconds(self, frames: float) -> float:
        """How long so many frames last."""
        return frames / self.rate


def player_boxes(game: Game, found: Identities) -> tuple[PlayerBoxes, ...]:
    """The boxes of every recording of a game; those that the user ignores are left out."""
    return tuple(_recording_boxes(game, found, number) for number in range(len(game.recordings)))


def _recording_boxes(game: Game, found: Identities, number: int) -> PlayerBoxes:
    recording = game.recordings[number]
    tracks = recording.tracks.rows(recording.tracks.track >= 0)
    names = np.flatnonzero(game.crops.tracklets.sequence == number)
    ids, place = np.unique(tracks.track, return_inverse=True)
    order = np.lexsort((tracks.frame, place))
    tracks, tracklet = tracks.rows(order), names[: len(ids)][place[order]]
    segment = segments_at(found, tracklet, tracks.frame)
    kept = found.segments.player[segment] != IGNORED
    tracks, tracklet, segment = tracks.rows(kept), tracklet[kept], segment[kept]
    return PlayerBoxes(
        recording.tracks.camera,
        float(recording.pictures.rate),
        frame_step(tracklet, tracks.frame),
        picture_size(recording.pictures),
        tracks.frame,
        found.segments.player[segment],
        segment,
        tracklet,
        tracks.box,
        tracks.confidence,
    )


def frame_step(tracklet: NDArray[np.int64], frame: NDArray[np.int64]) -> int:
    """Frames from one box of a tracklet to the next: the commonest number; 1 for single boxes."""
    gaps = np.diff(frame)[np.diff(tracklet) == 0]
    gaps = gaps[gaps > 0]
    return int(np.bincount(gaps).argmax()) if len(gaps) else 1


def segments_at(
    found: Identities, tracklet: NDArray[np.int64], frame: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The segment in which a tracklet is at a frame, for many of them: int64 of shape (n,)."""
    segments = found.segments
    order = np.lexsort((segments.first, segments.tracklet))
    most = int(max(segments.first.max(initial=0), frame.max(initial=0))) + 1
    begins = segments.tracklet[order] * most + segments.first[order]
    place = np.searchsorted(begins, tracklet * most + frame, side="right") - 1
    return np.asarray(order[place], np.int64)


def rows_of_player(boxes: PlayerBoxes, player: int) -> NDArray[np.int64]:
    """Rows of one player, by frame; of two boxes in one frame that of the longer segment."""
    own = np.flatnonzero(boxes.player == player)
    length = np.bincount(boxes.segment)[boxes.segment[own]]
    own = own[np.lexsort((-length, boxes.frame[own]))]
    first = np.diff(boxes.frame[own], prepend=-1) > 0
    return np.asarray(own[first], np.int64)


def runs(frame: NDArray[np.int64], longest_gap: int) -> Iterator[slice]:
    """Parts of ascending frames without a gap that is longer."""
    ends = np.flatnonzero(np.diff(frame) > longest_gap) + 1
    for start, stop in zip([0, *ends], [*ends, len(frame)], strict=True):
        if stop > start:
            yield slice(int(start), int(stop))
