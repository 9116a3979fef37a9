"""Make the packaged weights of the person mask from MediaPipe's selfie segmenter.

    python tools/make_mask_weights.py selfie_segmentation.tflite [OUTPUT]

The file is the one in the npm package @mediapipe/selfie_segmentation (Apache License 2.0). Stores
float16, and says how far both networks are apart on noise just before the last layer, an operation
of MediaPipe's own that TensorFlow Lite does not know.
"""

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.learn.networks.person_mask import (
    PACKAGED_NAME,
    SIZE,
    fill_person_mask,
    person_mask,
)

CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")
LAST = "Convolution2DTransposeBias"


def main(arguments: list[str]) -> int:
    """Write the file, compare, and give the exit code: 0 where the outputs agree."""
    import tensorflow as tf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = tf.lite.Interpreter(arguments[0], experimental_preserve_all_tensors=True)
    found.allocate_tensors()
    output = Path(arguments[1]) if len(arguments) > 1 else Path(PACKAGED_NAME)
    model = person_mask()
    pixels = np.random.default_rng(0).integers(0, 256, (1, *SIZE, 3)).astype(np.float32)
    before = reference(found, pixels)
    fill(model, found)
    numbers = np.concatenate([v.numpy().ravel() for v in model.variables]).astype(np.float16)
    np.save(output, numbers)
    fill_person_mask(model, numbers)
    ours = feature_model(model).predict(pixels, verbose=0)
    far = float(np.abs(ours - before).max() / np.abs(before).max())
    print(f"{output}: largest difference before the last layer, as a share: {far:.4f}")
    return 0 if far < 0.02 else 1


def operations(found: Any) -> list[dict[str, Any]]:
    """The operations of the file itself, without those that a delegate added."""
    known = [o for o in found._get_ops_details() if o["op_name"] != "DELEGATE"]
    return sorted(known, key=lambda operation: int(operation["index"]))


def reference(found: Any, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the original gives to its last layer."""
    found.set_tensor(found.get_input_details()[0]["index"], pixels / 255)
    try:
        found.invoke()
    except RuntimeError as error:  # its last layer is not TensorFlow Lite's
        print(f"as expected, stopped at the last layer: {str(error).splitlines()[0][:80]}")
    last = next(o for o in operations(found) if o["op_name"] == LAST)
    return np.array(found.get_tensor(int(last["inputs"][0])))


def fill(model: Any, found: Any) -> None:
    """Give every layer its numbers, in the order of the operations."""
    number = 0
    halves = {
        int(o["outputs"][0]): int(o["inputs"][0])
        for o in operations(found)
        if o["op_name"] == "DEQUANTIZE"
    }
    for operation in operations(found):
        if operation["op_name"] not in (*CONVOLUTIONS, LAST):
            continue
        places = [halves[int(n)] for n in operation["inputs"][1:3]]
        kernel, bias = (found.get_tensor(place).astype(np.float32) for place in places)
        if operation["op_name"] == LAST:
            kernel = kernel.transpose(1, 2, 0, 3)  # (out, h, w, in) to (h, w, out, in)
            model.get_layer("mask_up").set_weights([kernel, bias])
            continue
        number += 1
        depthwise = operation["op_name"] == "DEPTHWISE_CONV_2D"
        kernel = kernel[0][..., None] if depthwise else kernel.transpose(1, 2, 3, 0)
        model.get_layer(f"layer{number:02d}").set_weights([kernel, bias])


def feature_model(model: Any) -> Any:
    """The network up to its last layer."""
    import keras

    return keras.Model(model.input, model.get_layer("mask_up").input)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
