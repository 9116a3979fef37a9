"""Progress on a terminal: a bar a stage, with rate, time left and the current video."""

from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from frameatlas.safe_text import plain
from frameatlas.store.manifest import Source


class _Rate(ProgressColumn):
    """Frames a second."""

    def render(self, task: Task) -> Text:
        """The rate, where the stage counts frames."""
        if task.fields.get("unit") != "frames" or not task.speed:
            return Text("")
        return Text(f"{task.speed:.1f} frames/s", style="cyan")


class Bars:
    """A ``Progress`` for terminals; use it as a context."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            TextColumn("{task.description:11}"),
            BarColumn(bar_width=28),
            TextColumn("{task.fields[count]}"),
            _Rate(),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[current]}"),
            console=console,
        )
        self._task: TaskID | None = None
        self._total: int | None = None
        self._unit = ""

    def __enter__(self) -> "Bars":
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._complete()
        self._bars.stop()

    def stage(self, name: str, total: int | None, unit: str, kept: int = 0) -> None:
        """Fill the bar before and begin another."""
        self._complete()
        self._total, self._unit = total, unit
        self._task = self._bars.add_task(
            name, total=total, unit=unit, count="", current="", completed=kept
        )
        if kept:
            self.step(kept)

    def step(self, done: int, current: str = "") -> None:
        """Move the bar."""
        if self._task is None:
            return
        if self._total is not None and done > self._total:
            self._total = done  # the total was an estimate
        count = f"{done} %" if self._unit == "%" else f"{done}/{self._total or '?'} {self._unit}"
        self._bars.update(
            self._task,
            completed=done,
            total=self._total,
            count=count,
            current=escape(plain(current)),
        )

    def expect(self, total: int) -> None:
        """Make the bar as long as is known now."""
        self._total = total
        if self._task is not None:
            self._bars.update(self._task, total=total)

    def note(self, text: str) -> None:
        """Print it above the bars."""
        self._bars.console.print(plain(text), markup=False, highlight=False)

    def source(self, source: Source) -> None:
        """Nothing: bars move by frames, and what did not go well is named together at the end."""

    def _complete(self) -> None:
        if self._task is not None:
            done = self._bars.tasks[self._task].completed or 1
            self._bars.update(self._task, completed=done, total=done, current="")
