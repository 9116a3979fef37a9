"""ResNets for people: 9 to 101 layers, IBN-a, last stride 1, dilated, and Keras' own kind.

``v1.5`` has its strides in the 3 × 3 convolutions, no biases and PyTorch's padding, as all code of
the field has. ``keras`` is ``keras.applications.ResNet50``: strides in the first 1 × 1, biases, its
own epsilon and layer names; without that its ImageNet weights do not fit.
"""

from dataclasses import dataclass
from typing import Any, Literal

from frameatlas.errors import InputError
from frameatlas.reid.learn.networks.layers import LayerMaker

Variant = Literal["v1.5", "keras"]

BLOCKS = {
    9: (1, 1, 1, 1),
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
}
"""Blocks of the four stages."""

WIDTHS = (64, 128, 256, 512)
EXPANSION = 4
"""Channels that a bottleneck gives, over its own."""

KERAS_EPSILON = 1.001e-5


@dataclass(frozen=True)
class ResNetOptions:
    """Which ResNet.

    Attributes:
        depth: 9, 18, 34 (two 3 × 3 a block), 50 or 101 (bottlenecks).
        variant: See the module.
        ibn: Instance normalisation beside batch normalisation, after the first convolution of each
            block but those of the last stage (IBN-Net-a, Pan et al. 2018).
        last_stride: 2 as published, 1 as all of re-identification has it (Luo et al. 2019).
        width: Share of the published channels, 1/16 to 1.
        dilated: Strides of the last two stages become dilation: an eighth of the input's size.
    """

    depth: int = 50
    variant: Variant = "v1.5"
    ibn: bool = False
    last_stride: int = 1
    width: float = 1.0
    dilated: bool = False

    def __post_init__(self) -> None:
        if self.depth not in BLOCKS or self.last_stride not in (1, 2):
            raise InputError(
                f"Expected a ResNet of {', '.join(map(str, BLOCKS))} layers and a last stride of 1 "
                f"or 2. Received: {self.depth} and {self.last_stride}."
            )
        if not 1 / 16 <= self.width <= 1:
            raise InputError(f"Expected a width between 1/16 and 1. Received: {self.width:g}.")

    @property
    def bottleneck(self) -> bool:
        """Whether blocks are bottlenecks."""
        return self.depth >= 50

    def channels(self, stage: int) -> int:
        """Channels inside of a stage's blocks."""
        return max(4, round(WIDTHS[stage] * self.width))


def resnet_features(inputs: Any, options: ResNetOptions, make: LayerMaker) -> Any:
    """From normalised pictures (n, h, w, 3) to the last stage's maps."""
    if options.variant == "keras":
        make.bias, make.epsilon = True, KERAS_EPSILON
    x = make.convolution(inputs, options.channels(0), 7, 2, "conv1_conv")
    x = make.relu(make.norm(x, "conv1_bn"), "conv1_relu")
    x = _pool(x, make)
    for stage, blocks in enumerate(BLOCKS[options.depth]):
        stride, dilation = _stride(stage, options)
        for block in range(blocks):
            name = f"conv{stage + 2}_block{block + 1}"
            first = stride if block == 0 else 1
            x = _block(x, options, stage, name, (first, dilation, block == 0), make)
    return x


def _stride(stage: int, options: ResNetOptions) -> tuple[int, int]:
    """Stride and dilation of a stage."""
    stride = (1, 2, 2, options.last_stride)[stage]
    if options.dilated and stage >= 2:
        return 1, 2 ** (stage - 1)
    return stride, 1


def _pool(x: Any, make: LayerMaker) -> Any:
    import keras

    x = keras.layers.ZeroPadding2D(1, name="pool1_pad", dtype=make.precision)(x)
    return keras.layers.MaxPooling2D(3, strides=2, name="pool1_pool", dtype=make.precision)(x)


def _block(
    x: Any,
    options: ResNetOptions,
    stage: int,
    name: str,
    shape: tuple[int, int, bool],
    make: LayerMaker,
) -> Any:
    stride, dilation, first = shape
    width = options.channels(stage)
    ibn = options.ibn and stage < 3
    out = width * (EXPANSION if options.bottleneck else 1)
    shortcut = x
    if first and (options.bottleneck or stride > 1 or x.shape[-1] != out):
        shortcut = make.convolution(x, out, 1, stride, f"{name}_0_conv")
        shortcut = make.norm(shortcut, f"{name}_0_bn")
    if options.bottleneck:
        early = options.variant == "keras"
        steps = [
            (width, 1, stride if early else 1),
            (width, 3, 1 if early else stride),
            (out, 1, 1),
        ]
    else:
        steps = [(width, 3, stride), (out, 3, 1)]
    y = x
    for place, (filters, kernel, step) in enumerate(steps, 1):
        spread = dilation if kernel == 3 else 1
        y = make.convolution(y, filters, kernel, step, f"{name}_{place}_conv", spread)
        y = make.norm(y, f"{name}_{place}_bn", ibn=ibn and place == 1)
        if place < len(steps):
            y = make.relu(y, f"{name}_{place}_relu")
    return make.relu(make.add(shortcut, y, f"{name}_add"), f"{name}_out")
