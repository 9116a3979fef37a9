"""What a long run tells whoever watches: stages, steps, sources, notes."""

from collections.abc import Callable
from typing import Protocol

from frameatlas.store.manifest import Source

Stopped = Callable[[], bool]
"""True once the user wants the run to stop."""


class Progress(Protocol):
    """Receives what happens. Calls come from one thread."""

    def stage(self, name: str, total: int | None, unit: str, kept: int = 0) -> None:
        """A stage begins: its name, how many steps it has where that is known, and their unit.

        ``kept`` of them were made by an earlier run: they count as done, and tell nothing of how
        fast this one is.
        """

    def step(self, done: int, current: str = "") -> None:
        """So many steps of the stage are done; ``current`` is what is being worked on."""

    def expect(self, total: int) -> None:
        """The stage has so many steps after all: the number at its beginning was an estimate."""

    def note(self, text: str) -> None:
        """One sentence that the user should read."""

    def source(self, source: Source) -> None:
        """A source is finished, well or not."""


class NullProgress:
    """A ``Progress`` that tells nobody."""

    def stage(self, name: str, total: int | None, unit: str, kept: int = 0) -> None:
        """Nothing is said."""

    def step(self, done: int, current: str = "") -> None:
        """Nothing is said."""

    def expect(self, total: int) -> None:
        """Nothing is said."""

    def note(self, text: str) -> None:
        """Nothing is said."""

    def source(self, source: Source) -> None:
        """Nothing is said."""
