"""Detectors from ONNX files: YOLOX, D-FINE (and RT-DETR), RF-DETR, as their own tools export them.

Nothing is downloaded: the user names a file. What a file is is told by its inputs and outputs:

* YOLOX: one output (1, n, 5 + classes): box codes on grids of 8, 16 and 32 pixels, not decoded.
* D-FINE, RT-DETR: inputs ``images`` and ``orig_target_sizes``; labels, boxes, scores.
* RF-DETR: ``dets`` (1, n, 4) and ``labels`` (1, n, classes), shares of the picture and logits.
"""

import hashlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError, MissingExtraError
from frameatlas.reid.detect.detector import Found

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
_STRIDES = (8, 16, 32)
_KNOWN = "YOLOX, D-FINE, RT-DETR or RF-DETR, as their own tools export them"


class OnnxDetector:
    """A detector in an ONNX file; see ``detector.Detector``.

    Args:
        file: The file.
        openvino: What runs it; None takes onnxruntime.

    Raises:
        InputError: The file cannot be read, or its outputs are none that are known.
        MissingExtraError: onnxruntime is not installed.
    """

    least_share = 0.11

    def __init__(self, file: Path, openvino: ModuleType | None = None) -> None:
        try:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(
                f"Expected --detector to name an ONNX file. Received: {file} "
                f"({error.strerror or error}); leave it out to use the detector that ships."
            ) from error
        open_session = _OpenvinoSession if openvino is not None else _OnnxruntimeSession
        self._session = open_session(file, openvino)
        self.head = _head(self._session, file)
        shape = self._session.inputs[0][1]
        self.size = (_side(shape[3]), _side(shape[2]))
        self.keeps_aspect = self.head == "yolox"
        self.identity = f"{self.head} {digest[:16]} {self._session.library}"

    def detect(self, pictures: NDArray[np.uint8], least: float) -> list[Found]:
        """See ``detector.Detector``."""
        read = {"yolox": self._yolox, "dfine": self._dfine, "rfdetr": self._rfdetr}[self.head]
        return [read(picture, least) for picture in pictures]

    def close(self) -> None:
        """See ``detector.Detector``."""
        del self._session

    def _yolox(self, picture: NDArray[np.uint8], least: float) -> Found:
        pixels = picture[..., ::-1].astype(np.float32).transpose(2, 0, 1)[None]
        (output,) = self._session.run([pixels])
        code = np.asarray(output[0], np.float64)
        grid, step = _yolox_grid(self.size)
        sure = code[:, 4] * code[:, 5]
        rows = np.flatnonzero(sure >= least)
        middle = (code[rows, :2] + grid[rows]) * step[rows, None]
        extent = np.exp(np.minimum(code[rows, 2:4], 20)) * step[rows, None]
        return np.concatenate([middle - extent / 2, extent], axis=1), sure[rows]

    def _dfine(self, picture: NDArray[np.uint8], least: float) -> Found:
        pixels = picture.astype(np.float32).transpose(2, 0, 1)[None] / 255
        outputs = self._session.run([pixels, np.array([self.size], np.int64)])
        named = dict(zip((name for name, _ in self._session.outputs), outputs, strict=True))
        labels, boxes, scores = (
            np.asarray(next(v for k, v in named.items() if word in k))[0]
            for word in ("label", "box", "score")
        )
        rows = np.flatnonzero((labels == 0) & (scores >= least))
        box = np.asarray(boxes[rows], np.float64)
        return np.concatenate([box[:, :2], box[:, 2:] - box[:, :2]], axis=1), scores[rows]

    def _rfdetr(self, picture: NDArray[np.uint8], least: float) -> Found:
        pixels = (picture.astype(np.float32) / 255 - _MEAN) / _DEVIATION
        outputs = self._session.run([pixels.transpose(2, 0, 1)[None]])
        boxes, logits = sorted((np.asarray(o, np.float64)[0] for o in outputs), key=_columns)
        person = 1 if logits.shape[1] >= 90 else 0  # COCO's own numbers begin at 1
        sure = 1 / (1 + np.exp(-logits[:, person]))
        rows = np.flatnonzero((sure >= least) & (logits.argmax(axis=1) == person))
        box = boxes[rows] * np.array([*self.size, *self.size])
        return np.concatenate([box[:, :2] - box[:, 2:] / 2, box[:, 2:]], axis=1), sure[rows]


