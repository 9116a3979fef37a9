"""Several GPUs: the backbone is spread over them, the rest sees the whole batch."""

import subprocess
import sys

import numpy as np
import pytest

from frameatlas.reid.learn.networks import spread
from frameatlas.reid.learn.networks.heads import Architecture, build_network
from frameatlas.reid.learn.networks.spread import training_forward

TWICE = ["/CPU:0", "/CPU:0"]


def network(backbone="pixels", head="neck"):
    return build_network(Architecture(backbone, head, 32, 16), people=3, seed=1)


@pytest.fixture
def pictures():
    return np.random.default_rng(0).uniform(0, 255, (7, 32, 16, 3)).astype(np.float32)


@pytest.mark.parametrize("head", ["neck", "plain", "unit", "reweighted"])
def test_heads_see_the_whole_batch(pictures, head):
    """Of a backbone without means of its own everything is as on one device, odd parts too."""
    whole, parted = network(head=head), network(head=head)
    one = training_forward(whole.embed)(pictures)
    other = training_forward(parted.embed, TWICE)(pictures)
    assert sorted(one) == sorted(other)
    for name in ("pooled", "described"):
        np.testing.assert_allclose(one[name], other[name], rtol=1e-4, atol=1e-5)
    for mine, its in zip(whole.embed.variables, parted.embed.variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), its.numpy(), rtol=1e-5, atol=1e-6)


def test_backbones_take_their_means_of_their_part(pictures):
    """As everywhere in the field: batch normalisation of a part, on the same weights."""
    parted = network("tiny", "plain").embed
    found = training_forward(parted, TWICE)(pictures)["pooled"]
    alone = network("tiny", "plain").embed
    parts = [alone(part, training=True)["pooled"] for part in (pictures[:3], pictures[3:])]
    np.testing.assert_allclose(found, np.concatenate(parts), rtol=1e-4, atol=1e-5)
    for mine, its in zip(parted.variables, alone.variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), its.numpy(), rtol=1e-4, atol=1e-5)


def test_gradients_of_all_parts_add_up(pictures):
    import tensorflow as tf

    def gradient(embed, devices):
        forward = training_forward(embed, devices)
        weights = embed.get_layer("conv1").trainable_variables[0].value
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(forward(pictures)["pooled"]))
        return np.asarray(tape.gradient(loss, weights))

    parted = gradient(network("tiny", "plain").embed, TWICE)
    embed = network("tiny", "plain").embed
    weights = embed.get_layer("conv1").trainable_variables[0].value
    with tf.GradientTape() as tape:
        parts = [embed(p, training=True)["pooled"] for p in (pictures[:3], pictures[3:])]
        loss = tf.add_n([tf.reduce_sum(tf.square(p)) for p in parts])
    np.testing.assert_allclose(parted, np.asarray(tape.gradient(loss, weights)), rtol=1e-3)


def test_one_gpu_or_none_changes_nothing(pictures, monkeypatch):
    monkeypatch.setattr(spread, "visible_gpus", lambda: ["/GPU:0"])
    own = network("tiny")
    expected = network("tiny").embed(pictures, training=True)["described"]
    np.testing.assert_array_equal(training_forward(own.embed)(pictures)["described"], expected)


TWO_DEVICES = """
import tensorflow as tf
one = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], [one, one])
from frameatlas.reid.learn.networks import spread
spread.visible_gpus = lambda: [d.name for d in tf.config.list_logical_devices("CPU")]
from frameatlas.reid.learn.sets.drawn_people import DrawnOptions, draw_people
from frameatlas.reid.learn.training.objectives import network_for, objective_for
from frameatlas.reid.learn.training.train_plan import plan_of
from frameatlas.reid.learn.training.trainer import Trainer, Watchers
store = draw_people(DrawnOptions(8, 2, 2, size=(32, 16))).store()
plan = plan_of("unb", backbone="tiny", height=32, width=16, people=4, pictures=2, epochs=2,
    steps=4, rate=2e-3, precision="float32", schedule="constant")
network = network_for(store, plan)
losses = []
watchers = Watchers(lambda epoch: losses.append(epoch.figures["loss"]))
objective = objective_for(store, plan, network)
trainer = Trainer(objective, plan, 4, None, watchers)
trainer.train()
batch = {k: tf.constant(v) for k, v in objective.batch(0).items()}
graph = trainer._compiled[0].get_concrete_function(batch).graph  # that of the steps
convolutions = {o.device for o in graph.get_operations() if o.type == "Conv2D"}
print(len(spread.visible_gpus()), len(convolutions), losses[1] < losses[0])
"""


def test_a_training_on_two_devices():
    command = [sys.executable, "-c", TWO_DEVICES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["2", "2", "True"], done.stderr[-2000:]
