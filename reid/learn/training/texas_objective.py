"""Texas A&M's autoencoder with a clustering network on its code, and why it did not converge.

First pictures are drawn again (L1); then the encoder is frozen and a clustering network is to bring
the pictures of a person together. Published was the distance to the person's running mean alone,
which is smallest where everything is one point. EPFL's ratio beside it repairs that.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from frameatlas.reid.learn.losses.metric import batch_ratio, deviation
from frameatlas.reid.learn.losses.pixels import absolute_error
from frameatlas.reid.learn.networks.heads import Network
from frameatlas.reid.learn.networks.maps import build_decoder
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.training.augment import augmented
from frameatlas.reid.learn.training.objective import Batch, Parts, Stage
from frameatlas.reid.learn.training.sampling import batch_rows, labels_of
from frameatlas.reid.learn.training.train_plan import TrainPlan

REFRESHED, RESET = 130, 20
"""Batches after which centres are taken anew from the running means; epochs after which those
begin again."""

DRAWN_SHARE = 0.5
"""Of the epochs, for the autoencoder."""


class TexasObjective:
    """The two stages.

    Args:
        store: The pictures.
        plan: ``contrast`` says which loss the second stage has.
        network: With the head "clustering".
    """

    def __init__(self, store: CropStore, plan: TrainPlan, network: Network) -> None:
        import keras

        self.store, self.plan, self.network = store, plan, network
        self.labels = labels_of(store.people)
        embed = network.embed
        maps = embed.output["maps"]
        self.decoder = build_decoder(tuple(maps.shape[1:]), plan.architecture.size, plan.seed)
        width = embed.output["described"].shape[-1]
        shape = (self.labels.known, width)
        self.sums, self.centres = (
            keras.Variable(np.zeros(shape, np.float32), trainable=False) for _ in range(2)
        )
        self.counts, self.known = (
            keras.Variable(np.zeros(shape[0], np.float32), trainable=False) for _ in range(2)
        )
        late = [layer for layer in embed.layers if layer.name.startswith("cluster")]
        early = [layer for layer in embed.layers if layer not in late]
        self.encoder = keras.Model(embed.input, maps)
        self._late = late
        self.stages = (
            Stage(
                "pictures drawn again",
                DRAWN_SHARE,
                [*_of(early, "trainable_variables"), *self.decoder.trainable_variables],
                self.draw,
                [*_of(early, "non_trainable_variables"), *self.decoder.non_trainable_variables],
            ),
            Stage(
                "clusters",
                1 - DRAWN_SHARE,
                _of(late, "trainable_variables"),
                self.cluster,
                [*_of(late, "non_trainable_variables"), self.sums, self.counts],
            ),
        )

    def batch(self, step: int) -> Batch:
        """P people, K pictures each."""
        rows = batch_rows(self.labels, self.plan, step)
        random = np.random.default_rng([self.plan.seed, 5, step])
        pictures = self.store.pixels[self.labels.rows[rows]]
        person = np.minimum(self.labels.label[rows], self.labels.known - 1)
        return {
            "pictures": augmented(pictures, self.plan, random),
            "person": person.astype(np.int32),
        }

    def begin_step(self, step: int, steps: int) -> None:
        """Take centres from the running means, and begin those again, as published."""
        if step % REFRESHED == 0:
            counts = self.counts.numpy()
            means = self.sums.numpy() / np.maximum(counts, 1)[:, None]
            self.centres.assign(np.where(counts[:, None] > 0, means, self.centres.numpy()))
            self.known.assign(np.maximum(self.known.numpy(), (counts > 0).astype(np.float32)))
        if step % (RESET * steps) == 0:
            self.sums.assign(np.zeros(self.sums.shape, np.float32))
            self.counts.assign(np.zeros(self.counts.shape, np.float32))

    def state(self) -> Sequence[Any]:
        """Networks, running means and centres."""
        own = [*self.network.embed.variables, *self.decoder.variables]
        return [*own, self.sums, self.counts, self.centres, self.known]

    def draw(self, batch: dict[str, Any]) -> Parts:
        """First stage: L1 of pictures drawn again."""
        code = self.encoder(batch["pictures"], training=True)
        drawn = self.decoder(code, training=True)
        return {"loss": absolute_error(drawn, batch["pictures"] / 255), "code": deviation(code)}

    def cluster(self, batch: dict[str, Any]) -> Parts:
        """Second stage: the clustering network alone learns."""
        import tensorflow as tf

        code = self.encoder(batch["pictures"], training=False)
        features = self.network.cluster(tf.stop_gradient(code), training=True)
        person = batch["person"]
        if self.plan.contrast == "ratio":
            return {"loss": batch_ratio(features, person), "deviation": deviation(features)}
        self.sums.value.scatter_add(tf.IndexedSlices(tf.stop_gradient(features), person))
        self.counts.value.scatter_add(tf.IndexedSlices(tf.ones_like(person, tf.float32), person))
        centre = tf.where(
            tf.gather(self.known.value, person)[:, None] > 0,
            tf.gather(self.centres.value, person),
            _own_means(features, person),
        )
        apart = tf.reduce_sum(tf.square(features - tf.stop_gradient(centre)), axis=1)
        return {"loss": tf.reduce_mean(apart), "deviation": deviation(features)}


def _own_means(features: Any, person: Any) -> Any:
    """Mean of each picture's person in this very batch: before there is a running mean."""
    import tensorflow as tf

    same = tf.cast(person[:, None] == person[None, :], tf.float32)
    return tf.matmul(same, features) / tf.reduce_sum(same, axis=1, keepdims=True)


def _of(layers: Sequence[Any], kind: str) -> list[Any]:
    return [variable for layer in layers for variable in getattr(layer, kind)]
