"""Parameters, shapes, and that the networks are those that they say they are."""

import numpy as np
import pytest

from frameatlas.errors import FormatError, InputError, WeightsError
from frameatlas.reid.learn.networks import backbones
from frameatlas.reid.learn.networks.backbones import (
    build_backbone,
    fill_backbone,
    fill_from_keras,
    resnet_options,
    without_top,
)
from frameatlas.reid.learn.networks.heads import Architecture, build_network
from frameatlas.reid.learn.networks.layers import LayerMaker
from frameatlas.reid.learn.networks.resnet import ResNetOptions
from frameatlas.reid.learn.train_descriptor import begin


def learnt(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def test_resnet_50_has_the_published_number_of_weights():
    plain = build_backbone("resnet50", (64, 32))
    assert learnt(plain) == 23_508_032
    assert learnt(build_backbone("resnet50-ibn", (64, 32))) == 23_508_032
    assert plain.output_shape == (None, 2048)


def test_tiny_has_25224_numbers():
    model = build_backbone("tiny", (64, 32))
    assert sum(int(np.prod(v.shape)) for v in model.variables) == 25_224
    assert model.output_shape == (None, 64)


@pytest.mark.parametrize("name", ["resnet9-16th", "resnet18-ibn-16th"])
def test_other_depths_describe(name):
    model = build_backbone(name, (32, 16))
    rows = np.asarray(model(np.random.default_rng(0).uniform(0, 255, (2, 32, 16, 3))))
    assert rows.shape == (2, model.output_shape[1])
    assert np.isfinite(rows).all()


def test_the_last_stride_and_dilation_set_the_size_of_maps():
    sizes = {
        (1, False): 64 // 16,
        (2, False): 64 // 32,
        (1, True): 64 // 8,
    }
    for (last, dilated), height in sizes.items():
        import keras

        inputs = keras.Input((64, 32, 3))
        options = ResNetOptions(18, width=1 / 16, last_stride=last, dilated=dilated)
        maps = backbones.resnet_features(inputs, options, LayerMaker())
        assert maps.shape[1] == height


def test_keras_variant_is_keras_resnet_layer_by_layer():
    import keras

    theirs = keras.applications.ResNet50(
        weights=None, include_top=False, input_shape=(64, 32, 3), pooling="avg"
    )
    inputs = keras.Input((64, 32, 3))
    options = ResNetOptions(50, "keras", last_stride=2)
    maps = backbones.resnet_features(inputs, options, LayerMaker())
    ours = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(maps))
    own = {layer.name: layer for layer in ours.layers}
    random = np.random.default_rng(0)
    for layer in theirs.layers:
        if layer.weights:
            # Weights that keep numbers of a size: variances have to be positive.
            arrays = [np.abs(random.normal(0.02, 0.02, w.shape)) for w in layer.get_weights()]
            layer.set_weights(arrays)
            own[layer.name].set_weights(arrays)
    pictures = random.uniform(-1, 1, (2, 64, 32, 3)).astype(np.float32)
    np.testing.assert_allclose(ours(pictures), theirs(pictures), rtol=2e-4)


def test_ibn_is_half_instance_and_half_batch_normalisation():
    import keras

    inputs = keras.Input((5, 3, 8))
    model = keras.Model(inputs, LayerMaker().norm(inputs, "norm", ibn=True))
    x = np.random.default_rng(0).normal(2, 3, (4, 5, 3, 8)).astype(np.float32)
    found = np.asarray(model(x, training=True))
    for part, axes in ((slice(0, 4), (1, 2)), (slice(4, 8), (0, 1, 2))):
        own = x[..., part]
        mean, variance = own.mean(axes, keepdims=True), own.var(axes, keepdims=True)
        expected = (own - mean) / np.sqrt(variance + 1e-5)
        np.testing.assert_allclose(found[..., part], expected, atol=1e-4)


def test_trento_has_41_logits_and_553_numbers():
    network = build_network(Architecture("tiny", "reweighted", 32, 16), people=5)
    outputs = network.embed(np.zeros((2, 32, 16, 3), np.float32))
    assert sum(logits.shape[1] for logits in outputs["attributes"]) == 41
    assert outputs["described"].shape == (2, 553)
    shares = np.asarray(outputs["shares"])
    np.testing.assert_allclose(shares.sum(axis=1), 12, rtol=1e-5)
    assert network.classify.output_shape == (None, 5)


def test_the_neck_shifts_nothing_and_the_classifier_begins_small():
    network = build_network(Architecture("tiny", "neck", 32, 16), people=50)
    neck = network.embed.get_layer("neck")
    assert neck.beta is None
    (kernel,) = network.classify.get_weights()
    assert kernel.std() == pytest.approx(0.001, rel=0.1)


def test_one_seed_gives_the_same_weights_and_another_others():
    one, same, other = (
        build_network(Architecture("tiny", "neck", 32, 16), 3, seed=seed) for seed in (1, 1, 2)
    )
    for a, b in zip(one.embed.variables, same.embed.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    first = one.embed.trainable_variables[0].numpy()
    assert not np.array_equal(first, other.embed.trainable_variables[0].numpy())


def test_a_mask_has_the_size_of_its_picture():
    network = build_network(Architecture("tiny", "mask", 48, 24))
    assert network.embed(np.zeros((1, 48, 24, 3)))["mask"].shape == (1, 48, 24)


@pytest.mark.parametrize("name", ["resnet7", "vit", "resnet50-ibn-gpu", ""])
def test_a_backbone_that_there_is_not(name):
    with pytest.raises(InputError, match="--backbone"):
        resnet_options(name)


def test_names_of_resnets():
    assert resnet_options("resnet50-ibn") == ResNetOptions(50, ibn=True)
    assert resnet_options("resnet101-keras").variant == "keras"
    assert resnet_options("resnet18-8th").width == 1 / 8
    with pytest.raises(InputError, match="width"):
        resnet_options("resnet18-99th")


@pytest.mark.parametrize("head", ["neck", "plain", "reweighted", "clustering", "codes-relu"])
def test_a_network_begins_with_its_backbones_weights_whatever_stands_on_it(tmp_path, head):
    backbone = build_backbone("tiny", (64, 32), seed=3)
    backbone.save_weights(tmp_path / "tiny.weights.h5")
    network = build_network(Architecture("tiny", head, 64, 32), seed=1)
    begin(network, "tiny", tmp_path / "tiny.weights.h5")
    own = without_top(network.embed).variables
    assert len(own) == len(backbone.variables)
    for one, other in zip(own, backbone.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_weights_of_another_network_are_refused(tmp_path):
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save_weights(tmp_path / "other.weights.h5")
    with pytest.raises(WeightsError, match="choose its --backbone"):
        fill_backbone(build_backbone("tiny", (32, 16)), "tiny", tmp_path / "other.weights.h5")
    with pytest.raises(WeightsError, match="--start none"):
        fill_from_keras(None, "tiny")


def test_without_a_network_the_way_out_is_named(monkeypatch):
    import keras

    def offline(**_):
        raise OSError("URL fetch failure")

    monkeypatch.setattr(keras.applications, "ResNet50", offline)
    with pytest.raises(WeightsError, match="`--backbone xception` needs no network"):
        fill_from_keras(None, "resnet50-keras")


@pytest.mark.parametrize(
    "values",
    [
        None,
        {"backbone": "vit"},
        {"head": "tail"},
        {"height": "256"},
        {"height": 10**9},
        {"width": True},
        {"depth": 3},
    ],
)
def test_an_architecture_that_is_none(values):
    with pytest.raises((FormatError, InputError)):
        Architecture.parse(values, "card")
