"""A small network that finds the person in a picture: MediaPipe's selfie segmenter, in Keras.

Encoder of MobileNetV3's blocks with squeeze and excitation, bilinear decoder with gates: 106,401
numbers, 256 × 256 in and out. The weights are Google's (Apache License 2.0), converted by
``tools/make_mask_weights.py``; layers are named in the order in which the original computes them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.detect.packaged_weights import refuse_other_weights

SIZE = (256, 256)
PACKAGED_NAME = "selfie_segmentation_float16.npy"
PACKAGED_DIGEST = "b80dbd55f2c659cad30ed23e39aafb92cc05abeb365c91c88f6f8897f7b26474"
"""SHA-256 of the file: float16, made by ``tools/make_mask_weights.py``."""


@dataclass(frozen=True)
class Block:
    """An inverted residual.

    Attributes:
        wide: Channels inside of it.
        out: Channels that it gives.
        kernel: Of its depthwise convolution.
        stride: Of it, too.
        gate: Channels of squeeze and excitation; 0 has none.
        smooth: Whether it has hard swish, else the rectifier.
    """

    wide: int
    out: int
    kernel: int
    stride: int
    gate: int
    smooth: bool


BLOCKS = (
    Block(16, 16, 3, 2, 8, False),
    Block(72, 24, 3, 2, 0, False),
    Block(88, 24, 3, 1, 0, False),
    Block(96, 32, 5, 2, 24, True),
    Block(128, 32, 5, 1, 32, True),
    Block(128, 32, 5, 1, 32, True),
    Block(96, 32, 5, 1, 24, True),
    Block(96, 32, 5, 1, 24, True),
)

HEAD = 128
SKIPS = (24, 16, 16)
"""Channels of the decoder's three steps: an eighth, a fourth and half of the picture's size."""


def person_mask() -> Any:
    """``keras.Model``: RGB (n, 256, 256, 3), 0 to 255, to {"mask": logits (n, 256, 256)}."""
    import keras

    make = _Maker()
    inputs = keras.Input((*SIZE, 3), name="pictures")
    x = keras.layers.Rescaling(1 / 255, name="one", dtype="float32")(inputs)
    stem = x = make.smooth(make.convolution(x, 16, 3, 2))
    kept = []
    for block in BLOCKS:
        x = _inverted(x, block, make)
        kept.append(x)
    wide = make.convolution(x, HEAD)
    gate = make.convolution(make.pool(x), HEAD)
    x = make.times(make.relu(wide), make.sigmoid(gate))
    for channels, skip in zip(SKIPS, (kept[2], kept[0], stem), strict=True):
        x = _joined(x, skip, channels, make)
    x = keras.layers.Conv2DTranspose(1, 2, strides=2, name="mask_up", dtype="float32")(x)
    logits = keras.layers.Reshape(SIZE, name="mask", dtype="float32")(x)
    return keras.Model(inputs, {"mask": logits}, name="person_mask")


def load_person_mask() -> Any:
    """The network with the weights that ship.

    Raises:
        WeightsError: The packaged file is not the one that we ship.
    """
    path = packaged_weights()
    refuse_other_weights(path, PACKAGED_DIGEST, "person mask", "leave out --mask auto")
    model = person_mask()
    fill_person_mask(model, np.load(path, allow_pickle=False))
    return model


def fill_person_mask(model: Any, numbers: NDArray[np.float16]) -> None:
    """Give every layer its numbers.

    Args:
        model: From ``person_mask``.
        numbers: float16 of shape (106401,), in the order of the model's variables.
    """
    begin = 0
    for variable in model.variables:
        count = int(np.prod(variable.shape))
        values = numbers[begin : begin + count].astype(np.float32)
        variable.assign(values.reshape(variable.shape))
        begin += count


def packaged_weights() -> Path:
    """The weights that ship with frameatlas."""
    return Path(__file__).parents[1] / "weights" / PACKAGED_NAME


def _inverted(x: Any, block: Block, make: "_Maker") -> Any:
    active = make.smooth if block.smooth else make.relu
    y = active(make.convolution(x, block.wide))
    y = active(make.depthwise(y, block.kernel, block.stride))
    if block.gate:
        y = make.times(y, make.gate(y, block.gate))
    y = make.convolution(y, block.out)
    same = block.stride == 1 and x.shape[-1] == block.out
    return make.add(y, x) if same else y


def _joined(x: Any, skip: Any, channels: int, make: "_Maker") -> Any:
    """A step of the decoder: twice as large, with what the encoder kept, through a gate."""
    x = make.convolution(make.larger(x), channels)
    gate = make.gate(make.add(skip, x), channels)
    x = make.add(make.times(skip, gate), x)
    x = make.relu(make.convolution(x, channels))
    return make.add(x, make.relu(make.depthwise(x, 3, 1)))


class _Maker:
    """Makes layers, numbered in their order."""

    def __init__(self) -> None:
        self._count = 0

    def _name(self) -> str:
        self._count += 1
        return f"layer{self._count:02d}"

    def convolution(self, x: Any, filters: int, kernel: int = 1, stride: int = 1) -> Any:
        import keras

        return keras.layers.Conv2D(
            filters, kernel, stride, padding="same", name=self._name(), dtype="float32"
        )(x)

    def depthwise(self, x: Any, kernel: int, stride: int) -> Any:
        import keras

        return keras.layers.DepthwiseConv2D(
            kernel, stride, padding="same", name=self._name(), dtype="float32"
        )(x)

    def gate(self, x: Any, channels: int) -> Any:
        """Squeeze and excitation: a share for each channel."""
        small = self.relu(self.convolution(self.pool(x), channels))
        return self.sigmoid(self.convolution(small, x.shape[-1]))

    def smooth(self, x: Any) -> Any:
        """Hard swish."""
        import keras

        return keras.layers.Activation("hard_silu", dtype="float32")(x)

    def relu(self, x: Any) -> Any:
        import keras

        return keras.layers.Activation("relu", dtype="float32")(x)

    def sigmoid(self, x: Any) -> Any:
        import keras

        return keras.layers.Activation("sigmoid", dtype="float32")(x)

    def pool(self, x: Any) -> Any:
        import keras

        return keras.layers.GlobalAveragePooling2D(keepdims=True, dtype="float32")(x)

    def add(self, one: Any, other: Any) -> Any:
        import keras

        return keras.layers.Add(dtype="float32")([one, other])

    def times(self, one: Any, other: Any) -> Any:
        import keras

        return keras.layers.Multiply(dtype="float32")([one, other])

    def larger(self, x: Any) -> Any:
        import keras

        return keras.layers.UpSampling2D(2, interpolation="bilinear", dtype="float32")(x)
