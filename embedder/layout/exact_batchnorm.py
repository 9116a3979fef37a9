"""After training: exact statistics of all frames in place of the last batches'."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras


def settle_norms(model: "keras.Model", rows: NDArray[np.float32]) -> None:
    """Set every BatchNormalization to the exact mean and variance of its inputs over all data.

    The running averages that Keras keeps lag behind the weights and remember old ones; the map is
    made with the frozen statistics, so that they must be those of the final weights ("precise BN",
    Wu and Johnson 2021). Layer by layer, since each changes the next.

    Args:
        model: Encoder or decoder, in main memory.
        rows: float32 of shape (n, width of the model's input).
    """
    import keras
    import tensorflow as tf

    flow = tf.constant(rows)
    for layer in model.layers[:-1]:
        if isinstance(layer, keras.layers.BatchNormalization):
            values = np.asarray(flow, np.float64)
            layer.moving_mean.assign(values.mean(axis=0))
            layer.moving_variance.assign(values.var(axis=0))
        flow = layer(flow, training=False)


def settle_spread(encoder: "keras.Model", rows: NDArray[np.float32], std: float) -> None:
    """Move and scale the last layer so that the code has mean 0 and deviation ``std`` exactly.

    The regulariser brought it near, batch by batch. A few steps of Newton's method on what goes
    into tanh.

    Args:
        encoder: With its norms settled.
        rows: float32 of shape (n, k).
        std: Wished standard deviation of each axis.
    """
    import tensorflow as tf

    flow = tf.constant(rows)
    for layer in encoder.layers[:-1]:
        flow = layer(flow, training=False)
    last = encoder.layers[-1]
    kernel, bias = (np.asarray(weight, np.float64) for weight in last.get_weights())
    entering = np.asarray(flow, np.float64) @ kernel + bias
    middle, gain = np.zeros(2), np.ones(2)
    for _ in range(20):
        code = np.tanh((entering - middle) * gain)
        slope = np.maximum(1.0 - np.square(code), 1e-3).mean(axis=0)
        middle += code.mean(axis=0) / (gain * slope)
        gain = np.clip(gain * std / np.maximum(code.std(axis=0), 1e-6), 0.05, 20.0)
    last.set_weights([kernel * gain, (bias - middle) * gain])
