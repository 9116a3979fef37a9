"""Whether a JPEG XL holds one picture or an animation: by its head (ISO/IEC 18181-1, annex D)."""

from pathlib import Path

_CODESTREAM, _CONTAINER = b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"
_HEAD = 1 << 16
"""Bytes before which a codestream begins."""

_SIZES = ((9, 1), (13, 1), (18, 1), (30, 1))
_PREVIEWS = ((6, 1), (8, 65), (10, 321), (12, 1345))
_PREVIEWS_BY_8 = ((0, 16), (0, 32), (5, 1), (9, 33))
"""Bits and offset of each of the four ways in which a number is written."""


def is_animated_jpeg_xl(path: Path) -> bool:
    """Whether a file is a JPEG XL of several pictures that follow each other in time."""
    try:
        if not path.stat().st_size:
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    codestream = _codestream(head)
    return bool(codestream) and _has_animation(_Bits(codestream))


class _Bits:
    """Numbers of some bits, the lowest first; zeros after the end."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data[:64], "little")

    def take(self, count: int) -> int:
        value = self._value & ((1 << count) - 1)
        self._value >>= count
        return value

    def number(self, ways: tuple[tuple[int, int], ...]) -> int:
        bits, offset = ways[self.take(2)]
        return self.take(bits) + offset


def _codestream(head: bytes) -> bytes:
    """The codestream without its signature; empty where there is none."""
    if head.startswith(_CODESTREAM):
        return head[2:]
    place = len(_CONTAINER) if head.startswith(_CONTAINER) else len(head)
    while place + 8 <= len(head):
        size, kind, skip = (
            int.from_bytes(head[place : place + 4], "big"),
            head[place + 4 : place + 8],
            8,
        )
        if size == 1:
            size, skip = int.from_bytes(head[place + 8 : place + 16], "big"), 16
        if kind in (b"jxlc", b"jxlp"):
            begin = place + skip + (4 if kind == b"jxlp" else 0)
            return head[begin + 2 :] if head[begin : begin + 2] == _CODESTREAM else b""
        if size < skip:
            return b""
        place += size
    return b""


def _has_animation(bits: _Bits) -> bool:
    _skip_size(bits)
    if bits.take(1) or not bits.take(1):  # all is as usual, or nothing is extra
        return False
    bits.take(3)  # orientation
    if bits.take(1):
        _skip_size(bits)  # the size that it is meant for
    if bits.take(1):
        _skip_preview(bits)
    return bool(bits.take(1))


def _skip_size(bits: _Bits) -> None:
    small = bits.take(1)
    if small:
        bits.take(5)
    else:
        bits.number(_SIZES)
    if not bits.take(3):  # no usual ratio
        if small:
            bits.take(5)
        else:
            bits.number(_SIZES)


def _skip_preview(bits: _Bits) -> None:
    ways = _PREVIEWS_BY_8 if bits.take(1) else _PREVIEWS
    bits.number(ways)
    if not bits.take(3):
        bits.number(ways)
