"""Pointwise convolutions in whole numbers of eight bits: nine tenths of Xception's arithmetic.

Processors without VNNI multiply bytes in pairs and add both products in sixteen bits, which
overflow where weights use all eight: plain int8 has cosines of .93 to float32 there. With weights
of seven bits nothing overflows, and every processor gives the same whole numbers.

What a pointwise convolution takes are a depthwise convolution's channels, some a hundred times as
large as others. Nothing but a factor stands between the two, so each channel is divided by one
behind the first and multiplied again in the second (Xiao et al., SmoothQuant, 2023, with its
exponent of a half): what is rounded is then more alike, and the network the same. The mean of what
rounding the weights changes is taken from the bias.

Depthwise convolutions stay in float32, where they cost a tenth and lose most; so do the first two
and those that lead past a block.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.int8.graph import Kernels, Operations, build_graph, in_float
from frameatlas.embedder.describe.int8.ranges import Range, read_ranges
from frameatlas.embedder.describe.weights import load_xception
from frameatlas.embedder.describe.xception import fold_batchnorm

SEVEN_BITS = 63
"""The largest weight: 2 · 255 · 63 fits into sixteen bits with a sign."""

EIGHT_BITS = 127

SMALLEST = 1e-6
"""In place of channels and weights that are always zero."""

FLOAT_LAYERS = frozenset({"block2_sepconv1", "block5_sepconv3"})
"""Separable convolutions that stay in float32."""


def quantised_model(weights: Path | None = None) -> Any:
    """Xception for OpenVINO, uint8 (1, 299, 299, 3) → float32 (1, 2048), in int8 where it may be.

    Args:
        weights: The packaged weights in another place; None takes the packaged file.
    """
    keras_model = load_xception(weights)
    return quantised(keras_model, read_ranges())


def quantised(keras_model: Any, ranges: dict[str, Range]) -> Any:
    """A network quantised by ranges; layers without one stay in float32."""

    def separable(operations: Operations, name: str, value: Any, kernels: Kernels) -> Any:
        if name in FLOAT_LAYERS or name not in ranges:
            return in_float(operations, name, value, kernels)
        return in_int8(operations, value, kernels, ranges[name])

    operations, crops, features = build_graph(
        keras_model, fold_batchnorm(keras_model), separable, keras_model.input_shape[1]
    )
    return operations.openvino.Model([features], [crops], "xception int8")


def in_int8(operations: Operations, value: Any, kernels: Kernels, seen: Range) -> Any:
    """A separable convolution whose pointwise half is quantised."""
    of, constant = operations.of, operations.constant
    depthwise, pointwise, bias = kernels
    factor = even_out(seen.top, pointwise)
    value = operations.depthwise(value, depthwise / factor[:, None, None, None, None], "same_upper")
    most = np.float32(np.max(seen.top / factor))
    low, high = constant(np.float32(-most * (EIGHT_BITS + 1) / EIGHT_BITS)), constant(most)
    value = of.fake_quantize(value, low, high, low, high, 256)
    whole, step = whole_weights(pointwise * factor)
    kernel = of.convert(constant(whole[:, :, None, None]), "f32")
    kernel = of.multiply(kernel, constant(step[:, None, None, None]))
    value = operations.convolution(value, kernel, (1, 1), "valid")
    changed = (whole * step[:, None] - pointwise * factor) @ (seen.mean / factor)
    return operations.plus(value, (bias - changed).astype(np.float32))


def even_out(top: NDArray[np.float32], pointwise: NDArray[np.float32]) -> NDArray[np.float32]:
    """By what each channel is divided: half of what it is larger, half of what its weights are.

    Args:
        top: float32 of shape (in,), how large its numbers get.
        pointwise: float32 of shape (out, in).

    Returns:
        float32 of shape (in,), of geometric mean 1.
    """
    numbers = np.maximum(top, SMALLEST)
    heaviest = np.maximum(np.abs(pointwise).max(axis=0), SMALLEST)
    factor = np.log(numbers / heaviest) / 2
    return np.asarray(np.exp(factor - factor.mean()), np.float32)


def whole_weights(
    pointwise: NDArray[np.float32],
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Weights as whole numbers of seven bits, int8 (out, in), and what 1 stands for, (out,)."""
    step = np.maximum(np.abs(pointwise).max(axis=1), SMALLEST) / SEVEN_BITS
    return np.round(pointwise / step[:, None]).astype(np.int8), step.astype(np.float32)
