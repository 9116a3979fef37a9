"""A made-up game that two cameras film: pictures, boxes, and who is who. Synthetic, and said so."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.reid.synthetic.figure import SHAPE, Pose, draw_figure
from frameatlas.reid.synthetic.motion import (
    HALVED,
    LENGTH,
    RATE,
    WIDTH,
    Camera,
    Motion,
    make_motion,
)
from frameatlas.reid.synthetic.people import Person, make_people
from frameatlas.reid.tracks.mot import Tracks

SIZE = (960, 540)
PAINT = np.array(
    [(67, 124, 56), (74, 138, 62), (72, 74, 84), (96, 98, 112), (225, 230, 225)], np.float32
)
"""RGB of the grass and of the boards, each dark and light, and of the lines."""

LEAST_SEEN = 0.4
"""Share of a player that a tracker has to see."""


@dataclass(frozen=True)
class GameOptions:
    """What kind of game.

    Attributes:
        per_team: Players of each team; from four a side on there is a referee.
        seconds: How long both cameras film.
        figure: Height in pixels of a player right in front of a camera.
        variety: 1: looks differ as much as they can; 0: those of a team differ by number alone.
        cast: How differently the two cameras show colours, 0 to 1.
        noise: Standard deviation of the grain, in steps of brightness.
        jitter: Error of the tracker's boxes, as a share of their height.
        seed: Decides everything else.
    """

    per_team: int = 5
    seconds: int = 40
    figure: float = 100.0
    variety: float = 1.0
    cast: float = 0.3
    noise: float = 2.0
    jitter: float = 0.02
    seed: int = 0

    @classmethod
    def named(cls, name: str, seed: int = 0, seconds: int = 40) -> "GameOptions":
        """One of ``DIFFICULTIES``.

        Raises:
            InputError: There is no such difficulty.
        """
        if name not in DIFFICULTIES:
            raise InputError(f"Expected one of {', '.join(DIFFICULTIES)}. Received: {name!r}.")
        return replace(DIFFICULTIES[name], seed=seed, seconds=seconds)


DIFFICULTIES = {
    "easy": GameOptions(4, figure=120, variety=1.0, cast=0.1, noise=1, jitter=0.01),
    "moderate": GameOptions(6, figure=84, variety=0.8, cast=0.5, noise=4, jitter=0.03),
    "hard": GameOptions(10, figure=52, variety=0.4, cast=1.0, noise=8, jitter=0.05),
}
"""Wishes by name. In the hard game many players of a team differ by their numbers alone."""


@dataclass(frozen=True, eq=False)
class Seen:
    """Who one camera sees: a row a player and frame, sorted by frame, then by identity.

    Attributes:
        boxes: Box and identity of each; ``confidence`` is the share that nobody hides.
        exact: float64 of shape (m, 3): feet from the left and from the top, height, in pixels.
    """

    boxes: Tracks
    exact: NDArray[np.float64]


class SyntheticGame:
    """One game; the same wish gives the same game, pixel for pixel."""

    def __init__(self, options: GameOptions) -> None:
        if options.per_team < 1 or options.seconds < 1 or options.figure < 8:
            raise InputError(
                "Expected at least one player a side, one second, 8 pixels. Received: "
                f"{options.per_team}, {options.seconds}, {options.figure:g}."
            )
        self.options = options
        self.frames = options.seconds * RATE
        self.people: tuple[Person, ...] = make_people(
            options.per_team, options.variety, options.seed
        )

    @cached_property
    def motion(self) -> Motion:
        """Where everybody is."""
        teams = np.array([person.team for person in self.people])
        return make_motion(teams, self.frames, self.options.seed + 1)

    @property
    def cameras(self) -> tuple[Camera, Camera]:
        """Both film all the time, from opposite sides, the second in another light."""
        cast, figure = self.options.cast, self.options.figure
        warm = (1 + 0.12 * cast, 1.0, 1 - 0.3 * cast)
        dim = (1 - 0.45 * cast, 1 - 0.25 * cast, 1 + 0.05 * cast)
        return (
            Camera("camera-a", False, SIZE, figure, warm, 0),
            Camera("camera-b", True, SIZE, figure, dim, 3 * RATE),
        )

    def seen(self, camera: Camera) -> Seen:
        """Boxes of everybody of whom enough is in the picture and not hidden."""
        x, y, size = camera.project(self.motion)
        height = size * np.array([person.height for person in self.people])
        frame, person = np.nonzero(self.motion.playing)
        exact = np.stack([x[frame, person], y[frame, person], height[frame, person]], axis=1)
        seen = _visible(frame, exact, camera.size)
        kept = seen >= LEAST_SEEN
        random = np.random.default_rng([self.options.seed, 2, int(camera.far)])
        boxes = (
            _boxes(exact) + random.normal(0, self.options.jitter, (len(exact), 4)) * exact[:, 2:]
        )
        tracks = Tracks(
            frame[kept] + 1,
            np.array([self.people[p].identity for p in person[kept]], np.int64),
            np.round(boxes[kept], 2),
            np.round(seen[kept], 3).astype(np.float32),
            camera.name,
        )
        return Seen(tracks, exact[kept])

    def pictures(self, camera: Camera) -> Iterator[NDArray[np.uint8]]:
        """Every frame of one camera, as ``picture`` draws it."""
        for frame in range(1, self.frames + 1):
            yield self.picture(camera, frame)

    def picture(self, camera: Camera, frame: int) -> NDArray[np.uint8]:
        """One frame of one camera: uint8 of shape (height, width, 3), RGB.

        Args:
            camera: One of ``cameras``.
            frame: From 1.
        """
        motion, now = self.motion, frame - 1
        x, y, size = (values[now] for values in camera.project(motion))
        facing = camera.facing(motion.heading[now])
        picture = _pitch(camera, float(camera.aim(motion)[now]))
        for who in np.argsort(y, kind="stable"):
            if motion.playing[now, who]:
                step, speed = motion.step[now, who], motion.speed[now, who]
                pose = Pose(float(facing[who]), float(step), float(speed))
                height = float(size[who]) * self.people[who].height
                _paste(picture, self.people[who], pose, (float(x[who]), float(y[who])), height)
        random = np.random.default_rng([self.options.seed, 3, int(camera.far), frame])
        grain = random.standard_normal(picture.shape[:2], np.float32)[..., None]
        picture += self.options.noise * grain
        picture *= np.array(camera.cast, np.float32)
        return np.clip(picture, 0, 255).astype(np.uint8)


def _boxes(exact: NDArray[np.float64]) -> NDArray[np.float64]:
    """Left, top, width, height around figures of which feet and height are known."""
    x, y, height = exact.T
    width = 0.42 * height
    return np.stack([x - width / 2, y - height, width, height], axis=1)


def _visible(
    frame: NDArray[np.int64], exact: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float64]:
    """Share of each box that is in the picture and that nobody nearer hides, (m,)."""
    box = _boxes(exact)
    left, top = np.maximum(box[:, 0], 0), np.maximum(box[:, 1], 0)
    right = np.minimum(box[:, 0] + box[:, 2], size[0])
    low = np.minimum(box[:, 1] + box[:, 3], size[1])
    inside = np.maximum(right - left, 0) * np.maximum(low - top, 0)
    hidden = np.zeros(len(box))
    for number in np.unique(frame):
        rows = np.flatnonzero(frame == number)
        wide = np.minimum(right[rows, None], right[rows]) - np.maximum(left[rows, None], left[rows])
        high = np.minimum(low[rows, None], low[rows]) - np.maximum(top[rows, None], top[rows])
        shared = np.maximum(wide, 0) * np.maximum(high, 0)
        nearer = exact[rows, None, 1] < exact[rows, 1]
        hidden[rows] = np.minimum((shared * nearer).sum(axis=1), inside[rows])
    return np.asarray((inside - hidden) / (box[:, 2] * box[:, 3]), np.float64)


def _pitch(camera: Camera, aim: float) -> NDArray[np.float32]:
    """Mown grass, the lines of the pitch, and boards behind it: float32 (height, width, 3)."""
    width, height = camera.size
    row = np.arange(height, dtype=np.float32)[:, None]
    nearness = np.clip(0.5 + 0.5 * (row / height - 0.16) / 0.82, 1e-3, None)
    depth = HALVED * (1 / nearness - 1)
    along = (np.arange(width, dtype=np.float32) - width / 2) / (camera.figure / 1.8 * nearness)
    along = aim + (-along if camera.far else along)
    across = WIDTH - depth if camera.far else depth
    grass, board, chalk = 0, 2, 4
    kind = grass + (np.floor(along / 4) % 2 == 0)
    line = np.abs(along) < 0.08
    line |= np.abs(along - LENGTH) < 0.08
    line |= np.abs(along - LENGTH / 2) < 0.08
    line |= np.abs(np.hypot(along - LENGTH / 2, across - WIDTH / 2) - 4) < 0.08
    line &= (across >= 0) & (across <= WIDTH)
    kind[line] = chalk
    behind = depth[:, 0] > WIDTH + 1
    kind[behind] = board + (np.floor(along[behind] / 6) % 2 == 0)
    return np.asarray(PAINT[kind], np.float32)


def _paste(
    picture: NDArray[np.float32],
    person: Person,
    pose: Pose,
    feet: tuple[float, float],
    height: float,
) -> None:
    """Draw a player into a picture, in place; what is outside of it is cut off."""
    tall = max(4, round(height))
    wide = max(2, round(SHAPE * tall))
    left, top = round(feet[0] - wide / 2), round(feet[1]) - tall
    x0, x1 = max(left, 0), min(left + wide, picture.shape[1])
    y0, y1 = max(top, 0), min(top + tall, picture.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    figure = draw_figure(person, pose, tall)[y0 - top : y1 - top, x0 - left : x1 - left]
    opacity = figure[..., 3:] / np.float32(255)
    picture[y0:y1, x0:x1] *= 1 - opacity
    picture[y0:y1, x0:x1] += opacity * figure[..., :3]
