"""The seam between pictures and networks that find people: what a detector is, and opening one."""

from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.detect.packaged_weights import PACKAGED_DIGEST, load_detector
from frameatlas.reid.detect.ssdlite import SIDE, decoded, preprocessed

Found = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Boxes of one picture, float64 of shape (k, 4): left, top, width, height in pixels from 0; and how
sure each is, float64 of shape (k,) in [0, 1]."""


class Detector(Protocol):
    """Finds people in pictures of one size."""

    @property
    def identity(self) -> str:
        """What must agree for equal boxes: weights, library, version."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures that it sees."""

    @property
    def keeps_aspect(self) -> bool:
        """Whether pictures of another shape are filled up with grey, not stretched."""

    @property
    def least_share(self) -> float:
        """Share of a picture's height that a person has to have to be found well."""

    def detect(self, pictures: NDArray[np.uint8], least: float) -> list[Found]:
        """People in pictures: uint8 (m, height, width, 3), RGB; those at least so sure."""

    def close(self) -> None:
        """Give threads and memory back."""


class PackagedDetector:
    """SSDLite on MobileNetV2 with the weights that ship.

    Args:
        openvino: OpenVINO, where the network is to be run by it; None takes TensorFlow.
    """

    size = (SIDE, SIDE)
    keeps_aspect = False
    least_share = 0.27

    def __init__(self, openvino: ModuleType | None = None) -> None:
        import tensorflow

        model = load_detector()
        signature = tensorflow.TensorSpec((None, SIDE, SIDE, 3), tensorflow.float32)
        graph = tensorflow.function(model.__call__, input_signature=[signature])
        if openvino is None:
            self._runner: Any = _TensorflowRunner(tensorflow, graph)
            library = f"tensorflow {tensorflow.__version__}"
        else:
            self._runner = _OpenvinoRunner(openvino, graph)
            library = f"openvino {openvino.__version__.partition('-')[0]}"
        self.identity = f"ssdlite {PACKAGED_DIGEST[:16]} {library}"

    def detect(self, pictures: NDArray[np.uint8], least: float) -> list[Found]:
        """See ``Detector``."""
        return decoded(self._runner.run(preprocessed(pictures)), least)

    def close(self) -> None:
        """See ``Detector``."""
        self._runner = None


class _TensorflowRunner:
    def __init__(self, tensorflow: Any, graph: Any) -> None:
        self._tensorflow, self._graph = tensorflow, graph

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(self._graph(self._tensorflow.constant(pixels)))


class _OpenvinoRunner:
    """Each picture is a request of its own, so that boxes do not depend on the batch."""

    def __init__(self, openvino: ModuleType, graph: Any) -> None:
        converted = openvino.convert_model(graph, input=[1, SIDE, SIDE, 3])
        core = openvino.Core()
        hint = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}
        self._queue = openvino.AsyncInferQueue(core.compile_model(converted, "CPU", hint))
        self._queue.set_callback(_keep)

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        out: list[Any] = [None] * len(pixels)
        for number in range(len(pixels)):
            self._queue.start_async({0: pixels[number : number + 1]}, (out, number))
        self._queue.wait_all()
        return np.concatenate(out)


def _keep(request: Any, place: tuple[list[Any], int]) -> None:
    out, number = place
    out[number] = request.get_output_tensor(0).data.copy()


def open_detector(file: Path | None = None, openvino: ModuleType | None = None) -> Detector:
    """Open a detector.

    Args:
        file: An ONNX file of a detector trained on COCO (see ``onnx_detector``); None takes the one
            that ships.
        openvino: OpenVINO; None takes TensorFlow, or onnxruntime for an ONNX file.

    Raises:
        InputError: The file cannot be read, or is no detector whose outputs are known.
        MissingExtraError: The file needs a library that is not installed.
    """
    if file is None:
        return PackagedDetector(openvino)
    from frameatlas.reid.detect.onnx_detector import OnnxDetector

    return OnnxDetector(file, openvino)
