"""One budget of memory for all photos that are decoded at the same time."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from frameatlas.errors import SourceError

LARGEST_PHOTO = 400_000_000
"""Pixels. Above it a file of a few kilobytes could ask for gigabytes of memory."""

SPARED_BYTES = 128 << 20
"""The same with ``index --low-memory``: one photo of 32 megapixels at a time, or a larger one."""

MOST_BYTES = 4 * LARGEST_PHOTO + (64 << 20)
"""Bytes that decoded photos take together: the largest one alone, or several usual ones."""

_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "I;16N": 2, "LA": 4, "PA": 4}
"""Bytes of a pixel in Pillow's memory; 4 in every other mode, three colours included."""

_COPYING = frozenset({"WEBP", "AVIF", "HEIF", "JPEG2000"})
"""Formats whose decoder hands over a second copy."""


def decoded_bytes(width: int, height: int, mode: str, file_format: str | None) -> int:
    """Bytes that decoding a photo takes at its worst."""
    copies = 2 if file_format in _COPYING else 1
    return width * height * _STORED.get(mode, 4) * copies


class MemoryBudget:
    """Lets photos be decoded as long as they fit together; the others wait for their turn.

    What is larger than the whole budget waits until nothing else is decoded.

    Args:
        most: Bytes.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._taken = 0
        self._changed = threading.Condition()

    def limit(self, most: int) -> None:
        """Hold no more than ``most`` bytes from here on."""
        with self._changed:
            self._most = most
            self._changed.notify_all()

    @contextmanager
    def taken(self, count: int) -> Iterator[None]:
        """Hold ``count`` bytes of the budget.

        Raises:
            SourceError: The machine has not so much memory at all.
        """
        if count > _machine_bytes():
            raise SourceError(
                f"not enough memory to decode it: it needs {count / 1e9:.1f} GB, more than this "
                "machine has"
            )
        count = min(count, self._most)
        with self._changed:
            self._changed.wait_for(lambda: self._taken + count <= self._most)
            self._taken += count
        try:
            yield
        finally:
            with self._changed:
                self._taken -= count
                self._changed.notify_all()


BUDGET = MemoryBudget()
"""Of this process."""


def _machine_bytes() -> float:
    """The machine's memory; infinite where it cannot be asked."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return float("inf")
