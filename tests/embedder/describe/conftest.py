"""Xception is large: what describes with the packaged one is made of a network built once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frameatlas.embedder.describe import engine_tensorflow, openvino_cache
from frameatlas.embedder.describe.int8 import quantise
from frameatlas.embedder.describe.weights import load_xception


@pytest.fixture(autouse=True, scope="module")
def built_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Engines read the network that they are made of, and change nothing in it."""

    def load(path: Path | None = None) -> Any:
        return load_xception(path) if path else request.getfixturevalue("keras_model")

    with pytest.MonkeyPatch.context() as patch:
        for module in (engine_tensorflow, openvino_cache, quantise):
            patch.setattr(module, "load_xception", load)
        yield
