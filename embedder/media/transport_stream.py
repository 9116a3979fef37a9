"""Packets that a broadcast stream has lost, told from recordings that were joined.

FFmpeg says the same of both: the packets' numbering has a gap. Where files were joined, the packet
after the gap begins a picture that needs no other one; where packets were lost, it lies in the
middle of a picture, or begins one that was made from a picture that is not there.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_SYNC = 0x47
_SIZES = ((188, 0), (192, 4), (204, 0))
"""Bytes of a packet and where it begins: broadcast, AVCHD, and with error correction (13818-1)."""

_HEAD = 6
"""Bytes of a packet's header, and of what follows it: length and flags of an adaptation field."""

_BLOCK = 50_000
"""Packets looked at together."""


def has_lost_packets(path: Path, stream_id: int, *, joined: bool = False) -> bool:
    """Whether a transport stream lacks packets that pictures need.

    Args:
        path: The file.
        stream_id: The stream's PID.
        joined: Whether its clock tells that recordings were joined: they may begin anywhere.

    Returns:
        True too where the file is no plain transport stream.
    """
    numbering = _Numbering(stream_id)
    try:
        with path.open("rb") as file:
            layout = _layout(file.read(1 << 16))
            if layout is None:
                return True
            size, start, first = layout
            file.seek(first)
            while block := file.read(size * _BLOCK):
                rows = np.frombuffer(block[: len(block) // size * size], np.uint8)
                numbering.see(rows.reshape(-1, size)[:, start : start + _HEAD])
                if numbering.within:
                    return True
    except OSError:
        return True
    # Streams that mark no picture as one to begin with say nothing of the others.
    return numbering.before_others and numbering.marked and not joined


def _layout(head: bytes) -> tuple[int, int, int] | None:
    """Size of a packet, where its header lies in it, and where the first one begins."""
    for size, start in _SIZES:
        for first in range(size):
            places = range(first + start, min(len(head), first + 8 * size), size)
            if len(places) > 1 and all(head[place] == _SYNC for place in places):
                return size, start, first
    return None


class _Numbering:
    """The numbers of a stream's packets, as they come.

    Args:
        stream_id: The stream's PID.

    Attributes:
        within: Whether there was a gap in the middle of a picture.
        before_others: Whether there was one before a picture that is not marked.
        marked: Whether any picture is marked as one to begin with.
    """

    def __init__(self, stream_id: int) -> None:
        self._id, self._last = stream_id, -1
        self.within = self.before_others = self.marked = False

    def see(self, heads: NDArray[np.uint8]) -> None:
        """Look at the next packets' headers: uint8 of shape (n, 6)."""
        pid = (heads[:, 1].astype(np.int32) & 31) << 8 | heads[:, 2]
        own = heads[(pid == self._id) & (heads[:, 0] == _SYNC) & ((heads[:, 3] & 16) > 0)]
        if not len(own):
            return
        numbers = (own[:, 3] & 15).astype(np.int32)
        begins = (own[:, 1] & 64) > 0
        marked = begins & ((own[:, 3] & 32) > 0) & (own[:, 4] > 0) & ((own[:, 5] & 64) > 0)
        first = numbers[0] - 1 if self._last < 0 else self._last
        steps = (numbers - np.concatenate([[first], numbers[:-1]])) % 16
        gaps = steps > 1  # 0 is a packet sent twice, which is allowed
        self.within |= bool((gaps & ~begins).any())
        self.before_others |= bool((gaps & begins & ~marked).any())
        self.marked |= bool(marked.any())
        self._last = int(numbers[-1])
