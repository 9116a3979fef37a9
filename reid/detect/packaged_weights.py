"""The packaged weights of the person detector, checked before they are used."""

import hashlib
from pathlib import Path
from typing import Any

from frameatlas.errors import WeightsError
from frameatlas.reid.detect.ssdlite import ssdlite

PACKAGED_NAME = "ssdlite_mobilenet_v2_person_float16.weights.h5"
PACKAGED_DIGEST = "aa6559666963277f1701a3a7263bae73066af2b5b27c5c7e67d389ab206f39b8"
"""SHA-256 of the file: float16, made by ``tools/make_detector_weights.py``."""


def packaged_weights() -> Path:
    """The weights that ship with frameatlas."""
    return Path(__file__).parent / "weights" / PACKAGED_NAME


def load_detector() -> Any:
    """The detector as a ``keras.Model``, see ``ssdlite``.

    Raises:
        WeightsError: The packaged file is not the one that we ship.
    """
    path = packaged_weights()
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from error
    if digest != PACKAGED_DIGEST:
        raise _damaged(path, "another file")
    model = ssdlite()
    model.load_weights(path)
    return model


def _damaged(path: Path, what: str) -> WeightsError:
    return WeightsError(
        f"Expected the person detector's weights in {path}. Received: {what}; install frameatlas "
        "again, or give tracks with --tracks."
    )
