"""The lock: two processes never write one atlas."""

import errno
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from frameatlas.errors import InputError, LockedError
from frameatlas.store.atomic import translate_os_errors
from frameatlas.store.symlinks import refuse_links, refuse_links_below

LOCK_FILE = "lock"

_HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""What a system says of a lock that another process holds."""


_LOOKS = 3


@contextmanager
def lock_atlas(folder: Path) -> Iterator[None]:
    """Hold an atlas' lock; the system lets go of it when the process ends, however it ends.

    Args:
        folder: The atlas' folder, which exists.

    Raises:
        LockedError: Another process holds it; the message names process, host and since when.
        DamagedAtlasError: A link in the folder could lead what is written elsewhere.
        InputError: It may not be written, or its disk has no locks.
    """
    path = folder / LOCK_FILE
    refuse_links_below(folder)
    with translate_os_errors(path):
        file = path.open("a+", encoding="utf-8")
    with file:
        try:
            _acquire_soon(file)
        except OSError as error:
            if error.errno not in _HELD:
                raise InputError(
                    f"Expected {folder} on a disk that can lock files. Received: {error.strerror}. "
                    "Choose an output on another disk with -o."
                ) from error
            raise LockedError(_holder(path, folder)) from error
        try:
            _say_owner(file)
            yield
        finally:
            file.truncate(0)
            _release(file)


def is_held(path: Path) -> bool:
    """Whether a process holds this lock."""
    try:
        with path.open("r+b" if sys.platform == "win32" else "rb") as file:
            try:
                _acquire(file)
            except OSError as error:
                return error.errno in _HELD
            _release(file)
    except OSError:
        return False
    return False


def _acquire_soon(file: IO[Any]) -> None:
    """Take the lock; whoever only looks whether it is held has it for an instant."""
    for _ in range(_LOOKS):
        try:
            return _acquire(file)
        except OSError as error:
            if error.errno not in _HELD:
                raise
        time.sleep(0.05)
    return _acquire(file)


@contextmanager
def waiting_lock(path: Path, seconds: float = 10.0) -> Iterator[None]:
    """Hold the lock of one small file for the moment that changing it takes; others wait.

    Args:
        path: The lock's own file; it stays, and is empty.
        seconds: How long another process, or another page of this one, is waited for.

    Raises:
        LockedError: Another holds it, and goes on doing so.
        InputError: The folder may not be written, or its disk has no locks.
    """
    with translate_os_errors(path):
        refuse_links([path])
        file = path.open("a+", encoding="utf-8")
    with file:
        deadline = time.monotonic() + seconds
        while True:
            try:
                _acquire(file)
                break
            except OSError as error:
                if error.errno not in _HELD or time.monotonic() > deadline:
                    raise LockedError(
                        f"Expected {path} to be free. Received: {error.strerror}; another "
                        "frameatlas is writing beside it. Try again in a moment."
                    ) from error
            time.sleep(0.02)
        try:
            yield
        finally:
            _release(file)


def _say_owner(file: IO[str]) -> None:
    owner = {"process": os.getpid(), "host": socket.gethostname(), "since": time.time()}
    file.truncate(0)
    with suppress(OSError):  # a full disk: the lock holds without its owner's name
        os.write(file.fileno(), json.dumps(owner).encode())


def _holder(path: Path, folder: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(owner["since"])))
        who = f"process {owner['process']} on {owner['host']}, since {since}"
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        who = "another process"
    return (
        f"Expected {folder} to be free for writing. Received: it is being written by {who}. "
        "Wait until that is done, or choose another output with -o."
    )


if sys.platform == "win32":
    import msvcrt

    # A byte far behind the owner's line, so that others can still read who holds the lock.
    _BYTE = 1 << 20

    def _acquire(file: IO[Any]) -> None:
        file.seek(_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _release(file: IO[Any]) -> None:
        file.seek(_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _acquire(file: IO[Any]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(file: IO[Any]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
