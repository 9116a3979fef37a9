"""Pictures of people described for a ranking: the network's features, and the torso's colour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas.errors import SourceError
from frameatlas.frames import Pixels
from frameatlas.geometry.directions import directions
from frameatlas.photos.photo import whole_photo
from frameatlas.reid.crops.colour_histogram import torso_colour
from frameatlas.reid.crops.crop import HEIGHT, WIDTH

Describe = Callable[[Pixels, NDArray[np.int32]], NDArray[np.floating]]
"""Features of pictures, uint8 (n, 256, 128, 3), of which a box (n, 4) is picture."""

BLOCK = 64
"""Pictures in memory at a time."""

Fitted = tuple[NDArray[np.uint8], tuple[int, int, int, int], NDArray[np.float32]]
"""A picture on black, its box, and the histogram of its torso."""


@dataclass(frozen=True, eq=False)
class Described:
    """What is known of n pictures.

    Attributes:
        network: float16 of shape (n, d), rows of length 1.
        colour: float32 of shape (n, c): histograms of the torso's colour, of length 1.
    """

    network: NDArray[np.float16]
    colour: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.network)

    def rows(self, colour_weight: float) -> NDArray[np.float32]:
        """Both side by side, float32 of shape (n, d + c), rows of length 1.

        Args:
            colour_weight: Of the histogram, where the network's features have 1.
        """
        colour = np.float32(colour_weight) * self.colour
        return directions(np.concatenate([self.network.astype(np.float32), colour], axis=1))


def describe_people(
    paths: Sequence[Path],
    describe: Describe,
    progress: Callable[[int], None] | None = None,
    done: Callable[[Described], None] | None = None,
) -> Described:
    """Features of pictures, and their torso's colour.

    Args:
        paths: Pictures of one person each.
        describe: The network.
        progress: Told how many are described.
        done: Given each block of them, in their order.

    Raises:
        SourceError: One is no picture.
    """
    parts = []
    for start in range(0, len(paths), BLOCK):
        fitted = [fit_picture(path) for path in paths[start : start + BLOCK]]
        pixels = np.stack([picture for picture, _, _ in fitted])
        box = np.array([place for _, place, _ in fitted], np.int32)
        network = directions(np.asarray(describe(pixels, box), np.float32))
        colour = np.stack([histogram for _, _, histogram in fitted])
        # Of rows of length 1, float16 loses nothing that a comparison would see.
        parts.append(Described(network.astype(np.float16), colour))
        if done:
            done(parts[-1])
        if progress:
            progress(start + len(fitted))
    return joined(parts)


def joined(parts: Sequence[Described]) -> Described:
    """Parts one after the other."""
    return Described(
        np.concatenate([part.network for part in parts]),
        np.concatenate([part.colour for part in parts]),
    )


def fit_picture(path: Path) -> Fitted:
    """A picture scaled into 128 × 256 as crops are, centred on black."""
    image = open_picture(path)
    histogram = torso_colour(np.asarray(image))
    scale = min(WIDTH / image.width, HEIGHT / image.height)
    width = min(WIDTH, max(1, round(scale * image.width)))
    height = min(HEIGHT, max(1, round(scale * image.height)))
    x, y = (WIDTH - width) // 2, (HEIGHT - height) // 2
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    scaled = image.resize((width, height), Image.Resampling.BICUBIC)
    pixels[y : y + height, x : x + width] = np.asarray(scaled)
    return pixels, (x, y, width, height), histogram


def open_picture(path: Path) -> Image.Image:
    """A picture as RGB, upright.

    Raises:
        SourceError: It cannot be read, or is none.
    """
    try:
        return Image.fromarray(whole_photo(path))
    except SourceError as error:
        raise SourceError(
            f"Expected a picture in {path}. Received: {error}; take it out of its folder."
        ) from error
