"""Progress that is noted in the atlas too, for whoever asks meanwhile how far its run is."""

import time
from pathlib import Path

from frameatlas.progress import Progress
from frameatlas.store.manifest import Source
from frameatlas.store.notes.run_state import note_stage

SECONDS = 1.0
"""Between two notes of one stage."""


class NotedProgress:
    """A ``Progress`` that tells another one, and the atlas' lock, which this process holds.

    Args:
        progress: Is told everything.
        folder: The atlas.
    """

    def __init__(self, progress: Progress, folder: Path) -> None:
        self._progress, self._folder = progress, folder
        self._stage, self._unit = "", ""
        self._total: int | None = None
        self._noted = 0.0

    def stage(self, name: str, total: int | None, unit: str, kept: int = 0) -> None:
        """A stage begins."""
        self._progress.stage(name, total, unit, kept)
        self._stage, self._total, self._unit = name, total, unit
        self._note(kept)

    def step(self, done: int, current: str = "") -> None:
        """So many steps are done."""
        self._progress.step(done, current)
        if time.monotonic() - self._noted >= SECONDS:
            self._note(done)

    def expect(self, total: int) -> None:
        """The stage has so many steps after all."""
        self._progress.expect(total)
        self._total = total

    def note(self, text: str) -> None:
        """One sentence that the user should read."""
        self._progress.note(text)

    def source(self, source: Source) -> None:
        """A source is finished."""
        self._progress.source(source)

    def _note(self, done: int) -> None:
        values = {"stage": self._stage, "done": done, "total": self._total, "unit": self._unit}
        note_stage(self._folder, **values)
        self._noted = time.monotonic()
