"""The sRGB colour profile, the same bytes whenever it is made."""

from functools import cache

from PIL import ImageCms

_DATE = slice(24, 36)
"""Where an ICC profile says when it was made."""

_ID = slice(84, 100)
"""Where it may hold a digest of itself; all zero means that it was not computed."""


@cache
def srgb_profile() -> bytes:
    """An ICC profile of sRGB, dated 1 January 2000."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_DATE] = b"".join(n.to_bytes(2, "big") for n in (2000, 1, 1, 0, 0, 0))
    profile[_ID] = bytes(16)
    return bytes(profile)
