"""Xception's layers in OpenVINO's operations, and its pointwise convolutions in int8."""

import numpy as np
import pytest

from frameatlas.embedder.describe.int8 import quantise
from frameatlas.embedder.describe.int8.graph import build_graph
from frameatlas.embedder.describe.int8.quantise import SEVEN_BITS, even_out, whole_weights
from frameatlas.embedder.describe.int8.ranges import (
    Range,
    find_ranges,
    int8_digest,
    read_ranges,
    write_ranges,
)
from frameatlas.embedder.describe.weights import PACKAGED_NAME, find_packaged_weights
from frameatlas.embedder.describe.xception import fold_batchnorm
from frameatlas.errors import InputError

SIDE = 32


@pytest.fixture(scope="module")
def tiny():
    """A network of every kind of layer that Xception has, at random."""
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    value = given = keras.Input((SIDE, SIDE, 3))
    value = layers.Conv2D(8, 3, strides=2, use_bias=False, name="first")(value)
    value = layers.Activation("relu")(layers.BatchNormalization()(value))
    beside = layers.Conv2D(16, 1, strides=2, padding="same", use_bias=False, name="beside")(value)
    beside = layers.BatchNormalization()(beside)
    for name in ("one", "two"):
        value = layers.SeparableConv2D(16, 3, padding="same", use_bias=False, name=name)(value)
        value = layers.Activation("relu")(layers.BatchNormalization()(value))
    value = layers.MaxPooling2D(3, 2, padding="same")(value)
    value = layers.GlobalAveragePooling2D()(layers.Add()([value, beside]))
    model = keras.Model(given, value)
    random = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            n = layer.gamma.shape[0]
            layer.set_weights([*random.uniform(0.5, 1.5, (2, n)), *random.uniform(0.1, 1, (2, n))])
    return model


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(1).integers(0, 256, (4, SIDE, SIDE, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def expected(tiny, pictures):
    return np.asarray(tiny(pictures.astype(np.float32) / 127.5 - 1))


def run(model, pictures):
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(model, "CPU", settings)
    return np.concatenate([compiled([picture[None]])[0] for picture in pictures])


def test_the_graph_is_keras_network(tiny, pictures, expected):
    operations, crops, features = build_graph(tiny, fold_batchnorm(tiny), side=SIDE)
    found = run(operations.openvino.Model([features], [crops]), pictures)
    np.testing.assert_allclose(found, expected, atol=2e-5)


def ranges_of(tiny, pictures):
    make_ranges = pytest.importorskip("tools.make_int8_ranges")
    return make_ranges.observed(tiny, pictures)


def test_int8_is_nearly_the_network(cosines, tiny, pictures, expected):
    ranges = ranges_of(tiny, pictures)
    assert set(ranges) == {"one", "two"}
    model = quantise.quantised(tiny, ranges)
    kinds = [operation.get_type_name() for operation in model.get_ops()]
    assert kinds.count("FakeQuantize") == 2
    found = run(model, pictures)
    assert cosines(found, expected).min() > 0.995
    assert not np.allclose(found, expected, atol=2e-5)


def test_layers_kept_in_float_are_not_quantised(tiny, pictures, expected, monkeypatch):
    monkeypatch.setattr(quantise, "FLOAT_LAYERS", {"one", "two"})
    model = quantise.quantised(tiny, ranges_of(tiny, pictures))
    np.testing.assert_allclose(run(model, pictures), expected, atol=2e-5)


def test_two_products_fit_into_sixteen_bits():
    weights = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)
    weights[2] = 0
    whole, step = whole_weights(weights)
    assert np.abs(whole.astype(int)).max() == SEVEN_BITS
    assert 2 * 255 * SEVEN_BITS < 2**15
    assert np.abs(whole * step[:, None] - weights).max() <= step.max() / 2 + 1e-6


def test_channels_are_made_more_alike():
    top = np.array([100, 1, 0.01], np.float32)
    factor = even_out(top, np.ones((4, 3), np.float32))
    assert np.log(factor).sum() == pytest.approx(0, abs=1e-5)
    assert np.ptp(np.log(top / factor)) == pytest.approx(np.ptp(np.log(top)) / 2, rel=1e-4)


def test_the_packaged_ranges_are_of_every_separable_convolution():
    ranges = read_ranges()
    assert len(ranges) == 34
    assert set(ranges) > quantise.FLOAT_LAYERS
    assert all((of_layer.top >= 0).all() for of_layer in ranges.values())


def test_ranges_are_written_and_read(tmp_path):
    path = tmp_path / "ranges.h5"
    write_ranges(path, {"one": Range(np.ones(3, np.float32), np.zeros(3, np.float32))})
    (seen,) = read_ranges(path).values()
    assert seen.top.tolist() == [1, 1, 1]
    assert seen.mean.tolist() == [0, 0, 0]
    assert find_ranges().stat().st_size < 300_000


def test_other_weights_have_no_int8(tmp_path):
    other = tmp_path / "other.weights.h5"
    other.write_bytes(b"other")
    with pytest.raises(InputError, match="packaged weights"):
        int8_digest(other)
    copied = tmp_path / PACKAGED_NAME
    copied.write_bytes(find_packaged_weights().read_bytes())
    assert int8_digest(copied) == int8_digest(None)
