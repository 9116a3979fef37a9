"""Opening a media file by PyAV: local files of allowed formats only, else a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from frameatlas.embedder.media.unsupported_files import is_text, playlist_reason
from frameatlas.errors import SourceError
from frameatlas.safe_formats import safe_options
from frameatlas.store.content_digest import read_error_reason

if TYPE_CHECKING:
    from av.container import InputContainer

OPEN_TIMEOUT = 60.0
"""Seconds that a disk may take to answer."""


@contextmanager
def open_media(path: Path) -> "Iterator[InputContainer]":
    """Open a media file by PyAV: local files of allowed formats only.

    Raises:
        SourceError: It cannot be opened or read; the message says why.
    """
    import av

    reason = refusal(path)
    if reason:
        raise SourceError(reason)
    # The libraries' own complaints: reported by FFmpeg's run, never printed.
    av.logging.set_level(av.logging.PANIC)
    try:
        with av.open(
            f"file:{path.absolute()}",
            options=safe_options(),
            metadata_errors="replace",
            timeout=OPEN_TIMEOUT,
        ) as container:
            yield container
    except (av.error.FFmpegError, UnicodeError) as error:
        raise SourceError(_open_reason(error, path)) from error


def refusal(path: Path) -> str | None:
    """Why a file is not even opened."""
    try:
        if path.stat().st_size == 0:
            return "an empty file"
        with path.open("rb"):
            pass
    except OSError as error:
        return read_error_reason(error)
    return playlist_reason(path)


def _open_reason(error: Exception, path: Path) -> str:
    import av

    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return f"the disk gave no answer for {OPEN_TIMEOUT:.0f} s"
    if is_text(path):
        return "a text file, no video"
    if path.suffix.lower() in {".mp4", ".mov", ".m4v", ".3gp", ".m4a"}:
        return "not readable as video: damaged, or its index (moov) is missing"
    return "no known video format, or damaged from the beginning"
