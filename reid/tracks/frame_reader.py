"""Pictures by the numbers that tracks count: of a video at its full rate, or a folder of images.

Frame k of a MOT file is the k-th picture that a decoder gives, from 1, whatever its time says:
so pictures are counted, and only those that are needed are converted.
"""

import configparser
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import SourceError
from frameatlas.photos.photo import whole_photo
from frameatlas.reid.tracks.picture_facts import frame_count
from frameatlas.safe_formats import safe_options
from frameatlas.store.content_digest import content_digest
from frameatlas.store.digests import text_digest

IMAGES = frozenset([".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"])
RATE = Fraction(25)
"""Frames a second where nothing says it."""

_INFO = "seqinfo.ini"
_FEWEST_RATE, _MOST_RATE = Fraction(1, 1000), Fraction(1000)


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture of a video or a sequence.

    Attributes:
        number: Counts from 1.
        pts: Presentation time in units of the ``time_base``.
        pixels: uint8 of shape (height, width, 3), RGB.
        name: File name of an image; "" for a video's frame.
    """

    number: int
    pts: int
    pixels: NDArray[np.uint8]
    name: str = ""


class Pictures(Protocol):
    """A video or a sequence of images."""

    @property
    def path(self) -> Path:
        """The video, or the folder of images."""

    @property
    def kind(self) -> str:
        """What the manifest calls it: "video" or "photos"."""

    @property
    def rate(self) -> Fraction:
        """Pictures a second."""

    @property
    def time_base(self) -> Fraction:
        """Seconds per unit of pts."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; (0, 0) where it is not known before decoding."""

    @property
    def count(self) -> int:
        """Number of pictures, as far as it is told without decoding; 0 where it is not."""

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that stand for the content."""

    def pictures(self, wanted: Sequence[int]) -> Iterator[Picture]:
        """The pictures of these numbers, ascending; those that are not there are left out."""


def open_pictures(path: Path) -> Pictures:
    """Open a video, or a folder of images.

    Args:
        path: A video; or a folder with ``seqinfo.ini``, with ``img1``, or with images.

    Raises:
        SourceError: It is neither; the message says why.
    """
    if path.is_dir():
        return open_sequence(path)
    return VideoPictures(path)


class VideoPictures:
    """The pictures of a video, decoded one after the other.

    Args:
        path: The video.
    """

    kind = "video"

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            self.digest = content_digest(self.path)
        except SourceError as error:
            raise SourceError(
                f"Expected a video, or a folder of images, at {path}. Received: {error}; name the "
                "video that the tracks are of."
            ) from error
        with self._opened() as container:
            stream = container.streams.video[0]
            self.rate = _sane_rate(stream.average_rate)
            self.time_base = stream.time_base or 1 / self.rate
            self.size = _displayed_size(container, stream)
            self.count = frame_count(container, stream, self.rate)

    def pictures(self, wanted: Sequence[int]) -> Iterator[Picture]:
        """See ``Pictures``; where the file is damaged, they end."""
        needed = wanted if isinstance(wanted, range) else frozenset(wanted)
        last = wanted[-1] if isinstance(wanted, range) and wanted else max(wanted, default=0)
        with self._opened() as container:
            stream = container.streams.video[0]
            # FFmpeg's own threads would wait for Python's lock to log, and closing for them.
            stream.codec_context.thread_count = 1
            frames = enumerate(_until_damage(container.decode(stream)), 1)
            for number, frame in frames:
                if number in needed:
                    pts = frame.pts
                    if pts is None:
                        pts = round((number - 1) / self.rate / self.time_base)
                    yield Picture(number, pts, _upright(frame))
                if number >= last:
                    return

    def _opened(self) -> av.container.InputContainer:
        try:
            container = av.open(f"file:{self.path}", options=safe_options())
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise SourceError(
                f"Expected {self.path} to be a video, or a folder of images. Received: "
                f"{getattr(error, 'strerror', None) or error}; name the video of the tracks."
            ) from error
        if not container.streams.video:
            container.close()
            raise SourceError(
                f"Expected pictures in {self.path}. Received: a file without a video stream; name "
                "the video that the tracks are of."
            )
        return container


class SequencePictures:
    """A folder of images, as in the MOT data sets.

    Args:
        folder: Where the images are.
        files: Number and file of each image.
        rate: Pictures a second.
    """

    kind = "photos"
    size = (0, 0)

    def __init__(self, folder: Path, files: dict[int, Path], rate: Fraction) -> None:
        self.path = folder.absolute()
        self._files = files
        self.rate = rate
        self.time_base = 1 / rate
        self.count = max(files)
        sizes = (f"{number} {file.name} {file.stat().st_size}" for number, file in files.items())
        first = content_digest(next(iter(files.values())))
        self.digest = text_digest("\n".join([first, *sizes]))

    def pictures(self, wanted: Sequence[int]) -> Iterator[Picture]:
        """See ``Pictures``; images that cannot be read are left out."""
        needed = wanted if isinstance(wanted, range) else frozenset(wanted)
        for number in sorted(n for n in self._files if n in needed):
            file = self._files[number]
            pixels = _read(file)
            if pixels is not None:
                yield Picture(number, number - 1, pixels, file.name)


def open_sequence(folder: Path) -> SequencePictures:
    """Open a folder of images: a MOT sequence with ``seqinfo.ini`` and ``img1``, or the images.

    An image is numbered by the digits that end its name; where they do not tell images apart, by
    its place among the names.

    Raises:
        SourceError: There are no images, or ``seqinfo.ini`` cannot be meant.
    """
    rate, images = _sequence_info(folder)
    if images is None:
        images = folder / "img1" if (folder / "img1").is_dir() else folder
    files = sorted(
        file for file in (images.iterdir() if images.is_dir() else []) if _is_image(file)
    )
    if not files:
        raise SourceError(
            f"Expected a video, or a folder of images with {_INFO}, in {folder}. Received: no "
            f"image in {images}; name the folder that holds img1."
        )
    numbers = [re.search(r"(\d+)$", file.stem) for file in files]
    counted = {int(n[1]): file for n, file in zip(numbers, files, strict=True) if n}
    if len(counted) != len(files) or min(counted) < 1:
        counted = dict(enumerate(files, 1))
    return SequencePictures(images, counted, rate)


def _sequence_info(folder: Path) -> tuple[Fraction, Path | None]:
    """Frame rate and folder of images that ``seqinfo.ini`` tells."""
    path = folder / _INFO
    if not path.is_file():
        return RATE, None
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8-sig"))
        section = parser["Sequence"]
        rate = _parse_rate(section.get("frameRate", "25").strip())
        images = folder / section.get("imDir", "img1").strip()
        places = (images.resolve(), *images.resolve().parents)
        images.is_dir()
    except (OSError, configparser.Error, KeyError, ValueError, RuntimeError) as error:
        raise SourceError(
            f"Expected {path} to have a section [Sequence] with frameRate and imDir. Received: "
            f"{str(error).partition(chr(10))[0][:200]}; mend the file, or name the folder of "
            "images itself."
        ) from error
    if folder.resolve() not in places:
        raise SourceError(
            f"Expected {path}, imDir, to name a folder beside it. Received: {images}; name the "
            "folder of images itself."
        )
    return _sane_rate(rate), images


def _parse_rate(text: str) -> Fraction:
    """A rate as people write it: of what Python takes for a fraction, 1e999999999 takes hours."""
    if not re.fullmatch(r"\d{1,9}(?:\.\d{0,9}|/0*[1-9]\d{0,8})?", text, re.ASCII):
        raise ValueError(f"a frameRate of {text[:40]!r}")
    return Fraction(text)


def _sane_rate(rate: Fraction | None) -> Fraction:
    return rate if rate is not None and _FEWEST_RATE <= rate <= _MOST_RATE else RATE


def _is_image(file: Path) -> bool:
    return file.suffix.lower() in IMAGES and not file.name.startswith(".")


def _until_damage(frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    """Frames up to the first that cannot be decoded: behind it nobody could count."""
    while True:
        try:
            yield next(frames)
        except (StopIteration, av.error.FFmpegError):
            return


def _displayed_size(
    container: av.container.InputContainer, stream: av.VideoStream
) -> tuple[int, int]:
    """Width and height as players, and so trackers, show them: the first frame tells its turn."""
    frame = next(_until_damage(container.decode(stream)), None)
    turned = frame is not None and round(getattr(frame, "rotation", 0) / 90) % 2
    return (stream.height, stream.width) if turned else (stream.width, stream.height)


def _upright(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """A frame's pixels as players, and so trackers, show them."""
    pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    turns = round(getattr(frame, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def _read(file: Path) -> NDArray[np.uint8] | None:
    try:
        return whole_photo(file)
    except SourceError:
        return None
