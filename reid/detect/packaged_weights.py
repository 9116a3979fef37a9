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
    refuse_other_weights(path, PACKAGED_DIGEST, "person detector", "give tracks with --tracks")
    model = ssdlite()
    model.load_weights(path)
    return model


def refuse_other_weights(path: Path, expected: str, owner: str, instead: str) -> None:
    """Refuse a packaged file that is not the one that we ship.

    Args:
        path: The file.
        expected: Its SHA-256.
        owner: Whose weights they are, for the user.
        instead: What can be done without them, for the user.

    Raises:
        WeightsError: It cannot be read, or is another.
    """
    try:
        received = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise _refused(path, owner, instead, error.strerror or str(error)) from error
    if received != expected:
        raise _refused(path, owner, instead, "another file")


def _refused(path: Path, owner: str, instead: str, received: str) -> WeightsError:
    return WeightsError(
        f"Expected the {owner}'s weights in {path}. Received: {received}; install frameatlas "
        f"again, or {instead}."
    )
