"""Golden values, and gradients that stay numbers."""

import numpy as np
import pytest

from frameatlas.reid.learn.losses.identity import attribute_loss, smoothed_identity
from frameatlas.reid.learn.losses.metric import (
    batch_hard_triplet,
    batch_ratio,
    centre_loss,
    contrastive,
    hardest,
    memory_contrast,
)
from frameatlas.reid.learn.losses.pixels import absolute_error, weighted_mask_loss

X = np.array([(0, 0), (1, 0), (0, 2), (3, 3), (4, 3), (3, 5)], np.float32)
Y = np.array([0, 0, 0, 1, 1, 1], np.int32)


def tensor(values):
    import tensorflow as tf

    return tf.constant(values)


def gradient(loss, *inputs):
    import tensorflow as tf

    variables = [tf.Variable(values) for values in inputs]
    with tf.GradientTape() as tape:
        value = loss(*variables)
    return [np.asarray(tf.convert_to_tensor(g)) for g in tape.gradient(value, variables)]


def test_batch_hard_takes_the_farthest_and_the_nearest():
    own, other, anchor = hardest(tensor(X), tensor(Y))
    root = 2.236068
    np.testing.assert_allclose(own, [2, root, root, 2, root, root], rtol=1e-6)
    far = [4.242641, 3.605551, 3.162278, 3.162278, 4.123106, 4.242641]
    np.testing.assert_allclose(other, far, rtol=1e-6)
    assert np.asarray(anchor).all()
    assert float(batch_hard_triplet(tensor(X), tensor(Y), 0.3)) == 0
    assert float(batch_hard_triplet(tensor(X), tensor(Y), None)) == pytest.approx(0.200076, 1e-5)


def test_a_person_with_one_picture_is_no_anchor():
    person = np.array([0, 0, 1], np.int32)
    _, _, anchor = hardest(tensor(X[:3]), tensor(person))
    assert np.asarray(anchor).tolist() == [True, True, False]
    alone = batch_hard_triplet(tensor(X[:3]), tensor(np.array([0, 1, 2], np.int32)))
    assert float(alone) == 0


def test_who_may_be_a_negative_can_be_said():
    nobody = np.zeros((6, 6), bool)
    _, _, anchor = hardest(tensor(X), tensor(Y), tensor(nobody))
    assert not np.asarray(anchor).any()
    one = nobody.copy()
    one[0, 5] = True
    _, other, anchor = hardest(tensor(X), tensor(Y), tensor(one))
    assert np.asarray(anchor).tolist() == [True, *[False] * 5]
    assert float(other[0]) == pytest.approx(np.hypot(3, 5))


def test_centres_are_counted_without_a_half():
    centres = np.array([(0.5, 0.5), (3, 4)], np.float32)
    assert float(centre_loss(tensor(X), tensor(Y), tensor(centres))) == pytest.approx(1.25)


def test_labels_are_smoothed():
    scores = np.array([[2, 1, 0], [0, 0, 1]], np.float32)
    loss = smoothed_identity(tensor(scores), tensor(np.array([0, 1])), 0.1)
    assert float(loss) == pytest.approx(1.012859, abs=1e-6)
    first = smoothed_identity(tensor(scores[:1]), tensor(np.array([0])), 0.1)
    weight = tensor(np.array([1, 0], np.float32))
    weighted = smoothed_identity(tensor(scores), tensor(np.array([0, 1])), 0.1, weight)
    assert float(weighted) == pytest.approx(float(first))


def test_pairs_as_hadsell_has_them():
    first, second = np.zeros((2, 2), np.float32), np.array([(3, 4), (3, 4)], np.float32)
    different = np.array([0, 1], np.float32)
    loss = contrastive(tensor(first), tensor(second), tensor(different), 6.0)
    assert float(loss) == pytest.approx((0.5 * 25 + 0.5 * 1) / 2)


def test_unknown_attributes_do_not_count():
    logits = [tensor(np.array([[5, 0], [0, 5]], np.float32))]
    known = float(attribute_loss(logits, tensor(np.array([[0], [-1]], np.int32))))
    assert known == pytest.approx(np.log1p(np.exp(-5)), rel=1e-4)


def test_the_memory_pulls_to_its_own_cluster():
    memory = np.eye(3, dtype=np.float32)
    near = memory_contrast(tensor(memory), tensor(np.arange(3)), tensor(memory))
    far = memory_contrast(tensor(memory), tensor(np.array([1, 2, 0])), tensor(memory))
    assert float(near) < 1e-6 < float(far)


def test_masks_weigh_people_more():
    logits, mask = np.array([[[2.0, -1.0]]], np.float32), np.array([[[1.0, 0.0]]], np.float32)
    share = 1 / (1 + np.exp(-logits.ravel()))
    expected = -(3 * np.log(share[0]) + np.log(1 - share[1])) / 2 / 4
    assert float(weighted_mask_loss(tensor(logits), tensor(mask), 3, 1)) == pytest.approx(expected)
    assert float(absolute_error(tensor(logits), tensor(mask))) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: batch_hard_triplet(x, tensor(Y), 10.0),
        lambda x: batch_ratio(x, tensor(Y)),
        lambda x: contrastive(x[:3], x[3:], tensor(np.array([0, 1, 1], np.float32)), 9.0),
    ],
)
def test_gradients_are_finite_and_not_nothing(loss):
    # Two equal pictures: the root of a distance of nothing has no derivative of its own.
    same = np.array([(0, 0), (0, 0), (0, 2), (0, 0), (4, 3), (3, 5)], np.float32)
    (found,) = gradient(loss, same)
    assert np.isfinite(found).all()
    assert np.abs(found).max() > 0


def test_the_ratio_is_nothing_but_its_gradient():
    assert float(batch_ratio(tensor(X), tensor(Y))) == pytest.approx(0, abs=1e-6)
    assert float(batch_ratio(tensor(X), tensor(Y), "intra")) > 0
