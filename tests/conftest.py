"""Fixtures that several folders of tests share."""

import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from frameatlas import Atlas, open_atlas

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """The clone's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The project's shared clips and weights, which a fresh clone does not have."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the project's shared clips are not beside this clone (../shared/data)")
    return SHARED


@pytest.fixture(scope="session")
def synthetic() -> ModuleType:
    """The module ``tests/synthetic.py``, which importlib mode does not let tests import."""
    spec = importlib.util.spec_from_file_location("frameatlas_synthetic", TESTS / "synthetic.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def synthetic_atlas(synthetic: ModuleType) -> Callable[..., Atlas]:
    """``synthetic_atlas(folder, sources=…, seed=…)``: writes a small valid atlas and opens it."""
    build: Callable[..., Atlas] = synthetic.synthetic_atlas
    return build


@pytest.fixture(scope="session")
def atlas_to_copy(
    tmp_path_factory: pytest.TempPathFactory, synthetic_atlas: Callable[..., Atlas]
) -> Atlas:
    """The one that ``tmp_atlas`` copies: making it takes ten times as long."""
    return synthetic_atlas(tmp_path_factory.mktemp("synthetic") / "synthetic.atlas")


@pytest.fixture
def tmp_atlas(tmp_path: Path, atlas_to_copy: Atlas) -> Atlas:
    """A small valid atlas for one test: 28 frames of two videos, photos and a damaged video."""
    return open_atlas(shutil.copytree(atlas_to_copy.folder, tmp_path / "synthetic.atlas"))
