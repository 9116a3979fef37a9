"""Moments counted chunk by chunk, so that equal numbers come out whoever counts which chunk."""

from typing import Any

from numpy.typing import NDArray

from frameatlas.embedder.components.covariance import Covariance

BLOCK = 2048
"""Rows read at once: 32 MiB of float32, and few enough blocks that summing them costs little."""

CHUNK = 64 * BLOCK
"""Rows whose covariance is gathered apart and then merged: 1 GiB of features, whose covariance is
67 MB. Sums of floating-point numbers depend on their order, so this is part of the result."""


class Counting:
    """The covariance of rows from the first on: that of whole chunks, and of the one begun.

    Args:
        whole: Moments of some whole chunks; none to begin with.
        part: Moments of the rows after them, fewer than a chunk.
    """

    def __init__(self, whole: Covariance, part: Covariance) -> None:
        self.whole, self.part = whole, part

    @classmethod
    def empty(cls, dimension: int) -> "Counting":
        """Of no rows."""
        return cls(Covariance.empty(dimension), Covariance.empty(dimension))

    @property
    def count(self) -> int:
        """Rows so far."""
        return self.whole.count + self.part.count

    def add(self, block: NDArray[Any]) -> None:
        """Count the next block of rows, floating point (m, d); chunks are whole blocks."""
        self.part.add(block)
        if self.part.count >= CHUNK:
            part, self.part = self.part, Covariance.empty(len(self.part.mean))
            self.add_chunk(part)

    def add_chunk(self, chunk: Covariance) -> None:
        """Count a whole chunk that was counted elsewhere; a part that was begun is left out."""
        if self.part.count:
            self.part = Covariance.empty(len(self.part.mean))
        if self.whole.count:
            self.whole.merge(chunk)
        else:
            self.whole = chunk  # merging with nothing would give the very same

    def counted(self) -> Covariance:
        """Those of all rows; the counting is used up."""
        if not self.whole.count:
            return self.part
        self.whole.merge(self.part)
        return self.whole
