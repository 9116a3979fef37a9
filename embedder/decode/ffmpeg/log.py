"""What FFmpeg says while it works: the time and size of each kept frame, and its complaints."""

import errno
import os
import queue
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameatlas.store.atomic import translate_os_errors

# [Parsed_showinfo_3 @ 0x…] [info] n:   0 pts:  512 pts_time:0.0333 … s:534x300 i:P iskey:1 …
_FRAME = re.compile(r"showinfo.* n: *\d+ pts: *(-?\d{1,19}|NOPTS) .* s:(\d{1,9})x(\d{1,9}) ")
_TIME_BASE = re.compile(r"showinfo.* config in time_base: *(\d{1,19})/(0*[1-9]\d{0,18})\b")
_LEVEL = re.compile(r"^(?:\[[^\]]*\] )*\[(panic|fatal|error|warning)\] (.*)$")

FULL = "the disk is full"
_CRASHED = "FFmpeg crashed while decoding it"
TOO_LARGE = "a file may not grow so large"

_DAMAGE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), clause)
    for pattern, clause in (
        (r"no space left", FULL),
        (r"file too large", TOO_LARGE),
        (r"input/output error|I/O error", "the disk could not be read"),
        (r"permission denied", "no permission to read it"),
        (r"no such file", "the file is no longer there"),
        (r"cannot allocate memory|out of memory", "not enough memory to decode it"),
        (r"^decoder .*not found|no decoder|unknown decoder", "FFmpeg has no decoder for it"),
        (r"not on whitelist|whitelist", "a format that frameatlas does not open"),
        (r"moov atom not found", "its index (moov) is missing"),
        (r"file ended prematurely|partial file|truncat", "the file is cut off"),
        (
            r"error submitting packet to decoder|decoding error|error while decoding|"
            r"corrupt decoded frame|concealing \d+|"
            r"invalid nal unit size|error splitting|ac-tex damaged|"
            r"invalid data found|decode error rate",
            "part of the data is damaged",
        ),
    )
)

_GAP = re.compile(r"corrupt input packet|packet corrupt", re.IGNORECASE)
"""Packets of a broadcast stream are numbered, and a number is left out: where recordings were
joined nothing is lost, and where something is, the decoder says so too."""

_CAN_BE_HARMLESS = re.compile(
    # A trailing packet without a picture, and what a stream says that was cut between key frames.
    r"discarding|missing reference picture|mmco: |co located|deprecated|reference picture",
    re.IGNORECASE,
)


NOTE_SECONDS = 30.0
"""How long after a frame's bytes its time may come: FFmpeg writes it before them."""

_LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class FrameNote:
    """Time and size of one kept frame.

    Attributes:
        pts: Presentation time in units of ``time_base``, None where the stream has none.
        time_base: Seconds per unit.
        width: Pixels across of the picture within the frame.
        height: Pixels down of the picture within the frame.
    """

    pts: int | None
    time_base: Fraction
    width: int
    height: int

    @property
    def seconds(self) -> float | None:
        """Time in seconds, by the same arithmetic as FFmpeg's variable ``t``."""
        if self.pts is None:
            return None
        return self.pts * (self.time_base.numerator / self.time_base.denominator)


def damage_of_status(status: int) -> str:
    """What an exit status other than 0 says."""
    if -status == getattr(signal, "SIGXFSZ", None):
        return TOO_LARGE
    return "FFmpeg could not decode it to the end" if status > 0 else _CRASHED


def refuse_full_disk(damage: str, folder: Path) -> None:
    """Raise what FFmpeg met while writing into a folder: its pipes meet no disk.

    Args:
        damage: What its report says.
        folder: Where it wrote sketches.

    Raises:
        SpaceError: The disk is full, or takes no file so large.
    """
    number = {FULL: errno.ENOSPC, TOO_LARGE: errno.EFBIG}.get(damage)
    if number is not None:
        with translate_os_errors(folder):
            raise OSError(number, os.strerror(number))


class FFmpegReport:
    """Collects frame notes and complaints, line by line.

    ``add`` is called from the thread that reads FFmpeg's error output.
    """

    def __init__(self, time_base: Fraction) -> None:
        """Start empty.

        Args:
            time_base: Seconds per unit of presentation time, until FFmpeg names its own.
        """
        self._time_base = time_base
        self._notes: queue.Queue[FrameNote] = queue.Queue()
        self._reasons: list[str] = []
        self._before_pictures: list[str] = []
        self._pictures = False
        self.gaps = False
        """Whether packets are missing in the numbering of a broadcast stream."""
        self.complaints: list[str] = []

    def add(self, line: str) -> None:
        """Take one line."""
        if "showinfo" in line:
            self._add_note(line)
            self._add_spliced(line)
            return
        match = _LEVEL.match(line)
        if match and not _CAN_BE_HARMLESS.search(match.group(2)):
            self._add_complaint(match.group(2))

    def frame_note(self, said_all: Callable[[], bool]) -> FrameNote | None:
        """The note of the frame whose bytes came; None where none comes.

        Args:
            said_all: True once no more lines can come.
        """
        deadline = time.monotonic() + NOTE_SECONDS
        while True:
            last = said_all() or time.monotonic() > deadline
            try:
                return self.next_note(_LOOK_SECONDS)
            except queue.Empty:
                if last:
                    return None

    def next_note(self, timeout: float) -> FrameNote:
        """The note of the next frame: it is written just before the frame's bytes.

        Raises:
            queue.Empty: None came within ``timeout`` seconds.
        """
        return self._notes.get(timeout=timeout)

    @property
    def damage(self) -> str:
        """The most telling reason why frames may be missing; "" when there is none."""
        return _most_telling(self._reasons if self._pictures else self._before_pictures)

    @property
    def damage_at_start(self) -> str:
        """The same of what was said before the first picture, and not again."""
        if self._reasons or not self._pictures:
            return ""
        return _most_telling(self._before_pictures)

    def _add_note(self, line: str) -> None:
        base = _TIME_BASE.search(line)
        if base:
            self._time_base = Fraction(int(base.group(1)), int(base.group(2)))
        frame = _FRAME.search(line)
        if frame:
            pts = None if frame.group(1) == "NOPTS" else int(frame.group(1))
            width, height = int(frame.group(2)), int(frame.group(3))
            self._pictures = True
            self._notes.put(FrameNote(pts, self._time_base, width, height))

    def _add_spliced(self, line: str) -> None:
        """Take a complaint of another thread that came in the middle of a note.

        A note is written in several pieces, and what comes between them bears no level.
        """
        frame = _FRAME.search(line)
        rest = line[frame.end() :] if frame else ""
        if any(pattern.search(rest) for pattern, _ in _DAMAGE) and not _CAN_BE_HARMLESS.search(
            rest
        ):
            self._add_complaint(rest)

    def _add_complaint(self, text: str) -> None:
        if len(self.complaints) < 100:
            self.complaints.append(text)
        if _GAP.search(text):
            self.gaps = True
            return
        reasons = self._reasons if self._pictures else self._before_pictures
        for pattern, clause in _DAMAGE:
            if pattern.search(text):
                if clause not in reasons:
                    reasons.append(clause)
                return


def _most_telling(reasons: list[str]) -> str:
    return next((clause for _, clause in _DAMAGE if clause in reasons), "")
