"""Tracks: what a tracker gave, one box of one person a row; read from and written as MOT files.

A MOT file has a row a box: frame, id, left, top, width, height, and mostly more (confidence, class,
visibility or unused numbers). Frames and ids count from 1. What else is read: ``formats``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import SourceError
from frameatlas.plurals import count_of
from frameatlas.reid.tracks.formats.read import parse_table, read_table
from frameatlas.reid.tracks.formats.table import BadLine, TrackTable
from frameatlas.reid.tracks.labels import choose_rows
from frameatlas.store.atomic import translate_os_errors, write_text


@dataclass(frozen=True, eq=False)
class Tracks:
    """Boxes of one video, sorted by frame, then by track.

    Attributes:
        frame: int64 of shape (n,): number of the frame in the video, from 1.
        track: int64 of shape (n,): the tracker's id of the person; -1 for a box without one.
        box: float64 of shape (n, 4): left, top, width, height in pixels, as the file gives them.
        confidence: float32 of shape (n,): as the file gives it; 1 where it gives none.
        camera: Name of the camera that took the video.
        names: What tracks are called whose ids say something else, by id.
    """

    frame: NDArray[np.int64]
    track: NDArray[np.int64]
    box: NDArray[np.float64]
    confidence: NDArray[np.float32]
    camera: str = ""
    names: Mapping[int, str] = field(default_factory=dict)

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
    """Read a file of tracks as it stands: nothing is fitted to a video.

    Args:
        path: Any file that ``formats.read`` knows.
        camera: Name of the camera.

    Returns:
        The tracks of people, and every line that is no box: the others are used.

    Raises:
        SourceError: The file cannot be read, or no line of it is a box of a person.
    """
    return _of_people(read_table(path), str(path), camera)


def parse_mot(
    lines: Iterable[str], place: str, camera: str = ""
) -> tuple[Tracks, tuple[BadLine, ...]]:
    """The tracks in the lines of a file; see ``read_mot``."""
    return _of_people(parse_table("\n".join(lines), place), place, camera)


def _of_people(table: TrackTable, place: str, camera: str) -> tuple[Tracks, tuple[BadLine, ...]]:
    chosen = choose_rows(table, ())
    if not chosen.kept.any():
        raise SourceError(
            f"Expected boxes of people in {place}. Received: {len(table)} rows, all of them marked "
            "as to be ignored (column 7 is 0) or of another class than 1."
        )
    tracks, repeated = tracks_of(table.rows(chosen.kept), camera)
    return tracks, (*table.bad, *repeated)


def tracks_of(table: TrackTable, camera: str = "") -> tuple[Tracks, tuple[BadLine, ...]]:
    """The boxes of a table, sorted, with frames from 1.

    Args:
        table: Boxes in pixels.
        camera: Name of the camera.

    Returns:
        The tracks; and, where boxes repeat a track in its frame, how many were left out.
    """
    frame = table.frame
    if table.first == 0 or (table.first is None and len(frame) and frame.min() == 0):
        frame = frame + 1  # some trackers count frames from 0, whatever their format says
    unknown = np.isnan(table.confidence) | (table.confidence < 0)
    confidence = np.where(unknown, 1.0, table.confidence)
    if len(confidence) and not confidence.any():
        confidence = np.ones_like(confidence)  # BoxMOT up to 10 writes 0 for every box
    confidence = np.minimum(confidence, np.finfo(np.float32).max).astype(np.float32)
    tracks = Tracks(frame, table.track, table.box, confidence, camera, dict(table.names))
    tracks = tracks.rows(np.lexsort((tracks.track, tracks.frame)))
    same = (np.diff(tracks.frame) == 0) & (np.diff(tracks.track) == 0) & (tracks.track[1:] >= 0)
    first = np.concatenate([[True], ~same])[: len(tracks)]
    if not same.any():
        return tracks, ()
    repeated = count_of(int(same.sum()), "box", "boxes")
    dropped = BadLine(0, f"{repeated} left out: their track has one in the same frame")
    return tracks.rows(first), (dropped,)


def write_mot(path: Path, tracks: Tracks, identity: NDArray[np.int64], *, ids: bool = True) -> None:
    """Write boxes with other ids, in ten columns, as TrackEval and others read them.

    Args:
        path: The file.
        tracks: The boxes.
        identity: int64 of shape (n,): the id of each row, 1 or more; rows below 1 are left out.
        ids: Whether ids are written; else -1, as of a detector.
    """
    lines = []
    for frame, who, box, sure in zip(
        tracks.frame, identity, tracks.box, tracks.confidence, strict=True
    ):
        if who >= 1:
            place = ",".join(f"{value:.2f}" for value in box)
            lines.append(f"{frame},{who if ids else -1},{place},{sure:g},-1,-1,-1\n")
    with translate_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, "".join(lines))
