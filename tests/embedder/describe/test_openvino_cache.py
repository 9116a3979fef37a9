"""The converted model that OpenVINO's engine keeps."""

from pathlib import Path

import pytest

from frameatlas.embedder.describe import openvino_cache
from frameatlas.embedder.describe.weights import find_packaged_weights


@pytest.fixture
def stored(opened, cache):
    """The folder of the model that an engine has stored."""
    pytest.importorskip("openvino", reason="openvino is not installed")
    opened("openvino")
    folder = cache / openvino_cache.model_key(None)
    assert {path.name for path in folder.iterdir()} == {"xception.xml", "xception.bin", "digests"}
    int8 = openvino_cache.model_key(None, int8=True)  # where tests of it came first
    assert {path.name for path in cache.iterdir()} - {int8} == {folder.name}
    return folder


def test_a_stored_model_is_read_and_not_converted_again(stored, monkeypatch):
    import openvino

    monkeypatch.setattr(openvino_cache, "convert_model", None)
    openvino_cache.load_model(openvino.Core(), None)


def cut(folder: Path) -> None:
    path = folder / "xception.bin"
    path.write_bytes(path.read_bytes()[:1000])


def change(folder: Path) -> None:
    path = folder / "xception.bin"
    content = bytearray(path.read_bytes())
    content[5_000_000] ^= 0xFF
    path.write_bytes(content)


def empty(folder: Path) -> None:
    (folder / "xception.xml").write_text("")


def lose(folder: Path) -> None:
    (folder / "xception.bin").unlink()


@pytest.mark.parametrize("harm", [cut, change, empty, lose])
def test_a_damaged_stored_model_is_made_again(harm, stored, tmp_path, monkeypatch):
    import openvino

    good = openvino.Core().read_model(stored / "xception.xml")
    folder = tmp_path / stored.name
    monkeypatch.setenv("FRAMEATLAS_CACHE", str(tmp_path))
    openvino_cache.save_model(good, folder)
    harm(folder)
    conversions = []
    monkeypatch.setattr(
        openvino_cache, "convert_model", lambda weights: conversions.append(1) or good
    )
    for _ in range(2):
        openvino_cache.load_model(openvino.Core(), None)
    assert conversions == [1]


def test_a_cache_that_cannot_be_written_costs_only_time(stored, tmp_path, monkeypatch):
    import openvino

    good = openvino.Core().read_model(stored / "xception.xml")
    (tmp_path / "file").touch()
    monkeypatch.setenv("FRAMEATLAS_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(openvino_cache, "convert_model", lambda weights: good)
    assert openvino_cache.load_model(openvino.Core(), None) is good


def test_other_weights_have_a_stored_model_of_their_own(tmp_path):
    pytest.importorskip("openvino", reason="openvino is not installed")
    other = tmp_path / "other.weights.h5"
    other.write_bytes(b"something else")
    assert openvino_cache.model_key(other) != openvino_cache.model_key(find_packaged_weights())
    assert openvino_cache.model_key(None) == openvino_cache.model_key(find_packaged_weights())
