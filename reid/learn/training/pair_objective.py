"""Texas A&M's Siamese network: pairs of pictures, near for one person and far for two."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from frameatlas.reid.learn.losses.metric import contrastive, deviation
from frameatlas.reid.learn.networks.heads import Network
from frameatlas.reid.learn.networks.spread import training_forward
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.training.augment import augmented
from frameatlas.reid.learn.training.objective import Batch, Parts, Stage
from frameatlas.reid.learn.training.sampling import labels_of, pair_rows
from frameatlas.reid.learn.training.train_plan import TrainPlan


class PairObjective:
    """Hadsell's contrastive loss on pairs.

    Published: features that are not normalised and a margin of 100, nine pairs of two people for
    each of one. Distances near 10 then never reach the margin; ``head="unit"`` with a margin of 1
    is the form that learns.

    Args:
        store: The pictures.
        plan: Margin, share of equal pairs, batches.
        network: Describes.
    """

    def __init__(self, store: CropStore, plan: TrainPlan, network: Network) -> None:
        self.store, self.plan, self.network = store, plan, network
        self.labels = labels_of(store.people)
        self._forward = training_forward(network.embed)
        embed = network.embed
        self.stages = (
            Stage(
                "pairs", 1.0, embed.trainable_variables, self.losses, embed.non_trainable_variables
            ),
        )

    def batch(self, step: int) -> Batch:
        """Both pictures of each pair one after the other, and whether they are two people."""
        first, second, different = pair_rows(self.labels, self.plan, step)
        rows = self.labels.rows[np.concatenate([first, second])]
        random = np.random.default_rng([self.plan.seed, 4, step])
        return {
            "pictures": augmented(self.store.pixels[rows], self.plan, random),
            "different": different,
        }

    def begin_step(self, step: int, steps: int) -> None:
        """Nothing has to be done."""

    def state(self) -> Sequence[Any]:
        """The network."""
        return list(self.network.embed.variables)

    def losses(self, batch: dict[str, Any]) -> Parts:
        """The contrastive loss."""
        described = self._forward(batch["pictures"])["described"]
        from keras import ops

        half = ops.shape(batch["different"])[0]
        loss = contrastive(described[:half], described[half:], batch["different"], self.plan.margin)
        return {"loss": loss, "deviation": deviation(described)}
