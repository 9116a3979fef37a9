"""Texas A&M's segmentation: person or background, people's pixels weighing three times as much."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.learn.losses.pixels import weighted_mask_loss
from frameatlas.reid.learn.networks.heads import Network
from frameatlas.reid.learn.training.objective import Batch, Parts, Stage
from frameatlas.reid.learn.training.train_plan import TrainPlan


@dataclass(frozen=True, eq=False)
class MaskedPictures:
    """Pictures whose people are marked.

    Attributes:
        pixels: uint8 of shape (n, h, w, 3).
        masks: float32 or bool of shape (n, h, w).
        train: int64: rows to learn from.
        test: int64: rows kept apart.
    """

    pixels: NDArray[np.uint8]
    masks: NDArray[Any]
    train: NDArray[np.int64]
    test: NDArray[np.int64]


class MaskObjective:
    """The weighted cross entropy of a mask.

    Args:
        pictures: With their masks.
        plan: Weights and batches.
        network: With the head "mask".
    """

    def __init__(self, pictures: MaskedPictures, plan: TrainPlan, network: Network) -> None:
        self.pictures, self.plan, self.network = pictures, plan, network
        embed = network.embed
        self.stages = (
            Stage(
                "masks", 1.0, embed.trainable_variables, self.losses, embed.non_trainable_variables
            ),
        )

    def batch(self, step: int) -> Batch:
        """Pictures drawn at random, half of them mirrored with their masks."""
        random = np.random.default_rng([self.plan.seed, 6, step])
        train = self.pictures.train
        rows = random.choice(train, min(self.plan.batch, len(train)), replace=False)
        pixels = self.pictures.pixels[rows].astype(np.float32)
        masks = np.asarray(self.pictures.masks[rows], np.float32)
        flip = random.random(len(rows)) < self.plan.flip
        pixels[flip], masks[flip] = pixels[flip][:, :, ::-1], masks[flip][:, :, ::-1]
        return {"pictures": pixels, "masks": masks}

    def begin_step(self, step: int, steps: int) -> None:
        """Nothing has to be done."""

    def state(self) -> Sequence[Any]:
        """The network."""
        return list(self.network.embed.variables)

    def losses(self, batch: dict[str, Any]) -> Parts:
        """The loss of ``weighted_mask_loss``."""
        logits = self.network.embed(batch["pictures"], training=True)["mask"]
        return {"loss": weighted_mask_loss(logits, batch["masks"], self.plan.alpha)}


@dataclass(frozen=True)
class MaskScores:
    """How well masks are found, over all pixels of all pictures.

    Attributes:
        mean_iou: Mean over person and background of intersection over union.
        recall: Share of people's pixels that are found.
        precision: Share of what is found that is people.
    """

    mean_iou: float
    recall: float
    precision: float


def score_masks(found: NDArray[Any], true: NDArray[Any]) -> MaskScores:
    """Score masks.

    Args:
        found: bool of shape (n, h, w).
        true: bool of shape (n, h, w).
    """
    found, true = np.asarray(found, bool), np.asarray(true, bool)
    both, either = (found & true).sum(), (found | true).sum()
    neither, not_both = (~found & ~true).sum(), (~found | ~true).sum()
    ious = (both / max(1, either), neither / max(1, not_both))
    return MaskScores(
        float(np.mean(ious)), float(both / max(1, true.sum())), float(both / max(1, found.sum()))
    )
