"""A descriptor's file: whole, without anybody's name, and harmless whatever is done to it."""

import json
import shutil

import h5py
import numpy as np
import pytest

from frameatlas.errors import FrameatlasError, InputError, NewerFormatError
from frameatlas.reid.learn.descriptor import load_descriptor, make_descriptor, read_card
from frameatlas.reid.learn.networks.heads import Architecture, build_network
from frameatlas.reid.learn.sets.crop_store import fitted

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 32, 16, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "one.descriptor"
    network = build_network(Architecture("tiny", "neck", 32, 16), people=4, seed=3)
    make_descriptor(network, {"plan": {"seed": 3}}).save(path)
    return path


@pytest.fixture
def copy(saved, tmp_path):
    return shutil.copy(saved, tmp_path / "copy.descriptor")


def test_what_is_saved_describes_as_before(saved):
    network = build_network(Architecture("tiny", "neck", 32, 16), people=4, seed=3)
    before, after = make_descriptor(network, {"plan": {"seed": 3}}), load_descriptor(saved)
    assert before.digest == after.digest
    assert after.card["architecture"]["backbone"] == "tiny"
    assert read_card(saved) == after.card
    np.testing.assert_array_equal(before.describe(PICTURES), after.describe(PICTURES))


def test_descriptions_do_not_depend_on_the_block(saved):
    descriptor = load_descriptor(saved)
    many = np.concatenate([PICTURES] * 30)
    rows = descriptor.describe(many)
    assert rows.shape == (90, descriptor.dimension) == (90, 64)
    np.testing.assert_array_equal(rows[:3], descriptor.describe(PICTURES))
    assert descriptor.describe(PICTURES[:0]).shape == (0, 64)


def test_other_sizes_are_stretched(saved):
    large = np.repeat(np.repeat(PICTURES, 2, axis=1), 2, axis=2)
    descriptor = load_descriptor(saved)
    small = np.stack([fitted(picture, (32, 16)) for picture in large])
    np.testing.assert_array_equal(descriptor.describe(large), descriptor.describe(small))
    with pytest.raises(InputError, match="uint8 of shape"):
        descriptor.describe(PICTURES.astype(np.float32))


def test_the_classifier_is_thrown_away(saved):
    with h5py.File(saved) as file:
        shapes = [file["weights"][name].shape for name in file["weights"]]
    assert (64, 4) not in shapes


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.attrs.__setitem__("card", json.dumps({"architecture": {"backbone": "vit"}})),
        lambda f: f.attrs.__setitem__("card", "{"),
        lambda f: f.attrs.__setitem__("format", "another"),
        lambda f: f.__delitem__("weights/00003"),
        lambda f: f["weights/00000"].__setitem__(0, np.nan),
        lambda f: f["weights/00001"].__setitem__(0, 7.0),
        lambda f: f.attrs.__setitem__("digest", "0" * 64),
        lambda f: f.attrs.__delitem__("card"),
    ],
)
def test_a_changed_file_is_refused_in_a_sentence(copy, change):
    with h5py.File(copy, "r+") as file:
        change(file)
    with pytest.raises(FrameatlasError, match=r"Expected .* Received"):
        load_descriptor(copy)


def test_a_newer_one_says_so(copy):
    with h5py.File(copy, "r+") as file:
        file.attrs["version"] = 2
    with pytest.raises(NewerFormatError, match="update frameatlas"):
        load_descriptor(copy)


def test_one_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no file"):
        load_descriptor(tmp_path / "none.descriptor")


def mutated(content, random):
    """The file with bytes changed, cut, or repeated."""
    data = bytearray(content)
    kind = random.integers(0, 3)
    place = int(random.integers(0, len(data)))
    if kind == 0:
        for _ in range(int(random.integers(1, 9))):
            data[int(random.integers(0, len(data)))] ^= 1 << int(random.integers(0, 8))
    elif kind == 1:
        del data[place:]
    else:
        data[place:place] = data[: int(random.integers(1, 200))]
    return bytes(data)


def refused_or_the_same(path, digest):
    try:
        return load_descriptor(path).digest == digest
    except FrameatlasError as error:
        return "Received" in str(error)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_files_are_refused(saved, tmp_path, seed):
    digest = load_descriptor(saved).digest
    random = np.random.default_rng(seed)
    content = saved.read_bytes()
    path = tmp_path / "mutated.descriptor"
    for _ in range(8):
        path.write_bytes(mutated(content, random))
        assert refused_or_the_same(path, digest)


@pytest.mark.faults
def test_a_thousand_mutated_files_are_refused(saved, tmp_path):
    digest = load_descriptor(saved).digest
    random = np.random.default_rng(99)
    content = saved.read_bytes()
    path = tmp_path / "mutated.descriptor"
    for _ in range(1000):
        path.write_bytes(mutated(content, random))
        assert refused_or_the_same(path, digest)


class TestKerasModels:
    def model(self, path, *layers, shape=(32, 16, 3)):
        import keras

        keras.Sequential([keras.Input(shape), *layers]).save(path)
        return path

    def test_one_of_keras_own_layers_is_taken(self, tmp_path):
        import keras

        layers = [keras.layers.Conv2D(5, 3), keras.layers.GlobalAveragePooling2D()]
        descriptor = load_descriptor(self.model(tmp_path / "own.keras", *layers))
        assert descriptor.describe(PICTURES).shape == (3, 5)
        assert descriptor.size == (32, 16)

    def test_a_lambda_is_refused(self, tmp_path):
        import keras

        layers = [keras.layers.Flatten(), keras.layers.Lambda(lambda x: x * 2)]
        with pytest.raises(FrameatlasError, match="code of its own"):
            load_descriptor(self.model(tmp_path / "own.keras", *layers))

    def test_other_shapes_and_files_are_refused(self, tmp_path):
        import keras

        wrong = self.model(tmp_path / "own.keras", keras.layers.Conv2D(5, 3))
        with pytest.raises(FrameatlasError, match="rows"):
            load_descriptor(wrong)
        (tmp_path / "none.keras").write_bytes(b"PK\x03\x04 nothing")
        with pytest.raises(FrameatlasError, match="did not write"):
            load_descriptor(tmp_path / "none.keras")
