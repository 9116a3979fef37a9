"""A source is known by its content: a moved file is known again, a changed one noticed."""

import hashlib
import stat
from pathlib import Path

from frameatlas.errors import SourceError

SAMPLE_BYTES = 256 * 1024
"""Bytes read at the head, the middle and the tail of a file."""


def content_digest(path: Path, sample_bytes: int = SAMPLE_BYTES, *, size: int | None = None) -> str:
    """Return 32 hexadecimal digits that stand for a file's content.

    Size and sha256 of three samples: reading a whole film would cost as much as decoding it,
    and two recordings that agree in all four are the same recording.

    Args:
        path: A regular file.
        sample_bytes: Bytes per sample; a file of up to three samples is read whole.
        size: Bytes of the file that count, all where it is left out.

    Raises:
        SourceError: The file cannot be read.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError
        if not stat.S_ISREG(found.st_mode):
            raise SourceError("no regular file, but a device, pipe or socket")
        if not found.st_size:
            # Nothing to read: of a device that calls itself a file, opening may take for ever.
            return hashlib.sha256(f"0:{sample_bytes}:".encode()).hexdigest()[:32]
        size = found.st_size if size is None else size
        digest = hashlib.sha256(f"{size}:{sample_bytes}:".encode())
        with path.open("rb") as file:
            for offset in _offsets(size, sample_bytes):
                file.seek(offset)
                digest.update(file.read(min(sample_bytes, max(0, size - offset))))
    except SourceError:
        raise
    except OSError as error:
        raise SourceError(read_error_reason(error)) from error
    except ValueError as error:  # a null
        raise SourceError("no file can have such a name") from error
    return digest.hexdigest()[:32]


def has_grown(path: Path, size: int, digest: str) -> bool:
    """Whether a file is longer than it was, and what it was is still its beginning.

    Args:
        path: The file.
        size: Its bytes when the digest was taken.
        digest: Its content digest then.
    """
    try:
        return path.stat().st_size > size and content_digest(path, size=size) == digest
    except (OSError, SourceError):
        return False


def is_gone(path: Path) -> bool:
    """Whether nothing is there; what may not be looked at, or lies on a lost disk, may be there."""
    try:
        return not path.exists()
    except OSError:
        return False


def read_error_reason(error: OSError) -> str:
    """Say in the user's words why a file could not be read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "the file is no longer there"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    if isinstance(error, IsADirectoryError):
        return "a folder, not a file"
    return f"it cannot be read ({error.strerror or type(error).__name__})"


def _offsets(size: int, sample_bytes: int) -> tuple[int, ...]:
    """Where the samples begin: without gaps where the file is small."""
    if size <= 3 * sample_bytes:
        return (0, sample_bytes, 2 * sample_bytes)
    return (0, (size - sample_bytes) // 2, size - sample_bytes)
