"""Formats that are read, of all that the libraries could read.

A playlist names other files or addresses: opening one would read what the user did not give,
perhaps over a network. Pillow hands EPS to another program. Whatever a file is called, only what
cannot lead elsewhere is opened, and only pictures of a size that cameras make.
"""

from functools import lru_cache

_REFUSED = """
    hls applehttp dash concat ffconcat imf sdp rtp rtsp sap webm_dash_manifest smoothstreaming
    image2 image2pipe svg_pipe
    avisynth vapoursynth lavfi
    tty bin xbin adf idf bintext
    alsa oss pulse jack sndio fbdev kmsgrab x11grab xcbgrab video4linux2 v4l2 dshow gdigrab
    avfoundation decklink libcdio openal bktr iec61883 android_camera dvdvideo
    data rawvideo bit bitpacked v210 v210x
"""
# Line by line: playlists and descriptions of streams, which open other files or addresses;
# patterns ("%d" in an ordinary name must not mean a sequence) and drawings that may refer to other
# files; scripts and generated input; text shown as a picture; devices; formats guessed from the
# name, which take any bytes.

REFUSED_FORMATS = frozenset(_REFUSED.split())
"""Names of FFmpeg demuxers that are never used."""

PHOTO_FORMATS = (
    *("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "DIB", "GIF", "HEIF", "AVIF"),
    *("JPEG2000", "PPM", "QOI"),
)
"""Pillow's names of the formats of photos."""

LARGEST_PICTURE = 1 << 27
"""Pixels of a video's picture, 16384 × 8192: a file of a kilobyte could ask for gigabytes."""


@lru_cache
def allowed_formats() -> str:
    """Every demuxer that may be used, as the option ``format_whitelist`` wants it."""
    import av

    names = {name for group in av.formats_available for name in group.split(",")}
    return ",".join(sorted(names - REFUSED_FORMATS))


def photo_formats() -> list[str]:
    """Those of ``PHOTO_FORMATS`` that this Pillow reads: ``formats`` of its ``open``."""
    from PIL import Image

    Image.init()
    return [name for name in PHOTO_FORMATS if name in Image.OPEN]


def safe_options() -> dict[str, str]:
    """Options by which PyAV opens a file and nothing else: no address, no list, no huge picture."""
    return {
        "protocol_whitelist": "file",
        "format_whitelist": allowed_formats(),
        "max_pixels": str(LARGEST_PICTURE),
    }
