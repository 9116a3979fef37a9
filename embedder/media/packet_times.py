"""A look at a video's packets without decoding any: when frames are shown, and where they end."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from frameatlas.embedder.media.open_media import open_media
from frameatlas.embedder.media.probe import SANE_SECONDS, VideoProbe
from frameatlas.embedder.media.reference_frames import reference_test
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.progress import Stopped

if TYPE_CHECKING:
    from av.container import InputContainer

LARGEST_SCAN = 8 << 30
"""Bytes. Reading a larger file twice may cost more than it tells."""


@dataclass(frozen=True)
class PacketTimes:
    """When the frames of a video are shown.

    Attributes:
        seconds: Times of the packets in the file's own time, ascending.
        end: Seconds at which the last one ends, None where there is none.
        complete: Whether the file could be read to its end.
        reference: Those of ``seconds`` whose frames others are predicted from; empty where that is
            not known.
        first_decoded: Seconds by the first packet's decoding time; None where it bears none, or
            where frames are shown in another order than they are decoded in.
    """

    seconds: tuple[float, ...]
    end: float | None
    complete: bool
    reference: tuple[float, ...] = ()
    first_decoded: float | None = None


def packet_times(path: Path, probe: VideoProbe, *, stopped: Stopped) -> PacketTimes:
    """Read a video's packets; what cannot be read is left out.

    Raises:
        InterruptedIndexError: The user stopped the run.
    """
    seconds: list[float] = []
    ends: list[float] = []
    reference: list[float] | None = []
    complete = False
    first_decoded: float | None = None
    try:
        with open_media(path) as container:
            stream = container.streams.video[_place(container, probe)]
            test = reference_test(probe.codec, stream.codec_context.extradata)
            for packet in container.demux(stream):
                if len(seconds) % 1024 == 0 and stopped():
                    raise InterruptedIndexError("The run was stopped while a file was read.")
                time = packet.pts if packet.pts is not None else packet.dts
                if time is None or packet.size == 0 or packet.is_discard:
                    continue
                at = time * float(probe.time_base)
                in_order = not stream.codec_context.has_b_frames
                if not seconds and in_order and packet.dts is not None:
                    first_decoded = packet.dts * float(probe.time_base)
                if abs(at) < SANE_SECONDS:
                    seconds.append(at)
                    ends.append(at + (packet.duration or 0) * float(probe.time_base))
                    answer = test(memoryview(packet)) if test else None
                    reference = _join(reference, at, answer)
            complete = True
    except SourceError:
        pass
    return PacketTimes(
        seconds=tuple(sorted(seconds)),
        end=max(ends, default=None),
        complete=complete,
        reference=tuple(sorted(reference or ())),
        first_decoded=first_decoded,
    )


def _join(times: list[float] | None, at: float, is_reference: bool | None) -> list[float] | None:
    """Add a time; one packet about which nothing is known spoils them all."""
    if times is None or is_reference is None:
        return None
    if is_reference:
        times.append(at)
    return times


def _place(container: "InputContainer", probe: VideoProbe) -> int:
    """Number of the probe's stream among the video streams."""
    return [stream.index for stream in container.streams.video].index(probe.stream)
