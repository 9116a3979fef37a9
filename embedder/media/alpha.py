"""Which videos have transparent parts, and what is shown there: white, as in photos."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

_JUNK = frozenset({"rawvideo", "bmp", "zerocodec"})
"""Codecs whose fourth channel is as often unused, and then zero."""

_PALETTES = frozenset({"gif", "png", "apng", "webp"})
"""Codecs whose palettes may hold a transparent colour."""

_WITH_ALPHA = ("rgba", "bgra", "argb", "abgr", "yuva", "gbrap", "ya8", "ya16", "ayuv", "vuya")

_WEB = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Codecs whose transparency is a second stream, and the decoders that put both together."""


def has_alpha(codec: str, pixel_format: str, metadata: Mapping[str, str]) -> bool:
    """Whether parts of a video's pictures may be transparent.

    Args:
        codec: FFmpeg's name of the codec.
        pixel_format: FFmpeg's name of the pixels' format.
        metadata: The stream's own.
    """
    if codec in _WEB:
        return metadata.get("alpha_mode") == "1"
    if pixel_format == "pal8":
        return codec in _PALETTES
    return codec not in _JUNK and pixel_format.startswith(_WITH_ALPHA)


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
