"""Where and when one frame comes from, and how a photo is called."""

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameatlas.errors import DamagedAtlasError
from frameatlas.store.manifest import Source


@dataclass(frozen=True)
class Origin:
    """Where and when one frame comes from.

    Attributes:
        source: Its video, or its folder of photos.
        pts: Presentation time in units of ``time_base``.
        time_base: Seconds per unit.
        box: x, y, width, height of the picture within the frame, in pixels.
        name: For a photo, its file name relative to the source's path; else "".
    """

    source: Source
    pts: int
    time_base: Fraction
    box: tuple[int, int, int, int]
    name: str

    @property
    def seconds(self) -> float:
        """Presentation time in seconds."""
        return float(self.pts * self.time_base)

    @property
    def path(self) -> Path:
        """The video, or the photo itself."""
        return Path(self.source.path, self.name) if self.name else Path(self.source.path)


def photo_name(stored: bytes, table: Path) -> str:
    """A photo's file name as the system spells it.

    Raises:
        DamagedAtlasError: It names anything but a file of its folder.
    """
    name = os.fsdecode(stored)
    if not name or name in (".", "..") or "\0" in name or Path(name).name != name:
        raise DamagedAtlasError(
            f"Expected {table}, names, to name files of one folder. Received: {name[:80]!r}, which "
            "leads elsewhere."
        )
    return name
