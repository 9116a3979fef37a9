"""Where made-up players run on their pitch, and what two cameras see of it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LENGTH, WIDTH = 40.0, 24.0
"""Metres of the pitch, along and away from the first camera."""

HALVED = 30.0
"""Metres away at which everything looks half as large as right in front of a camera."""

RATE = 10
"""Frames a second."""


@dataclass(frozen=True, eq=False)
class Motion:
    """Where everybody is at every moment.

    Attributes:
        place: float64 of shape (frames, people, 2), metres along the pitch and across it.
        heading: float64 of shape (frames, people), radians; 0 along the pitch, π/2 across it.
        step: float64 of shape (frames, people), radians of the stride.
        speed: float64 of shape (frames, people), 0 standing to 1 running.
        playing: bool of shape (frames, people); others sit on a bench that no camera shows.
        ball: float64 of shape (frames,), metres along the pitch; what the cameras follow.
    """

    place: NDArray[np.float64]
    heading: NDArray[np.float64]
    step: NDArray[np.float64]
    speed: NDArray[np.float64]
    playing: NDArray[np.bool_]
    ball: NDArray[np.float64]


def make_motion(teams: NDArray[np.int64], frames: int, seed: int) -> Motion:
    """Everybody wanders around a place of their own, drawn to the ball; some rest on a bench.

    Args:
        teams: int64 of shape (people,), 0, 1 or 2 for the referee.
        frames: Number of moments, ``RATE`` a second.
        seed: Decides all of it.
    """
    random = np.random.default_rng(seed)
    people = len(teams)
    seconds = np.arange(frames) / RATE
    ball = LENGTH / 2 + 0.4 * LENGTH * _waves(seconds, 1, (0.015, 0.05), random)[:, 0]
    home = _homes(teams, random)
    along = home[:, 0] + 6 * _waves(seconds, people, (0.03, 0.12), random)
    along += 0.35 * (ball[:, None] - LENGTH / 2)
    across = home[:, 1] + 6 * _waves(seconds, people, (0.03, 0.12), random)
    place = np.stack([along, np.clip(across, 0.5, WIDTH - 0.5)], axis=2)
    velocity = np.gradient(place, 1 / RATE, axis=0)
    metres = np.hypot(velocity[..., 0], velocity[..., 1])
    return Motion(
        place=place,
        heading=np.arctan2(velocity[..., 1], velocity[..., 0]),
        step=np.cumsum(metres, axis=0) / RATE * math.pi / 0.9,
        speed=np.clip(metres / 4, 0, 1),
        playing=_playing(people, frames, random),
        ball=ball,
    )


def _waves(
    seconds: NDArray[np.float64],
    people: int,
    band: tuple[float, float],
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Smooth wandering of about unit size, (frames, people): four waves of slow frequencies."""
    frequency = random.uniform(*band, (4, people))
    phase = random.uniform(0, 2 * math.pi, (4, people))
    waves = np.sin(2 * math.pi * frequency * seconds[:, None, None] + phase)
    return np.asarray(waves.sum(axis=1) / 2)


def _homes(teams: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.float64]:
    """A place for everybody, (people, 2): each team spread over its half and a bit."""
    home = np.zeros((len(teams), 2))
    for team in np.unique(teams):
        members = np.flatnonzero(teams == team)
        depth = np.linspace(0.12, 0.62, len(members)) if team < 2 else np.array([0.5])
        home[members, 0] = LENGTH * (depth if team != 1 else 1 - depth)
        lanes = (np.arange(len(members)) * 0.618 + 0.3 * team + 0.2) % 1
        home[members, 1] = WIDTH * (0.1 + 0.8 * lanes)
    return home + random.normal(0, 1, home.shape)


def _playing(people: int, frames: int, random: np.random.Generator) -> NDArray[np.bool_]:
    """Everybody plays, but one in three goes out once for a fifth of the time."""
    playing = np.ones((frames, people), bool)
    for person in range(people):
        out, start = random.random() < 1 / 3, random.uniform(0.15, 0.65)
        if out:
            playing[int(start * frames) : int((start + 0.2) * frames), person] = False
    return playing


@dataclass(frozen=True)
class Camera:
    """One camera: it stands at a side of the pitch and turns with the ball.

    Attributes:
        name: Of its files.
        far: Whether it stands on the other side, where right is left.
        size: Width and height of its pictures.
        figure: Height in pixels of an average player right in front of it.
        cast: What it multiplies red, green and blue with.
        lag: Frames by which it follows the ball late.
    """

    name: str
    far: bool
    size: tuple[int, int]
    figure: float
    cast: tuple[float, float, float]
    lag: int

    def project(
        self, motion: Motion
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Where everybody's feet are in the picture, and how large everybody is.

        Returns:
            Pixels from the left and from the top, and pixels of an average player's height; each
            float64 of shape (frames, people).
        """
        width, height = self.size
        along = motion.place[..., 0] - self.aim(motion)[:, None]
        depth = motion.place[..., 1]
        if self.far:
            along, depth = -along, WIDTH - depth
        nearness = 1 / (1 + depth / HALVED)
        metre = self.figure / 1.8
        x = width / 2 + along * metre * nearness
        y = height * (0.16 + 0.82 * (nearness - 0.5) / 0.5)
        return x, y, self.figure * nearness

    def aim(self, motion: Motion) -> NDArray[np.float64]:
        """Metres along the pitch that the middle of the picture shows, (frames,)."""
        late = np.roll(motion.ball, self.lag)
        late[: self.lag] = motion.ball[0]
        return np.asarray(late)

    def facing(self, heading: NDArray[np.float64]) -> NDArray[np.float64]:
        """Radians as in ``Pose``: 0 towards this camera, π/2 to the right of its picture."""
        turned = heading + (math.pi if self.far else 0.0)
        return turned + math.pi / 2
