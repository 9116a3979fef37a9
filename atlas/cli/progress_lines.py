"""Progress without a terminal: plain lines for logs, JSON lines for programs."""

import json
import time
from collections import deque
from dataclasses import asdict
from typing import Any, TextIO

from frameatlas.clock import clock
from frameatlas.safe_text import one_line, plain
from frameatlas.store.manifest import Source
from frameatlas.summary import SOURCE_FIELDS

_JSON_SECONDS = 1.0
_PLAIN_SECONDS = 10.0
_WINDOW = 120.0
"""Seconds that a rate is reckoned from: steps that cost nothing are forgotten, and slow ones."""


class _Rate:
    """How fast a stage goes, and how long it will take, by what this run did of late.

    Args:
        total: Steps of the stage, where that is known.
        kept: Those that an earlier run made.
    """

    def __init__(self, total: int | None, kept: int = 0) -> None:
        self.total = total
        self._said = time.monotonic()
        self._heard = deque([(self._said, kept)])

    def hear(self, done: int) -> None:
        """Take how far the stage is now."""
        now = time.monotonic()
        self._heard.append((now, done))
        while len(self._heard) > 2 and self._heard[1][0] <= now - _WINDOW:
            self._heard.popleft()

    def due(self, seconds: float) -> bool:
        """Whether it is time to say something again."""
        if time.monotonic() - self._said < seconds:
            return False
        self._said = time.monotonic()
        return True

    def per_second(self, done: int) -> float:
        """Steps a second of late, without those of an earlier run."""
        begun, before = self._heard[0]
        return max(done - before, 0) / max(time.monotonic() - begun, 1e-9)

    def seconds_left(self, done: int) -> float | None:
        """Seconds until the stage is done, where its length is known."""
        rate = self.per_second(done)
        return max(self.total - done, 0) / rate if self.total and rate else None


class PlainLines:
    """A line a stage, a source, a note; a line each ten seconds in between.

    Args:
        out: Where the lines go.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._name, self._unit = "", ""
        self._rate = _Rate(None)

    def stage(self, name: str, total: int | None, unit: str, kept: int = 0) -> None:
        """Say which stage begins."""
        self._name, self._unit, self._rate = name, unit, _Rate(total, kept)
        there = f", {kept} of them by an earlier run" if kept else ""
        counted = total and unit != "%"
        self._say(f"{name}: about {total} {unit}{there}" if counted else f"{name} …")

    def step(self, done: int, current: str = "") -> None:
        """Say now and then how far it is."""
        self._rate.hear(done)
        if not self._rate.due(_PLAIN_SECONDS):
            return
        left = self._rate.seconds_left(done)
        rate = f", {self._rate.per_second(done):.1f} a second" if self._unit == "frames" else ""
        time_left = f", {clock(left)} left" if left is not None else ""
        self._say(f"{self._name}: {done} {self._unit}{rate}{time_left}  {current}".rstrip())

    def expect(self, total: int) -> None:
        """Reckon with another number of steps from here on."""
        self._rate.total = total

    def note(self, text: str) -> None:
        """Say it."""
        self._say(text)

    def source(self, source: Source) -> None:
        """Say what a source gave; those that did not go well are named together at the end."""
        if source.status == "ok":
            self._say(source_line(source))

    def _say(self, text: str) -> None:
        self._out.write(plain(text) + "\n")
        self._out.flush()


class JsonLines:
    """One JSON object a line: what happens, then what came of it.

    Args:
        out: Where the lines go.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._name, self._unit = "", ""
        self._rate = _Rate(None)

    def stage(self, name: str, total: int | None, unit: str, kept: int = 0) -> None:
        """Say which stage begins."""
        self._name, self._unit, self._rate = name, unit, _Rate(total, kept)
        self.say("stage", stage=name, total=total, unit=unit, done=kept)

    def step(self, done: int, current: str = "") -> None:
        """Say once a second how far it is."""
        self._rate.hear(done)
        if self._rate.due(_JSON_SECONDS):
            self.say(
                "step",
                stage=self._name,
                done=done,
                total=self._rate.total,
                unit=self._unit,
                per_second=round(self._rate.per_second(done), 3),
                seconds_left=self._rate.seconds_left(done),
                current=current,
            )

    def expect(self, total: int) -> None:
        """Reckon with another number of steps from here on."""
        self._rate.total = total

    def note(self, text: str) -> None:
        """Say it."""
        self.say("remark", text=text)

    def source(self, source: Source) -> None:
        """Say how a source ended."""
        values = asdict(source)
        self.say("source", **{name: values[name] for name in SOURCE_FIELDS})

    def say(self, event: str, **values: Any) -> None:
        """Write one line."""
        self._out.write(json.dumps({"event": event, **values}) + "\n")
        self._out.flush()


def source_line(source: Source) -> str:
    """One line about a source, for people."""
    reason = f": {source.reason}" if source.reason else ""
    missing = f" ({source.seconds_missing:.1f} s missing)" if source.seconds_missing else ""
    kind = "key frames" if source.sample == "key" else "frames"
    return one_line(f"{source.status:8}{source.frames:6} {kind}  {source.path}{reason}{missing}")
