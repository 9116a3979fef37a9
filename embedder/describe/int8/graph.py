"""Xception in OpenVINO's own operations, channels first: what can be quantised layer by layer.

The network that OpenVINO converts from TensorFlow has lost the layers' names. This one is built as
``frameatlas.embedder.describe.xception`` builds it, by following Keras' layers, and hands each
separable convolution to whoever quantises or observes it.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.openvino_import import import_openvino
from frameatlas.embedder.describe.weights import CROP_SIDE
from frameatlas.embedder.describe.xception import Weights

Kernels = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""Of a separable convolution: depthwise (in, 1, 1, h, w), pointwise (out, in), bias (out)."""

Separable = Callable[["Operations", str, Any, Kernels], Any]
"""Puts a separable convolution into the graph: operations, layer's name, input, kernels."""


class Operations:
    """The few operations of OpenVINO that Xception needs; channels are the second axis."""

    def __init__(self) -> None:
        self.openvino = import_openvino()
        self.of = _operations()

    def constant(self, values: Any) -> Any:
        """Numbers of the graph."""
        return self.of.constant(np.ascontiguousarray(values))

    def convolution(self, value: Any, kernel: Any, strides: tuple[int, int], padding: str) -> Any:
        """A dense convolution; ``kernel`` is (out, in, h, w), an array or an operation."""
        kernel = self.constant(kernel) if isinstance(kernel, np.ndarray) else kernel
        return self.of.convolution(value, kernel, list(strides), [0, 0], [0, 0], [1, 1], padding)

    def depthwise(self, value: Any, kernel: NDArray[np.float32], padding: str) -> Any:
        """A convolution of each channel by itself."""
        kernel = self.constant(kernel)
        return self.of.group_convolution(value, kernel, [1, 1], [0, 0], [0, 0], [1, 1], padding)

    def plus(self, value: Any, bias: NDArray[np.float32]) -> Any:
        """A number added to each channel."""
        return self.of.add(value, self.constant(bias.reshape(1, -1, 1, 1)))


def in_float(operations: Operations, _name: str, value: Any, kernels: Kernels) -> Any:
    """A separable convolution as it is."""
    depthwise, pointwise, bias = kernels
    value = operations.depthwise(value, depthwise, "same_upper")
    value = operations.convolution(value, pointwise[:, :, None, None], (1, 1), "valid")
    return operations.plus(value, bias)


def build_graph(
    keras_model: Any, folded: Weights, separable: Separable = in_float, side: int = CROP_SIDE
) -> tuple[Any, Any, Any]:
    """Xception from pixels to features.

    Args:
        keras_model: Keras' Xception, whose layers are followed.
        folded: What ``fold_batchnorm`` gave for it.
        separable: Puts the separable convolutions into the graph.
        side: Width and height of a crop in pixels.

    Returns:
        The operations; the input, uint8 (1, side, side, 3); and the features, float32 (1, 2048).
    """
    from keras import layers

    operations = Operations()
    of = operations.of
    crops = of.parameter([1, side, side, 3], np.uint8, name="crops")
    outputs: dict[int, Any] = {}
    for layer in keras_model.layers:
        if isinstance(layer, layers.InputLayer):
            pixels = of.transpose(of.convert(crops, "f32"), operations.constant([0, 3, 1, 2]))
            scaled = of.multiply(pixels, operations.constant(np.float32(1 / 127.5)))
            result = of.subtract(scaled, operations.constant(np.float32(1)))
        else:
            inputs = layer.input if isinstance(layer.input, list) else [layer.input]
            values = [outputs[id(tensor)] for tensor in inputs]
            weights = folded.get(layer.name)
            result = _apply(operations, layer, values, weights, separable)
        outputs[id(layer.output)] = result
    return operations, crops, result


def _apply(
    operations: Operations,
    layer: Any,
    values: list[Any],
    weights: list[Any] | None,
    separable: Separable,
) -> Any:
    from keras import layers

    of, value = operations.of, values[0]
    if isinstance(layer, layers.SeparableConv2D | layers.Conv2D):
        return _convolution(operations, layer, value, weights or [], separable)
    if isinstance(layer, layers.BatchNormalization):
        return value  # folded into the convolution before it
    if isinstance(layer, layers.Activation) and layer.activation.__name__ == "relu":
        return of.relu(value)
    if isinstance(layer, layers.MaxPooling2D):
        strides, window = list(layer.strides), list(layer.pool_size)
        pooled = of.max_pool(value, strides, [1, 1], [0, 0], [0, 0], window, "floor", "same_upper")
        return pooled.output(0)
    if isinstance(layer, layers.Add):
        return of.add(values[0], values[1])
    if isinstance(layer, layers.GlobalAveragePooling2D):
        return of.reduce_mean(value, operations.constant(np.array([2, 3], np.int64)))
    raise TypeError(f"Expected a layer of Xception. Received: {type(layer).__name__}.")


def _convolution(
    operations: Operations, layer: Any, value: Any, weights: list[Any], separable: Separable
) -> Any:
    from keras import layers

    *kernels, bias = weights
    if isinstance(layer, layers.SeparableConv2D):
        depthwise, pointwise = kernels
        both = (depthwise.transpose(2, 3, 0, 1)[:, :, None], pointwise[0, 0].T, bias)
        return separable(operations, layer.name, value, both)
    padding = {"same": "same_upper", "valid": "valid"}[layer.padding]
    kernel = kernels[0].transpose(3, 2, 0, 1)
    return operations.plus(operations.convolution(value, kernel, layer.strides, padding), bias)


def _operations() -> Any:
    """OpenVINO's operations, which older releases keep in another place."""
    import_openvino()
    try:
        return import_module("openvino.opset8")
    except ImportError:
        return import_module("openvino.runtime.opset8")
