"""Tracklets of one or more videos with their crops described: what identities are found from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import FormatError
from frameatlas.reid.tracks.mot import Tracks
from frameatlas.store.rows import Rows

USUAL_RATE = 25.0
"""Frames a second where nothing says it."""


@dataclass(frozen=True, eq=False)
class Tracklets:
    """All tracklets of all videos, and every box of them.

    Attributes:
        names: For each of t tracklets, the id of its file: "7"; with several videos "camera:7".
        sequence: int64 of shape (t,): which video it is in. Only tracklets of one video are ever
            seen together.
        camera: int64 of shape (t,): its place in ``cameras``; two videos may be of one camera.
        cameras: Names of the cameras.
        row_tracklet: int64 of shape (m,): the tracklet of each box, ascending.
        row_frame: int64 of shape (m,): the frame of each box, ascending within a tracklet.
        row_box: float64 of shape (m, 4): left, top, width, height in pixels.
        rates: Frames a second of each video; none where they are not known.
    """

    names: tuple[str, ...]
    sequence: NDArray[np.int64]
    camera: NDArray[np.int64]
    cameras: tuple[str, ...]
    row_tracklet: NDArray[np.int64]
    row_frame: NDArray[np.int64]
    row_box: NDArray[np.float64]
    rates: tuple[float, ...] = ()

    def rate_of(self, sequence: int) -> float:
        """Frames a second of a video; 25 where nothing says it."""
        return self.rates[sequence] if sequence < len(self.rates) else USUAL_RATE

    def __len__(self) -> int:
        return len(self.names)

    @property
    def ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First and last frame of each tracklet, both int64 of shape (t,)."""
        every = np.arange(len(self))
        begin = np.searchsorted(self.row_tracklet, every)
        end = np.searchsorted(self.row_tracklet, every, side="right")
        return self.row_frame[begin], self.row_frame[end - 1]

    @classmethod
    def of(cls, files: Sequence[Tracks], rates: Sequence[float] = ()) -> "Tracklets":
        """The tracklets of some files: those of the first file by id, then of the next one.

        Boxes without a track (-1) belong to none and are left out.
        """
        cameras = tuple(dict.fromkeys(tracks.camera for tracks in files))
        names: list[str] = []
        sequence, camera, rows = [], [], []
        for number, tracks in enumerate(files):
            known = tracks.rows(tracks.track >= 0)
            ids, where = np.unique(known.track, return_inverse=True)
            order = np.lexsort((known.frame, where))
            rows.append((len(names) + where[order], known.frame[order], known.box[order]))
            prefix = f"{tracks.camera}:" if len(files) > 1 else ""
            names += [f"{prefix}{tracks.names.get(int(track), str(track))}" for track in ids]
            sequence += [number] * len(ids)
            camera += [cameras.index(tracks.camera)] * len(ids)
        return cls(
            tuple(names),
            np.array(sequence, np.int64),
            np.array(camera, np.int64),
            cameras,
            np.concatenate([r[0] for r in rows]).astype(np.int64),
            np.concatenate([r[1] for r in rows]),
            np.concatenate([r[2] for r in rows]),
            tuple(rates),
        )


@dataclass(frozen=True, eq=False)
class TrackletFeatures:
    """Crops of tracklets, described; sorted by tracklet, then by frame.

    Attributes:
        tracklets: Whose crops they are.
        tracklet: int64 of shape (n,): the tracklet of each crop.
        frame: int64 of shape (n,): the frame that each crop was taken from.
        features: Real numbers of shape (n, d): what a network says of each crop; d may be 0. An
            array, or anything else whose slices are arrays: it may be longer than memory.
        colour: float32 of shape (n, c): histogram of each crop's torso; c may be 0.
        quality: float32 of shape (n,) in [0, 1]: how much each crop counts.
        learned: Real numbers of shape (n, k): what a trained descriptor says of each crop; or None.
    """

    tracklets: Tracklets
    tracklet: NDArray[np.int64]
    frame: NDArray[np.int64]
    features: Rows
    colour: NDArray[np.float32]
    quality: NDArray[np.float32]
    learned: NDArray[np.floating] | None = None

    def __post_init__(self) -> None:
        n = len(self.tracklet)
        lengths = [len(self.frame), len(self.features), len(self.colour), len(self.quality)]
        if any(length != n for length in lengths):
            raise FormatError(
                f"Expected frame, features, colour and quality for {n} crops. Received: {lengths}."
            )
        if n and ((np.diff(self.tracklet) < 0).any() or self.tracklet.max() >= len(self.tracklets)):
            raise FormatError(
                f"Expected crops in the order of their {len(self.tracklets)} tracklets. "
                "Received: another order or an unknown tracklet."
            )

    def __len__(self) -> int:
        """Number of crops."""
        return len(self.tracklet)
