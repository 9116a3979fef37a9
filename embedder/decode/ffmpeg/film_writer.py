"""Pictures become a film that web browsers play: FFmpeg encodes what comes by a pipe."""

import subprocess
import tempfile
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas.embedder.decode.ffmpeg.clip_cutter import refuse_full_disk
from frameatlas.embedder.decode.ffmpeg.encoders import best_encoder
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.errors import InputError, SourceError
from frameatlas.store.atomic import sync_file, translate_os_errors

ENCODERS = {
    ".mp4": {
        "libx264": ["-preset", "veryfast", "-crf", "21", "-movflags", "+faststart"],
        "libopenh264": ["-b:v", "6M", "-movflags", "+faststart"],
    },
    ".webm": {
        "libvpx-vp9": ["-crf", "31", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "7"],
        "libvpx": ["-b:v", "6M", "-deadline", "realtime", "-cpu-used", "7"],
    },
}
"""By the file's ending: encoders from the best on, and what goes with each."""


def check_film(path: Path) -> None:
    """Refuse a film that cannot be written, before anything is decoded.

    Raises:
        InputError: Its ending or its folder is wrong.
        MissingExtraError: There is no FFmpeg that encodes it.
    """
    if path.suffix.lower() not in ENCODERS:
        raise InputError(
            f"Expected a film that ends in {' or '.join(ENCODERS)}. Received: {path}; name "
            f"{path.with_suffix('.mp4').name}."
        )
    if not path.absolute().parent.is_dir():
        raise InputError(
            f"Expected a film in a folder that there is. Received: {path}; make {path.parent} "
            "first."
        )
    _encoder_for(path, find_ffmpeg().path)


class FilmWriter:
    """Encodes pictures, one after the other; used in a ``with``, whose end puts the film in place.

    Where the ``with`` ends by an error, nothing is left, and an older film stays.

    Args:
        path: The film: .mp4 (H.264) or .webm.
        rate: Pictures a second.
    """

    def __init__(self, path: Path, rate: Fraction) -> None:
        self.path = path
        self._rate = rate
        self._beside = path.with_name(f".{path.stem}.new{path.suffix}")
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._size = (0, 0)

    def __enter__(self) -> Self:
        """Nothing begins before the first picture says how large the film is."""
        return self

    def write(self, pixels: NDArray[np.uint8]) -> None:
        """Add a picture, uint8 of shape (height, width, 3), RGB; later ones become as large.

        Raises:
            SourceError: FFmpeg gave up.
            SpaceError: The disk is full.
        """
        if self._process is None:
            self._size = (pixels.shape[1], pixels.shape[0])
            self._process = self._started()
        if (pixels.shape[1], pixels.shape[0]) != self._size:
            pixels = np.asarray(Image.fromarray(pixels).resize(self._size), np.uint8)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(np.ascontiguousarray(pixels).data)
        except OSError as error:
            self._process.wait()
            raise self._failed() from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finish the film, or leave nothing of it."""
        try:
            if self._process is None:
                return
            if kind is not None:
                self._process.kill()
            ended = self._ended(self._process)
            if kind is None:
                if ended:
                    raise self._failed()
                with translate_os_errors(self.path):
                    sync_file(self._beside)
                    self._beside.replace(self.path)
        finally:
            self._said.close()
            self._beside.unlink(missing_ok=True)

    def _started(self) -> "subprocess.Popen[bytes]":
        program = find_ffmpeg().path
        encoder = _encoder_for(self.path, program)
        width, height = self._size
        command = [
            *[program, "-nostdin", "-hide_banner", "-loglevel", "error", "-y"],
            *["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}"],
            *["-framerate", str(self._rate), "-protocol_whitelist", "file,pipe", "-i", "pipe:0"],
            *["-vf", "pad=w=ceil(iw/2)*2:h=ceil(ih/2)*2", "-pix_fmt", "yuv420p", "-threads", "2"],
            *["-c:v", encoder, *ENCODERS[self.path.suffix.lower()][encoder]],
            f"file:{self._beside.absolute()}",
        ]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C in the terminal is for us
        )

    @staticmethod
    def _ended(process: "subprocess.Popen[bytes]") -> int:
        assert process.stdin is not None
        with suppress(OSError):  # it has ended already, and says why
            process.stdin.close()
        return process.wait()

    def _failed(self) -> SourceError:
        self._said.seek(0)
        said = self._said.read()
        refuse_full_disk(said, self.path)
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return SourceError(
            f"Expected FFmpeg to write {self.path}. Received: "
            f"{lines[-1][:200] if lines else 'an end without a word'}."
        )


def _encoder_for(path: Path, program: str) -> str:
    ending = path.suffix.lower()
    return best_encoder(program, ENCODERS[ending], ending)
