"""How pictures of one source get onto the disk: the seam between frames and their stored form."""

from pathlib import Path
from typing import Protocol

from frameatlas.embedder.build.jpeg_writer import JpegWriter
from frameatlas.embedder.build.open_file import Bytes
from frameatlas.embedder.build.raw_writer import RawWriter
from frameatlas.frames import Pixels


class PictureWriter(Protocol):
    """Writes pictures one after the other. Errors are the system's own."""

    ahead: int
    """Frames that may be there without being described."""

    keeps_waiting: bool
    """Whether frames that nobody described yet outlive the process."""

    def begin(self, count: int, width: int, height: int) -> None:
        """Say the size of all pictures, and how many there are already."""

    def write(self, index: int, pixels: Bytes) -> None:
        """Store the next picture, height × width × 3 bytes, RGB."""

    def read(self, start: int, stop: int) -> Pixels:
        """Pictures as they came, uint8 (n, height, width, 3), of those not described yet."""

    def stored(self, index: int) -> Pixels:
        """A picture as it will be read of the atlas, uint8 (1, height, width, 3)."""

    def same(self, index: int, pixels: Bytes) -> bool:
        """Whether a picture is stored just as this one would be."""

    def cut(self, count: int) -> None:
        """Keep only the first pictures."""

    def sync(self) -> None:
        """Have the disk hold what was written."""

    def close(self, count: int) -> None:
        """Make a file of so many pictures of it, and let go of it."""


def open_writer(folder: Path, store: str, width: int, height: int) -> PictureWriter:
    """The writer of an atlas' form of storing.

    Args:
        folder: The source's folder under construction.
        store: "raw" or "jpeg".
        width: Of pictures that an interrupted run left, else 0.
        height: Of the same.
    """
    kind = JpegWriter if store == "jpeg" else RawWriter
    return kind(folder, width, height)


def keeps_waiting(store: str) -> bool:
    """As ``PictureWriter.keeps_waiting``, of a writer that is not open yet."""
    return (JpegWriter if store == "jpeg" else RawWriter).keeps_waiting


def holds(folder: Path, store: str, count: int, width: int, height: int) -> bool:
    """Whether the pictures are on disk that an interrupted run has noted; errors are OSError."""
    kind = JpegWriter if store == "jpeg" else RawWriter
    return kind.holds(folder, count, width, height)
