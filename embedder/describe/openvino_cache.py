"""OpenVINO's model of Xception, converted once for each weights file and kept on disk."""

import os
import platform
import shutil
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from frameatlas.embedder.describe.int8.quantise import quantised_model
from frameatlas.embedder.describe.int8.ranges import int8_digest
from frameatlas.embedder.describe.openvino_import import import_openvino
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.describe.weights import (
    CROP_SIDE,
    find_packaged_weights,
    load_xception,
    weights_digest,
)
from frameatlas.embedder.describe.xception import features_of, fold_batchnorm

CONVERSION = 1
"""Number of the way in which we convert; a new one makes old files unused."""

MODEL_NAME = "xception.xml"


def load_model(core: Any, weights: Path | None, int8: bool = False) -> Any:
    """Xception as OpenVINO reads it: uint8 (1, 299, 299, 3) → float32 (1, 2048).

    A file that cannot be read is made again; where nothing can be written, the model is converted
    anew each time, which costs some seconds.

    Args:
        core: ``openvino.Core``.
        weights: Another weights file for Xception; None takes the packaged one.
        int8: Whether its pointwise convolutions are to be quantised.
    """
    folder = cache_folder() / model_key(weights, int8)
    try:
        return read_model(core, folder)
    except (RuntimeError, OSError):  # not there, not whole, or not of this OpenVINO
        model = quantised_model(weights) if int8 else convert_model(weights)
    with suppress(OSError, RuntimeError):
        save_model(model, folder)
    return model


def cache_folder() -> Path:
    """Where the user's caches lie: $FRAMEATLAS_CACHE, or the system's own place and a folder."""
    if own := os.environ.get("FRAMEATLAS_CACHE"):
        return Path(own)
    if platform.system() == "Darwin":
        return Path.home() / "Library" / "Caches" / "frameatlas"
    if local := os.environ.get("LOCALAPPDATA"):
        return Path(local) / "frameatlas" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "frameatlas"


def model_key(weights: Path | None, int8: bool = False) -> str:
    """Folder name: everything that the converted model depends on."""
    path = weights or find_packaged_weights()
    digest = int8_digest(weights) if int8 else weights_digest(path)
    return f"openvino-{version('openvino')}-{CONVERSION}-{digest[:32]}"


def read_model(core: Any, folder: Path) -> Any:
    """The stored model, after a look at both its files.

    OpenVINO maps the weights and notices neither a changed nor always a shortened file; so the
    digests of both files are kept beside them.

    Raises:
        RuntimeError: OpenVINO cannot read it, or it is not the model that was stored.
        OSError: A file is missing.
    """
    path = folder / MODEL_NAME
    stored = (folder / "digests").read_text(encoding="utf-8")
    if stored != digests(folder):
        raise RuntimeError("The stored model is damaged.")
    return core.read_model(path)


def digests(folder: Path) -> str:
    """Digests of the model's two files, some hundredths of a second for 80 MB."""
    paths = (folder / MODEL_NAME, (folder / MODEL_NAME).with_suffix(".bin"))
    if not all(path.is_file() for path in paths):
        raise OSError("The stored model is not whole.")
    return "".join(f"{weights_digest(path)}  {path.name}\n" for path in paths)


def convert_model(weights: Path | None) -> Any:
    """Xception converted from the Keras model, batch 1, with the scaling inside.

    From the folded graph: ours multiplies depthwise and pointwise kernels in the same order as
    the TensorFlow engine, and the two differ by float32's rounding alone.
    """
    openvino = import_openvino()

    tf = import_tensorflow()
    keras_model = load_xception(weights)
    folded = fold_batchnorm(keras_model)

    @tf.function  # type: ignore[untyped-decorator]
    def features(crops: Any) -> Any:
        return features_of(keras_model, folded, crops, tf.float32)

    crops = tf.TensorSpec((1, CROP_SIDE, CROP_SIDE, 3), tf.uint8)
    model = openvino.convert_model(features.get_concrete_function(crops))
    model.reshape([1, CROP_SIDE, CROP_SIDE, 3])
    return model


def save_model(model: Any, folder: Path) -> None:
    """Store the model beside its place and rename it: two runs at once disturb nothing."""
    openvino = import_openvino()

    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".converting-", dir=folder.parent))
    try:
        openvino.save_model(model, beside / MODEL_NAME, compress_to_fp16=False)
        (beside / "digests").write_text(digests(beside), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # a damaged one
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
