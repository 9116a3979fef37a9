"""Dates as cameras, containers and people write them, in seconds since 1970 by their own clock."""

import re
from datetime import datetime, timedelta

from frameatlas.columns.frame_column import EPOCH, seconds_of

_EXIF = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_PARTS = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d))?)?)?)?)?")

FIRST_FILM = seconds_of(datetime(1971, 1, 1))
"""A container's date before it is the zero of its clock (1904 or 1970), not a date."""


def exif_date(text: str) -> float | None:
    """Seconds of "2021:07:03 14:05:09"; None for blanks, zeros and other things."""
    found = _EXIF.match(text.strip("\0 "))
    return None if found is None else _moment(*(int(part) for part in found.groups()))


def container_date(text: str) -> float | None:
    """Seconds of what a video's container says, ISO 8601; a zone is left out, the clock stays."""
    try:
        seconds = seconds_of(datetime.fromisoformat(text.strip()))
    except ValueError:
        return None
    return seconds if seconds >= FIRST_FILM else None


def written_date(text: str) -> float | None:
    """Seconds of a date that a person or a program wrote; None where it cannot be meant.

    Taken are ISO 8601 ("2021-07-03", "2021-07-03T14:05:09.5+02:00", "2021-07"), EXIF's own form
    and days first with dots ("3.7.2021"). "03/07/2021" is not: it has two meanings.
    """
    text = text.strip()
    if (found := _DAY_FIRST.fullmatch(text)) is not None:
        return _moment(int(found[3]), int(found[2]), int(found[1]))
    if re.fullmatch(r"\d{4}-\d\d", text):
        return _moment(int(text[:4]), int(text[5:]))
    if not re.match(r"\d{4}[:-]\d\d[:-]\d\d", text):
        return None
    try:
        return seconds_of(datetime.fromisoformat(text))
    except ValueError:
        return exif_date(text)


def date_span(text: str) -> tuple[float, float] | None:
    """First second and the one after the last of "2021", "2021-07", "2021-07-03" and so on.

    None where it is no such date. A date with seconds spans one of them.
    """
    found = _PARTS.fullmatch(text.strip())
    if found is None:
        seconds = written_date(text)
        return None if seconds is None else (seconds, seconds + 1)
    parts = [int(part) for part in found.groups() if part is not None]
    begin = _moment(*parts)
    if begin is None:
        return None
    if len(parts) == 1:
        return begin, _moment(parts[0] + 1) or begin + 366 * 86_400
    if len(parts) == 2:
        year, month = (parts[0], parts[1] + 1) if parts[1] < 12 else (parts[0] + 1, 1)
        return begin, _moment(year, month) or begin + 31 * 86_400
    step = {3: timedelta(days=1), 4: timedelta(hours=1), 5: timedelta(minutes=1)}
    return begin, begin + step.get(len(parts), timedelta(seconds=1)).total_seconds()


def _moment(year: int, month: int = 1, day: int = 1, *clock: int) -> float | None:
    try:
        hour, minute, second = (*clock, 0, 0, 0)[:3]
        return (datetime(year, month, day, hour, minute, second) - EPOCH) / timedelta(seconds=1)
    except ValueError:
        return None
