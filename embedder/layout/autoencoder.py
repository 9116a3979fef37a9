"""Encoder and decoder, by default as published: Dense and BatchNormalization only."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from frameatlas.embedder.layout.std_regulariser import std_regulariser
from frameatlas.errors import FormatError

if TYPE_CHECKING:
    import keras

CODE = 2
"""Numbers of a code: a map has two directions."""


def build_encoder(
    components: int,
    std: float = 0.3,
    std_weight: float = 1.0,
    seed: int = 0,
    widths: Sequence[int] | None = None,
) -> "keras.Model":
    """The network from scores to code: 256 → 50 → 10 → 2, elu, elu, tanh.

    Args:
        components: Numbers of a frame's scores, k.
        std: Standard deviation that the regulariser on the code pulls to.
        std_weight: The regulariser's weight.
        seed: Decides the first weights.
        widths: Of the hidden layers; None takes the published ones.

    Returns:
        A model from float32 (n, k) to float32 (n, 2), inside [-1, 1]².
    """
    import keras

    model = keras.Sequential(name="encoder")
    model.add(keras.Input((components,), name="scores"))
    for i, width in enumerate(widths or hidden_widths(components, CODE, 2), start=1):
        model.add(_dense(width, "elu", f"encoder_dense_{i}", seed + i))
        model.add(keras.layers.BatchNormalization(name=f"encoder_norm_{i}", dtype="float32"))
    code = _dense(CODE, "tanh", "code", seed)
    code.activity_regularizer = std_regulariser(std, std_weight)
    model.add(code)
    return model


def build_decoder(
    components: int, seed: int = 0, widths: Sequence[int] | None = None
) -> "keras.Model":
    """The network from code back to scores: 2 → 6 → 22 → 76 → 256, elu × 3, linear.

    Args:
        components: Numbers of a frame's scores, k.
        seed: Decides the first weights.
        widths: Of the hidden layers; None takes the published ones.

    Returns:
        A model from float32 (n, 2) to float32 (n, k).
    """
    import keras

    model = keras.Sequential(name="decoder")
    model.add(keras.Input((CODE,), name="code"))
    for i, width in enumerate(widths or hidden_widths(CODE, components, 3), start=1):
        model.add(_dense(width, "elu", f"decoder_dense_{i}", seed + 100 + i))
        model.add(keras.layers.BatchNormalization(name=f"decoder_norm_{i}", dtype="float32"))
    model.add(_dense(components, None, "decoded", seed + 100))
    return model


def _dense(width: int, activation: str | None, name: str, seed: int) -> "keras.layers.Dense":
    import keras

    return keras.layers.Dense(
        width,
        activation=activation,
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
        name=name,
        dtype="float32",  # whatever precision the describing network has set for the process
    )


def hidden_widths(inputs: int, outputs: int, count: int) -> tuple[int, ...]:
    """Widths of ``count`` hidden layers between ``inputs`` and ``outputs`` numbers.

    inputs^((n + 1 - i) / (n + 1)) · outputs^(i / (n + 1)) for i = 1 … n, the fraction cut off:
    256 to 2 with two layers gives 50 and 10, 2 to 256 with three gives 6, 22 and 76, which are the
    widths of the published tables ("Image and video clustering with an autoencoder", 2021;
    rounding to nearest would give 51 and 7, 23).

    Args:
        inputs: Numbers that go in, at least 1.
        outputs: Numbers that come out, at least 1.
        count: Hidden layers.

    Returns:
        One width per hidden layer, each at least 2: a narrower layer could not carry the code.
    """
    steps = count + 1
    return tuple(
        # The added 1e-9 keeps exact powers (64^(2/3) = 16) from falling below their integer.
        max(2, int(inputs ** ((steps - i) / steps) * outputs ** (i / steps) + 1e-9))
        for i in range(1, steps)
    )


WIDEST, DEEPEST = 8192, 16
"""Numbers of a layer and layers of a network that is read: its weights are made before they are."""


def refuse_huge(components: int, *widths: Sequence[int]) -> None:
    """Refuse a stored network that would ask for any memory.

    Args:
        components: Numbers of a frame's scores.
        widths: Of the hidden layers of each network.

    Raises:
        FormatError: It is larger than any that is written.
    """
    sizes = [components, *(width for layers in widths for width in layers)]
    plain = all(isinstance(size, int) and 1 <= size <= WIDEST for size in sizes)
    if not plain or any(len(layers) > DEEPEST for layers in widths):
        raise FormatError(
            f"Expected a layout of layers of at most {WIDEST} numbers. Received: "
            f"{str(sizes)[:80]}. Draw the map again with --refit."
        )
