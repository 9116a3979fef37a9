"""The size of a video's pictures, or of a folder's, by its first picture where nothing says it."""

from frameatlas.reid.tracks.frame_reader import Pictures


def picture_size(pictures: Pictures) -> tuple[int, int]:
    """Width and height, by the first picture where nothing says it; (0, 0) where there is none."""
    if pictures.size != (0, 0):
        return pictures.size
    numbers = range(1, min(pictures.count, 100) + 1)
    first = next((p for k in numbers for p in pictures.pictures([k])), None)
    return (first.pixels.shape[1], first.pixels.shape[0]) if first else (0, 0)
