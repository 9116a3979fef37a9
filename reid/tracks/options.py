"""What a user says of a file of tracks; what the file says itself: ``formats.table``."""

import math
import re
from dataclasses import dataclass

from frameatlas.errors import InputError


@dataclass(frozen=True)
class TrackOptions:
    """How a file of tracks is to be read.

    Attributes:
        classes: Classes or roles whose boxes are used; none leaves the choice to us.
        size: Width and height of the pictures that the tracker saw; (1, 1) where boxes are shares
            of the picture; None: those of the video.
        rate: Frames a second that the tracker saw; None: those of the video.
        cut: Whether tracks are cut where they jump.
    """

    classes: tuple[str, ...] = ()
    size: tuple[int, int] | None = None
    rate: float | None = None
    cut: bool = True

    def __post_init__(self) -> None:
        if self.rate is not None and not (math.isfinite(self.rate) and 0 < self.rate <= 1000):
            raise InputError(
                f"Expected --track-fps above 0 and up to 1000. Received: {self.rate:g}; leave it "
                "out where the tracker saw every frame."
            )


def parse_size(text: str | None) -> tuple[int, int] | None:
    """``1920x1080`` as width and height; None for None.

    Raises:
        InputError: It is no such text.
    """
    if text is None:
        return None
    found = re.fullmatch(r"([1-9]\d{0,5})\s*[x×X]\s*([1-9]\d{0,5})", text.strip())
    if not found:
        raise InputError(
            f"Expected --track-size as WIDTHxHEIGHT, such as 1920x1080. Received: {text!r}; it is "
            "the size of the pictures that the tracker saw."
        )
    return int(found[1]), int(found[2])
