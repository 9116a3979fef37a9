"""Make the packaged ranges of int8: how large the inputs of Xception's convolutions get.

    python tools/make_int8_ranges.py ATLAS [OUTPUT]

Crops of an atlas' frames, evenly chosen, are described in float32 while each pointwise
convolution's input is watched: by channel the mean, and the largest value, of which the highest in
a hundred crops are left out. Put the digest that is printed into ``RANGES_DIGEST``.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas import open_atlas
from frameatlas.embedder.describe.features import square_crops
from frameatlas.embedder.describe.int8.graph import Kernels, Operations, build_graph, in_float
from frameatlas.embedder.describe.int8.ranges import RANGES_NAME, Range, write_ranges
from frameatlas.embedder.describe.weights import load_xception, weights_digest
from frameatlas.embedder.describe.xception import fold_batchnorm

CROPS = 160
QUANTILE = 0.99


def main(arguments: list[str]) -> int:
    """Watch, write, say the digest."""
    output = Path(arguments[1]) if len(arguments) > 1 else Path(RANGES_NAME)
    write_ranges(output, observed(load_xception(), crops_of(Path(arguments[0]))))
    print(f"{output}: SHA-256 {weights_digest(output)}")
    return 0


def crops_of(folder: Path, count: int = CROPS) -> NDArray[np.uint8]:
    """Crops of an atlas' frames, evenly chosen."""
    atlas = open_atlas(folder)
    chosen = np.unique(np.linspace(0, len(atlas) - 1, count // 2).astype(int))
    cut = []
    for number in chosen:
        pixels = atlas.frames[int(number)]
        height, width = pixels.shape[:2]
        cut.append(square_crops(pixels[None], np.array([[0, 0, width, height]], np.int32))[0])
    return np.concatenate(cut)


def observed(keras_model: Any, crops: NDArray[np.uint8]) -> dict[str, Range]:
    """Ranges of every separable convolution, over all crops."""
    names: list[str] = []
    watched: list[Any] = []

    def watch(operations: Operations, name: str, value: Any, kernels: Kernels) -> Any:
        of, axes = operations.of, operations.constant(np.array([2, 3], np.int64))
        between = operations.depthwise(value, kernels[0], "same_upper")
        names.append(name)
        watched.extend([of.reduce_max(of.abs(between), axes), of.reduce_mean(between, axes)])
        return in_float(operations, name, value, kernels)

    side = int(keras_model.input_shape[1])
    operations, taken, features = build_graph(keras_model, fold_batchnorm(keras_model), watch, side)
    model = operations.openvino.Model([features, *watched], [taken])
    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = operations.openvino.Core().compile_model(model, "CPU", settings)
    seen: list[list[NDArray[np.float32]]] = [[] for _ in watched]
    for crop in crops:
        found = compiled([crop[None]])
        for values, number in zip(seen, range(1, len(watched) + 1), strict=True):
            values.append(found[number][0].copy())
    tops = [np.quantile(values, QUANTILE, axis=0).astype(np.float32) for values in seen[::2]]
    means = [np.mean(values, axis=0).astype(np.float32) for values in seen[1::2]]
    return {name: Range(top, mean) for name, top, mean in zip(names, tops, means, strict=True)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
