"""Who is it: classification behind a BNNeck, batch-hard triplets, centres and attributes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from frameatlas.reid.learn.losses.identity import attribute_loss, smoothed_identity
from frameatlas.reid.learn.losses.metric import batch_hard_triplet, centre_loss, deviation
from frameatlas.reid.learn.networks.heads import Network
from frameatlas.reid.learn.networks.spread import training_forward
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.training.augment import augmented
from frameatlas.reid.learn.training.objective import Batch, Parts, Stage
from frameatlas.reid.learn.training.sampling import (
    batch_rows,
    labels_of,
    masks_of,
    pairs_together,
)
from frameatlas.reid.learn.training.train_plan import TrainPlan


class IdentityObjective:
    """The losses of ``baseline``, ``unb`` and ``trento``, each with its weight.

    Args:
        store: The pictures.
        plan: Weights and batches.
        network: With a classifier of as many people as are known.
    """

    def __init__(self, store: CropStore, plan: TrainPlan, network: Network) -> None:
        import keras

        self.store, self.plan, self.network = store, plan, network
        self.labels = labels_of(store.people)
        self._forward = training_forward(network.embed)
        self._together = pairs_together(store.people, self.labels)
        width = network.embed.output["pooled"].shape[-1]
        first = keras.initializers.RandomNormal(0.0, 1.0, seed=plan.seed + 31)
        shape = (self.labels.known, width)
        self.centres = keras.Variable(
            first(shape) if plan.centre_weight else np.zeros((1, 1)),
            name="centres",
            dtype="float32",
        )
        centres = [self.centres] if plan.centre_weight else []
        moving = network.embed.non_trainable_variables
        self.stages = (Stage("people", 1.0, network.variables(), self.losses, moving, centres),)

    def batch(self, step: int) -> Batch:
        """P people, K pictures each."""
        rows = batch_rows(self.labels, self.plan, step)
        random = np.random.default_rng([self.plan.seed, 3, step])
        chosen = self.labels.rows[rows]
        label = self.labels.label[rows]
        same, different = masks_of(self.labels, rows, self._together)
        attributes = self.store.people.attributes
        return {
            "pictures": augmented(self.store.pixels[chosen], self.plan, random),
            "person": np.minimum(label, self.labels.known - 1).astype(np.int32),
            "known": self.labels.certain[rows].astype(np.float32),
            "same": same,
            "different": different,
            "attributes": (
                np.full((len(rows), 12), -1, np.int32)
                if attributes is None
                else attributes[chosen].astype(np.int32)
            ),
        }

    def begin_step(self, step: int, steps: int) -> None:
        """Nothing has to be done."""

    def state(self) -> Sequence[Any]:
        """Network, classifier and centres."""
        own = list(self.network.embed.variables)
        return [*own, *self.network.classify.variables, self.centres]

    def losses(self, batch: dict[str, Any]) -> Parts:
        """The sum, and each part without its weight."""
        plan = self.plan
        outputs = self._forward(batch["pictures"])
        pooled = outputs["pooled"]
        parts: Parts = {}
        total: Any = 0.0
        if plan.id_weight:
            logits = self.network.classify(outputs["described"], training=True)
            parts["id"] = smoothed_identity(logits, batch["person"], plan.smoothing, batch["known"])
            total = total + plan.id_weight * parts["id"]
        if plan.triplet_weight:
            parts["triplet"] = batch_hard_triplet(
                pooled, batch["person"], plan.margin, batch["different"], batch["same"]
            )
            total = total + plan.triplet_weight * parts["triplet"]
        if plan.centre_weight:
            parts["centre"] = centre_loss(pooled, batch["person"], self.centres)
            total = total + plan.centre_weight * parts["centre"]
        if plan.attribute_weight:
            parts["attributes"] = attribute_loss(outputs["attributes"], batch["attributes"])
            total = total + plan.attribute_weight * parts["attributes"]
        return {"loss": total, **parts, "deviation": deviation(pooled)}
