"""Edit decision lists in the form of CMX 3600: old, and read by everything."""

import re
from collections.abc import Iterator, Sequence

from frameatlas.handover.cuts import Cut, Media
from frameatlas.handover.timecode import Timebase, standard_timebase

MOST_EVENTS = 999
"""Events of one list: their numbers have three digits."""

_REEL = 8
"""Letters of a reel's name."""


def edls(cuts: Sequence[Cut], title: str, base: Timebase) -> list[str]:
    """As many lists as the events need, each with at most 999.

    A list has one timebase. Where a video has another, a comment says so; its times are right to a
    frame of the list's.

    Args:
        cuts: In their order.
        title: Of the lists.
        base: The timebase.
    """
    reels = reel_names([cut.media for cut in cuts])
    return [
        "".join(_list(cuts[start : start + MOST_EVENTS], title, base, reels))
        for start in range(0, len(cuts), MOST_EVENTS)
    ]


def reel_names(medias: Sequence[Media]) -> dict[Media, str]:
    """Eight letters and digits for each video, no two the same."""
    given: dict[Media, str] = {}
    taken: set[str] = set()
    for media in dict.fromkeys(medias):
        plain = re.sub(r"[^A-Z0-9]", "", media.path.stem.upper())[:_REEL] or "AX"
        name, number = plain, 1
        while name in taken:
            number += 1
            name = f"{plain[: _REEL - len(str(number))]}{number}"
        taken.add(name)
        given[media] = name
    return given


def _list(
    cuts: Sequence[Cut], title: str, base: Timebase, reels: dict[Media, str]
) -> Iterator[str]:
    form = "DROP FRAME" if base.drop else "NON-DROP FRAME"
    yield f"TITLE: {plain_line(title)[:70]}\nFCM: {form}\n\n"
    record = _first_hour(base)
    for number, cut in enumerate(cuts, 1):
        first = base.frames(cut.first / cut.media.rate)
        length = max(1, base.frames((cut.first + cut.frames) / cut.media.rate) - first)
        times = [first, first + length, record, record + length]
        codes = " ".join(base.timecode(frames) for frames in times)
        yield f"{number:03d}  {reels[cut.media]:<8} V     C        {codes}\n"
        yield f"* FROM CLIP NAME: {plain_line(cut.media.path.name)}\n"
        if number == 1:  # readers refuse comments that stand before the first event
            yield f"* FRAME RATE: {base}\n"
        yield f"* SOURCE FILE: {plain_line(str(cut.media.path))}\n"
        own = standard_timebase(cut.media.rate, drop=base.drop)
        if own != base:
            yield f"* FRAME RATE OF CLIP: {own}\n"
        record += length


def _first_hour(base: Timebase) -> int:
    """Frames until 01:00:00:00, where lists begin by custom."""
    if not base.drop:
        return 3600 * base.count
    dropped = 2 * base.count // 30
    return 6 * (600 * base.count - 9 * dropped)


def plain_line(text: str) -> str:
    """One line without control characters, and without what is no text."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", text)
