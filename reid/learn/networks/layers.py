"""Layers of convolutional networks with PyTorch's padding and first weights, each seeded."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class LayerMaker:
    """Makes layers; each gets a seed of its own, so that one number decides all first weights.

    Attributes:
        seed: Decides the weights.
        precision: Keras' policy: "float32", or "mixed_float16" on a GPU.
        epsilon: Added to variances.
        bias: Whether convolutions have a bias, as Keras' own ResNet has.
    """

    seed: int = 0
    precision: str = "float32"
    epsilon: float = 1e-5
    bias: bool = False
    _count: Iterator[int] = field(default_factory=itertools.count)

    def next_seed(self) -> int:
        """A number for the next layer's first weights."""
        return self.seed * 100_003 + next(self._count)

    def convolution(
        self, x: Any, filters: int, kernel: int, stride: int, name: str, dilation: int = 1
    ) -> Any:
        """A convolution whose output is the input's size over its stride, rounded up."""
        import keras

        if kernel > 1:
            padding = dilation * (kernel - 1) // 2
            x = keras.layers.ZeroPadding2D(padding, name=f"{name}_pad", dtype=self.precision)(x)
        return keras.layers.Conv2D(
            filters,
            kernel,
            strides=stride,
            dilation_rate=dilation,
            padding="valid",
            use_bias=self.bias,
            kernel_initializer=keras.initializers.HeNormal(self.next_seed()),
            dtype=self.precision,
            name=name,
        )(x)

    def norm(self, x: Any, name: str, *, ibn: bool = False) -> Any:
        """Batch normalisation; or instance normalisation of the first half of the channels."""
        import keras

        if not ibn:
            return keras.layers.BatchNormalization(
                momentum=0.9, epsilon=self.epsilon, name=name, dtype=self.precision
            )(x)
        half = x.shape[-1] // 2
        first = keras.layers.GroupNormalization(
            groups=half, epsilon=self.epsilon, name=f"{name}_in", dtype=self.precision
        )(x[..., :half])
        second = keras.layers.BatchNormalization(
            momentum=0.9, epsilon=self.epsilon, name=f"{name}_bn", dtype=self.precision
        )(x[..., half:])
        return keras.layers.Concatenate(name=f"{name}_ibn", dtype=self.precision)([first, second])

    def relu(self, x: Any, name: str) -> Any:
        """The rectifier."""
        import keras

        return keras.layers.Activation("relu", name=name, dtype=self.precision)(x)

    def add(self, one: Any, other: Any, name: str) -> Any:
        """The sum of two tensors."""
        import keras

        return keras.layers.Add(name=name, dtype=self.precision)([one, other])

    def dense(self, x: Any, width: int, name: str, *, bias: bool = True, spread: float = 0) -> Any:
        """A dense layer in float32; ``spread``: deviation of its first weights, 0 is Glorot's."""
        import keras

        seed = self.next_seed()
        first = (
            keras.initializers.RandomNormal(0.0, spread, seed=seed)
            if spread
            else keras.initializers.GlorotUniform(seed)
        )
        return keras.layers.Dense(
            width, use_bias=bias, kernel_initializer=first, name=name, dtype="float32"
        )(x)
