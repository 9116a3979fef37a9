"""OSNet: small networks for people that look at several scales at once (Zhou et al. 2019, 2021).

Names are torchreid's: ``osnet_x1_0``, ``osnet_x0_75``, ``osnet_x0_5``, ``osnet_x0_25``,
``osnet_ibn_x1_0`` and ``osnet_ain_x1_0``. Layers are called as its modules are, dots and all, so
that its weights find their places by name (``tools/convert_torch.py``).
"""

from dataclasses import dataclass
from typing import Any

from frameatlas.reid.learn.networks.layers import LayerMaker

CHANNELS = (64, 256, 384, 512)
STREAMS = "abcd"
"""Streams of a block, of one to four light convolutions."""

DIMENSION = 512
"""Numbers of a description, whatever the width."""

BOTTLENECK, GATE = 4, 16
"""By which a block's and a gate's channels are divided."""


@dataclass(frozen=True)
class OSNetOptions:
    """Which OSNet.

    Attributes:
        width: Share of the published channels.
        instance: Of each of the six blocks, where instance normalisation is: "" nowhere, "out"
            after the sum (OSNet-IBN), "in" before it, in place of batch normalisation (OSNet-AIN).
        stem: Whether the first convolution has instance normalisation.
        listed: Whether streams are called as OSNet-AIN's code does, and pooling stands by itself.
    """

    width: float = 1.0
    instance: tuple[str, ...] = ("",) * 6
    stem: bool = False
    listed: bool = False

    @property
    def channels(self) -> tuple[int, ...]:
        """Of the stem and the three stages."""
        return tuple(round(channels * self.width) for channels in CHANNELS)


OSNETS = {
    "osnet_x1_0": OSNetOptions(),
    "osnet_x0_75": OSNetOptions(0.75),
    "osnet_x0_5": OSNetOptions(0.5),
    "osnet_x0_25": OSNetOptions(0.25),
    "osnet_ibn_x1_0": OSNetOptions(instance=("out", "out", "", "", "", ""), stem=True),
    "osnet_ain_x1_0": OSNetOptions(
        instance=("in", "in", "", "in", "in", ""), stem=True, listed=True
    ),
}
"""As published; by torchreid's names."""


def osnet_features(inputs: Any, options: OSNetOptions, make: LayerMaker) -> Any:
    """From normalised pictures (n, h, w, 3) to maps (n, h / 16, w / 16, d)."""
    import keras

    channels = options.channels
    x = make.convolution(inputs, channels[0], 7, 2, "conv1.conv")
    x = _instance(x, "conv1.bn", make) if options.stem else make.norm(x, "conv1.bn")
    x = make.relu(x, "conv1.relu")
    x = keras.layers.ZeroPadding2D(1, name="maxpool.pad", dtype=make.precision)(x)
    x = keras.layers.MaxPooling2D(3, strides=2, name="maxpool", dtype=make.precision)(x)
    for stage in range(3):
        place = f"conv{stage + 2}"
        for block in range(2):
            kind = options.instance[2 * stage + block]
            x = _block(x, channels[stage + 1], f"{place}.{block}", (kind, options.listed), make)
        if stage < 2:
            pool = f"pool{stage + 2}" if options.listed else f"{place}.2"
            x = _unit(x, channels[stage + 1], f"{pool}.0", make)
            x = keras.layers.AveragePooling2D(2, name=f"{pool}.1", dtype=make.precision)(x)
    return _unit(x, channels[3], "conv5", make)


def osnet_pooled(maps: Any, make: LayerMaker) -> Any:
    """From maps to what OSNet describes people by, float32 (n, 512): one layer on their mean."""
    import keras

    x = keras.layers.GlobalAveragePooling2D(name="global_avgpool", dtype="float32")(maps)
    x = make.dense(x, DIMENSION, "fc.0")
    x = keras.layers.BatchNormalization(
        momentum=0.9, epsilon=make.epsilon, name="fc.1", dtype="float32"
    )(x)
    return keras.layers.Activation("relu", name="fc.2", dtype="float32")(x)


def _block(x: Any, width: int, place: str, kind: tuple[str, bool], make: LayerMaker) -> Any:
    """Streams of one to four light convolutions, summed through one gate that all share."""
    import keras

    instance, listed = kind
    inner = width // BOTTLENECK
    narrow = _unit(x, inner, f"{place}.conv1", make)
    gate = _gate(inner, f"{place}.gate", make)
    gated = []
    for stream, letter in enumerate(STREAMS):
        y = narrow
        for depth in range(stream + 1):
            if listed:
                own = f"{place}.conv2.{stream}.layers.{depth}"
            else:
                own = f"{place}.conv2{letter}" + (f".{depth}" if stream else "")
            y = _light(y, own, make)
        gated.append(gate(y))
    y = keras.layers.Add(name=f"{place}.streams", dtype=make.precision)(gated)
    y = make.convolution(y, width, 1, 1, f"{place}.conv3.conv")
    name = f"{place}.IN"
    y = _instance(y, name, make) if instance == "in" else make.norm(y, f"{place}.conv3.bn")
    if x.shape[-1] != width:
        x = make.convolution(x, width, 1, 1, f"{place}.downsample.conv")
        x = make.norm(x, f"{place}.downsample.bn")
    y = make.add(y, x, f"{place}.add")
    if instance == "out":
        y = _instance(y, name, make)
    return make.relu(y, f"{place}.relu")


def _unit(x: Any, width: int, place: str, make: LayerMaker) -> Any:
    x = make.convolution(x, width, 1, 1, f"{place}.conv")
    return make.relu(make.norm(x, f"{place}.bn"), f"{place}.relu")


def _light(x: Any, place: str, make: LayerMaker) -> Any:
    """A 1 × 1 convolution and one of 3 × 3 for each channel, without anything between them."""
    import keras

    x = make.convolution(x, x.shape[-1], 1, 1, f"{place}.conv1")
    x = keras.layers.DepthwiseConv2D(
        3,
        padding="same",
        use_bias=False,
        depthwise_initializer=keras.initializers.HeNormal(make.next_seed()),
        dtype=make.precision,
        name=f"{place}.conv2",
    )(x)
    return make.relu(make.norm(x, f"{place}.bn"), f"{place}.relu")


def _gate(width: int, place: str, make: LayerMaker) -> Any:
    """A function that weighs channels by what is in them; its layers are made once."""
    import keras

    def convolution(filters: int, activation: str, name: str) -> Any:
        return keras.layers.Conv2D(
            filters,
            1,
            activation=activation,
            kernel_initializer=keras.initializers.HeNormal(make.next_seed()),
            dtype=make.precision,
            name=f"{place}.{name}",
        )

    pool = keras.layers.GlobalAveragePooling2D(
        keepdims=True, name=f"{place}.global_avgpool", dtype=make.precision
    )
    first, second = convolution(width // GATE, "relu", "fc1"), convolution(width, "sigmoid", "fc2")
    times = keras.layers.Multiply(name=f"{place}.times", dtype=make.precision)
    return lambda x: times([x, second(first(pool(x)))])


def _instance(x: Any, name: str, make: LayerMaker) -> Any:
    import keras

    return keras.layers.GroupNormalization(
        groups=x.shape[-1], epsilon=make.epsilon, name=name, dtype=make.precision
    )(x)
