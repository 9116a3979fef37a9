"""Writing HDF5 so that a full disk is an error.

HDF5 keeps small tables to itself until the file is closed. Where writing fails then, h5py prints a
note and goes on with a short file, and HDF5 1.14 may end the process by a segmentation fault. So
HDF5 writes to an object that takes everything and remembers what the system refused.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import h5py

ROOM = 256 << 10
"""Bytes that a file takes beside its numbers, at most."""


@contextmanager
def new_table(path: Path) -> Iterator["h5py.File"]:
    """A new HDF5 file to fill, all of which the system has taken when the block ends.

    Raises:
        OSError: What the system says.
    """
    import h5py

    with path.open("w+b", buffering=0) as plain:
        patient = _Patient(plain)
        try:
            with h5py.File(patient, "w") as file:
                yield file
        except Exception as error:  # HDF5 may stumble over what it reads again and was not taken
            if patient.refused is not None:
                raise patient.refused from error
            raise
        if patient.refused is not None:
            raise patient.refused


class _Patient:
    """A file as h5py wants one, which fails in nothing; ``refused`` is the first error."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self.refused: OSError | None = None

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size) or b""

    def readinto(self, buffer: memoryview) -> int:
        view = memoryview(buffer).cast("B")
        got = self._file.readinto(view) or 0
        view[got:] = bytes(len(view) - got)
        return len(view)

    def write(self, data: memoryview) -> int:
        rest = memoryview(data).cast("B")
        size = len(rest)
        try:
            while rest and self.refused is None:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError as error:
            self.refused = error
        return size

    def truncate(self, size: int) -> int:
        try:
            return self._file.truncate(size)
        except OSError as error:
            self.refused = self.refused or error
            return size

    def flush(self) -> None:
        """Nothing is held back."""


def prove_room(folder: Path, size: int) -> None:
    """Write and remove so many bytes, and some: for libraries that write HDF5 by themselves.

    Raises:
        OSError: There is no room for them.
    """
    probe = folder / ".room.new"
    try:
        with probe.open("wb") as file:
            for done in range(0, size + ROOM, 1 << 20):
                file.write(bytes(min(size + ROOM - done, 1 << 20)))
    finally:
        probe.unlink(missing_ok=True)
