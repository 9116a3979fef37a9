"""The weights file: the packaged one, others, and files that cannot be used."""

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from frameatlas.embedder.describe import weights
from frameatlas.embedder.describe.weights import (
    PACKAGED_DIGEST,
    find_packaged_weights,
    load_xception,
    verify_weights,
    weights_digest,
)
from frameatlas.errors import WeightsError


def one_sentence(error) -> bool:
    text = str(error.value)
    return text.startswith("Expected") and "Received:" in text and "\n" not in text


def first_array(group):
    """Name of the first array of a file with more than one dimension."""
    found = []

    def look(name, item):
        if getattr(item, "ndim", 0) > 1:
            found.append(name)

    group.visititems(look)
    return found[0]


def test_the_packaged_file_is_the_one_that_we_ship():
    assert weights_digest(find_packaged_weights()) == PACKAGED_DIGEST
    verify_weights(None)


def test_a_changed_packaged_file_is_noticed(tmp_path, monkeypatch):
    other = tmp_path / "x.weights.h5"
    other.write_bytes(find_packaged_weights().read_bytes()[:-1] + b"!")
    monkeypatch.setattr(weights, "find_packaged_weights", lambda: other)
    with pytest.raises(WeightsError, match="install frameatlas again") as error:
        load_xception()
    assert one_sentence(error)


def test_weights_are_loaded_as_float32():
    model = load_xception()
    assert model.input_shape == (None, 299, 299, 3)
    assert model.output_shape == (None, 2048)
    assert {variable.dtype for variable in model.weights} == {"float32"}
    assert model.count_params() == 20_861_480
    kernel = model.get_layer("block1_conv1").get_weights()[0]
    assert np.abs(kernel).max() > 0
    assert (kernel == kernel.astype(np.float16)).all()


def test_another_file_for_the_same_network_is_taken(tmp_path):
    other = tmp_path / "mine.weights.h5"
    shutil.copy(find_packaged_weights(), other)
    with h5py.File(other, "r+") as file:
        name = first_array(file)
        values = file[name][()]
        file[name][...] = values * 0
    assert weights_digest(other) != PACKAGED_DIGEST
    assert any((w == 0).all() for w in load_xception(other).get_weights() if w.ndim > 1)


def missing(path: Path) -> Path:
    return path


def a_folder(path: Path) -> Path:
    path.mkdir()
    return path


def text(path: Path) -> Path:
    path.write_text("these are no weights")
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def truncated(path: Path) -> Path:
    path.write_bytes(find_packaged_weights().read_bytes()[:1_000_000])
    return path


def no_weights_in_it(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        file["numbers"] = np.arange(9)
    return path


def another_network(path: Path) -> Path:
    import keras

    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).save_weights(path)
    return path


def wrong_shape(path: Path) -> Path:
    shutil.copy(find_packaged_weights(), path)
    with h5py.File(path, "r+") as file:
        name = first_array(file)
        shape = file[name].shape
        del file[name]
        file[name] = np.zeros((*shape[:-1], shape[-1] + 1), np.float16)
    return path


def not_a_number(path: Path) -> Path:
    shutil.copy(find_packaged_weights(), path)
    with h5py.File(path, "r+") as file:
        file[first_array(file)][...] = np.nan
    return path


def odd_name(path: Path) -> Path:
    other = path.with_name("weights.hdf")
    shutil.copy(find_packaged_weights(), other)
    return other


@pytest.mark.parametrize(
    "make",
    [
        missing,
        a_folder,
        text,
        empty,
        truncated,
        no_weights_in_it,
        another_network,
        wrong_shape,
        not_a_number,
        odd_name,
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_one_sentence(make, tmp_path):
    path = make(tmp_path / "bad.weights.h5")
    with pytest.raises(WeightsError) as error:
        load_xception(path)
    assert one_sentence(error)
    assert str(path) in str(error.value)


@pytest.mark.slow
def test_the_packaged_weights_are_those_of_keras():
    import keras

    try:
        theirs = keras.applications.Xception(
            weights="imagenet", include_top=False, pooling="avg", input_shape=(299, 299, 3)
        )
    except Exception as error:
        pytest.skip(f"Keras' download of Xception cannot be reached: {type(error).__name__}")
    ours = load_xception()
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert (one == other.astype(np.float16).astype(np.float32)).all()
