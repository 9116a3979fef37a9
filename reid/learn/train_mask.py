"""Training a mask: pictures of people, and a folder of masks beside them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from frameatlas.errors import InputError
from frameatlas.reid.learn.descriptor import Descriptor, make_descriptor
from frameatlas.reid.learn.networks.heads import build_network
from frameatlas.reid.learn.networks.masks import SEEN, MaskFolder, read_mask, trained_mask_of
from frameatlas.reid.learn.sets.crop_store import Problem, fitted
from frameatlas.reid.learn.sets.picture_files import pictures_in, read_picture
from frameatlas.reid.learn.training.checkpoint import RunFolder
from frameatlas.reid.learn.training.mask_objective import (
    MaskedPictures,
    MaskObjective,
    MaskScores,
    score_masks,
)
from frameatlas.reid.learn.training.train_plan import TrainPlan
from frameatlas.reid.learn.training.trainer import Trainer, Watchers, half_precision

APART = 10
"""One picture of so many is kept apart; the report kept 1,000."""


def open_masked(
    folders: Sequence[Path], masks: Path, size: tuple[int, int]
) -> tuple[MaskedPictures, tuple[Problem, ...]]:
    """Pictures that have a mask.

    Args:
        folders: Pictures.
        masks: Folder of their masks, see ``MaskFolder``.
        size: Height and width to scale them to.

    Raises:
        InputError: Fewer than two have one.
    """
    beside = MaskFolder(masks)
    paths = [path for folder in folders for path in pictures_in(folder)]
    pairs = [(p, found) for p in paths if (found := beside.find(p)) and found != p]
    pixels, truth, problems = [], [], []
    for path, mask in pairs:
        try:
            pixels.append(fitted(read_picture(path), size))
            truth.append(read_mask(mask, size))
        except OSError as error:
            problems.append(Problem(path, str(error)))
    if len(pixels) < 2:
        raise InputError(
            f"Expected pictures with masks of the same names in {masks}. Received: {len(pixels)} "
            f"of {len(paths)} pictures; a mask is a PNG of 0 and 255, or of LIP's parts 0 to 19."
        )
    rows = np.arange(len(pixels))
    apart = rows % APART == APART - 1
    test = rows[apart] if apart.any() else rows[-1:]
    return MaskedPictures(np.stack(pixels), np.stack(truth), np.setdiff1d(rows, test), test), tuple(
        problems
    )


def train_mask(
    pictures: MaskedPictures,
    plan: TrainPlan,
    *,
    run: RunFolder | None = None,
    resume: bool = False,
    watchers: Watchers | None = None,
) -> tuple[Descriptor, MaskScores]:
    """Train a mask and score it on the pictures that are kept apart.

    Args:
        pictures: With their masks.
        plan: Of the system "segment".
        run: Where the state is kept.
        resume: Whether to go on.
        watchers: Who is told.
    """
    from frameatlas.store.digests import text_digest

    network = build_network(
        plan.architecture,
        seed=plan.seed,
        precision="mixed_float16" if half_precision(plan) else "float32",
    )
    steps = plan.steps or max(1, len(pictures.train) // plan.batch)
    trainer = Trainer(MaskObjective(pictures, plan, network), plan, steps, run, watchers)
    if run is not None:
        digest = text_digest(pictures.pixels.tobytes().hex() + str(pictures.masks.sum()))
        run.open({"plan": plan.values(), "pictures": digest}, resume=resume)
    if resume:
        trainer.resume()
    trainer.train()
    mask = trained_mask_of(network.embed, plan.architecture.size)
    found = mask(pictures.pixels[pictures.test], ()) >= SEEN
    scores = score_masks(found, pictures.masks[pictures.test] >= SEEN)
    card: dict[str, Any] = {
        "plan": plan.values(),
        "scores": {name: round(value, 4) for name, value in vars(scores).items()},
        "pictures": len(pictures.train),
    }
    return make_descriptor(network, card), scores
