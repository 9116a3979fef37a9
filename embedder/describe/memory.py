"""Memory of the C library: what was freed goes back to the system, and little is kept aside."""

import ctypes
import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from frameatlas.photos.memory import BUDGET, SPARED_BYTES

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Of glibc's mallopt."""

_LARGE = 1 << 20
"""Bytes from which on a piece of memory is the system's own and goes back to it when freed."""


def spare_memory() -> None:
    """Have this process keep no freed memory for later, and decode one large photo at a time."""
    if mallopt := _of_libc("mallopt"):
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _LARGE)
        mallopt(_TRIM_THRESHOLD, _LARGE)
    BUDGET.limit(SPARED_BYTES)


def give_memory_back() -> None:
    """Give freed memory back to the system, where the C library would keep it."""
    gc.collect()
    if trim := _of_libc("malloc_trim"):
        trim(0)


def _of_libc(name: str) -> Callable[..., Any] | None:
    """A function of glibc; None elsewhere."""
    if sys.platform != "linux":
        return None
    with suppress(OSError, AttributeError):  # other C libraries have other functions
        return getattr(ctypes.CDLL(None), name)  # type: ignore[no-any-return]
    return None
