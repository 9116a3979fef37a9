"""One photo at full size, as it is shown."""

from pathlib import Path

from frameatlas.drawing.compose import Picture
from frameatlas.photos.photo import whole_photo


def photo_picture(path: Path, page: int = 0) -> Picture:
    """Read a photo again.

    Args:
        path: The photo.
        page: Of a TIFF, the number of the page that the frame shows.

    Returns:
        uint8 of shape (height, width, 3), RGB (sRGB), upright, transparent parts on white.

    Raises:
        SourceError: It cannot be read; the message says why.
    """
    return whole_photo(path, page=page)
