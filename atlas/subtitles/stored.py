"""``subtitles.json``: the lines of one video's subtitles and transcripts, beside its frames."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from frameatlas.errors import DamagedAtlasError, FormatError
from frameatlas.store.atomic import write_text
from frameatlas.store.json_fields import Fields
from frameatlas.store.json_file import check_content, checked_text, read_json_file
from frameatlas.store.source_record import SUBTITLES_FILE

MOST_TRACKS = 200
MOST_LINES = 500_000
LONGEST_LINE = 5_000
"""Characters of a line."""

_LATEST = 1e9
_LARGEST_FILE = 1 << 30


@dataclass(frozen=True)
class Line:
    """What is said or shown at one time.

    Attributes:
        begin: Seconds at which it begins, in the video's own time, as ``atlas.seconds``.
        end: Seconds at which it is gone; never before ``begin``.
        text: The words, without markup; line breaks are spaces.
    """

    begin: float
    end: float
    text: str


@dataclass(frozen=True)
class Track:
    """One file, or one stream of a video, of subtitles.

    Attributes:
        name: The file's name, or "stream 2".
        language: As its name or its container says, "" where neither does.
        lines: By their begin.
    """

    name: str
    language: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Subtitles:
    """All subtitles of a video.

    Attributes:
        tracks: None where there are no subtitles.
        files: Name, bytes and time of change of each file beside the video that was looked at.
    """

    tracks: tuple[Track, ...]
    files: tuple[tuple[str, int, int], ...] = ()


def write_subtitles(place: Path, subtitles: Subtitles) -> None:
    """Put ``subtitles.json`` into a source's folder, in one step.

    Raises:
        SpaceError: The disk is full.
    """
    content = {
        "tracks": [
            {
                "name": track.name,
                "language": track.language,
                "lines": [[line.begin, line.end, line.text] for line in track.lines],
            }
            for track in subtitles.tracks
        ],
        "files": [list(file) for file in subtitles.files],
    }
    write_text(place / SUBTITLES_FILE, checked_text(content))


def read_subtitles(place: Path) -> Subtitles | None:
    """The subtitles in a source's folder; None where nobody looked for them.

    Raises:
        DamagedAtlasError: The file is not what was written.
    """
    path = place / SUBTITLES_FILE
    try:
        fields = read_json_file(path, _LARGEST_FILE)
        if fields is None:
            return None
        check_content(fields)
        tracks = tuple(_track(one) for one in fields.objects("tracks"))
        if len(tracks) > MOST_TRACKS:
            raise FormatError(f"{len(tracks)} tracks")
        return Subtitles(tracks, tuple(_file(one) for one in fields.values.get("files", [])))
    except DamagedAtlasError:
        raise
    except (ValueError, TypeError) as error:
        raise DamagedAtlasError(
            f"Expected {path} as it was written. Received: {error}. The next `frameatlas "
            "index`, or `frameatlas metadata --again`, reads the subtitles anew."
        ) from error


def _track(fields: Fields) -> Track:
    rows = fields.values.get("lines")
    if not isinstance(rows, list) or len(rows) > MOST_LINES:
        raise FormatError(f"Expected {fields.place}, lines, to be a list. Received: another value.")
    lines = tuple(_line(row, fields.place) for row in rows)
    if any(a.begin > b.begin for a, b in pairwise(lines)):
        raise FormatError(f"Expected {fields.place}, lines, in order of time. Received: others.")
    return Track(fields.text("name")[:500], fields.text("language")[:50], lines)


def _line(row: Any, place: str) -> Line:
    whole = isinstance(row, list) and len(row) == 3 and isinstance(row[2], str)
    if whole and all(type(v) in (int, float) and abs(v) <= _LATEST for v in row[:2]):
        begin, end, text = row
        if begin <= end and len(text) <= LONGEST_LINE:
            return Line(float(begin), float(end), text)
    raise FormatError(
        f"Expected a line of {place} to be begin, end and text. Received: {str(row)[:80]}."
    )


def _file(row: Any) -> tuple[str, int, int]:
    name, size, changed = row
    if not (isinstance(name, str) and type(size) is int and type(changed) is int):
        raise FormatError(f"a file of {str(row)[:80]}")
    return name, size, changed
