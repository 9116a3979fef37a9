"""JPEG XL, which Pillow does not read and a new FFmpeg does: one picture, handed over as PNG."""

import io
import subprocess
from pathlib import Path
from typing import BinaryIO

from frameatlas.embedder.decode.ffmpeg import find_ffmpeg
from frameatlas.errors import MissingExtraError, SourceError
from frameatlas.photos.kinds import is_jpeg_xl
from frameatlas.photos.memory import LARGEST_PHOTO
from frameatlas.photos.refusals import JPEG_XL

SECONDS = 60.0
"""How long FFmpeg may take for one picture."""


def photo_content(path: Path) -> Path | BinaryIO:
    """What is opened for a photo: the file itself, or what FFmpeg makes of it.

    Raises:
        SourceError: It is JPEG XL, and there is no FFmpeg that reads it.
    """
    if path.suffix.lower() == ".jxl" or is_jpeg_xl(path):
        return io.BytesIO(_as_png(path))
    return path


def _as_png(path: Path) -> bytes:
    if not is_jpeg_xl(path):
        raise SourceError("no JPEG XL, or damaged from the beginning")
    try:
        command = [
            *[find_ffmpeg().path, "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe"],
            *["-max_pixels", str(LARGEST_PHOTO), "-f", "jpegxl_pipe"],
            *["-i", f"file:{path.absolute()}", "-frames:v", "1", "-pix_fmt", "rgba"],
            *["-c:v", "png", "-f", "image2pipe", "pipe:1"],
        ]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            start_new_session=True,  # Ctrl-C in the terminal is for us
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"FFmpeg took more than {SECONDS:.0f} s for one photo") from error
    except (OSError, MissingExtraError) as error:
        raise SourceError(JPEG_XL) from error
    if b"Unknown input format" in done.stderr or b"no decoder" in done.stderr.lower():
        raise SourceError(JPEG_XL)
    if done.returncode or not done.stdout:
        raise SourceError("the photo is damaged")
    return done.stdout
