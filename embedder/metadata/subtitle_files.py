"""Subtitles and transcripts beside a video: .srt, .vtt, .ass, .ssa, and whisper's .json."""

import io
import json
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from frameatlas.columns.text_file import decode_text
from frameatlas.errors import SourceError
from frameatlas.subtitles.stored import LONGEST_LINE, MOST_LINES, Line, Track

FORMATS = {".srt": "srt", ".vtt": "webvtt", ".ass": "ass", ".ssa": "ass", ".json": ""}
"""By ending, FFmpeg's name of the format. Of files of one name and language, the first is taken:
whisper writes one transcript in several forms."""

MOST_BYTES = 64 << 20

_TAGS = re.compile(r"\{\\[^}]*\}|</?[a-zA-Z][^>]{0,100}>")
_BREAKS = re.compile(r"\\[Nnh]|[\x00-\x20\x7f\u2028\u2029]+")


def sidecars_of(video: Path) -> list[tuple[Path, str]]:
    """Files of subtitles that belong to a video, by name, and their languages.

    ``beach.srt``, ``beach.en.vtt`` and ``beach.mp4.srt`` belong to ``beach.mp4``.
    """
    chosen: dict[str, Path] = {}
    order = list(FORMATS)
    for path in _candidates(video):
        middle = path.name[len(video.stem) : -len(path.suffix)]
        if middle.casefold().startswith(video.suffix.casefold()):
            middle = middle[len(video.suffix) :]
        if middle and not re.fullmatch(r"\.[\w-]{1,40}(?:\.[\w-]{1,40})?", middle):
            continue
        known = chosen.get(middle)
        if known is None or order.index(path.suffix.lower()) < order.index(known.suffix.lower()):
            chosen[middle] = path
    return [(path, middle.strip(".")) for middle, path in sorted(chosen.items())]


def _candidates(video: Path) -> Iterator[Path]:
    try:
        names = _names_in(video.parent, video.parent.stat().st_mtime_ns)
    except OSError:
        return
    for name in names:
        if name.startswith(f"{video.stem}.") and (video.parent / name).is_file():
            yield video.parent / name


@lru_cache(maxsize=16)
def _names_in(folder: Path, changed: int) -> tuple[str, ...]:
    """Names in a folder that may be of subtitles; listed once for all of its videos."""
    del changed
    return tuple(sorted(p.name for p in folder.iterdir() if p.suffix.lower() in FORMATS))


def read_sidecar(path: Path, language: str, start: float) -> Track | None:
    """The lines of a file; None for JSON that is no transcript.

    Args:
        path: The file.
        language: What its name says.
        start: Seconds of the video's own time at which players begin to count.

    Raises:
        SourceError: It cannot be read; the message says why.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SourceError(f"it cannot be read ({error.strerror})") from error
    text = None if len(content) > MOST_BYTES else decode_text(content)
    if text is None:
        raise SourceError("no text, or too long for subtitles")
    kind = FORMATS[path.suffix.lower()]
    lines = list(_decoded(text, kind)) if kind else _transcript(text)
    if lines is None:
        return None
    return Track(path.name, language, ordered(lines, start))


def ordered(lines: list[Line], start: float = 0.0) -> tuple[Line, ...]:
    """Lines by time, moved by a start, without empty ones."""
    moved = [
        Line(round(one.begin + start, 6), round(max(one.begin, one.end) + start, 6), one.text)
        for one in lines
        if one.text and math.isfinite(one.begin) and math.isfinite(one.end)
        and abs(one.begin) < 1e8 and abs(one.end) < 1e8
    ]  # fmt: skip
    return tuple(sorted(moved, key=lambda one: one.begin)[:MOST_LINES])


def plain_text(text: str) -> str:
    """A line without markup, on one line."""
    bare = _TAGS.sub("", text)
    return " ".join(_BREAKS.sub(" ", bare).split())[:LONGEST_LINE]


def _decoded(text: str, kind: str) -> Iterator[Line]:
    """Lines as FFmpeg reads them, from memory: nothing that a file names is opened."""
    import av

    clean = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    av.logging.set_level(av.logging.PANIC)
    try:
        with av.open(io.BytesIO(clean), format=kind, metadata_errors="replace") as container:
            yield from stream_lines(container, container.streams.subtitles[0])
    except (av.error.FFmpegError, IndexError, UnicodeError) as error:
        raise SourceError("no subtitles, or damaged from the beginning") from error


def stream_lines(container: Any, stream: Any) -> Iterator[Line]:
    """The lines of a stream of subtitles, in the container's own time."""
    import av

    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        begin = float(packet.pts * packet.time_base)
        length = float((packet.duration or 0) * packet.time_base)
        try:
            parts = [part.dialogue.decode("utf-8", "replace") for part in packet.decode()
                     if hasattr(part, "dialogue")]  # fmt: skip
        except (av.error.FFmpegError, UnicodeError):
            continue
        text = plain_text(" ".join(parts))
        if text:
            yield Line(begin, begin + max(0.0, length), text)


def _transcript(text: str) -> list[Line] | None:
    """The segments of a transcript by whisper, whisper.cpp, faster-whisper or WhisperX."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(content, dict):
        found = content.get("segments") or content.get("transcription")
    else:
        found = content
    if not isinstance(found, list):
        return None
    lines = [line for line in map(_segment, found[:MOST_LINES]) if line is not None]
    return lines or None


def _segment(value: Any) -> Line | None:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return None
    begin, end = value.get("start"), value.get("end")
    if begin is None and isinstance(value.get("offsets"), dict):  # whisper.cpp: milliseconds
        times = [value["offsets"].get(name) for name in ("from", "to")]
        if all(type(one) in (int, float) for one in times):
            begin, end = (one / 1000 for one in times)
    if type(begin) not in (int, float) or type(end) not in (int, float):
        return None
    return Line(float(begin), float(end), plain_text(value["text"]))  # type: ignore[arg-type]