def _columns(array: NDArray[np.float64]) -> int:
    return int(array.shape[1])


def _yolox_grid(size: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Column and row, (n, 2), and step in pixels, (n,), of each of YOLOX's outputs."""
    places, steps = [], []
    for step in _STRIDES:
        across, down = np.meshgrid(np.arange(size[0] // step), np.arange(size[1] // step))
        places.append(np.stack([across.ravel(), down.ravel()], axis=1))
        steps.append(np.full(across.size, step))
    return np.concatenate(places).astype(np.float64), np.concatenate(steps).astype(np.float64)


def _head(session: Any, file: Path) -> str:
    """What kind of detector a file is, by its inputs and outputs."""
    inputs, outputs = session.inputs, session.outputs
    names = " ".join(name for name, _ in outputs)
    if inputs and len(inputs[0][1]) == 4:
        if len(inputs) == 2 and all(word in names for word in ("label", "box", "score")):
            return "dfine"
        shapes = [shape for _, shape in outputs]
        if len(inputs) == 1 and len(shapes) == 1 and len(shapes[0]) == 3:
            across, down = _side(inputs[0][1][3]), _side(inputs[0][1][2])
            if shapes[0][1] == sum((across // s) * (down // s) for s in _STRIDES):
                return "yolox"
        if len(inputs) == 1 and len(shapes) == 2 and 4 in (shapes[0][-1], shapes[1][-1]):
            return "rfdetr"
    raise InputError(
        f"Expected {file} to be a detector of people: {_KNOWN}. Received: outputs "
        f"{outputs}; export it by its own tool, or detect elsewhere and give --tracks."
    )


def _side(length: Any) -> int:
    return int(length) if isinstance(length, int) and length > 0 else 640


class _OnnxruntimeSession:
    def __init__(self, file: Path, _: ModuleType | None) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtraError(
                "Expected onnxruntime or OpenVINO for --detector. Received: neither is installed; "
                "pip install 'frameatlas[detectors]'."
            ) from error
        try:
            self._session = onnxruntime.InferenceSession(
                str(file), providers=onnxruntime.get_available_providers()
            )
        except Exception as error:  # its errors share no other class
            raise _unreadable(file, error) from error
        self.inputs = [(each.name, each.shape) for each in self._session.get_inputs()]
        self.outputs = [(each.name, each.shape) for each in self._session.get_outputs()]
        self.library = f"onnxruntime {onnxruntime.__version__}"

    def run(self, values: list[Any]) -> list[Any]:
        feed = {name: value for (name, _), value in zip(self.inputs, values, strict=True)}
        return list(self._session.run(None, feed))


class _OpenvinoSession:
    def __init__(self, file: Path, openvino: Any) -> None:
        core = openvino.Core()
        try:
            model = core.read_model(str(file))
            self._compiled = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY"})
        except RuntimeError as error:
            raise _unreadable(file, error) from error
        self.inputs = [(_name(p), _shape(p)) for p in self._compiled.inputs]
        self.outputs = [(_name(p), _shape(p)) for p in self._compiled.outputs]
        self.library = f"openvino {openvino.__version__.partition('-')[0]}"

    def run(self, values: list[Any]) -> list[Any]:
        found = self._compiled(values)
        return [found[port] for port in self._compiled.outputs]


def _name(port: Any) -> str:
    return str(port.get_any_name())


def _shape(port: Any) -> list[Any]:
    partial = port.get_partial_shape()
    return [side.get_length() if side.is_static else None for side in partial]


def _unreadable(file: Path, error: Exception) -> InputError:
    first = str(error).strip().splitlines()[0][:160] if str(error).strip() else "no reason given"
    return InputError(
        f"Expected {file} to be an ONNX file. Received: {first}; name the .onnx of {_KNOWN}."
    )
