"""Pixels that change their shape midway, as in broadcasts that go from 4:3 to 16:9 and back.

FFmpeg's program takes the shape of a stream's first pictures for that of all. The stream's own
headers say it; they are compared as bytes while packets are read, and only where one differs is a
picture decoded to ask for its shape.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

MOST_CHANGES = 50
"""An expression of FFmpeg names each of them, and is evaluated for each kept frame."""

_LOOKED_AT = 4096
"""Bytes of a packet in which its headers lie."""

Aspects = tuple[tuple[float, Fraction], ...]
"""From which second on pixels have which shape (width over height); ascending."""


def _mpeg2_header(head: bytes) -> bytes | None:
    """Size and aspect of an MPEG-1 or MPEG-2 sequence header (ISO 13818-2, 6.2.2.1)."""
    place = head.find(b"\0\0\1\xb3")
    return head[place + 4 : place + 8] if place >= 0 else None


def _annex_b_header(kinds: Callable[[int], bool]) -> Callable[[bytes], bytes | None]:
    """The first parameter set of the kind that holds the aspect, in a stream with start codes."""

    def header(head: bytes) -> bytes | None:
        for unit in re.split(b"\0\0\1", head)[1:]:
            if unit and kinds(unit[0]):
                return unit.rstrip(b"\0")
        return None

    return header


_HEADERS: dict[str, Callable[[bytes], bytes | None]] = {
    "mpeg2video": _mpeg2_header,
    "mpeg1video": _mpeg2_header,
    "h264": _annex_b_header(lambda first: first & 31 == 7),
    "hevc": _annex_b_header(lambda first: first >> 1 & 63 == 33),
}


class AspectChanges:
    """Looks at a stream's packets, one after the other.

    Args:
        stream: The stream.
        codec: FFmpeg's name of the codec.
    """

    def __init__(self, stream: "VideoStream", codec: str) -> None:
        self._header = _HEADERS.get(codec)
        if (stream.codec_context.extradata or b"")[:1] == b"\x01":
            self._header = None  # MP4's way: the headers stand in the container, once
        self._codec = codec
        self._last: bytes | None = None
        self._found: list[tuple[float, Fraction]] = []

    def look_at(self, packet: "Packet[VideoStream]", seconds: float) -> None:
        """Take the next packet."""
        if self._header is None or not packet.is_keyframe or len(self._found) > MOST_CHANGES:
            return
        header = self._header(bytes(memoryview(packet)[:_LOOKED_AT]))
        if header is None or header == self._last:
            return
        self._last = header
        aspect = _aspect_of(self._codec, packet)
        if aspect is not None and (not self._found or self._found[-1][1] != aspect):
            self._found.append((seconds, aspect))

    @property
    def found(self) -> Aspects:
        """What was found; empty where the shape stays the same, or changes back in time."""
        rising = all(a[0] < b[0] for a, b in zip(self._found, self._found[1:], strict=False))
        return tuple(self._found) if len(self._found) > 1 and rising else ()


def _aspect_of(codec: str, packet: "Packet[VideoStream]") -> Fraction | None:
    """Shape of a key frame's pixels, from its own headers alone."""
    import av
    from av.video.codeccontext import VideoCodecContext

    context = av.CodecContext.create(codec, "r")
    assert isinstance(context, VideoCodecContext)
    try:
        context.decode(av.Packet(bytes(packet)))
        context.decode(None)
    except av.error.FFmpegError:
        pass  # a single field, or a slice that lacks the others: the headers were read before
    aspect = context.sample_aspect_ratio or Fraction(1)
    return aspect if Fraction(1, 100) < aspect < 100 else None
