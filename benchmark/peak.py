"""The most memory that a process held, and how much of it was its own.

What the system counts as resident includes pages of mapped files, which it takes away when another
wants the room: frames and scores of an atlas are read that way. What no file backs is what a
machine has to have.
"""

import resource
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_STATUS = Path("/proc/self/status")
_LOOK_SECONDS = 0.02


def resident_megabytes() -> float:
    """The largest resident memory of this process so far, mapped files included."""
    # Not ru_maxrss where it can be helped: Linux lets it begin with the parent's peak.
    peak = _status("VmHWM")
    if peak is None:
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peak = used / 1e6 if sys.platform == "darwin" else used * 1024 / 1e6
    return peak


def own_megabytes() -> float:
    """Memory of this process that no file backs; its resident peak where the system cannot say."""
    own = _status("RssAnon")
    return resident_megabytes() if own is None else own


class OwnMemory:
    """Watches, while its block runs, the memory that no file backs; 50 looks a second.

    Attributes:
        megabytes: The most that was seen; all resident memory where the system cannot say.
    """

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self._look()

    def _look(self) -> None:
        self.megabytes = max(self.megabytes, own_megabytes())


def _status(name: str) -> float | None:
    """A line of ``/proc/self/status`` in units of 10^6 bytes; None where there is none."""
    with suppress(OSError):
        for line in _STATUS.read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024 / 1e6
    return None
