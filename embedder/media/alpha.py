"""Which videos have transparent parts, and what is shown there: white, as in photos."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

_JUNK = frozenset({"rawvideo", "bmp", "zerocodec"})
"""Codecs whose fourth channel is as often unused, and then zero."""

_PALETTES = frozenset({"gif", "png", "apng", "webp"})
"""Codecs whose palettes may hold a transparent colour."""

_WITH_ALPHA = ("rgba", "bgra", "argb", "abgr", "yuva", "gbrap", "ya8", "ya16", "ayuv", "vuya")

_PACKED = frozenset({"rgba", "bgra", "argb", "abgr"})
"""Formats of pixels that stand for three channels and a filler, too."""

_PARAMETERS = b"\x40\x01"
"""Head of an H.265 stream's video parameter set (ITU-T H.265, 7.3.1.2 and 7.3.2.1)."""

_WEB = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Codecs whose transparency is a second stream, and the decoders that put both together."""


def has_alpha(
    codec: str, pixel_format: str, metadata: Mapping[str, str], extradata: bytes = b""
) -> bool:
    """Whether parts of a video's pictures may be transparent.

    Args:
        codec: FFmpeg's name of the codec.
        pixel_format: FFmpeg's name of the pixels' format.
        metadata: The stream's own.
        extradata: What the container says of the codec, as the codec writes it.
    """
    if codec in _WEB:
        return any(k.lower() == "alpha_mode" and v == "1" for k, v in metadata.items())
    if codec == "hevc" and _has_layers(extradata):
        return True
    if pixel_format == "pal8":
        return codec in _PALETTES
    junk = codec in _JUNK and pixel_format in _PACKED
    return not junk and pixel_format.startswith(_WITH_ALPHA)


def _has_layers(extradata: bytes) -> bool:
    """Whether an H.265 stream has a second layer: transparency, or a second eye.

    FFmpeg's libraries tell transparency only where it is asked for; of a second eye they give none.
    """
    place = extradata.find(_PARAMETERS)
    if place < 0 or place + 4 > len(extradata):
        return False
    # Four bits of identity and two of flags come before the six of the number of layers, less one.
    return bool(int.from_bytes(extradata[place + 2 : place + 4], "big") >> 4 & 0x3F)


def alpha_decoder(codec: str) -> str | None:
    """The decoder that gives a video's transparency too, where FFmpeg's own does not."""
    return _WEB.get(codec)


def flatten_on_white(pixels: bytearray, target: bytearray) -> None:
    """Put a picture on white.

    Args:
        pixels: Red, green, blue and alpha of each pixel, the colours premultiplied.
        target: Gets red, green and blue.
    """
    given: NDArray[np.uint8] = np.frombuffer(pixels, np.uint8).reshape(-1, 4)
    white = 255 - given[:, 3:]
    # Premultiplied colours are no brighter than their alpha, but scaling may overshoot.
    colours = np.minimum(given[:, :3], given[:, 3:]) + white
    np.frombuffer(target, np.uint8).reshape(-1, 3)[:] = colours
