"""One frame as programs that label pictures know it: a file whose name says which frame it is."""

import re
from dataclasses import dataclass

from frameatlas.atlas import Atlas

IMAGES = "images"
"""The folder of the pictures."""

KEEP = "keep"
"""The label that is offered where the atlas has no bins."""

_NAME = re.compile(r"(?:^|[-_/\\=])\d{7,12}_([0-9A-Za-z.-]{1,80})_(n?\d{1,19})\.jpg$")
"""Programs put a folder, an address or a number of their own before it."""


@dataclass(frozen=True)
class Sample:
    """A frame that is handed over.

    Attributes:
        frame: Its number.
        source: Its source's id.
        pts: Presentation time in the source's own units.
        path: The video, or the photo.
        seconds: Presentation time; None for a photo.
        size: Pixels of the picture, across and down.
        bins: The bins that it is in.
    """

    frame: int
    source: str
    pts: int
    path: str
    seconds: float | None
    size: tuple[int, int]
    bins: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its picture's file name: number, source and time, from which it is known again."""
        sign = "n" if self.pts < 0 else ""
        return f"{self.frame:07d}_{self.source}_{sign}{abs(self.pts)}.jpg"


def sample_of(atlas: Atlas, frame: int, bins: tuple[str, ...] = ()) -> Sample:
    """A frame as a sample."""
    origin = atlas.origins[frame]
    width, height = origin.box[2:]
    seconds = None if origin.name else float(atlas.seconds[frame])
    path = str(origin.path).encode("utf-8", "replace").decode()
    return Sample(frame, origin.source.id, origin.pts, path, seconds, (width, height), bins)


def named_frame(text: str) -> tuple[str, int] | None:
    """The source's id and the pts that a picture's name or address says; None for another file."""
    found = _NAME.search(text)
    if found is None:
        return None
    source, pts = found.groups()
    return source, -int(pts[1:]) if pts.startswith("n") else int(pts)
