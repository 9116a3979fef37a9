"""The seam between frames and Xception: what an engine is, and which one to open."""

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.errors import InputError, MissingExtraError

ENGINES = ("auto", "tensorflow", "openvino")


class Engine(Protocol):
    """Runs Xception on crops; one caller at a time.

    Equal calls on one machine give equal bytes, whatever else the machine does.
    """

    @property
    def name(self) -> str:
        """What ``--engine`` calls it."""

    @property
    def identity(self) -> str:
        """Library, version, device and precision: what must agree for equal numbers."""

    @property
    def batch(self) -> int:
        """Crops per call below which the engine cannot do its best."""

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of crops: uint8 (m, 299, 299, 3), RGB → float32 (m, 2048); m may be 0."""

    def close(self) -> None:
        """Give threads and memory back; the engine cannot be used any more."""


def open_engine(
    name: str = "auto",
    weights: Path | None = None,
    *,
    at_once: int | None = None,
    precision: str = "auto",
) -> Engine:
    """Open an engine: a few seconds.

    Args:
        name: "tensorflow", "openvino", or "auto": OpenVINO where it is installed and there is no
            GPU, else TensorFlow.
        weights: Another weights file for Xception; None takes the packaged one.
        at_once: Crops described at the same time on a CPU; None takes what is quickest. It changes
            time and memory, not the numbers.
        precision: "float32", "bfloat16" or "int8"; "auto" takes what the machine is good at.

    Raises:
        InputError: There is no engine of this name, or none here has the precision.
        MissingExtraError: OpenVINO was asked for and is not installed.
        WeightsError: The weights cannot be used.
    """
    wished = None if precision == "auto" else precision
    if engine_choice(name, precision) == "openvino":
        from frameatlas.embedder.describe.engine_openvino import OpenvinoEngine

        return OpenvinoEngine(weights, wished, streams=at_once)
    from frameatlas.embedder.describe.engine_tensorflow import TensorflowEngine

    return TensorflowEngine(weights, wished, workers=at_once)


def engine_choice(name: str, precision: str = "auto") -> str:
    """The engine that a name stands for on this machine: "tensorflow" or "openvino".

    Raises:
        InputError: There is no such engine, or it has not the precision here.
        MissingExtraError: OpenVINO is needed and not installed.
    """
    if name not in ENGINES:
        raise InputError(f"Expected --engine to be one of {', '.join(ENGINES)}. Received: {name}.")
    if name == "openvino" and not is_installed("openvino"):
        raise MissingExtraError(
            "Expected OpenVINO for --engine openvino. Received: it is not installed; "
            "pip install frameatlas[openvino], or choose --engine tensorflow."
        )
    if precision == "int8":
        return _engine_of_int8(name)
    if name == "auto":
        name = "openvino" if is_installed("openvino") and not gpu_present() else "tensorflow"
    if (name, precision) == ("openvino", "bfloat16"):
        from frameatlas.embedder.describe.engine_openvino import refuse_without_bfloat16

        refuse_without_bfloat16()
    return name


def _engine_of_int8(name: str) -> str:
    """OpenVINO, where it is installed."""
    if name == "tensorflow":
        raise InputError(
            "Expected --engine openvino or auto with --precision int8. Received: tensorflow, which "
            "has no int8 for Xception; leave --engine out."
        )
    if not is_installed("openvino"):
        raise MissingExtraError(
            "Expected OpenVINO for --precision int8. Received: it is not installed; "
            "pip install frameatlas[openvino], or choose --precision float32 for a new atlas."
        )
    return "openvino"


def is_installed(library: str) -> bool:
    """Whether a library can be imported, without importing it."""
    return importlib.util.find_spec(library) is not None


def gpu_present(
    signs: Callable[[], bool] | None = None, tensorflow: Callable[[], Any] = import_tensorflow
) -> bool:
    """Whether TensorFlow can use a GPU here.

    TensorFlow takes seconds to import, so it is asked only where the system shows a sign of one.
    """
    if not (signs or gpu_signs)():
        return False
    return bool(tensorflow().config.list_physical_devices("GPU"))


def gpu_signs() -> bool:
    """Whether a driver of NVIDIA (also under WSL) or AMD shows itself."""
    devices = ("/proc/driver/nvidia/version", "/dev/nvidia0", "/dev/dxg", "/dev/kfd")
    return any(Path(device).exists() for device in devices) or bool(shutil.which("nvidia-smi"))
