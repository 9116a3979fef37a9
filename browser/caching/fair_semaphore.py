"""Turns at something that few may do at once, in the order in which they asked."""

from collections import deque
from threading import Lock
from types import TracebackType


class Turns:
    """A semaphore that is fair: whoever asked first goes first.

    Python's own lets a thread that just left come back before those that wait: under four requests
    at a time, some waited for more than a second while others took five milliseconds.

    Args:
        places: How many may go at once, at least 1.
    """

    def __init__(self, places: int) -> None:
        self._lock = Lock()
        self._free = places
        self._waiting: deque[Lock] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
