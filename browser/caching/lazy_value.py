"""A value that is made once, by whoever asks first; others wait for it."""

from collections.abc import Callable
from threading import Lock, Thread
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Once(Generic[Value]):
    """Calls ``work`` the first time that it is itself called, and then gives the same value.

    Args:
        work: Makes the value. Where it raises, the next call tries again.
    """

    def __init__(self, work: Callable[[], Value]) -> None:
        self._work = work
        self._lock = Lock()
        self._made: list[Value] = []

    def __call__(self) -> Value:
        """The value, after waiting for it where needed."""
        if not self._made:
            with self._lock:
                if not self._made:
                    self._made.append(self._work())
        return self._made[0]

    @property
    def ready(self) -> bool:
        """Whether the value is there, so that a call would not wait."""
        return bool(self._made)

    def begin(self) -> None:
        """Have another thread make the value; what it raises, the next call raises again.

        The process waits for it before it ends: a thread that is torn down within native code,
        as Python does with daemons, takes the process down with an abort.
        """
        if not self._made:
            Thread(target=self._quietly, daemon=False, name="frameatlas-once").start()

    def _quietly(self) -> None:
        try:
            self()
        except Exception:
            return
