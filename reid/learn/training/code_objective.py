"""EPFL's clustering autoencoder on pictures or on a frozen network's features, in the one loop.

First everything is reconstructed from its code; then each step takes the pictures of one person and
of others, and the codes of that person are pulled together and away from theirs as well. It is one
stage with one Adam, whose moments go on, as in the report's code. What goes into the encoder is
computed once: the network in front of it does not learn.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.learn.clustering_autoencoder import build_clustering_decoder
from frameatlas.reid.learn.contrastive_losses import contrast
from frameatlas.reid.learn.losses.metric import deviation
from frameatlas.reid.learn.networks.heads import CODE_WIDTHS, Network
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.training.objective import Batch, Parts, Stage
from frameatlas.reid.learn.training.sampling import labels_of
from frameatlas.reid.learn.training.train_plan import TrainPlan

PRETRAIN = 40 / 140
"""Share of the epochs in which everything is reconstructed and nothing else."""

SAME, DIFFERENT = 256, 1024
"""Pictures of the person of a step, and of others; the report took all."""

BLOCK = 64


class CodeObjective:
    """Reconstruction, then reconstruction and a contrast between people.

    Args:
        store: The pictures.
        plan: Latent, contrast and its weights.
        network: With a head of codes.
    """

    def __init__(self, store: CropStore, plan: TrainPlan, network: Network) -> None:
        self.plan, self.network = plan, network
        self.labels = labels_of(store.people)
        self.known = np.flatnonzero(self.labels.certain)
        self.data = inputs_of(network, store.pixels[self.labels.rows])
        self.encoder = network.cluster
        picture = plan.backbone == "pixels"
        self.decoder = build_clustering_decoder(
            self.data.shape[1], CODE_WIDTHS, "sigmoid" if picture else "linear", plan.seed
        )
        own = [*self.encoder.trainable_variables, *self.decoder.trainable_variables]
        moving = self.encoder.non_trainable_variables
        self.stages = (Stage("codes", 1.0, own, self.losses, moving),)
        self._begun = 0
        self._steps = 1

    def begin_step(self, step: int, steps: int) -> None:
        """Learn where the second phase begins: at a whole epoch."""
        del step
        self._steps = steps
        self._begun = steps * max(1, round(PRETRAIN * self.plan.epochs))

    def batch(self, step: int) -> Batch:
        """A slice of everything; in the second phase a person, in turn, and others."""
        if step < self._begun:
            order = np.random.default_rng([self.plan.seed, 8, step // self._steps]).permutation(
                len(self.data)
            )
            start = (step % self._steps) * self.plan.batch % len(order)
            own, others = order[start : start + self.plan.batch], order[:0]
        else:
            person = (step - self._begun) % self.labels.known
            random = np.random.default_rng([self.plan.seed, 9, step])
            label = self.labels.label[self.known]
            own = drawn(self.known[label == person], SAME, random)
            others = drawn(self.known[label != person], DIFFERENT, random)
        return {"same": self.data[own], "different": self.data[others]}

    def state(self) -> Sequence[Any]:
        """Encoder and decoder; what is in front of them is as it was begun with."""
        return [*self.encoder.variables, *self.decoder.variables]

    def losses(self, batch: dict[str, Any]) -> Parts:
        """The loss of either phase; the second is the one with others."""
        import tensorflow as tf

        figures = tf.cond(
            tf.shape(batch["different"])[0] > 0,
            lambda: self._separated(batch["same"], batch["different"]),
            lambda: self._reconstructed(batch["same"]),
        )
        names = ("loss", "reconstruction", "intra", "inter", "deviation")
        return dict(zip(names, figures, strict=True))

    def _reconstructed(self, same: Any) -> tuple[Any, ...]:
        import tensorflow as tf

        codes = self.encoder(same, training=True)
        error = tf.reduce_mean(tf.square(self.decoder(codes, training=True) - same))
        return error, error, tf.constant(0.0), tf.constant(0.0), deviation(codes)

    def _separated(self, same: Any, different: Any) -> tuple[Any, ...]:
        import tensorflow as tf

        plan = self.plan
        codes = self.encoder(tf.concat([same, different], axis=0), training=True)
        own, others = codes[: tf.shape(same)[0]], codes[tf.shape(same)[0] :]
        error = tf.reduce_mean(tf.square(self.decoder(own, training=True) - same))
        apart, intra, inter = contrast(
            own, others, plan.contrast, plan.contrast == "weighted", (plan.pull, plan.push)
        )
        share = plan.reconstruction_share
        loss = share * error + (1 - share) * apart
        return loss, error, intra, inter, deviation(codes)


def inputs_of(network: Network, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What the encoder is given of pictures: float32 of shape (n, d)."""
    import keras
    import tensorflow as tf

    embed = network.embed
    front = keras.Model(embed.input, embed.output["maps"])
    forward = tf.function(lambda x: front(x, training=False))
    rows = np.empty((len(pixels), front.output.shape[-1]), np.float32)
    for start in range(0, len(pixels), BLOCK):
        block = pixels[start : start + BLOCK].astype(np.float32)
        padded = np.concatenate([block, np.zeros((BLOCK - len(block), *block.shape[1:]), "f4")])
        rows[start : start + len(block)] = np.asarray(forward(padded))[: len(block)]
    return rows


def drawn(rows: NDArray[np.int64], most: int, random: np.random.Generator) -> NDArray[np.int64]:
    """At most so many of some rows."""
    return rows if len(rows) <= most else random.choice(rows, most, replace=False)
