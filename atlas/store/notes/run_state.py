"""How far the run is that is writing an atlas right now, noted in its lock for others to read."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frameatlas.errors import FormatError, InputError, NoAtlasError
from frameatlas.safe_text import one_line
from frameatlas.store.json_fields import Fields
from frameatlas.store.lock import LOCK_FILE, is_held

_LONGEST = 4096
"""Bytes of a lock that are read."""


@dataclass(frozen=True)
class RunState:
    """A run that is under way.

    Attributes:
        process: Its number.
        since: When it began, seconds since 1970.
        stage: What it is at, "" where that is not known.
        done: Steps of the stage that are done.
        total: Of about so many; None where that is not known.
        unit: What a step is, for example "frames".
    """

    process: int
    since: float
    stage: str = ""
    done: int = 0
    total: int | None = None
    unit: str = ""

    def __str__(self) -> str:
        """A clause for a person: which run, and how far it is."""
        began = time.strftime("%H:%M:%S", time.localtime(self.since))
        return f"a run that began at {began} (process {self.process}){self._progress()}"

    def _progress(self) -> str:
        if not self.stage:
            return ""
        if not self.total:
            return f", which is at {self.stage}"
        if self.unit == "%":
            return f", which is at {self.stage}, {self.done} %"
        return f", which is at {self.stage}, {self.done} of about {self.total} {self.unit}"


def read_run(folder: Path) -> RunState | None:
    """The run that holds an atlas' lock; None where none does.

    Args:
        folder: The atlas, or where it is going to be.
    """
    path = folder / LOCK_FILE
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST)
    except OSError:
        return None
    if not text or not is_held(path):
        return None
    try:
        fields = Fields.of_json(text.decode(), str(path))
        stage = one_line(str(fields.values.get("stage", "")))[:40]
        total = fields.values.get("total")
        return RunState(
            fields.integer("process", least=0),
            fields.positive("since", zero=True),
            stage,
            fields.integer("done", least=0) if stage else 0,
            total if isinstance(total, int) and 0 <= total < 10**12 else None,
            one_line(str(fields.values.get("unit", "")))[:20],
        )
    except (FormatError, UnicodeDecodeError, OverflowError):  # read while it was being written
        return RunState(0, time.time())


def refuse_unfinished(folder: Path) -> None:
    """Refuse an atlas whose first run is under way, and say how far it is.

    Raises:
        NoAtlasError: A run holds its lock.
    """
    if run := read_run(folder):
        raise NoAtlasError(
            f"Expected a finished atlas in {folder}. Received: one that is being made, by {run}. "
            "Wait until it is done."
        )


def refuse_empty(folder: Path, frames: int) -> None:
    """Refuse an atlas without frames: its first run is under way, or gave none.

    Raises:
        NoAtlasError: It is under way.
        InputError: There are none.
    """
    if not frames:
        refuse_unfinished(folder)
        raise InputError("Expected an atlas with frames. Received: an empty one; index videos.")


def note_stage(folder: Path, **values: Any) -> None:
    """Note in the lock that this process holds how far it is.

    Args:
        folder: The atlas.
        values: ``stage``, ``done``, ``total`` and ``unit`` of a ``RunState``.
    """
    path = folder / LOCK_FILE
    # Who runs out of disk here is told by what it writes next.
    with suppress(OSError, ValueError, AttributeError), path.open("r+b") as file:
        owner = json.loads(file.read(_LONGEST))
        text = json.dumps({**owner, **values}).encode()
        file.seek(0)
        file.write(text)
        file.truncate()
