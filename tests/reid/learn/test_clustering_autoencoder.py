"""The clustering autoencoder: its two numerical traps, its collapse, and that it separates."""

import numpy as np
import pytest

from frameatlas.errors import InputError


@pytest.fixture(scope="module")
def tf():
    from frameatlas.embedder.describe.tensorflow_import import import_tensorflow

    return import_tensorflow()


@pytest.fixture(scope="module")
def losses(tf):
    from frameatlas.reid.learn import contrastive_losses as clustering_losses

    return clustering_losses


@pytest.fixture(scope="module")
def autoencoder(tf):
    from frameatlas.reid.learn import clustering_autoencoder

    return clustering_autoencoder


def gradient(tf, loss, *codes):
    variables = [tf.Variable(c, dtype="float32") for c in codes]
    with tf.GradientTape() as tape:
        value = loss(*variables)
    return float(value), [np.asarray(g) for g in tape.gradient(value, variables)]


SAME = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]])
OTHER = np.array([[6.0, 8.0], [1.0, 1.0]])


def test_distances_are_not_squared_unless_asked(losses):
    assert np.asarray(losses.distances(SAME, SAME))[0].tolist() == pytest.approx([0, 5, 1])
    assert np.asarray(losses.distances(SAME, SAME, squared=True))[0].tolist() == [0, 25, 1]


def test_the_distance_to_itself_has_a_finite_gradient(tf, losses):
    _, (found,) = gradient(tf, lambda z: tf.reduce_sum(losses.distances(z, z)), SAME)
    assert np.isfinite(found).all()
    _, (unsafe,) = gradient(
        tf, lambda z: tf.reduce_sum(tf.norm(z[:, None] - z[None], axis=2)), SAME
    )
    assert np.isnan(unsafe).any()  # the trap that the safe root avoids


def test_the_weight_is_not_derived(tf, losses):
    value, (same, other) = gradient(tf, lambda s, d: losses.contrast(s, d)[0], SAME, OTHER)
    assert value == pytest.approx(0, abs=1e-6)
    assert np.abs(same).max() > 0.01
    assert np.abs(other).max() > 0.01

    def naive(s, d):
        _, intra, inter = losses.contrast(s, d)
        return intra - intra / inter * inter

    _, trap = gradient(tf, naive, SAME, OTHER)
    assert max(np.abs(g).max() for g in trap) < 1e-6  # the trap that stop_gradient avoids


def test_the_gradient_is_that_of_the_logarithm(tf, losses):
    def logarithm(s, d):
        _, intra, inter = losses.contrast(s, d)
        return tf.stop_gradient(intra) * tf.math.log(intra / inter)

    _, expected = gradient(tf, logarithm, SAME, OTHER)
    _, found = gradient(tf, lambda s, d: losses.contrast(s, d)[0], SAME, OTHER)
    for first, second in zip(found, expected, strict=True):
        assert first == pytest.approx(second, abs=1e-6)


@pytest.fixture(scope="module")
def blobs():
    """Three kinds of pictures of 20 numbers, drowned in 12 directions of more spread."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 60)
    pictures = random.normal(0.5, 0.02, (180, 20))
    pictures[:, :12] += random.normal(0, 0.15, (180, 12))
    pictures[np.arange(180), 12 + labels] += 0.2
    return np.clip(pictures, 0, 1).astype(np.float32), labels


def trained(autoencoder, blobs, **options):
    plan = autoencoder.ClusteringPlan(
        latent="fixed-variance" if options.pop("fixed", False) else "relu",
        pretrain=20,
        epochs=120,
        batch=60,
        rate=3e-3,
        **options,
    )
    encoder = autoencoder.train_clustering(*blobs, plan, widths=(24, 4))
    return autoencoder.encode(encoder, blobs[0])


def spread(codes, labels):
    """Mean distance within and between labels."""
    distance = np.linalg.norm(codes[:, None] - codes[None], axis=2)
    same = labels[:, None] == labels[None]
    return distance[same].mean(), distance[~same].mean()


@pytest.mark.compiled
def test_intra_alone_collapses_and_the_ratio_does_not(autoencoder, blobs):
    labels = blobs[1]
    before = trained(autoencoder, blobs, contrast="none")
    alone = trained(autoencoder, blobs, contrast="intra", reconstruction_share=0.0)
    ratio = trained(autoencoder, blobs, contrast="ratio", reconstruction_share=0.0)
    assert spread(alone, labels)[1] < 0.05 * spread(before, labels)[1]
    intra, inter = spread(ratio, labels)
    assert inter > 0.3 * spread(before, labels)[1]
    assert inter > 3 * intra


@pytest.mark.compiled
def test_a_code_of_fixed_variance(autoencoder, blobs):
    codes = trained(autoencoder, blobs, fixed=True)
    assert codes.std(axis=0) == pytest.approx(np.ones(4), abs=0.15)
    assert (codes < 0).any()  # no ReLU limits it
    intra, inter = spread(codes, blobs[1])
    assert inter > 2 * intra


def test_published_layers(autoencoder):
    encoder = autoencoder.build_clustering_encoder(784)
    decoder = autoencoder.build_clustering_decoder(784)
    widths = [layer.units for model in (encoder, decoder) for layer in model.layers]
    assert widths == [500, 64, 10, 64, 500, 784]
    kernel, bias = (np.asarray(w) for w in encoder.layers[0].get_weights())
    assert np.abs(kernel).max() == pytest.approx(1 / 28, rel=0.01)  # PyTorch's first weights
    assert np.abs(bias).max() == pytest.approx(1 / 28, rel=0.05)


def test_the_same_seed_trains_alike(autoencoder, blobs):
    plan = autoencoder.ClusteringPlan(pretrain=1, epochs=2, batch=60)
    codes = [
        autoencoder.encode(autoencoder.train_clustering(*blobs, plan, widths=(8, 3)), blobs[0])
        for _ in range(2)
    ]
    assert np.array_equal(*codes)


def test_labels_of_different_sizes(autoencoder):
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), (3, 9, 20, 31))
    pictures = random.random((63, 12)).astype(np.float32)
    plan = autoencoder.ClusteringPlan(pretrain=1, epochs=3, batch=10, same=16, different=30)
    codes = autoencoder.encode(
        autoencoder.train_clustering(pictures, labels, plan, widths=(8, 3)), pictures
    )
    assert np.isfinite(codes).all()


def test_what_cannot_be_trained(autoencoder, blobs):
    with pytest.raises(InputError, match="two different"):
        autoencoder.train_clustering(blobs[0], np.zeros(180, int), autoencoder.ClusteringPlan())
    with pytest.raises(InputError, match="a latent of"):
        autoencoder.ClusteringPlan(latent="gelu")
    with pytest.raises(InputError, match="share of reconstruction"):
        autoencoder.ClusteringPlan(reconstruction_share=2)
