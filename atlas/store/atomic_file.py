"""A file that is written beside its place and takes it in one step."""

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from frameatlas.errors import LockedError

_PATIENCE = 10.0
"""Seconds for which another process that writes the very same file is waited for."""


@contextmanager
def fresh_file(path: Path) -> Iterator[BinaryIO]:
    """A file to be written, which replaces ``path`` when the block ends, and only if it ends well.

    Its name, ``.NAME.new``, does not change from run to run: what a killed run left is written
    over by the next one. A lock, which ends with its process, keeps two of them apart.

    Raises:
        LockedError: Another process is writing it, and goes on doing so.
        OSError: What the system says.
    """
    beside = path.with_name(f".{path.name}.new")
    with _open_beside(beside, path) as file:
        try:
            file.truncate(0)
            yield file
            file.flush()
            _let_go(file)
            beside.replace(path)
        except BaseException:
            _let_go(file)
            beside.unlink(missing_ok=True)
            raise


def _open_beside(beside: Path, path: Path) -> BinaryIO:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        file = _own_file(beside)
        if file is not None and _claim(file) and _is_still(beside, file):
            return file
        if file is not None:
            file.close()
        time.sleep(0.02)
    raise LockedError(
        f"Expected {path} to be free for writing. Received: another process is writing it. Wait "
        "until that is done, or choose another output with -o."
    )


def _own_file(beside: Path) -> BinaryIO | None:
    """The file, new or left by a killed run; None where something else was in its place.

    A link in a folder that came from elsewhere must not lead the writing out of that folder.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(beside, flags, 0o666)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EMLINK):
            raise
        beside.unlink(missing_ok=True)
        return None
    kind = os.fstat(handle)
    if stat.S_ISREG(kind.st_mode) and kind.st_nlink <= 1:
        return os.fdopen(handle, "r+b")
    os.close(handle)
    beside.unlink(missing_ok=True)
    return None


def _is_still(beside: Path, file: BinaryIO) -> bool:
    """Whether nobody has renamed or removed it between opening and locking."""
    try:
        return os.path.samestat(beside.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _claim(file: BinaryIO) -> bool:
        del file  # Windows lets nobody rename or remove a file that another has open
        return True

    def _let_go(file: BinaryIO) -> None:
        with suppress(OSError):  # of a full disk: what could not be written is removed next
            file.close()

else:
    import fcntl

    def _claim(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # A disk without locks: two runs that write one file at one moment are on their own.
            return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
        return True

    def _let_go(file: BinaryIO) -> None:
        del file  # open until it has its name: whoever got the lock before would empty it
