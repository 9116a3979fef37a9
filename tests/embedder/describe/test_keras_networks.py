"""Networks of keras.applications, by name, with their weights from a file."""

import numpy as np
import pytest

from frameatlas.embedder.describe import keras_networks
from frameatlas.embedder.describe.keras_networks import ApplicationDescriptor, application_network
from frameatlas.embedder.describe.networks import (
    find_network,
)
from frameatlas.errors import InputError, WeightsError


@pytest.fixture(scope="module")
def model():
    """A small network, at random."""
    import keras

    keras.utils.set_random_seed(0)
    return keras.applications.MobileNetV3Small(weights=None, include_top=False, pooling="avg")


@pytest.fixture(scope="module")
def mobilenet(model, tmp_path_factory):
    """Its weights."""
    path = tmp_path_factory.mktemp("weights") / "mobilenet.weights.h5"
    model.save_weights(path)
    return path


def test_a_network_of_keras_applications_describes_as_keras_does(model, mobilenet):
    network = find_network("mobilenetv3small", mobilenet, 1)
    assert (network.name, network.side, network.width) == ("MobileNetV3Small", 224, 576)
    pixels = np.random.default_rng(0).integers(0, 256, (3, 224, 224, 3), dtype=np.uint8)
    found = ApplicationDescriptor(network).describe(pixels)
    theirs = np.asarray(model(pixels.astype(np.float32), training=False))
    np.testing.assert_allclose(found, theirs, rtol=2e-3, atol=2e-4)
    assert np.array_equal(found[1:2], ApplicationDescriptor(network).describe(pixels[1:2]))


def test_a_network_is_built_once_to_know_its_width(mobilenet, monkeypatch):
    width = application_network("MobileNetV3Small", mobilenet, 1).width
    monkeypatch.setattr(keras_networks, "_built", lambda _: pytest.fail("built again"))
    assert application_network("MobileNetV3Small", mobilenet, 1).width == width == 576


def test_a_network_of_keras_applications_needs_its_weights_from_a_file(mobilenet):
    with pytest.raises(InputError, match=r"Expected --weights FILE.*save_weights"):
        find_network("ResNet50")
    with pytest.raises(WeightsError, match=r"fit keras\.applications\.MobileNet without"):
        ApplicationDescriptor(application_network("MobileNet", mobilenet, 1))
