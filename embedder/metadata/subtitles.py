"""All subtitles of a video: files beside it, and text tracks within."""

from pathlib import Path

from frameatlas.embedder.media.open_media import open_media
from frameatlas.embedder.metadata.subtitle_files import (
    ordered,
    read_sidecar,
    sidecars_of,
    stream_lines,
)
from frameatlas.errors import SourceError
from frameatlas.subtitles.stored import MOST_TRACKS, Subtitles, Track

_PICTURES = {"dvd_subtitle", "hdmv_pgs_subtitle", "dvb_subtitle", "xsub", "dvb_teletext"}
"""Codecs whose lines are pictures: nobody reads text out of them here."""


def find_subtitles(video: Path) -> tuple[Subtitles, dict[Path, str]]:
    """Read everything that is said in a video, as far as somebody has written it down.

    Args:
        video: The video.

    Returns:
        The subtitles; and files that could not be read, with the reason.

    Raises:
        SourceError: The video itself cannot be opened.
    """
    start, tracks = _embedded(video)
    failed: dict[Path, str] = {}
    beside = []
    for path, language in sidecars_of(video):
        try:
            track = read_sidecar(path, language, start)
        except SourceError as error:
            failed[path] = str(error)
            continue
        if track is not None:
            beside.append(track)
    every = tuple(track for track in (*beside, *tracks) if track.lines)[:MOST_TRACKS]
    return Subtitles(every, looked_at(video)), failed


def looked_at(video: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, bytes and time of change of each file of subtitles beside a video."""
    found = []
    for path, _ in sidecars_of(video):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((path.name, stat.st_size, stat.st_mtime_ns))
    return tuple(found)


def _embedded(video: Path) -> tuple[float, list[Track]]:
    """When the file begins, and its text tracks."""
    tracks = []
    with open_media(video) as container:
        start = (container.start_time or 0) / 1e6
        numbers = [s.index for s in container.streams.subtitles if s.name not in _PICTURES]
    for number in numbers[:MOST_TRACKS]:
        with open_media(video) as container:
            stream = container.streams[number]
            lines = ordered(list(stream_lines(container, stream)))
            language = str(stream.metadata.get("language", ""))
            named = "" if language == "und" else language
            tracks.append(Track(f"stream {number}", named, lines))
    return start if abs(start) < 1e9 else 0.0, tracks
