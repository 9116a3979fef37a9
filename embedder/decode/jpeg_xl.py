"""JPEG XL, which Pillow does not read and a new FFmpeg does: handed over as PNG."""

import io
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.errors import MissingExtraError, SourceError
from frameatlas.photos.kinds import is_jpeg_xl
from frameatlas.photos.memory import LARGEST_PHOTO
from frameatlas.photos.refusals import JPEG_XL

SECONDS = 60.0
"""How long FFmpeg may take for one picture."""

SECONDS_OF_ALL = 600.0
LARGEST_ANIMATION = 1_000_000_000
"""How long FFmpeg may take for an animation, and bytes that may come of it."""


def photo_content(path: Path) -> Path | BinaryIO:
    """What is opened for a photo: the file itself, or what FFmpeg makes of it.

    Raises:
        SourceError: It is JPEG XL, and there is no FFmpeg that reads it.
    """
    if path.suffix.lower() == ".jxl" or is_jpeg_xl(path):
        return io.BytesIO(_as_png(path))
    return path


@contextmanager
def animated_png(path: Path) -> Iterator[tuple[Path, str]]:
    """A PNG of the pictures of an animated JPEG XL, in a folder that is removed afterwards.

    Yields:
        The PNG, and what of the file is not in it; empty where all is.

    Raises:
        SourceError: There is no FFmpeg that reads it, or it is too long or damaged.
    """
    with TemporaryDirectory(prefix="frameatlas-") as folder:
        made = Path(folder) / "animation.png"
        limit = ["-fs", str(LARGEST_ANIMATION), "-plays", "0", "-f", "apng", f"file:{made}"]
        # Without -xerror FFmpeg asks for the rest of a file that is cut off for ever.
        code, _ = _run(path, "jpegxl_anim", ["-c:v", "apng", *limit], SECONDS_OF_ALL, "-xerror")
        missing = "part of the data is damaged" if code else ""
        if not made.is_file() or not made.stat().st_size:
            made.write_bytes(_as_png(path))
            missing = "FFmpeg reads only its first picture"
        if made.stat().st_size > 0.9 * LARGEST_ANIMATION:
            missing = "more pictures, or larger ones, than can be decoded in minutes"
        yield made, missing


def _as_png(path: Path) -> bytes:
    if not is_jpeg_xl(path):
        raise SourceError("no JPEG XL, or damaged from the beginning")
    one = ["-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "pipe:1"]
    code, made = _run(path, "jpegxl_pipe", one, SECONDS)
    if code or not made:
        raise SourceError("the photo is damaged")
    return made


def _run(
    path: Path, reader: str, output: list[str], seconds: float, *before: str
) -> tuple[int, bytes]:
    """How FFmpeg ended, and what it wrote to its standard output."""
    try:
        command = [
            *[find_ffmpeg().path, "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe"],
            *["-max_pixels", str(LARGEST_PHOTO), *before, "-f", reader],
            *["-i", f"file:{path.absolute()}", "-pix_fmt", "rgba", *output],
        ]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
            start_new_session=True,  # Ctrl-C in the terminal is for us
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"FFmpeg took more than {seconds:.0f} s for one photo") from error
    except (OSError, MissingExtraError) as error:
        raise SourceError(JPEG_XL) from error
    if b"Unknown input format" in done.stderr or b"no decoder" in done.stderr.lower():
        raise SourceError(JPEG_XL)
    return done.returncode, done.stdout
