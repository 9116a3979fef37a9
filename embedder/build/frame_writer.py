"""Frames of one source as they come, straight into ``frames.npy``; survives being killed.

The file is a plain NumPy array from its first byte on: NumPy pads the header so that the number of
rows can be written over when it is known. Times lie beside it until the source is finished.
"""

import json
import os
import threading
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.media.frame_sink import Box
from frameatlas.errors import InterruptedIndexError
from frameatlas.frames import Pixels
from frameatlas.store.atomic import translate_os_errors

AHEAD = 1024
"""Frames that may wait for their description, so that decoding cannot fill the disk far ahead."""

TIMES = np.dtype([("pts", "<i8"), ("box", "<i4", (4,))])


class FrameWriter:
    """The ``FrameSink`` of one source. One thread appends, another reads what is there.

    Args:
        folder: The source's folder under construction.
        width: From an interrupted run, else 0.
        height: From an interrupted run, else 0.
        time_base: From an interrupted run, else 0.
        count: Frames that an interrupted run left safely on disk.
    """

    def __init__(
        self, folder: Path, width: int, height: int, time_base: Fraction, count: int
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
            self._frames = _open(folder / "frames.npy", os.O_RDWR | os.O_CREAT)
            self._times = _open(folder / "times.bin", os.O_RDWR | os.O_CREAT)
            # Readers have handles, and so positions, of their own.
            self._frames_in = _open(folder / "frames.npy", os.O_RDONLY)
            self._times_in = _open(folder / "times.bin", os.O_RDONLY)
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
            self._write_header(0 if not self._count else self._count)

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        """Store one frame. Blocks while ``AHEAD`` frames wait for their description.

        Raises:
            InterruptedIndexError: The run was given up meanwhile.
            SpaceError: The disk is full.
        """
        with self.changed:
            self.settled = True
            self.changed.wait_for(lambda: self.abandoned or self._count - self.described < AHEAD)
            if self.abandoned:
                raise InterruptedIndexError("The run was stopped.")
        with translate_os_errors(self.folder):
            _write_at(self._frames, pixels, self._offset(self._count))
            row = np.array([(pts, box)], TIMES)
            _write_at(self._times, row.tobytes(), self._count * TIMES.itemsize)
            if name:
                self._names.write(json.dumps(name) + "\n")
                self._names.flush()
        with self.changed:
            self._count += 1
            self.changed.notify_all()

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """A stored frame, uint8 (height, width, 3), and its pts."""
        pixels, _ = self.read(index, index + 1)
        return pixels[0], int(self.times()[index]["pts"])

    def read(self, start: int, stop: int) -> tuple[Pixels, NDArray[np.int32]]:
        """Stored frames, uint8 (n, height, width, 3), and their boxes, int32 (n, 4).

        Read, not mapped: pages of a map would count as this process' memory.
        """
        shape = (stop - start, self.height, self.width, 3)
        pixels = np.empty(shape, np.uint8)
        _read_at(self._frames_in, pixels.data.cast("B"), self._offset(start))
        rows = np.empty(stop - start, TIMES)
        _read_at(self._times_in, rows.data.cast("B"), start * TIMES.itemsize)
        return pixels, np.ascontiguousarray(rows["box"], np.int32)

    def times(self) -> NDArray[np.void]:
        """Pts and box of every stored frame, a structured array of shape (count,)."""
        rows = np.empty(self._count, TIMES)
        if self._count:
            _read_at(self._times_in, rows.data.cast("B"), 0)
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
            for handle in (self._frames, self._times, self._names.fileno()):
                os.fsync(handle)
        return count

    def close(self) -> None:
        """Write the number of frames into the header and close the files."""
        with translate_os_errors(self.folder):
            if self._count:
                self._write_header(self._count)
            self._names.close()
            for handle in (self._frames, self._times, self._frames_in, self._times_in):
                os.close(handle)

    def _offset(self, index: int) -> int:
        return len(_header(0, self.height, self.width)) + index * self.height * self.width * 3

    def _write_header(self, count: int) -> None:
        _write_at(self._frames, _header(count, self.height, self.width), 0)

    def _cut(self, count: int) -> None:
        with translate_os_errors(self.folder):
            os.ftruncate(self._frames, self._offset(count) if count else 0)
            os.ftruncate(self._times, count * TIMES.itemsize)
            kept = self.names()[:count]
            self._names.truncate(0)
            self._names.write("".join(json.dumps(name) + "\n" for name in kept))
            self._names.flush()


def _header(count: int, height: int, width: int) -> bytes:
    file = BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, height, width, 3)}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue()


def _open(path: Path, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_BINARY", 0), 0o644)


def _write_at(handle: int, data: bytes | bytearray | memoryview, offset: int) -> None:
    view = memoryview(data).cast("B")
    os.lseek(handle, offset, os.SEEK_SET)
    while view:
        view = view[os.write(handle, view) :]


def _read_at(handle: int, view: memoryview, offset: int) -> None:
    os.lseek(handle, offset, os.SEEK_SET)
    while view:
        piece = os.read(handle, len(view))
        if not piece:
            raise EOFError("Expected more stored frames than the file holds.")
        view[: len(piece)] = piece
        view = view[len(piece) :]
