"""Xception as one plain graph: pixels in, features out, batch normalisation folded away.

Every BatchNormalization of Xception follows a convolution without bias, and at inference it is
one multiplication and one addition a channel. Folded into the convolution's weights and a bias
(in float32, before any rounding), it costs nothing; TensorFlow then joins convolution, bias and
ReLU in one kernel.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Hold = Callable[[Any, Any], Any]
"""Makes a tensor of a float32 array, in a TensorFlow dtype."""

Weights = dict[str, list[Any]]
"""Per convolution: its kernels (depthwise and pointwise, or one) and its bias, float32."""


def fold_batchnorm(model: Any) -> Weights:
    """The weights of every convolution with the batch normalisation behind it folded in."""
    from keras import layers

    folded: Weights = {}
    for layer in model.layers:
        if not isinstance(layer, layers.BatchNormalization):
            continue
        source = parent(layer)
        gamma, beta, mean, variance = layer.get_weights()
        scale = gamma / np.sqrt(variance + layer.epsilon)
        *first, last = source.get_weights()  # the last kernel's last axis is the output channel
        folded[source.name] = [*first, last * scale, beta - mean * scale]
    return folded


def parent(layer: Any) -> Any:
    """The layer whose output this layer takes."""
    return layer.input._keras_history.operation


def features_of(
    model: Any, weights: Weights, crops: Any, dtype: Any, hold: Hold | None = None
) -> Any:
    """Build Xception in TensorFlow operations, in the graph or function being built.

    Args:
        model: Keras' Xception without top and with average pooling: its layers are followed in
            their own order, so that the architecture is written down once, in Keras.
        weights: ``folded_weights(model)``, which Keras gives outside of a graph only.
        crops: uint8 of shape (m, 299, 299, 3), RGB.
        dtype: TensorFlow dtype of weights and activations; the mean at the end is float32.
        hold: What makes a tensor of a weight; None writes them into the graph as constants.

    Returns:
        float32 tensor of shape (m, 2048).
    """
    import tensorflow as tf
    from keras import layers

    outputs: dict[int, Any] = {}
    for layer in model.layers:
        if isinstance(layer, layers.InputLayer):
            result = tf.cast(tf.cast(crops, tf.float32) / 127.5 - 1.0, dtype)
        else:
            inputs = layer.input if isinstance(layer.input, list) else [layer.input]
            values = [outputs[id(tensor)] for tensor in inputs]
            result = apply(layer, values, weights.get(layer.name), hold or tf.constant)
        outputs[id(layer.output)] = result
    return result


def apply(layer: Any, values: list[Any], weights: list[Any] | None, hold: Hold) -> Any:
    """One of the eight kinds of layer that Xception has, as plain operations."""
    import tensorflow as tf
    from keras import layers

    value = values[0]
    if isinstance(layer, layers.SeparableConv2D | layers.Conv2D):
        return convolution(layer, value, weights or [], hold)
    if isinstance(layer, layers.BatchNormalization):
        return value  # folded into the convolution before it
    if isinstance(layer, layers.Activation) and layer.activation.__name__ == "relu":
        return tf.nn.relu(value)
    if isinstance(layer, layers.MaxPooling2D):
        return tf.nn.max_pool2d(value, layer.pool_size, layer.strides, layer.padding.upper())
    if isinstance(layer, layers.Add):
        return values[0] + values[1]
    if isinstance(layer, layers.GlobalAveragePooling2D):
        return tf.reduce_mean(tf.cast(value, tf.float32), axis=[1, 2])
    raise TypeError(f"Expected a layer of Xception. Received: {type(layer).__name__}.")


def convolution(layer: Any, value: Any, weights: list[Any], hold: Hold) -> Any:
    """A convolution, dense or separable, with the bias that folding gave it."""
    import tensorflow as tf
    from keras import layers

    *kernels, bias = (hold(array, value.dtype) for array in weights)
    strides, padding = [1, *layer.strides, 1], layer.padding.upper()
    if isinstance(layer, layers.SeparableConv2D):
        value = tf.nn.depthwise_conv2d(value, kernels[0], strides, padding)
        strides, padding = [1, 1, 1, 1], "VALID"
    return tf.nn.bias_add(tf.nn.conv2d(value, kernels[-1], strides, padding), bias)
