"""Half precision, as on a GPU: tried on the CPU, where bfloat16 runs too."""

import numpy as np
import pytest

from frameatlas.embedder.describe import keras_networks
from frameatlas.embedder.describe.keras_networks import ApplicationDescriptor, application_network
from frameatlas.embedder.describe.presets import network as presets
from frameatlas.embedder.describe.presets.network import PresetDescriptor, preset_network

CROPS = np.random.default_rng(0).integers(0, 256, (9, 32, 32, 3), dtype=np.uint8)


def cosines(some, others):
    lengths = np.linalg.norm(some, axis=1) * np.linalg.norm(others, axis=1)
    return (some * others).sum(axis=1) / lengths


@pytest.mark.parametrize("make", ["random_clip", "random_siglip", "random_metaclip", "random_dino"])
def test_networks_of_keras_hub_say_nearly_the_same(tiny_networks, tmp_path, monkeypatch, make):
    network = preset_network(getattr(tiny_networks, make)(tmp_path / "preset"), 2)
    whole = PresetDescriptor(network)
    monkeypatch.setattr(presets, "compute_dtype", lambda: "mixed_bfloat16")
    half = PresetDescriptor(network)
    found = half.describe(CROPS)
    assert found.dtype == np.float32
    assert np.array_equal(found[:1], half.describe(CROPS[:1]))
    assert cosines(found, whole.describe(CROPS)).min() > 0.99
    assert not np.array_equal(found, whole.describe(CROPS))  # it did compute otherwise
    if make in ("random_clip", "random_siglip"):
        words = half.words(["a red circle", "blue"])
        assert words.dtype == np.float32
        assert np.allclose(np.linalg.norm(words, axis=1), 1, atol=1e-5)
        assert cosines(words, whole.words(["a red circle", "blue"])).min() > 0.99


def test_networks_of_keras_applications_too_and_leave_keras_as_it_was(tmp_path, monkeypatch):
    import keras

    monkeypatch.setattr(keras_networks, "USUAL_SIDE", 32)  # such convolutions are slow on a CPU
    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV3Small(
        weights=None, include_top=False, pooling="avg", input_shape=(32, 32, 3)
    )
    model.save_weights(tmp_path / "m.weights.h5")
    pixels = CROPS[:2]
    network = application_network("MobileNetV3Small", tmp_path / "m.weights.h5", 1)
    whole = ApplicationDescriptor(network).describe(pixels)
    before = keras.config.dtype_policy()
    monkeypatch.setattr(keras_networks, "compute_dtype", lambda: "mixed_bfloat16")
    half = ApplicationDescriptor(network).describe(pixels)
    assert keras.config.dtype_policy() == before
    assert cosines(half, whole).min() > 0.98
