"""A file under construction: what one thread writes, others read meanwhile."""

import os
import threading
from pathlib import Path

Bytes = bytes | bytearray | memoryview


class OpenFile:
    """A file that stays open for writing and, at positions of their own, for readers.

    Args:
        path: Made where there is none; what is in it stays.
    """

    def __init__(self, path: Path) -> None:
        self._out = _open(path, os.O_RDWR | os.O_CREAT)
        self._in = _open(path, os.O_RDONLY)
        # Who compares and who describes are two threads with one position.
        self._reading = threading.Lock()

    def write_at(self, data: Bytes, offset: int) -> None:
        """Write bytes, all of them."""
        view = memoryview(data).cast("B")
        os.lseek(self._out, offset, os.SEEK_SET)
        while view:
            view = view[os.write(self._out, view) :]

    def read_into(self, view: memoryview, offset: int) -> None:
        """Fill a view.

        Raises:
            EOFError: The file is shorter.
        """
        view = view.cast("B")
        with self._reading:
            os.lseek(self._in, offset, os.SEEK_SET)
            while view:
                piece = os.read(self._in, len(view))
                if not piece:
                    raise EOFError("Expected more stored frames than the file holds.")
                view[: len(piece)] = piece
                view = view[len(piece) :]

    def read_at(self, offset: int, length: int) -> bytes:
        """So many bytes; errors as of ``read_into``."""
        data = bytearray(length)
        self.read_into(memoryview(data), offset)
        return bytes(data)

    def truncate(self, size: int) -> None:
        """Cut the file to a size."""
        os.ftruncate(self._out, size)

    def sync(self) -> None:
        """Have the disk hold what was written."""
        os.fsync(self._out)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._out)
        os.close(self._in)


def _open(path: Path, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_BINARY", 0), 0o644)
