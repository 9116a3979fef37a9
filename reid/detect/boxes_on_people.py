"""Whether boxes lie on people: tells tracks of another video, or of other frames of it.

A detector misses people and finds some where nobody is, so that no single box proves anything.
Tracks are wrong where it surely finds people, and hardly any of them has a box, and hardly any box
has one.
"""

from dataclasses import dataclass, replace

import numpy as np

from frameatlas.reid.detect.detector import Detector
from frameatlas.reid.detect.proposed_options import (
    Counted,
    Looked,
    ProposedOption,
    count,
    propose_option,
)
from frameatlas.reid.detect.windows import detect_people, windows_of
from frameatlas.reid.tracks.frame_reader import Pictures
from frameatlas.reid.tracks.mot import Tracks
from frameatlas.reid.tracks.picture_size import picture_size

LOOKED = 6
"""Pictures that are looked at."""

REACH = 1500
"""Frames from the first box on of which those are: later ones would have to be decoded for it."""

LATEST = 3000
"""First boxes behind this frame are not looked at, for the same reason."""

FEWEST = 8
"""Boxes, and people, below which nothing is said."""

MOST_WRONG = 0.2
"""Share of boxes on people, and of people with a box, that chance alone may give."""

LEAST_HEIGHT = 20.0
"""Pixels below which the detectors find nobody."""

_OVERLAP = 0.4
_UNSURE, _SURE = 0.3, 0.5


@dataclass(frozen=True)
class BoxesLookedAt:
    """What a detector found of some boxes and their pictures.

    Attributes:
        boxes: Boxes that were looked at.
        on_people: Those of them that somebody is found in.
        people: People who are surely found in the same pictures.
        boxed: Those of them who have a box.
        frames: The pictures' numbers.
        proposed: The option that puts boxes on people, where one clearly does.
    """

    boxes: int
    on_people: int
    people: int
    boxed: int
    frames: tuple[int, ...] = ()
    proposed: ProposedOption | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether people are there, and the boxes are elsewhere."""
        enough = min(self.boxes, self.people) >= FEWEST
        few = self.on_people < MOST_WRONG * self.boxes and self.boxed < MOST_WRONG * self.people
        return enough and few


def frames_to_look_at(tracks: Tracks) -> list[int]:
    """Numbers of some frames with boxes, ascending; none where the first comes too late."""
    frames = np.unique(tracks.frame[tracks.box[:, 3] >= LEAST_HEIGHT])
    if not len(frames) or frames[0] > LATEST:
        return []
    near = frames[frames <= frames[0] + REACH]
    places = np.linspace(0, len(near) - 1, min(LOOKED, len(near)))
    return [int(near[round(place)]) for place in places]


def look_at_boxes(pictures: Pictures, tracks: Tracks, detector: Detector) -> BoxesLookedAt:
    """Compare boxes with the people who are found in a few of their pictures.

    Args:
        pictures: The video.
        tracks: Its boxes, whose pixels count from 1.
        detector: What looks.
    """
    frames = frames_to_look_at(tracks)
    size = picture_size(pictures)
    windows = windows_of(size, float(np.median(tracks.box[:, 3])), detector)
    looked = []
    for picture in pictures.pictures(frames):
        found, sure = detect_people(picture.pixels, windows, detector, _UNSURE)
        looked.append(Looked(picture.number, found, sure >= _SURE))

    def counted(some: Tracks) -> Counted:
        return count(some, looked, LEAST_HEIGHT, _OVERLAP)

    own = counted(tracks)
    seen = BoxesLookedAt(own.boxes, own.on_people, own.people, own.boxed, tuple(frames))
    if not seen.elsewhere:
        return seen
    return replace(seen, proposed=propose_option(tracks, size, pictures.rate, counted))
