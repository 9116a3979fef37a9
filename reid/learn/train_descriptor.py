"""Training a descriptor from end to end: pictures in, one file out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from frameatlas.clock import about
from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.reid.learn.descriptor import Descriptor, make_descriptor
from frameatlas.reid.learn.evaluation import Evaluation, evaluate
from frameatlas.reid.learn.networks.backbones import fill_backbone, fill_from_keras
from frameatlas.reid.learn.networks.heads import Network
from frameatlas.reid.learn.networks.masks import masked_store, open_mask
from frameatlas.reid.learn.sets.crop_store import CropStore, open_store, overlap, several
from frameatlas.reid.learn.sets.people_set import PeopleSet
from frameatlas.reid.learn.sets.training_sets import refuse_too_few
from frameatlas.reid.learn.training.checkpoint import RunFolder
from frameatlas.reid.learn.training.objectives import network_for, objective_for
from frameatlas.reid.learn.training.sampling import labels_of, steps_of
from frameatlas.reid.learn.training.train_plan import TrainPlan
from frameatlas.reid.learn.training.trainer import Trainer, Watchers

FLOATS_A_WEIGHT = 16
"""Bytes of a weight with its gradient and Adam's two moments."""


@dataclass(frozen=True)
class Training:
    """A training that is ready to begin.

    Attributes:
        store: The pictures.
        plan: How.
        network: What is trained.
        trainer: Trains it.
        steps: Of an epoch.
        before: Scores of the network as it begins, on what is kept apart; None where nothing is.
        notes: What the user should read first.
        mask: What a card calls the mask in front of it.
    """

    store: CropStore
    plan: TrainPlan
    network: Network
    trainer: Trainer
    steps: int
    before: Evaluation | None
    notes: tuple[str, ...]
    mask: str | None = None

    def summary(self, *, timed: bool = True) -> str:
        """People, pictures, cameras, steps, time and memory; a few steps are timed for it."""
        people = self.store.people
        rows = people.train
        parts = [
            f"{people.title}: {count_of(people.people(rows), 'person', 'people')} on "
            f"{count_of(len(rows), 'picture')} of "
            f"{count_of(len(np.unique(people.camera[rows])), 'camera')}",
            f"{self.plan.epochs} epochs of {self.steps} steps",
        ]
        if timed:
            left = self.plan.epochs * self.steps - self.trainer.done
            seconds = self.trainer.seconds_a_step() * left
            parts.append(f"{about(seconds)} on this machine")
        weights = sum(int(np.prod(v.shape)) for v in self.network.variables())
        pixels = self.plan.batch * self.plan.height * self.plan.width * 3 * 4
        memory = FLOATS_A_WEIGHT * weights + 40 * pixels
        parts.append(f"{weights:,} weights, some {memory / 1e9:.1f} GB of memory")
        return "; ".join(parts) + "."


def prepare(
    people: PeopleSet,
    plan: TrainPlan,
    *,
    run: RunFolder | None = None,
    start: Path | str = "none",
    resume: bool = False,
    allow_overlap: bool = False,
    mask: str | None = None,
    watchers: Watchers | None = None,
    progress: Callable[[int], None] | None = None,
) -> Training:
    """Decode pictures, build the network, and take up what was begun.

    Args:
        people: What to learn from.
        plan: How.
        run: Where the state and the decoded pictures are kept; None keeps them in memory.
        start: A file of weights; "keras" for Keras' own download; "none" for fresh ones.
        resume: Whether to go on with what is in ``run``.
        allow_overlap: Whether pictures may be both learnt from and scored.
        mask: See ``networks.masks.open_mask``.
        watchers: Who is told.
        progress: Told how many pictures are decoded.

    Raises:
        InputError: Something does not fit together.
    """
    refuse_too_few(people)
    if run is not None:
        run.expect(resume=resume)
    store = open_store(people, run.path if run else None, plan.architecture.size, progress)
    refuse_too_few(store.people)
    both = overlap(store)
    if both and not allow_overlap:
        one, other = both[0]
        raise InputError(
            f"Expected other pictures to be scored than are learnt from. Received: {len(both)} in "
            f"both, such as {one} and {other}; take them out, or give --allow-overlap."
        )
    opened = open_mask(mask)
    store = masked_store(store, opened)
    network = network_for(store, plan)
    begin(network, plan.backbone, start)
    plan = replace(plan, people=max(2, min(plan.people, labels_of(store.people).people)))
    steps = steps_of(labels_of(store.people), plan)
    extra = _without_attributes(store, plan)
    trainer = Trainer(objective_for(store, plan, network), plan, steps, run, watchers)
    if run is not None:
        run.open(_identity(store, plan, start), resume=resume)
    before = scored(make_descriptor(network, {}), store)
    if resume:
        trainer.resume()
    named = opened[0] if opened else None
    return Training(store, plan, network, trainer, steps, before, (*_notes(store), *extra), named)


