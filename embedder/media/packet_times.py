"""A look at a video's packets without decoding any: when frames are shown, and where they end."""

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.media.aspect_changes import AspectChanges, Aspects
from frameatlas.embedder.media.open_media import open_media
from frameatlas.embedder.media.probe import SANE_SECONDS, VideoProbe
from frameatlas.embedder.media.reference_frames import (
    IsReference,
    reference_test,
    standing_test,
)
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.progress import Stopped

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

LARGEST_SCAN = 8 << 30
"""Bytes. Reading a larger file twice may cost more than it tells."""

FEWEST_PACKETS = 10_000
"""Packets that any file may have."""


def _none() -> NDArray[np.float64]:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class PacketTimes:
    """When the frames of a video are shown.

    Attributes:
        seconds: float64, times of the packets in the file's own time, ascending.
        end: Seconds at which the last one ends, None where there is none.
        complete: Whether the file could be read to its end.
        reference: float64, those of ``seconds`` whose frames others are predicted from; empty
            where that is not known.
        first_decoded: Seconds by the first packet's decoding time; None where it bears none, or
            where frames are shown in another order than they are decoded in.
        aspects: From which second on pixels have which shape; empty where it stays the same.
        first: Seconds of the first packet, None where there is none.
        keys: float64, those of ``seconds`` whose packets are marked as key frames.
        keys_alone: Whether decoders that skip all others get each of them right; see
            ``reference_frames.stands_alone``.
    """

    seconds: NDArray[np.float64]
    end: float | None
    complete: bool
    reference: NDArray[np.float64] = field(default_factory=_none)
    first_decoded: float | None = None
    aspects: Aspects = ()
    first: float | None = None
    keys: NDArray[np.float64] = field(default_factory=_none)
    keys_alone: bool = True


def packet_times(path: Path, probe: VideoProbe, *, stopped: Stopped) -> PacketTimes:
    """Read a video's packets; what cannot be read is left out.

    Raises:
        SourceError: It has more packets than bytes: a table of a few kilobytes can name the same
            pictures again and again.
        InterruptedIndexError: The user stopped the run.
    """
    most = max(FEWEST_PACKETS, probe.bytes)
    found: _Packets | None = None
    complete = False
    try:
        with open_media(path) as container:
            stream = container.streams.video[_place(container, probe)]
            found = _Packets(stream, probe)
            for number, packet in enumerate(container.demux(stream)):
                if number % 1024 == 0 and stopped():
                    raise InterruptedIndexError("The run was stopped while a file was read.")
                if number > most:
                    break
                found.add(packet)
            complete = True
    except SourceError:
        pass
    if found is None:
        return PacketTimes(_none(), None, complete)
    if len(found.seconds) >= most:
        raise SourceError(
            f"more pictures ({most:,}) than the file has bytes: a table that names the same ones "
            "again and again"
        )
    return found.times(complete)


class _Packets:
    """Collects what packets tell: eight bytes for a time, not a Python object."""

    def __init__(self, stream: "VideoStream", probe: VideoProbe) -> None:
        self.seconds = array("d")
        self._reference: array[float] | None = array("d")
        self._end: float | None = None
        self._first_decoded: float | None = None
        self._base = float(probe.time_base)
        self._context = stream.codec_context
        self._test: IsReference | None = reference_test(probe.codec, stream.codec_context.extradata)
        self._aspects = AspectChanges(stream, probe.codec)
        self._keys = array("d")
        self._alone: IsReference | None = standing_test(probe.codec, stream.codec_context.extradata)
        self._keys_alone = True

    def add(self, packet: "Packet[VideoStream]") -> None:
        """Take the next one."""
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None or packet.size == 0 or packet.is_discard:
            return
        at = time * self._base
        if not self.seconds and not self._context.has_b_frames and packet.dts is not None:
            self._first_decoded = packet.dts * self._base
        if abs(at) >= SANE_SECONDS:
            return
        self.seconds.append(at)
        end = at + (packet.duration or 0) * self._base
        self._end = end if self._end is None else max(self._end, end)
        self._aspects.look_at(packet, at)
        if packet.is_keyframe:
            self._keys.append(at)
            if self._alone and not self._alone(memoryview(packet)):
                self._keys_alone = False
        answer = self._test(memoryview(packet)) if self._test else None
        if answer is None:
            self._reference = None  # one about which nothing is known spoils them all
        elif answer and self._reference is not None:
            self._reference.append(at)

    def times(self, complete: bool) -> PacketTimes:
        """All of them."""
        return PacketTimes(
            seconds=_sorted(self.seconds),
            end=self._end,
            complete=complete,
            reference=_sorted(self._reference),
            first_decoded=self._first_decoded,
            aspects=self._aspects.found,
            first=min(self.seconds, default=None),
            keys=_sorted(self._keys),
            keys_alone=self._keys_alone,
        )


def _sorted(times: "array[float] | None") -> NDArray[np.float64]:
    return np.sort(np.frombuffer(times, np.float64)) if times else _none()


def _place(container: "InputContainer", probe: VideoProbe) -> int:
    """Number of the probe's stream among the video streams."""
    return [stream.index for stream in container.streams.video].index(probe.stream)
