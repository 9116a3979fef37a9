"""What every picture file stores beside its pixels."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureShape:
    """Size on the screen and on paper.

    Attributes:
        width: Pixels across.
        height: Pixels down.
        dpi: Pixels per inch on paper.
        quality: Of lossy formats, 1 to 100.
    """

    width: int
    height: int
    dpi: float
    quality: int = 90
