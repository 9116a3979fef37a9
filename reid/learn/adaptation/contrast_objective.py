"""Cluster-Contrast: every picture near the memory of its cluster and far from all others."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.geometry.directions import directions
from frameatlas.reid.learn.losses.metric import deviation, memory_contrast
from frameatlas.reid.learn.networks.heads import Network
from frameatlas.reid.learn.networks.spread import training_forward
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.training.augment import augmented
from frameatlas.reid.learn.training.objective import Batch, Parts, Stage
from frameatlas.reid.learn.training.sampling import batch_rows, labels_of
from frameatlas.reid.learn.training.train_plan import TrainPlan

TEMPERATURE, MOMENTUM = 0.05, 0.1
"""Divides similarities; share of the memory that stays when a picture of the cluster comes by."""


class ContrastObjective:
    """InfoNCE against a memory that begins as the means of the clusters.

    Args:
        store: Pictures with their clusters.
        plan: Batches.
        network: Describes.
        features: float32 of shape (m, d): of the pictures to learn from, in their order.
    """

    def __init__(
        self,
        store: CropStore,
        plan: TrainPlan,
        network: Network,
        features: NDArray[np.float32],
    ) -> None:
        import keras

        self.store, self.plan, self.network = store, plan, network
        self.labels = labels_of(store.people)
        self._forward = training_forward(network.embed)
        means = np.zeros((self.labels.known, features.shape[1]), np.float32)
        np.add.at(means, self.labels.label, features)
        self.memory = keras.Variable(directions(means), trainable=False, dtype="float32")
        embed = network.embed
        self.stages = (
            Stage(
                "clusters",
                1.0,
                embed.trainable_variables,
                self.losses,
                [*embed.non_trainable_variables, self.memory],
            ),
        )

    def batch(self, step: int) -> Batch:
        """P clusters, K pictures each."""
        rows = batch_rows(self.labels, self.plan, step)
        random = np.random.default_rng([self.plan.seed, 7, step])
        return {
            "pictures": augmented(self.store.pixels[self.labels.rows[rows]], self.plan, random),
            "person": self.labels.label[rows].astype(np.int32),
        }

    def begin_step(self, step: int, steps: int) -> None:
        """Nothing has to be done."""

    def state(self) -> Sequence[Any]:
        """Network and memory."""
        return [*self.network.embed.variables, self.memory]

    def losses(self, batch: dict[str, Any]) -> Parts:
        """InfoNCE; and the memory moves towards the pictures that came by."""
        import tensorflow as tf

        described = self._forward(batch["pictures"])["described"]
        unit = tf.math.l2_normalize(described, axis=1)
        person = batch["person"]
        loss = memory_contrast(unit, person, self.memory.value, TEMPERATURE)
        # The mean of a cluster's pictures of this batch: the order within a batch decides nothing.
        same = tf.one_hot(person, self.labels.known)
        count = tf.reduce_sum(same, axis=0)[:, None]
        means = tf.matmul(same, tf.stop_gradient(unit), transpose_a=True) / tf.maximum(count, 1.0)
        moved = MOMENTUM * self.memory.value + (1 - MOMENTUM) * means
        memory = tf.where(count > 0, tf.math.l2_normalize(moved, axis=1), self.memory.value)
        self.memory.value.assign(memory)
        return {"loss": loss, "deviation": deviation(unit)}
