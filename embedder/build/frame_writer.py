"""Frames of one source as they come, straight into their file; survives being killed.

Times lie beside the pictures until the source is finished.
"""

import json
import os
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.build.open_file import Bytes, OpenFile
from frameatlas.embedder.build.picture_writer import open_writer
from frameatlas.embedder.media.frame_sink import Box
from frameatlas.errors import InterruptedIndexError
from frameatlas.frames import Pixels
from frameatlas.store.atomic import translate_os_errors

AHEAD = 1024
"""Frames that may wait for their description, so that decoding cannot fill the disk far ahead;
fewer where the pictures' writer says so."""

TIMES = np.dtype([("pts", "<i8"), ("box", "<i4", (4,))])


class FrameWriter:
    """The ``FrameSink`` of one source. One thread appends, another reads what is there.

    Args:
        folder: The source's folder under construction.
        width: From an interrupted run, else 0.
        height: From an interrupted run, else 0.
        time_base: From an interrupted run, else 0.
        count: Frames that an interrupted run left safely on disk.
        store: "raw" or "jpeg".
    """

    def __init__(
        self,
        folder: Path,
        width: int,
        height: int,
        time_base: Fraction,
        count: int,
        store: str = "raw",
    ) -> None:
        self.folder = folder
        self.width, self.height, self.time_base = width, height, time_base
        self._count = count
        self.changed = threading.Condition()
        self.described = 0
        self.settled = False
        """True once it is sure that the stored frames stay: before, the sink may be restarted."""
        self.finished = False
        self.abandoned = False
        with translate_os_errors(folder):
            self._pictures = open_writer(folder, store, width, height)
            self._times = OpenFile(folder / "times.bin")
            self._names = (folder / "names.jsonl").open("a+", encoding="utf-8")
        self._cut(count)

    @property
    def count(self) -> int:
        """Frames stored so far, from an earlier interrupted run too."""
        return self._count

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        """Say the shape of all frames; another one than an interrupted run's starts over."""
        if self._count and (width, height, time_base) != (self.width, self.height, self.time_base):
            self.restart()
        self.width, self.height, self.time_base = width, height, time_base
        with translate_os_errors(self.folder):
            self._pictures.begin(self._count, width, height)

    def append(self, pixels: Bytes, pts: int, box: Box, name: str = "") -> None:
        """Store one frame. Blocks while ``AHEAD`` frames wait for their description.

        Raises:
            InterruptedIndexError: The run was given up meanwhile.
            SpaceError: The disk is full.
        """
        ahead = min(AHEAD, self._pictures.ahead)
        with self.changed:
            self.settled = True
            self.changed.wait_for(lambda: self.abandoned or self._count - self.described < ahead)
            if self.abandoned:
                raise InterruptedIndexError("The run was stopped.")
        with translate_os_errors(self.folder):
            self._pictures.write(self._count, pixels)
            row = np.array([(pts, box)], TIMES)
            self._times.write_at(row.tobytes(), self._count * TIMES.itemsize)
            if name:
                self._names.write(json.dumps(name) + "\n")
                self._names.flush()
        with self.changed:
            self._count += 1
            self.changed.notify_all()

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """A stored frame, uint8 (height, width, 3), and its pts."""
        row = np.frombuffer(self._times.read_at(index * TIMES.itemsize, TIMES.itemsize), TIMES)
        return self._pictures.stored(index)[0], int(row["pts"][0])

    def same(self, index: int, pixels: Bytes) -> bool:
        """Whether a stored frame is this one."""
        return self._pictures.same(index, pixels)

    def read(self, start: int, stop: int) -> tuple[Pixels, NDArray[np.int32]]:
        """Frames as they came, uint8 (n, height, width, 3), and their boxes, int32 (n, 4).

        Of those that nobody described yet.
        """
        pixels = self._pictures.read(start, stop)
        rows = np.empty(stop - start, TIMES)
        self._times.read_into(rows.data, start * TIMES.itemsize)
        return pixels, np.ascontiguousarray(rows["box"], np.int32)

    def times(self) -> NDArray[np.void]:
        """Pts and box of every stored frame, a structured array of shape (count,)."""
        rows = np.empty(self._count, TIMES)
        if self._count:
            self._times.read_into(rows.data, 0)
        return rows

    def names(self) -> list[str]:
        """For photos, the file name of each stored frame."""
        self._names.flush()
        lines = (self.folder / "names.jsonl").read_text(encoding="utf-8").splitlines()
        return [str(json.loads(line)) for line in lines]

    def restart(self) -> None:
        """Forget everything stored: the source is read from its beginning."""
        with self.changed:
            self._cut(0)
            self._count = self.described = 0
            self.settled = True
            self.changed.notify_all()

    def finish(self) -> None:
        """No more frames come."""
        with self.changed:
            self.settled = self.finished = True
            self.changed.notify_all()

    def abandon(self) -> None:
        """Wake and end whoever waits: the run is over."""
        with self.changed:
            self.abandoned = True
            self.changed.notify_all()

    def mark_described(self, count: int) -> None:
        """The first ``count`` frames are described: the decoder may go on as far."""
        with self.changed:
            self.described = count
            self.changed.notify_all()

    def sync(self) -> int:
        """Have the disk hold what was appended; returns how many frames that are."""
        count = self._count
        with translate_os_errors(self.folder):
            self._pictures.sync()
            self._times.sync()
            os.fsync(self._names.fileno())
        return count

    def close(self) -> None:
        """Write the number of frames into the pictures' file and close all files."""
        with translate_os_errors(self.folder):
            self._pictures.close(self._count)
            self._names.close()
            self._times.close()

    def _cut(self, count: int) -> None:
        with translate_os_errors(self.folder):
            self._pictures.cut(count)
            self._times.truncate(count * TIMES.itemsize)
            kept = self.names()[:count]
            self._names.truncate(0)
            self._names.write("".join(json.dumps(name) + "\n" for name in kept))
            self._names.flush()
