"""Cut lists of a selection: a CMX 3600 EDL for editing programs, and one for FFmpeg."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from frameatlas.browser.downloads.timebases import USUAL, RateOf, timebase_of, timebase_of_spans
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.selection import Span
from frameatlas.errors import InputError
from frameatlas.handover.ffconcat import quote
from frameatlas.handover.timecode import Timebase

MOST_EVENTS = 999
"""Events of a CMX 3600 list: their numbers have three digits."""


def edl(
    opened: OpenMap,
    spans: Iterable[Span],
    title: str,
    rate_of: RateOf = lambda _: None,
) -> Iterator[str]:
    """A CMX 3600 edit decision list, line by line.

    A list has one timebase: that of most of its seconds. Where a video has another, a note says
    so; its times are right to a frame of the list's.

    Args:
        opened: The map.
        spans: In the order of the cut.
        title: Of the list.
        rate_of: Says the frame rate of a source.

    Raises:
        InputError: There are more events than such a list holds, or none.
    """
    listed = list(spans)
    if not 0 < len(listed) <= MOST_EVENTS:
        raise InputError(
            f"Expected 1 to {MOST_EVENTS} spans of video for an EDL. Received: {len(listed)}; "
            "select fewer places, or take the list for FFmpeg."
        )
    base = timebase_of_spans(listed, rate_of)
    yield f"TITLE: {_plain(title)[:70]}\nFCM: NON-DROP FRAME\n* FRAME RATE: {base}\n\n"
    record = 3600 * base.count  # lists begin at one hour, by custom
    for number, span in enumerate(listed, 1):
        first = base.frames(span.begin)
        length = max(1, base.frames(span.end) - first)
        times = [first, first + length, record, record + length]
        reel = _reel(opened.name_of(span.source))
        codes = " ".join(timecode(frames, base.count) for frames in times)
        yield f"{number:03d}  {reel:<8} V     C        {codes}\n"
        yield f"* FROM CLIP NAME: {_plain(opened.name_of(span.source))}\n"
        own = rate_of(span.source)
        if own is not None and timebase_of(own) != base:
            yield f"* FRAME RATE OF CLIP: {timebase_of(own)}\n"
        record += length


def ffconcat(opened: OpenMap, spans: Iterable[Span]) -> Iterator[str]:
    """A list for FFmpeg's concat demuxer, line by line.

    Raises:
        InputError: Nothing is selected, or a file's name holds a line break, which such a list
            cannot say.
    """
    listed = list(spans)
    if not listed:
        raise InputError("Expected some video in the selection. Received: none; select more.")
    yield "ffconcat version 1.0\n"
    yield "# ffmpeg -f concat -safe 0 -i selection.ffconcat -c:v libx264 -c:a aac cut.mp4\n"
    for span in listed:
        path = opened.sources[span.source].path
        yield f"file {quote(path)}\n"
        yield f"inpoint {max(0.0, span.begin):.6f}\noutpoint {max(0.0, span.end):.6f}\n"


def timecode(frames: int, count: int = USUAL.count) -> str:
    """Hours, minutes, seconds and frames, so many a second; a day's end wraps, as clocks do."""
    return Timebase(Fraction(count)).timecode(frames)


def _reel(name: str) -> str:
    """Eight letters and digits that stand for a tape."""
    return re.sub(r"[^A-Z0-9]", "", name.rpartition(".")[0].upper() or name.upper())[:8] or "AX"


def _plain(text: str) -> str:
    """One line without control characters."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
