import numpy as np
import pytest

from frameatlas.embedder.layout.autoencoder import build_decoder, build_encoder, hidden_widths
from frameatlas.embedder.layout.std_regulariser import std_penalty


def sizes(variables) -> int:
    return sum(int(np.prod(variable.shape)) for variable in variables)


def test_encoder_has_the_published_parameters() -> None:
    encoder = build_encoder(256)
    assert sizes(encoder.weights) == 13_622
    assert sizes(encoder.trainable_weights) == 13_502
    assert sizes(encoder.non_trainable_weights) == 120


def test_decoder_has_the_published_parameters() -> None:
    decoder = build_decoder(256)
    assert sizes(decoder.weights) == 22_048
    assert sizes(decoder.trainable_weights) == 21_840
    assert sizes(decoder.non_trainable_weights) == 208


def test_layers_are_the_published_ones_in_order() -> None:
    def row(layer):
        return type(layer).__name__, getattr(getattr(layer, "activation", None), "__name__", "")

    norm = ("BatchNormalization", "")
    assert [row(layer) for layer in build_encoder(256).layers] == [
        ("Dense", "elu"), norm, ("Dense", "elu"), norm, ("Dense", "tanh"),
    ]  # fmt: skip
    assert [row(layer) for layer in build_decoder(256).layers] == [
        ("Dense", "elu"), norm, ("Dense", "elu"), norm, ("Dense", "elu"), norm, ("Dense", "linear"),
    ]  # fmt: skip


def test_published_widths() -> None:
    assert hidden_widths(256, 2, 2) == (50, 10)
    assert hidden_widths(2, 256, 3) == (6, 22, 76)
    assert hidden_widths(64, 1, 1) == (8,)


@pytest.mark.parametrize("components", [1, 2, 9, 100, 256])
def test_any_number_of_components_makes_a_model(components: int) -> None:
    scores = np.ones((3, components), np.float32)
    code = build_encoder(components)(scores)
    assert code.shape == (3, 2)
    assert build_decoder(components)(code).shape == (3, components)
    assert min(hidden_widths(components, 2, 2)) >= 2


def test_same_seed_same_weights_and_another_seed_others() -> None:
    first, same, other = (build_encoder(20, seed=s).get_weights()[0] for s in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("batch", [2, 64, 1000])
def test_keras_charges_the_regulariser_once_whatever_the_batch(batch: int) -> None:
    encoder = build_encoder(8, std=0.3, std_weight=10.0)
    scores = np.random.default_rng(0).normal(size=(batch, 8)).astype(np.float32)
    code = encoder(scores, training=True)
    (charged,) = encoder.losses
    assert float(charged) == pytest.approx(10 * float(std_penalty(code, 0.3)), rel=1e-5)


def test_plain_keras_fit_reaches_the_wished_spread() -> None:
    import keras

    encoder = build_encoder(8, std=0.3)
    scores = np.random.default_rng(0).normal(size=(512, 8)).astype(np.float32)
    nothing = {"loss": lambda y, code: 0.0 * code[:, 0], "jit_compile": False}
    encoder.compile(keras.optimizers.Adam(0.02), **nothing)
    encoder.fit(scores, scores, batch_size=512, epochs=80, verbose=0)
    code = np.asarray(encoder(scores, training=True))
    np.testing.assert_allclose(code.std(axis=0), 0.3, atol=0.02)
    np.testing.assert_allclose(code.mean(axis=0), 0.0, atol=0.02)
