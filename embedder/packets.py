"""A look at a video's packets without decoding any: when frames are shown, and where they end."""

from dataclasses import dataclass
from pathlib import Path

from frameatlas.embedder.frame_sink import Stopped
from frameatlas.embedder.probe import SANE_SECONDS, VideoProbe, open_media
from frameatlas.errors import InterruptedIndexError, SourceError

LARGEST_SCAN = 8 << 30
"""Bytes. Reading a larger file twice may cost more than it tells."""


@dataclass(frozen=True)
class PacketTimes:
    """When the frames of a video are shown.

    Attributes:
        seconds: Times of the packets in the file's own time, ascending.
        end: Seconds at which the last one ends, None where there is none.
        complete: Whether the file could be read to its end.
    """

    seconds: tuple[float, ...]
    end: float | None
    complete: bool


def packet_times(path: Path, probe: VideoProbe, *, stopped: Stopped) -> PacketTimes:
    """Read a video's packets; what cannot be read is left out.

    Raises:
        InterruptedIndexError: The user stopped the run.
    """
    seconds: list[float] = []
    ends: list[float] = []
    try:
        with open_media(path) as container:
            stream = container.streams[probe.stream]
            for packet in container.demux(stream):
                if len(seconds) % 1024 == 0 and stopped():
                    raise InterruptedIndexError("The run was stopped while a file was read.")
                time = packet.pts if packet.pts is not None else packet.dts
                if time is None or packet.size == 0 or packet.is_discard:
                    continue
                at = time * float(probe.time_base)
                if abs(at) < SANE_SECONDS:
                    seconds.append(at)
                    ends.append(at + (packet.duration or 0) * float(probe.time_base))
    except SourceError:
        return PacketTimes(tuple(sorted(seconds)), max(ends, default=None), complete=False)
    return PacketTimes(tuple(sorted(seconds)), max(ends, default=None), complete=True)
