"""Writing that survives a crash at any instant: beside, flushed, renamed."""

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frameatlas.errors import FrameatlasError, InputError, SpaceError
from frameatlas.store.atomic_file import fresh_file
from frameatlas.store.digests import file_digest
from frameatlas.store.stored_file import StoredFile

REMOVED = ".removed-"
"""Begins the names of folders whose removal a crash may have cut short."""


def write_text(path: Path, text: str) -> None:
    """Replace a file's content in one step: readers see the old text or the new one."""
    with translate_os_errors(path):
        with fresh_file(path) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)


def publish_folder(built: Path, place: Path) -> None:
    """Put a finished folder in its place in one step, its files safely on disk first."""
    with translate_os_errors(place):
        for path in sorted(built.iterdir()):
            sync_file(path)
        sync_folder(built)
        place.parent.mkdir(parents=True, exist_ok=True)
        # Whoever reads meanwhile finds nothing between two renamings, not while files are removed.
        old = _set_aside(place) if place.exists() else None
        built.rename(place)
        sync_folder(place.parent)
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder so that a crash in between cannot leave half of it under its name."""
    if folder.exists():
        doomed = folder if folder.name.startswith(REMOVED) else _set_aside(folder)
        shutil.rmtree(doomed, ignore_errors=True)


def _set_aside(folder: Path) -> Path:
    doomed = folder.with_name(f"{REMOVED}{folder.name}-{time.time_ns()}")
    folder.rename(doomed)
    return doomed


def describe_files(folder: Path, names: list[str]) -> dict[str, StoredFile]:
    """Sizes and digests of some files of a folder, for the manifest."""
    return {
        name: StoredFile((folder / name).stat().st_size, file_digest(folder / name))
        for name in sorted(names)
    }


def sync_file(path: Path) -> None:
    """Have the disk hold what was written to a file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the disk hold a folder's list of names; where the system cannot, do nothing."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


@contextmanager
def translate_os_errors(place: Path) -> Iterator[None]:
    """Say in frameatlas' own errors what the system refused while writing near ``place``."""
    try:
        yield
    except (FrameatlasError, BrokenPipeError):  # a pipe: whoever read our progress has gone
        raise
    except OSError as error:
        # NumPy says in words only that the disk took less than was given.
        short = error.errno is None and "requested and" in str(error)
        if short or error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SpaceError(
                f"Expected room on the disk of {place}. Received: none is left. Free some space, "
                "then run the same command again: what is done is kept."
            ) from error
        if error.errno == errno.EFBIG:
            raise SpaceError(
                f"Expected a disk that holds files as large as {place}. Received: "
                f"{_system_words(error)}. Choose another disk with -o, or raise the limit "
                "(ulimit -f)."
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise InputError(
                f"Expected to be allowed to write {place}. Received: {_system_words(error)}. "
                "Choose another output with -o, or change the folder's permissions."
            ) from error
        if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY):
            raise InputError(
                f"Expected {place} to be free for what is written. Received: "
                f"{_system_words(error)} ({error.filename or place}). Choose another output "
                "with -o, or move it away."
            ) from error
        if error.errno == errno.ENAMETOOLONG:
            raise InputError(
                "Expected a name that this disk can hold, usually 255 bytes. Received: one of "
                f"{len(os.fsencode(place.name))} ({place.name[:40]}…). Choose a shorter one."
            ) from error
        raise InputError(
            f"Expected to write {place}. Received: {_system_words(error)}. See that its disk is "
            "there and whole, then run the same command again, or choose another output with -o."
        ) from error


def _system_words(error: OSError) -> str:
    """The system's own words: HDF5 adds a page of its insides to them."""
    return os.strerror(error.errno) if error.errno else str(error)
