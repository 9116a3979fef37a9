"""What the inputs of Xception's pointwise convolutions look like: seen once, shipped with us.

Eight bits need to know how large numbers get. The figures are of some 160 crops of real videos and
belong to the packaged weights; ``tools/make_int8_ranges.py`` makes them anew. That they are the
same for every atlas makes int8 features of two atlases, and of a query, comparable.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.weights import PACKAGED_DIGEST, weights_digest
from frameatlas.errors import InputError, WeightsError

RANGES_NAME = "xception_int8_ranges.h5"
RANGES_DIGEST = "bc060f1c6ea2825f957109971b6fb0b6f973390e8242d9ee625625ef2f095d26"

RECIPE = 1
"""Number of the way in which we quantise; another one gives other features."""


@dataclass(frozen=True, eq=False)
class Range:
    """Of what a pointwise convolution takes, by channel.

    Attributes:
        top: float32 of shape (channels,), the largest distance from zero.
        mean: float32 of shape (channels,).
    """

    top: NDArray[np.float32]
    mean: NDArray[np.float32]


def find_ranges() -> Path:
    """The file that ships with frameatlas, 0.2 MB."""
    return Path(__file__).parents[2] / "weights" / RANGES_NAME


def read_ranges(path: Path | None = None) -> dict[str, Range]:
    """Ranges by the names of Keras' layers.

    Args:
        path: Another file; None takes the packaged one, which must be the very one that we ship.

    Raises:
        WeightsError: It is damaged.
    """
    if path is None:
        path = find_ranges()
        if (received := weights_digest(path)) != RANGES_DIGEST:
            raise WeightsError(
                f"Expected the packaged {RANGES_NAME} with SHA-256 {RANGES_DIGEST}. "
                f"Received: {received}; install frameatlas again."
            )
    with h5py.File(path) as file:
        return {name: Range(table[0], table[1]) for name, table in file.items()}


def write_ranges(path: Path, ranges: dict[str, Range]) -> None:
    """Write them: a float32 table (2, channels) for each layer, ``top`` and ``mean``."""
    with h5py.File(path, "w") as file:
        for name, of_layer in ranges.items():
            file[name] = np.stack([of_layer.top, of_layer.mean]).astype(np.float32)


def int8_digest(weights: Path | None) -> str:
    """What the manifest says in place of the weights' digest: int8 is another network.

    An older frameatlas, which knows nothing of precisions, then refuses to mix the two.

    Raises:
        InputError: These are other weights, whose ranges nobody has seen.
    """
    if weights is not None and weights_digest(weights) != PACKAGED_DIGEST:
        raise InputError(
            f"Expected --precision int8 with the packaged weights, whose ranges are known. "
            f"Received: {weights}; leave one of --weights and --precision out."
        )
    text = f"int8 {RECIPE} {PACKAGED_DIGEST} {RANGES_DIGEST}"
    return hashlib.sha256(text.encode()).hexdigest()
