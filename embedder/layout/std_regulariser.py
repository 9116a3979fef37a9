"""The std activity regulariser: pulls the code of a batch to mean 0 and a given spread.

It does what the divergence term of a variational autoencoder does, without sampling: the map is
centred and of known size, so that tanh's range is used but rarely hit.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def std_penalty(code: Any, std: float) -> Any:
    """Distance of a batch of codes from mean 0 and standard deviation ``std``.

    Args:
        code: float32 tensor of shape (batch, axes).
        std: Wished standard deviation of each axis.

    Returns:
        Scalar tensor: the sum over axes of mean² + (standard deviation - std)².
    """
    from keras import ops

    mean = ops.mean(code, axis=0)
    # The root's slope is infinite at 0, where a batch of equal codes would make it NaN.
    spread = ops.sqrt(ops.mean(ops.square(code - mean), axis=0) + 1e-12)
    return ops.sum(ops.square(mean) + ops.square(spread - std))


def std_regulariser(std: float, weight: float) -> "Callable[[Any], Any]":
    """A Keras regulariser for a layer's ``activity_regularizer``: ``weight`` · ``std_penalty``.

    Keras from 3.14 on divides what an activity regulariser returns by the batch size, as if it
    were a sum over the batch. A mean and a standard deviation are none, so the value is multiplied
    by the batch size first, where Keras divides; a test holds Keras to it.
    """
    import keras

    divides = keras_divides_by_batch()

    class StdRegulariser(keras.regularizers.Regularizer):  # type: ignore[misc]
        def __call__(self, code: Any) -> Any:
            if not divides:
                return weight * std_penalty(code, std)
            batch = keras.ops.cast(keras.ops.shape(code)[0], code.dtype)
            return batch * weight * std_penalty(code, std)

        def get_config(self) -> dict[str, float]:
            return {"std": std, "weight": weight}

    return StdRegulariser()


@lru_cache
def keras_divides_by_batch() -> bool:
    """Whether this Keras divides what activity regularisers return by the batch size."""
    import keras

    layer = keras.layers.Activation("linear", activity_regularizer=lambda _: keras.ops.ones(()))
    layer(keras.ops.zeros((4, 1)))
    return float(layer.losses[0]) < 1
