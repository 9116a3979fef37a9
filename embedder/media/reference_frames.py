"""Which frames others are predicted from: the rest need not be decoded unless they are kept.

FFmpeg's ``skip_frame noref`` leaves them out; the frames that remain are the same, bit for bit.
Whether enough remain is known beforehand from the first bytes of each packet.
"""

from collections.abc import Callable, Iterator

IsReference = Callable[[memoryview], bool | None]
"""Takes a packet; None where that cannot be told."""

_LOOKED_AT = 65536
"""Bytes of a packet in which the first slice must begin."""


def reference_test(codec: str, extradata: bytes | None) -> IsReference | None:
    """How to tell reference frames in a codec's packets; None where that is not known.

    Args:
        codec: FFmpeg's name of the codec.
        extradata: The stream's header: it says how units are delimited.
    """
    head = extradata or b""
    packed = head[:1] == b"\x01"
    if codec == "h264":
        size = (head[4] & 3) + 1 if packed and len(head) > 4 else 0
        return lambda packet: _first_slice(packet, size, _h264_reference)
    if codec == "hevc":
        size = (head[21] & 3) + 1 if packed and len(head) > 21 else 0
        return lambda packet: _first_slice(packet, size, _hevc_reference)
    return None


def standing_test(codec: str, extradata: bytes | None) -> IsReference | None:
    """How to tell that a key packet decodes by itself; None where no codec's doubt is known.

    H.264 marks recovery points as key frames too (open GOP, intra refresh): a decoder that skips
    what lies between loses count of their order. And of two fields the second may not be intra.

    Args:
        codec: FFmpeg's name of the codec.
        extradata: The stream's header: it says how units are delimited.
    """
    head = extradata or b""
    if codec != "h264":
        return None
    size = (head[4] & 3) + 1 if head[:1] == b"\x01" and len(head) > 4 else 0
    return lambda packet: _all_idr(packet, size)


def _all_idr(packet: memoryview, length_size: int) -> bool:
    """Whether all slices of a packet are those of an instantaneous refresh: nal_unit_type 5."""
    kinds = {kind for kind in _unit_kinds(bytes(packet), length_size) if 1 <= kind <= 5}
    return kinds == {5}


def _unit_kinds(data: bytes, length_size: int) -> Iterator[int]:
    """nal_unit_type of each unit of an H.264 packet."""
    place = 0 if length_size else data.find(b"\0\0\1")
    while 0 <= place < len(data) - length_size - 3:
        first = place + (length_size or 3)
        yield data[first] & 31
        if length_size:
            place = first + int.from_bytes(data[place:first], "big")
        else:
            place = data.find(b"\0\0\1", first)


def _first_slice(
    packet: memoryview, length_size: int, judge: Callable[[int, int], bool | None]
) -> bool | None:
    """Ask ``judge`` about each unit's two header bytes until one is a slice."""
    head = bytes(packet[:_LOOKED_AT])
    place = 0 if length_size else head.find(b"\0\0\1")
    while 0 <= place < len(head) - length_size - 4:
        first = place + (length_size or 3)
        answer = judge(head[first], head[first + 1])
        if answer is not None:
            return answer
        if length_size:
            place = first + int.from_bytes(head[place:first], "big")
        else:
            place = head.find(b"\0\0\1", first)
    return None


def _h264_reference(first: int, _second: int) -> bool | None:
    """nal_unit_type 1 to 5 is a slice; nal_ref_idc 0 that of a frame nothing refers to."""
    return bool(first >> 5 & 3) if 1 <= first & 31 <= 5 else None


def _hevc_reference(first: int, second: int) -> bool | None:
    """nal_unit_type below 32 is a slice; even ones below 16 belong to frames nothing refers to.

    Only within their temporal layer: where there are several, all count as reference frames.
    """
    kind = first >> 1 & 63
    if kind >= 32:
        return None
    return second & 7 != 1 or kind >= 16 or kind % 2 == 1
