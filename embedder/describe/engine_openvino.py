"""The OpenVINO engine: converted once from the Keras model, cached, run as a queue of requests."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.cpu import has_bfloat16
from frameatlas.embedder.describe.openvino_cache import load_model
from frameatlas.embedder.describe.openvino_import import import_openvino
from frameatlas.embedder.describe.weights import FEATURES, verify_weights
from frameatlas.errors import InputError


class OpenvinoEngine:
    """Xception in OpenVINO; see ``frameatlas.embedder.describe.engine.Engine``.

    Each crop is a request of its own, so that its features depend neither on its batch nor on
    the number of streams that OpenVINO chooses for this machine.

    Args:
        weights: Another weights file for Xception; None takes the packaged one.
        precision: "float32", "bfloat16" or "int8"; None takes what the processor is good at.
        streams: Requests at the same time; None lets OpenVINO choose for throughput.
    """

    name = "openvino"

    def __init__(
        self, weights: Path | None = None, precision: str | None = None, streams: int | None = None
    ) -> None:
        openvino = import_openvino()

        verify_weights(weights)
        precision = precision or ("bfloat16" if has_bfloat16() else "float32")
        core = openvino.Core()
        settings = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32",
        }
        if streams is not None:
            settings["NUM_STREAMS"] = str(streams)
        compiled = core.compile_model(
            load_model(core, weights, precision == "int8"), "CPU", settings
        )
        self._queue = openvino.AsyncInferQueue(compiled)
        self._queue.set_callback(_keep)
        self.batch = len(self._queue)
        release = openvino.__version__.partition("-")[0]
        self.identity = f"openvino {release} cpu {precision}"

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of crops: uint8 (m, 299, 299, 3), RGB → float32 (m, 2048)."""
        features = np.empty((len(crops), FEATURES), np.float32)
        for number in range(len(crops)):
            self._queue.start_async(
                {0: np.ascontiguousarray(crops[number : number + 1])}, (features, number)
            )
        self._queue.wait_all()
        return features

    def close(self) -> None:
        """Give threads and memory back; the engine cannot be used any more."""
        del self._queue


def refuse_without_bfloat16() -> None:
    """Where a processor has no bfloat16, OpenVINO takes float32 in its place and says nothing."""
    openvino = import_openvino()
    if "BF16" not in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise InputError(
            "Expected a processor with bfloat16 for --precision bfloat16 with OpenVINO. Received: "
            "one without it; choose --precision float32, which describes alike."
        )


def _keep(request: Any, place: tuple[NDArray[np.float32], int]) -> None:
    """Write one request's features to their row; rows are apart, so no lock is needed."""
    features, number = place
    features[number] = request.get_output_tensor(0).data[0]
