"""Tracks: what a tracker gave, one box of one person a row; read from and written as MOT files.

A MOT file has a row a box: frame, id, left, top, width, height, and mostly more (confidence, class,
visibility or unused numbers). Frames and ids count from 1.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import SourceError
from frameatlas.store.atomic import translate_os_errors, write_text

COLUMNS = "frame, id, left, top, width, height, and optionally confidence and more"
MOST_BYTES = 1 << 30
"""A file of tracks that is larger is no file of tracks: a season of football has half of that."""

# Each text is matched in one way only: with several, a long row would take for ever to be refused.
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_ROW = re.compile(rf"{_NUMBER}(?:(?:\s*[,;]\s*|\s+){_NUMBER})*\s*[,;]?")
_LARGEST = 1e9
_LONGEST_LINE = 1000
_MOST_COLUMNS = 10
_PERSON = 1.0
_TRUTH_COLUMNS = 9


@dataclass(frozen=True)
class BadLine:
    """A line of a file of tracks that could not be used.

    Attributes:
        number: Counts from 1.
        reason: One clause for the user.
    """

    number: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.reason}"


@dataclass(frozen=True, eq=False)
class Tracks:
    """Boxes of one video, sorted by frame, then by track.

    Attributes:
        frame: int64 of shape (n,): number of the frame in the video, from 1.
        track: int64 of shape (n,): the tracker's id of the person; -1 for a box without one.
        box: float64 of shape (n, 4): left, top, width, height in pixels, as the file gives them.
        confidence: float32 of shape (n,): as the file gives it; 1 where it gives none.
        camera: Name of the camera that took the video.
    """

    frame: NDArray[np.int64]
    track: NDArray[np.int64]
    box: NDArray[np.float64]
    confidence: NDArray[np.float32]
    camera: str = ""

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Tracks":
        """Only some rows, by a mask or by their numbers."""
        return replace(
            self,
            frame=self.frame[chosen],
            track=self.track[chosen],
            box=self.box[chosen],
            confidence=self.confidence[chosen],
        )


def read_mot(path: Path, camera: str = "") -> tuple[Tracks, tuple[BadLine, ...]]:
    """Read a MOT file of detections, of ground truth or of a tracker.

    6 or more columns, parted by commas, semicolons or spaces; a header, comments (#) and empty
    lines are passed over. Of ground truth (9 columns: flag, class, visibility) only rows with a
    flag and, where there is any, class 1 are people to be tracked.

    Args:
        path: The file.
        camera: Name of the camera.

    Returns:
        The tracks, and every line that is no box: the others are used.

    Raises:
        SourceError: The file cannot be read, or no line of it is a box.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SourceError(f"Expected tracks in {path}. Received: a file of more than 1 GiB.")
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise SourceError(
            f"Expected to read tracks from {path}. Received: {error.strerror or error}; name a "
            "text file that your tracker wrote."
        ) from error
    return parse_mot(text.splitlines(), str(path), camera)


def parse_mot(
    lines: Iterable[str], place: str, camera: str = ""
) -> tuple[Tracks, tuple[BadLine, ...]]:
    """The tracks in the lines of a file; see ``read_mot``."""
    rows: list[list[float]] = []
    bad: list[BadLine] = []
    header = True
    for number, raw in enumerate(lines, 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        row, reason = _parse(line)
        if row:
            rows.append(row)
        elif not (header and re.match(r"[\"']?[A-Za-z_]", line)):
            bad.append(BadLine(number, reason))
        header = False
    if not rows:
        raise SourceError(_nothing(place, bad))
    tracks, repeated = _tracks(rows, camera)
    if not len(tracks):
        raise SourceError(
            f"Expected boxes of people in {place}. Received: {len(rows)} rows, all of them marked "
            "as to be ignored (column 7 is 0) or of another class than 1."
        )
    if repeated:
        bad.append(BadLine(0, f"{repeated} boxes repeat a track in its frame; the first is used"))
    return tracks, tuple(bad)


def write_mot(path: Path, tracks: Tracks, identity: NDArray[np.int64]) -> None:
    """Write boxes with other ids, in ten columns, as TrackEval and others read them.

    Args:
        path: The file.
        tracks: The boxes.
        identity: int64 of shape (n,): the id of each row, 1 or more; rows below 1 are left out.
    """
    lines = []
    for frame, who, box, sure in zip(
        tracks.frame, identity, tracks.box, tracks.confidence, strict=True
    ):
        if who >= 1:
            place = ",".join(f"{value:.2f}" for value in box)
            lines.append(f"{frame},{who},{place},{sure:g},-1,-1,-1\n")
    with translate_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, "".join(lines))


def _parse(line: str) -> tuple[list[float], str]:
    """The numbers of a row that is a box; else none, and why it is not."""
    if len(line) > _LONGEST_LINE:
        return [], f"{len(line)} characters, expected {_LONGEST_LINE} at most"
    if not _ROW.fullmatch(line):
        return [], f"not numbers: {line[:40]!r}"
    row = [float(value) for value in re.split(r"[,;\s]+", line) if value]
    if len(row) < 6:
        return [], f"{len(row)} columns, expected 6 or more"
    reason = _impossible(*row[:6])
    return ([], reason) if reason else (row, "")


def _impossible(
    frame: float, track: float, left: float, top: float, width: float, height: float
) -> str:
    """Why six numbers are no box; "" where they are."""
    if not all(abs(value) < _LARGEST for value in (frame, track, left, top, width, height)):
        return "a number that is out of all bounds"
    if frame != int(frame) or frame < 0:
        return f"frame {frame:g} is not a whole number from 1"
    if track != int(track) or track < -1:
        return f"id {track:g} is not a whole number"
    if width <= 0 or height <= 0:
        return f"a box of {width:g} × {height:g} pixels"
    return ""


def _nothing(place: str, bad: Sequence[BadLine]) -> str:
    shown = f"; {bad[0]}" if bad else ""
    return (
        f"Expected a row a box in {place}: {COLUMNS}. Received: no such row{shown}; for example "
        "1,7,250.5,103,40,92,1,-1,-1,-1."
    )


def _tracks(rows: list[list[float]], camera: str) -> tuple[Tracks, int]:
    """Sorted tracks of people, and how many boxes were left out as repeated."""
    # What lies beyond is never used, and one long row must not make a wide table of all others.
    width = min(max(len(row) for row in rows), _MOST_COLUMNS)
    table = np.full((len(rows), max(width, 7)), np.nan)
    for number, row in enumerate(rows):
        table[number, : min(len(row), width)] = row[:width]
    table = _people(table)
    frame, track = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    if len(frame) and frame.min() == 0:
        frame += 1  # some trackers count frames from 0, whatever the format says
    confidence = np.where(np.isnan(table[:, 6]) | (table[:, 6] < 0), 1.0, table[:, 6])
    confidence = np.minimum(confidence, np.finfo(np.float32).max)
    tracks = Tracks(frame, track, table[:, 2:6], confidence.astype(np.float32), camera)
    tracks = tracks.rows(np.lexsort((track, frame)))
    same = (np.diff(tracks.frame) == 0) & (np.diff(tracks.track) == 0) & (tracks.track[1:] >= 0)
    first = np.concatenate([[True], ~same])[: len(tracks)]
    return tracks.rows(first), int(same.sum())


def _people(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of ground truth, the rows that are to be tracked; else every row."""
    if table.shape[1] != _TRUTH_COLUMNS:
        return table
    flag, kind, visibility = table[:, 6], table[:, 7], table[:, 8]
    truth = np.isin(flag, (0, 1)) & (kind >= 1) & (kind == np.floor(kind))
    truth &= (visibility >= 0) & (visibility <= 1)
    if not truth.all():
        return table
    kept = flag != 0
    if (kind == _PERSON).any():
        kept &= kind == _PERSON
    return np.asarray(table[kept])
