"""Packets that a broadcast stream has lost, told from recordings that were joined.

FFmpeg says the same of both: the packets' numbering has a gap. Where files were joined, the packet
after the gap begins a picture, and the one before it is whole; where packets were lost, it lies in
the middle of one.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_SYNC = 0x47
_SIZES = ((188, 0), (192, 4), (204, 0))
"""Bytes of a packet and where it begins: broadcast, AVCHD, and with error correction (13818-1)."""

_BLOCK = 50_000
"""Packets looked at together."""


def has_lost_packets(path: Path, stream_id: int) -> bool:
    """Whether a transport stream lacks packets within a picture.

    Args:
        path: The file.
        stream_id: The stream's PID.

    Returns:
        True too where the file is no plain transport stream.
    """
    try:
        with path.open("rb") as file:
            layout = _layout(file.read(1 << 16))
            if layout is None:
                return True
            size, start, first = layout
            file.seek(first)
            last: int | None = None
            while block := file.read(size * _BLOCK):
                rows = np.frombuffer(block[: len(block) // size * size], np.uint8)
                found, last = _gaps(rows.reshape(-1, size)[:, start : start + 4], stream_id, last)
                if found:
                    return True
    except OSError:
        return True
    return False


def _layout(head: bytes) -> tuple[int, int, int] | None:
    """Size of a packet, where its header lies in it, and where the first one begins."""
    for size, start in _SIZES:
        for first in range(size):
            places = range(first + start, min(len(head), first + 8 * size), size)
            if len(places) > 1 and all(head[place] == _SYNC for place in places):
                return size, start, first
    return None


def _gaps(heads: NDArray[np.uint8], stream_id: int, last: int | None) -> tuple[bool, int | None]:
    """Whether a stream's numbering has a gap in the middle of a picture; and its last number.

    Args:
        heads: uint8 of shape (n, 4), the packets' headers.
        stream_id: The stream's PID.
        last: Its number before.
    """
    pid = (heads[:, 1].astype(np.int32) & 31) << 8 | heads[:, 2]
    own = heads[(pid == stream_id) & (heads[:, 0] == _SYNC) & ((heads[:, 3] & 16) > 0)]
    if not len(own):
        return False, last
    numbers = (own[:, 3] & 15).astype(np.int32)
    begins = (own[:, 1] & 64) > 0
    before = np.concatenate([[numbers[0] - 1 if last is None else last], numbers[:-1]])
    steps = (numbers - before) % 16  # 0 is a packet sent twice, which is allowed
    return bool(((steps > 1) & ~begins).any()), int(numbers[-1])
