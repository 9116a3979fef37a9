"""Xception's weights: the packaged file, its digest, and the Keras model that they fill."""

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.errors import WeightsError

CROP_SIDE = 299
"""Width and height in pixels of the crops that Xception was trained on."""

FEATURES = 2048
"""Numbers per crop after global average pooling."""

PACKAGED_NAME = "xception_imagenet_notop_float16.weights.h5"
PACKAGED_DIGEST = "f67c3b19e53bd394f4fec6822abb8c2481ebb793656b58cee65ba8ea0cff103f"

REMEDY = (
    "give a file of the network without its top, as Keras' save_weights writes it, to --weights"
)


def find_packaged_weights() -> Path:
    """The weights that ship with frameatlas: ImageNet, float16, 39 MB."""
    return Path(__file__).parents[1] / "weights" / PACKAGED_NAME


def weights_digest(path: Path) -> str:
    """SHA-256 of a weights file, as 64 hexadecimal digits.

    Raises:
        WeightsError: The file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WeightsError(
            f"Expected a readable weights file. Received: {path} ({reason}); {REMEDY}."
        ) from error
    return digest.hexdigest()


def load_xception(path: Path | None = None) -> Any:
    """Xception without its top, with global average pooling: 299 × 299 × 3 → 2048.

    The model takes float32 in [-1, 1], that is RGB / 127.5 − 1, and is built from Keras' own
    code; the file gives numbers only.

    Args:
        path: A weights file for the same architecture; None takes the packaged one.

    Returns:
        A ``keras.Model`` with float32 variables.

    Raises:
        WeightsError: The file is missing, damaged, or made for another network.
    """
    verify_weights(path)
    import_tensorflow()
    import keras

    model = keras.applications.Xception(
        weights=None, include_top=False, pooling="avg", input_shape=(CROP_SIDE, CROP_SIDE, 3)
    )
    fill(model, path or find_packaged_weights())
    return model


def verify_weights(path: Path | None) -> None:
    """Refuse a file that cannot be right, before TensorFlow is loaded.

    The packaged file must be the very one that we ship; any other must at least be readable HDF5.
    """
    if path is None:
        received = weights_digest(find_packaged_weights())
        if received != PACKAGED_DIGEST:
            raise WeightsError(
                f"Expected the packaged weights with SHA-256 {PACKAGED_DIGEST}. "
                f"Received: {received}; install frameatlas again."
            )
        return
    if not path.is_file():
        reason = "it is not a file" if path.exists() else "there is no such file"
        raise WeightsError(f"Expected a weights file. Received: {path} ({reason}); {REMEDY}.")
    try:
        with h5py.File(path):
            pass
    except OSError as error:
        raise WeightsError(
            f"Expected a whole HDF5 file of weights. Received: {path}; {REMEDY}."
        ) from error


def fill(model: Any, path: Path, network: str = "Xception") -> None:
    """Load a file's weights into the model, in one call, and see that they are numbers.

    Args:
        model: A Keras model.
        path: A file of weights.
        network: What the model is called before the user.
    """
    remedy = REMEDY.replace("Xception", network)
    load = loader(model, path)
    try:
        with warnings.catch_warnings():
            # Keras only warns where it finds no numbers for a layer and leaves it at random.
            warnings.filterwarnings("error", message=".*freshly-initialized", category=UserWarning)
            load()
    except (ValueError, LookupError, TypeError, AttributeError, OSError, UserWarning) as error:
        raise WeightsError(
            f"Expected weights that fit {network} without its top. Received: {path}; {remedy}."
        ) from error
    if not all(np.isfinite(np.asarray(variable)).all() for variable in model.weights):
        raise WeightsError(
            f"Expected finite weights. Received: {path}, which holds NaN or infinity; {remedy}."
        )


def loader(model: Any, path: Path) -> Callable[[], None]:
    """How to read this file: Keras tells its own layouts apart by the end of the name alone."""
    if path.name.endswith((".weights.h5", ".h5", ".hdf5")):
        return lambda: model.load_weights(path)
    raise WeightsError(
        f"Expected a weights file whose name ends in .weights.h5 or .h5. Received: {path}; "
        "rename it, or save the weights anew with Keras."
    )
