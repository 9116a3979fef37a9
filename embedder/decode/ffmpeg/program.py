"""Which FFmpeg is there, and what it can do."""

import os
import re
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from frameatlas.embedder.decode.ffmpeg.process import VideoProcess
from frameatlas.errors import MissingExtraError, SourceError

ANSWER_SECONDS = 30.0
"""How long an FFmpeg may think about what it is."""

LONGEST_ANSWER = 1 << 20

_DECODER = re.compile(r"^ V[A-Z.]{5} (\w[\w-]*)", re.MULTILINE)


@dataclass(frozen=True)
class FFmpeg:
    """An FFmpeg program and what it can do.

    Attributes:
        path: The executable.
        version: What it calls itself, for example "6.1.1-3ubuntu5".
        libavformat: Major and minor version of that library: the program's own is free text.
        filters: Names of its filters.
        showinfo_without_checksum: Whether ``showinfo`` can leave out its checksums.
        decoders: Names of its decoders of video.
    """

    path: str
    version: str
    libavformat: tuple[int, int]
    filters: frozenset[str]
    showinfo_without_checksum: bool
    decoders: frozenset[str] = frozenset()


def find_ffmpeg() -> FFmpeg:
    """The user's own FFmpeg where there is one on PATH, else imageio-ffmpeg's.

    Raises:
        MissingExtraError: There is neither.
    """
    return inspect_ffmpeg(_find_own_ffmpeg() or _find_shipped_ffmpeg())


def _find_own_ffmpeg() -> str | None:
    """The first on PATH, and none beside the videos: relative folders of PATH are passed over.

    Windows would look in the working folder before all others.
    """
    name = "ffmpeg.exe" if os.name == "nt" else "ffmpeg"
    folders = (folder for folder in os.get_exec_path() if Path(folder).is_absolute())
    found = (shutil.which(str(Path(folder, name))) for folder in folders)
    return next((path for path in found if path), None)


def _find_shipped_ffmpeg() -> str:
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise MissingExtraError(
            "Expected FFmpeg on PATH or the package imageio-ffmpeg. Received: neither. "
            "Install FFmpeg, or run: pip install imageio-ffmpeg."
        ) from error


@lru_cache
def inspect_ffmpeg(path: str) -> FFmpeg:
    """Ask an FFmpeg for its version, filters and options.

    Raises:
        MissingExtraError: It cannot be run.
    """
    version = ask(path, "-version")
    name = re.search(r"ffmpeg version (\S+)", version)
    library = re.search(r"libavformat\s+(\d+)\.\s*(\d+)", version)
    filters = re.findall(r"^ [A-Z.|]{2,3} +(\w+) +\S+->\S+", ask(path, "-filters"), re.MULTILINE)
    return FFmpeg(
        path=path,
        version=name.group(1) if name else "unknown",
        libavformat=(int(library.group(1)), int(library.group(2))) if library else (0, 0),
        filters=frozenset(filters),
        decoders=frozenset(_DECODER.findall(ask(path, "-decoders"))),
        showinfo_without_checksum="checksum" in ask(path, "-h", "filter=showinfo"),
    )


def ask(path: str, *question: str) -> str:
    """An FFmpeg's answer, or its beginning: what stands in its place may talk without end."""
    command = [path, "-hide_banner", *question] if question != ("-version",) else [path, *question]
    answer = bytearray(LONGEST_ANSWER)
    try:
        with VideoProcess(
            command, lambda _: None, stopped=lambda: False, stall_seconds=ANSWER_SECONDS
        ) as asked:
            asked.read_into(memoryview(answer))
    except SourceError as error:
        raise _no_ffmpeg(path, str(error)) from error
    if asked.stalled:
        raise _no_ffmpeg(path, f"no answer within {ANSWER_SECONDS:.0f} seconds")
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def _no_ffmpeg(path: str, reason: str) -> MissingExtraError:
    return MissingExtraError(
        f"Expected an FFmpeg that runs. Received: {path}, which does not ({reason}). Install "
        "FFmpeg, or remove that file from PATH."
    )
