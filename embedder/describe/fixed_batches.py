"""A Keras model called with batches of one size, on a CPU or a GPU.

Every call has the same number of crops (the last is filled up with black ones): TensorFlow traces
once, and a crop's numbers do not depend on how many others came with it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.engine_tensorflow import GPU_DEVICE, HalvingBatches
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow

CPU_BATCH = 8
"""Crops per call on a CPU: enough to fill the cores, few enough that one photo is quick."""

GPU_BATCH = 64
"""Crops per call on a GPU: one block of the pipeline."""


def compute_dtype() -> str:
    """The Keras policy that suits this machine: half precision on a GPU, else float32."""
    tf = import_tensorflow()
    return "mixed_float16" if tf.config.list_physical_devices("GPU") else "float32"


class FixedBatches:
    """Runs a function of uint8 crops in TensorFlow; see the module.

    Args:
        function: uint8 tensor of shape (m, side, side, 3) → float tensor of shape (m, width).
        side: Width and height of a crop in pixels.
        width: Numbers that describe one crop.

    Attributes:
        identity: Library, version, device and precision.
    """

    def __init__(self, function: Callable[[Any], Any], side: int, width: int) -> None:
        tf = import_tensorflow()
        self._width = width
        gpu = bool(tf.config.list_physical_devices("GPU"))
        batch = GPU_BATCH if gpu else CPU_BATCH
        spec = tf.TensorSpec((None, side, side, 3), tf.uint8)

        @tf.function(input_signature=[spec])  # type: ignore[untyped-decorator]
        def features(crops: Any) -> Any:
            return tf.cast(function(crops), tf.float32)

        def call(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
            with tf.device(GPU_DEVICE if gpu else "/CPU:0"):
                found: NDArray[np.float32] = features(tf.constant(crops)).numpy()
            return found

        self._halving = HalvingBatches(call, batch, tf.errors.ResourceExhaustedError)
        precision = "mixed_float16" if gpu else "float32"
        self.identity = f"tensorflow {tf.__version__} {'gpu' if gpu else 'cpu'} {precision}"

    def __call__(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """float32 of shape (m, width), in the crops' order; m may be 0."""
        if not len(crops):
            return np.empty((0, self._width), np.float32)
        return self._halving(crops)
