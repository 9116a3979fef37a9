"""Bytes that are nearly right: what parsers meet in damaged files and in made ones."""

import random
import re
from collections.abc import Iterator, Sequence

NUMBERS = (
    *(b"0", b"-1", b"1", b"255", b"256", b"65536", b"2147483648", b"4294967295"),
    *(b"9223372036854775807", b"18446744073709551616", b"1e400", b"-1e-400", b"NaN", b"Infinity"),
    *(b"-0.0", b"1" * 400, b"9" * 5000, b"0x10", b"1_000", "٣".encode(), b"1/0", b"00000001"),
)
"""Numbers at which reckoning goes wrong."""

PIECES = (
    *(b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"\t", b" " * 300, b"%00", b"%", b"\\"),
    *(b"../", b"/", b"~nobody-at-all/", b"..\\", b"C:", b"file:", b"http://", b"*", b"**/", b"@"),
    *(b"null", b"true", b"[]", b"{}", b'""', b"[" * 3000, b'{"a":' * 2000, b'"' * 9, b"'" * 9),
    *("é".encode(), "\u202e".encode(), "\U0001f600".encode(), b"\xed\xa0\x80", b"\x1b[2J"),
    *(b":", b",", b";", b"=", b"-", b"#", b"<", b"&", b"?", b"+", b"[", b"]", b"(", b")"),
)
"""What means something to one parser or another."""

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


class Mutator:
    """Draws variations of a few right inputs; the same seed draws the same ones.

    Args:
        seeds: Right inputs.
        seed: Of the random numbers.
    """

    def __init__(self, seeds: Sequence[bytes], seed: int) -> None:
        self._seeds = list(seeds)
        self._random = random.Random(seed)

    def inputs(self, count: int) -> Iterator[bytes]:
        """The right inputs themselves, then so many in all."""
        yield from self._seeds[:count]
        for _ in range(count - len(self._seeds)):
            data = self._random.choice(self._seeds)
            for _ in range(self._random.choice((1, 1, 1, 2, 3, 8))):
                data = self._changed(data)
            yield data

    def _changed(self, data: bytes) -> bytes:  # noqa: PLR0911 - a list of ways
        draw = self._random
        start = draw.randrange(len(data) + 1)
        stop = min(len(data), start + draw.choice((1, 1, 2, 4, 16, 200)))
        how = draw.randrange(9)
        if how == 0 and data:
            at = draw.randrange(len(data))
            return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
        if how == 1:
            return data[:start] + draw.randbytes(stop - start) + data[stop:]
        if how == 2:
            return data[:start] + data[stop:]
        if how == 3:
            return data[:start] + data[start:stop] * draw.choice((2, 3, 50)) + data[stop:]
        if how == 4:
            return data[:start] + draw.choice(PIECES) + data[draw.choice((start, stop)) :]
        if how == 5:
            return data[: draw.choice((start, start, 0))]
        if how == 6:
            other = draw.choice(self._seeds)
            return data[:start] + other[draw.randrange(len(other) + 1) :]
        if how == 7:
            width = draw.choice((1, 2, 4, 8))
            value = draw.choice((0, 1, 2 ** (8 * width - 1), 2 ** (8 * width) - 1))
            return (
                data[:start] + value.to_bytes(width, draw.choice(("big", "little"))) + data[stop:]
            )
        return self._renumbered(data)

    def _renumbered(self, data: bytes) -> bytes:
        found = list(_NUMBER.finditer(data[:100_000]))
        if not found:
            return data + self._random.choice(NUMBERS)
        place = self._random.choice(found)
        return data[: place.start()] + self._random.choice(NUMBERS) + data[place.end() :]
