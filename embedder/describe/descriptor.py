"""The seam between frames and networks: what describes, and what is known before it is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.engine import Engine
from frameatlas.embedder.describe.weights import CROP_SIDE, FEATURES
from frameatlas.geometry.directions import directions

XCEPTION = "xception"
VECTORS = "vectors"
"""The name of what describes nothing: features come from the user's own file."""

CROPS = (1, 2)
"""How many squares of a frame may be described: the middle one, or one at each end."""


@dataclass(frozen=True)
class Network:
    """What is known of a network before it is opened.

    Attributes:
        name: As the manifest says it: "xception", a name of ``keras.applications``, or the class
            of a backbone of keras_hub.
        digest: SHA-256 of its weights, and of what belongs to them.
        side: Width and height of a crop in pixels.
        width: Numbers that describe one crop.
        crops: Squares of each frame that are described, 1 or 2.
        source: Its weights file, or the folder of its preset; None for the packaged Xception.
        precision: Numbers that it computes with: "auto", "float32", "bfloat16" or "int8".
    """

    name: str
    digest: str
    side: int
    width: int
    crops: int
    source: Path | None = None
    precision: str = "auto"

    @property
    def dimension(self) -> int:
        """Numbers that describe one frame."""
        return self.crops * self.width


class Descriptor(Protocol):
    """Describes crops; one caller at a time.

    Equal calls on one machine give equal bytes, whatever else the machine does.
    """

    @property
    def name(self) -> str:
        """Of the network, as in ``Network``."""

    @property
    def digest(self) -> str:
        """SHA-256 of its weights."""

    @property
    def side(self) -> int:
        """Width and height of a crop in pixels."""

    @property
    def width(self) -> int:
        """Numbers that describe one crop."""

    @property
    def crops(self) -> int:
        """Squares of each frame, 1 or 2."""

    @property
    def identity(self) -> str:
        """Library, version, device and precision: what must agree for equal numbers."""

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of crops: uint8 (m, side, side, 3), RGB → float32 (m, width); m may be 0."""

    def close(self) -> None:
        """Give threads and memory back; it cannot be used any more."""


class TextDescriptor(Descriptor, Protocol):
    """Describes crops and sentences in one space; vectors have unit length."""

    def words(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Sentences as the pictures that they fit: float32 of shape (t, width), unit length."""


class XceptionDescriptor:
    """Xception as a ``Descriptor``, by whichever engine runs it.

    Args:
        engine: The engine.
        digest: SHA-256 of the weights, where somebody wants to know.
        crops: Squares of each frame.
    """

    name = XCEPTION
    side = CROP_SIDE
    width = FEATURES

    def __init__(self, engine: Engine, digest: str = "", crops: int = 2) -> None:
        self._engine = engine
        self.digest, self.crops = digest, crops
        self.identity = engine.identity

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of crops: uint8 (m, 299, 299, 3), RGB → float32 (m, 2048)."""
        return self._engine.describe(crops)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


def unit_length(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows made 1 long, float32 of shape (m, width); a row of zeros stays."""
    return directions(np.asarray(rows, np.float32))
