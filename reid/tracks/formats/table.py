"""What a file of tracks says, before anything of it is chosen or fitted to a video."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.tracks.formats.text import NUMBER

LARGEST = 1e9
"""Beyond it a number is no place in a picture and no frame."""


@dataclass(frozen=True)
class BadLine:
    """A line, or an entry, of a file of tracks that could not be used.

    Attributes:
        number: Counts from 1; 0 where it is no line.
        reason: One clause for the user.
    """

    number: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.reason}" if self.number else self.reason


@dataclass(frozen=True)
class Person:
    """What a file says of whom a track shows.

    Attributes:
        role: "player", "goalkeeper", "referee", "ball" or another word; "" where it says none.
        team: Name of the team; "" where it says none.
        number: Jersey number; "" where it says none.
    """

    role: str = ""
    team: str = ""
    number: str = ""


@dataclass(frozen=True, eq=False)
class TrackTable:
    """The boxes of one file, in its own order.

    Attributes:
        format: What the file is, as ``docs/players.md`` calls it.
        frame: int64 of shape (n,): as the file counts.
        track: int64 of shape (n,): -1 for a box without an id.
        box: float64 of shape (n, 4): left, top, width, height, in pixels or shares of a picture.
        confidence: float64 of shape (n,): NaN where the file says none.
        label: int64 of shape (n,): place in ``labels``; -1 where the file names no class.
        labels: Names of classes, or their numbers as text.
        named: Whether ``labels`` are names, and not numbers.
        person_numbers: Of labels that are numbers, those that mean people in this format.
        first: The number of a video's first frame in this format; None where files differ.
        normalised: Whether boxes are shares of the picture.
        size: Width and height of the pictures as the file says; (0, 0) where it does not.
        ignored: bool of shape (n,): rows that the file itself says to ignore.
        people: What is said of tracks, by id.
        names: Names of tracks whose ids in the file are no numbers, by the number they got.
        bad: What could not be used.
    """

    format: str
    frame: NDArray[np.int64]
    track: NDArray[np.int64]
    box: NDArray[np.float64]
    confidence: NDArray[np.float64]
    label: NDArray[np.int64]
    labels: tuple[str, ...] = ()
    named: bool = False
    person_numbers: tuple[str, ...] = ()
    first: int | None = None
    normalised: bool = False
    size: tuple[int, int] = (0, 0)
    ignored: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    people: Mapping[int, Person] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    bad: tuple[BadLine, ...] = ()

    def __post_init__(self) -> None:
        if len(self.ignored) != len(self.frame):
            object.__setattr__(self, "ignored", np.zeros(len(self.frame), bool))

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "TrackTable":
        """Only some rows, by a mask or by their numbers."""
        return replace(
            self,
            frame=self.frame[chosen],
            track=self.track[chosen],
            box=self.box[chosen],
            confidence=self.confidence[chosen],
            label=self.label[chosen],
            ignored=self.ignored[chosen],
        )


class TableBuilder:
    """Collects boxes one after the other; what cannot be a box is kept as a bad line."""

    def __init__(self, format_name: str) -> None:
        self.format = format_name
        self.bad: list[BadLine] = []
        self._rows: list[tuple[float, ...]] = []
        self._labels: dict[str, int] = {}
        self._ids: dict[str, int] = {}
        self._numbered: set[int] = set()
        self._ignored: list[bool] = []
        self._named: list[bool] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(
        self,
        frame: float,
        track: str | float,
        box: Sequence[float],
        *,
        confidence: float = float("nan"),
        label: str = "",
        ignored: bool = False,
        line: int = 0,
    ) -> None:
        """Add a box; ids may be numbers or any text, labels are names or "".

        Args:
            frame: As the file counts.
            track: A whole number from 0, a name, or -1 or "" for none.
            box: Left, top, width, height.
            confidence: In [0, 1], mostly.
            label: The class.
            ignored: Whether the file says that the box is not to be used.
            line: Where it stands, for messages.
        """
        reason = impossible(frame, box)
        number = self._id(track)
        if not reason and number is None:
            reason = f"id {track!r:.40} is not a whole number"
        if reason or number is None:
            self.bad.append(BadLine(line, reason))
            return
        place = self._labels.setdefault(label, len(self._labels)) if label else -1
        self._rows.append((frame, number, *box, confidence, place))
        self._named.append(isinstance(track, str) and track.strip() in self._ids)
        self._ignored.append(ignored)

    def _id(self, track: str | float) -> int | None:
        """The number of a track; texts get numbers of their own. None where it can be no id."""
        if isinstance(track, str):
            text = track.strip()
            if text.lower() in ("", "none", "nan", "null", "-1", "-1.0"):
                return -1
            if not NUMBER.fullmatch(text):
                return self._ids.setdefault(text, len(self._ids))
            track = float(text)
        if math.isnan(track) or track == -1:
            return -1
        if not -1 <= track < LARGEST or track != int(track):
            return None
        self._numbered.add(int(track))
        return int(track)

    def built(self, **more: object) -> TrackTable:
        """The table."""
        rows = np.array(self._rows, np.float64).reshape(-1, 8)
        track = rows[:, 1].astype(np.int64)
        names = {number: name for name, number in self._ids.items()}
        if names and self._numbered:  # both kinds: numbers keep theirs
            track, names = self._apart(track)
        table = TrackTable(
            self.format,
            rows[:, 0].astype(np.int64),
            track,
            rows[:, 2:6],
            rows[:, 6],
            rows[:, 7].astype(np.int64),
            tuple(self._labels),
            names=names,
            ignored=np.array(self._ignored, bool),
            bad=tuple(self.bad),
        )
        return replace(table, **more)  # type: ignore[arg-type]

    def _apart(self, track: NDArray[np.int64]) -> tuple[NDArray[np.int64], dict[int, str]]:
        """Ids of which some are numbers and some are names: names get numbers that are free.

        While rows were read, names were counted from 0, and numbers are what they are.
        """
        free = max(self._numbered) + 1
        named = np.array(self._named, bool)
        names = {free + number: name for name, number in self._ids.items()}
        return np.where(named, track + free, track), names


def impossible(frame: float, box: Sequence[float]) -> str:
    """Why a frame and four numbers are no box of a video; "" where they are one."""
    if not all(abs(value) < LARGEST for value in (frame, *box)):
        return "a number that is out of all bounds"
    if frame != int(frame) or frame < 0:
        return f"frame {frame:g} is not a whole number from 1"
    if box[2] <= 0 or box[3] <= 0:
        return f"a box of {box[2]:g} × {box[3]:g} pixels"
    return ""
