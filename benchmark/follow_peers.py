"""Trackers of other libraries on our detections: boxes and confidences in, ids out.

Each is run with its own settings, and once more with the confidences that ours uses: detectors are
not equally sure of themselves, and a default that suits one leaves out half of another's boxes.
"""

import importlib.util
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.detect.detections import Detections
from frameatlas.reid.detect.follow import FollowOptions, with_gaps_filled
from frameatlas.reid.tracks.mot import Tracks

Way = Callable[[Detections, float], Tracks]
"""Takes detections and the frame rate, gives boxes with ids."""

Step = Callable[[NDArray[np.float64], NDArray[np.float64]], Iterator[tuple[int, Any]]]
"""Takes one frame's boxes (left, top, right, bottom) and confidences; gives the row in them and
the id of each box that has one."""

OURS = FollowOptions()


def ways() -> dict[str, Way]:
    """Every tracker that is installed, by the name of its row."""
    found: dict[str, Way] = {}
    if importlib.util.find_spec("trackers"):
        for name in ("SORTTracker", "ByteTrackTracker", "OCSORTTracker", "BoTSORTTracker"):
            label = f"trackers, {name.removesuffix('Tracker')}"
            found[label] = partial(_run, partial(_roboflow, name, False))
            found[f"{label}, our confidences"] = partial(_run, partial(_roboflow, name, True))
    if importlib.util.find_spec("norfair"):
        found["norfair, IoU"] = partial(_run, _norfair)
    if importlib.util.find_spec("motpy"):
        found["motpy"] = partial(_run, _motpy)
    return found


def _run(opened: Callable[[float], Step], detections: Detections, rate: float) -> Tracks:
    """Give every frame that was looked at to a tracker, those without boxes too."""
    step = opened(rate / detections.step)
    rows: list[int] = []
    ids: list[Any] = []
    for frame in detections.looked.tolist():
        here = np.flatnonzero(detections.frame == frame)
        here = here[detections.confidence[here] >= OURS.unsure]
        box = detections.box[here]
        corners = np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1)
        for row, identity in step(corners, detections.confidence[here]):
            rows.append(int(here[row]))
            ids.append(identity)
    number = {identity: k for k, identity in enumerate(dict.fromkeys(ids), 1)}
    return filled(detections, np.array(rows, np.int64), np.array([number[i] for i in ids]))


def filled(detections: Detections, rows: NDArray[np.int64], ids: NDArray[np.int64]) -> Tracks:
    """Boxes with ids, one a frame of each, and those of short gaps between, as ours has them."""
    tracklets = []
    for identity in np.unique(ids):
        own = rows[ids == identity]
        own = own[np.unique(detections.frame[own], return_index=True)[1]]
        if len(own) >= OURS.shortest:
            tracklets.append(own)
    return with_gaps_filled(tracklets, detections)


def _roboflow(name: str, our_confidences: bool, rate: float) -> Step:
    import supervision
    import trackers

    made = getattr(trackers, name)
    settings: dict[str, Any] = {"frame_rate": rate}
    if our_confidences:
        known = made.__init__.__code__.co_varnames
        sure = {"track_activation_threshold": OURS.sure, "high_conf_det_threshold": OURS.sure}
        settings |= {key: value for key, value in sure.items() if key in known}
    if name == "BoTSORTTracker":
        settings["enable_cmc"] = False  # its camera motion needs the pictures
    tracker = made(**settings)

    def step(
        corners: NDArray[np.float64], confidence: NDArray[np.float64]
    ) -> Iterator[tuple[int, Any]]:
        given = supervision.Detections(
            xyxy=corners.astype(np.float32).reshape(-1, 4),
            confidence=confidence.astype(np.float32),
            class_id=np.zeros(len(corners), int),
            data={"row": np.arange(len(corners))},
        )
        found = tracker.update(given)
        if found.tracker_id is not None:
            for row, identity in zip(found.data["row"], found.tracker_id, strict=True):
                if identity >= 0:
                    yield int(row), int(identity)

    return step


def _norfair(rate: float) -> Step:
    import norfair

    tracker = norfair.Tracker("iou", distance_threshold=0.7, hit_counter_max=max(2, round(rate)))

    def step(
        corners: NDArray[np.float64], confidence: NDArray[np.float64]
    ) -> Iterator[tuple[int, Any]]:
        given = [
            norfair.Detection(c.reshape(2, 2), np.full(2, s), data=row)
            for row, (c, s) in enumerate(zip(corners, confidence, strict=True))
            if s >= OURS.sure
        ]
        for one in tracker.update(given):
            if one.last_detection in given:
                yield one.last_detection.data, one.id

    return step


def _motpy(rate: float) -> Step:
    from motpy import Detection, MultiObjectTracker

    tracker = MultiObjectTracker(dt=1 / rate)

    def step(
        corners: NDArray[np.float64], confidence: NDArray[np.float64]
    ) -> Iterator[tuple[int, Any]]:
        rows = np.flatnonzero(confidence >= OURS.sure)
        tracker.step([Detection(box=corners[k], score=float(confidence[k])) for k in rows])
        # It keeps no word of which box it took: the one next to its filtered box is that one.
        for one in tracker.active_tracks():
            if len(rows):
                far = np.abs(corners[rows] - one.box).mean(axis=1)
                nearest = int(np.argmin(far))
                if far[nearest] < (one.box[3] - one.box[1]) / 4:
                    yield int(rows[nearest]), one.id

    return step
