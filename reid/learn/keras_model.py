"""A ``.keras`` model of the user's own as a descriptor: pictures in, one row of numbers out."""

import hashlib
import json
import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from frameatlas.errors import FormatError
from frameatlas.reid.learn.networks.heads import Architecture, Network

_MOST_CONFIG = 1 << 24
REMEDY = "save a model of Keras' own layers that maps pictures (n, h, w, 3) to rows (n, d)"


def load_keras_model(path: Path) -> tuple[Network, dict[str, Any], str]:
    """Open a model with ``safe_mode``, without any code of its own: its config and its arrays.

    Returns:
        What a descriptor is made of.

    Raises:
        FormatError: It holds a Lambda, is damaged, or maps something else.
    """
    config = _config(path)
    import keras

    try:
        config.pop("compile_config", None)
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
        _fill(model, path)
        height, width = _picture_size(model)
    except FormatError:
        raise
    except Exception as error:  # whatever Keras makes of a file that is damaged or foreign
        raise _refused(path, f"{type(error).__name__}") from error
    described = model.outputs[0]
    embed = keras.Model(
        model.inputs[0], {"described": described, "pooled": described}, name="embed"
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    architecture = Architecture("tiny", "plain", height, width)
    return Network(architecture, embed), {"source": "a Keras model"}, digest


def _fill(model: Any, path: Path) -> None:
    """Take the arrays out of the archive; Keras reads them from a file of their own."""
    with zipfile.ZipFile(path) as archive, TemporaryDirectory() as folder:
        place = Path(folder) / "model.weights.h5"
        with archive.open("model.weights.h5") as source, place.open("wb") as target:
            shutil.copyfileobj(source, target)
        model.load_weights(place)


def _config(path: Path) -> dict[str, Any]:
    """The config, unless a class in it has code of its own: a Lambda, or one not of Keras."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("config.json").file_size > _MOST_CONFIG:
                raise _refused(path, "a config of more than 16 MB")
            config: dict[str, Any] = json.loads(archive.read("config.json"))
            if not isinstance(config, dict):
                raise _refused(path, "another config")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, RecursionError) as error:
        raise _refused(path, "a file that Keras did not write") from error
    for name, module in _classes(config):
        if name == "Lambda" or (module and not module.split(".")[0] == "keras"):
            raise _refused(path, f"a layer with code of its own, {name}")
    return config


def _classes(config: Any) -> list[tuple[str, str]]:
    """Name and module of every class that a config asks for."""
    found: list[tuple[str, str]] = []
    left = [config]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                found.append((value["class_name"], str(value.get("module") or "")))
            left += list(value.values())
        elif isinstance(value, list):
            left += value
    return found


def _picture_size(model: Any) -> tuple[int, int]:
    shape, out = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
    if not (isinstance(shape, tuple) and len(shape) == 4 and shape[3] == 3):
        raise ValueError(f"it takes {shape}")
    if not (isinstance(out, tuple) and len(out) == 2 and out[1]):
        raise ValueError(f"it gives {out}")
    return int(shape[1] or 256), int(shape[2] or 128)


def _refused(path: Path, received: str) -> FormatError:
    return FormatError(f"Expected a Keras model in {path}. Received: {received}; {REMEDY}.")
