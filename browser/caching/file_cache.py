"""A folder of files that can be made again: bounded in size, the least used go first."""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from frameatlas.store.atomic import sync_file
from frameatlas.store.digests import text_digest

_REFRESH = 600.0
"""Seconds between two notes that a file is still used."""

_LEFT = 0.8
"""Share of the limit that a sweep leaves."""

_STALE = 3600.0
"""Seconds after which a half-written file belongs to a process that is gone."""


@dataclass(frozen=True)
class _Kept:
    path: Path
    bytes: int
    used: float


class FileCache:
    """Files by key. A full disk or a folder that is taken away only makes it slower.

    Args:
        folder: Where; made when first needed. Several processes may share it.
        limit: Bytes that it may hold.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._lock = Lock()
        self._bytes: int | None = None

    def path_of(self, key: str, ending: str) -> Path:
        """Where the file of a key lies, whether it is there or not."""
        name = text_digest(key)
        return self._folder / name[:2] / f"{name[2:]}{ending}"

    def get(self, key: str, ending: str) -> bytes | None:
        """What was put under a key, or None."""
        found = self.find(key, ending)
        try:
            return found.read_bytes() if found else None
        except OSError:
            return None

    def find(self, key: str, ending: str) -> Path | None:
        """The file of a key where it is there; notes that it is used."""
        path = self.path_of(key, ending)
        try:
            if time.time() - path.stat().st_mtime > _REFRESH:
                os.utime(path)
        except OSError:
            return None
        return path

    def put(self, key: str, ending: str, content: bytes) -> None:
        """Keep bytes under a key; where there is no room, do without."""
        with suppress(OSError):
            self.fill(key, ending, lambda path: path.write_bytes(content))

    def fill(self, key: str, ending: str, write: Callable[[Path], object]) -> Path:
        """Have a file written beside and renamed: readers see all of it, or none.

        Args:
            key: Its key.
            ending: Of its name, with the dot.
            write: Writes the file that it is given; its errors are raised.

        Returns:
            The file.

        Raises:
            OSError: It could not be kept.
        """
        path = self.path_of(key, ending)
        beside: Path | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(prefix=".new-", suffix=ending, dir=path.parent)
            os.close(handle)
            beside = Path(name)
            write(beside)
            sync_file(beside)  # else a machine that goes down leaves empty files under their names
            size = beside.stat().st_size
            beside.replace(path)
        finally:
            if beside is not None:
                with suppress(OSError):  # of a folder that was taken away meanwhile
                    beside.unlink(missing_ok=True)
        self._count(size)
        return path

    def _count(self, size: int) -> None:
        with self._lock:
            if self._bytes is None:
                self._bytes = sum(kept.bytes for kept in self._all())
            else:
                self._bytes += size
            if self._bytes > self._limit:
                self._bytes = self._sweep()

    def _sweep(self) -> int:
        """Remove the least used files; bytes that are left."""
        kept = sorted(self._all(), key=lambda one: one.used)
        left = sum(one.bytes for one in kept)
        for one in kept:
            half_written = one.path.name.startswith(".new-")
            if half_written and time.time() - one.used < _STALE:
                continue
            if left > _LEFT * self._limit or half_written:
                with suppress(OSError):
                    one.path.unlink(missing_ok=True)
                    left -= one.bytes
        return left

    def _all(self) -> list[_Kept]:
        found = []
        for path in self._folder.glob("??/*"):
            try:
                stat = path.stat()
            except OSError:
                continue
            found.append(_Kept(path, stat.st_size, stat.st_mtime))
        return found