def train(people: PeopleSet, plan: TrainPlan, **options: Any) -> Descriptor:
    """Train a descriptor; see ``prepare`` for the options."""
    ready = prepare(people, plan, **options)
    return finish(ready)


def finish(ready: Training) -> Descriptor:
    """Train what is prepared, score it, and write its card."""
    ready.trainer.train()
    descriptor = make_descriptor(ready.network, {})
    after = scored(descriptor, ready.store)
    return make_descriptor(ready.network, card_of(ready, after))


def begin(network: Network, backbone: str, start: Path | str) -> None:
    """Fill the backbone with what it is to begin with."""
    if start == "keras":
        fill_from_keras(network.embed, backbone)
    elif start != "none":
        path = Path(start)
        if path.suffix == ".descriptor":
            _from_descriptor(network, path)
        else:
            fill_backbone(network.embed, backbone, path)


def _from_descriptor(network: Network, path: Path) -> None:
    from frameatlas.reid.learn.descriptor import load_descriptor

    found = load_descriptor(path).network
    own, other = network.embed.variables, found.embed.variables
    if found.architecture != network.architecture or len(own) != len(other):
        raise InputError(
            f"Expected --start to be a descriptor of {network.architecture}. Received: {path}, of "
            f"{found.architecture}; give the same --backbone and --size."
        )
    for variable, values in zip(own, other, strict=True):
        variable.assign(values.numpy())


def scored(descriptor: Descriptor, store: CropStore) -> Evaluation | None:
    """Scores on what is kept apart; None where nothing is, or nothing of it can be found."""
    if not (len(store.people.query) and len(store.people.gallery)):
        return None
    try:
        return evaluate(descriptor, store)
    except InputError:
        return None


def card_of(ready: Training, after: Evaluation | None) -> dict[str, Any]:
    """What a descriptor says of itself: no path, and nobody's name."""
    people = ready.store.people
    card: dict[str, Any] = {
        "plan": ready.plan.values(),
        "dimension": int(ready.network.embed.output["described"].shape[-1]),
        "preprocessing": "RGB stretched to height × width; the backbone's own scaling is inside",
        "set": {
            "kind": people.kind,
            "people": people.people(people.train),
            "pictures": len(people.train),
            "cameras": len(np.unique(people.camera[people.train])),
            "digest": ready.store.digest,
        },
        "versions": {name: version(name) for name in ("frameatlas", "keras", "tensorflow")},
    }
    if ready.mask:
        card["mask"] = ready.mask
    if after is not None:
        card["scores"] = _score_values(after)
    if after is not None and ready.before is not None:
        card["before"] = _score_values(ready.before)
        card["better"] = _mean(after) > _mean(ready.before)
    return card


def _mean(evaluation: Evaluation) -> float:
    return evaluation.scores["standard"].mean_precision


def _score_values(evaluation: Evaluation) -> dict[str, Any]:
    one = evaluation.scores["standard"]
    return {
        "protocol": evaluation.protocol.name,
        "ap": "standard",
        "queries": one.queries,
        "mAP": round(one.mean_precision, 6),
        "rank-1": round(float(one.cmc[0]), 6),
    }


def _identity(store: CropStore, plan: TrainPlan, start: Path | str) -> dict[str, Any]:
    """All that decides the result of a training, without paths."""
    from frameatlas.store.digests import file_digest

    begun = str(start) if start in ("none", "keras") else file_digest(Path(start))
    return {"plan": plan.values(), "pictures": store.digest, "start": begun}


def _without_attributes(store: CropStore, plan: TrainPlan) -> list[str]:
    known = store.people.attributes
    if not plan.attribute_weight or (known is not None and (known[store.people.train] >= 0).any()):
        return []
    return [
        "nobody's attributes are known, so that only people are learnt: put market_attribute.mat "
        "beside the pictures"
    ]


def _notes(store: CropStore) -> list[str]:
    people = store.people
    notes = [*people.notes, *several(store.problems)]
    person = people.person[people.train]
    _, counts = np.unique(person[person > 0], return_counts=True)
    alone = int((counts == 1).sum())
    if alone:
        notes.append(
            f"one picture only of {count_of(alone, 'person', 'people')}: told apart from others, "
            "but never pulled together"
        )
    return notes
