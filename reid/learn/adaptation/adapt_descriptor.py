"""A descriptor made at home among other people: guess who is who, learn from it, guess again.

``unb`` is Pereira & de Campos (2022): classification, triplets and centres on pseudo labels, a few
epochs a round. ``contrast`` is Cluster-Contrast (Dai et al. 2021), which needs no source at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.reid.learn.adaptation.contrast_objective import ContrastObjective
from frameatlas.reid.learn.adaptation.pseudo_labels import (
    NOBODY,
    Guess,
    GuessOptions,
    agreement,
    compared,
    guess_people,
)
from frameatlas.reid.learn.descriptor import Descriptor, make_descriptor
from frameatlas.reid.learn.networks.heads import Network, build_network
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.training.identity_objective import IdentityObjective
from frameatlas.reid.learn.training.objective import Objective
from frameatlas.reid.learn.training.sampling import labels_of, steps_of
from frameatlas.reid.learn.training.train_plan import TrainPlan, plan_of
from frameatlas.reid.learn.training.trainer import Trainer, Watchers

Method = Literal["unb", "contrast"]

SETTLED = 0.98
"""ARI of two rounds above which nothing changes any more."""


@dataclass(frozen=True)
class AdaptPlan:
    """How to adapt.

    Attributes:
        method: "unb" or "contrast".
        rounds: At most.
        epochs: Of a round.
        guess: How people are guessed.
        train: How is learnt in a round; its seed decides everything.
    """

    method: Method = "unb"
    rounds: int = 20
    epochs: int = 2
    guess: GuessOptions = field(default_factory=GuessOptions)
    train: TrainPlan = field(
        default_factory=lambda: plan_of("unb", schedule="constant", rate=3.5e-5)
    )

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise InputError(
                f"Expected --method to be one of {', '.join(get_args(Method))}. Received: "
                f"{self.method!r}."
            )
        if not (1 <= self.rounds <= 1000 and 1 <= self.epochs <= 1000):
            raise InputError(
                f"Expected 1 to 1000 rounds and epochs. Received: {self.rounds} and {self.epochs}."
            )


@dataclass(frozen=True)
class Round:
    """What a round came to.

    Attributes:
        number: From 1.
        clusters: Guessed people.
        labelled: Share of the pictures that have one.
        agreement: ARI to the round before; NaN in the first.
        eps: Radius of the clusters.
        loss: Mean over the round.
    """

    number: int
    clusters: int
    labelled: float
    agreement: float
    eps: float
    loss: float

    def __str__(self) -> str:
        before = "" if np.isnan(self.agreement) else f", ARI to the last round {self.agreement:.3f}"
        return (
            f"round {self.number}: {self.clusters} clusters, {self.labelled:.0%} of the pictures "
            f"labelled{before}, eps {self.eps:.2f}, loss {self.loss:.3f}"
        )


def adapt(
    descriptor: Descriptor,
    store: CropStore,
    plan: AdaptPlan | None = None,
    *,
    on_round: Callable[[Round], None] = lambda _: None,
    watchers: Watchers | None = None,
) -> Descriptor:
    """Adapt to the people and cameras of a set, whose labels are not looked at.

    Args:
        descriptor: What begins; it is not changed.
        store: Pictures of the target, at the descriptor's size; its rows ``train`` are learnt from.
        plan: How.
        on_round: Given each round.
        watchers: Told of epochs and warnings; may stop it.

    Returns:
        Another descriptor.

    Raises:
        InputError: No people can be guessed.
    """
    plan = plan or AdaptPlan()
    network = _copy(descriptor, plan)
    rows = store.people.train
    before: NDArray[np.int64] | None = None
    rounds: list[Round] = []
    for number in range(1, plan.rounds + 1):
        features = make_descriptor(network, {}).describe(store.pixels[rows])
        guess = guess_people(
            features, store.people.camera[rows], store.people.tracklet[rows], plan.guess
        )
        ari = float("nan") if before is None else agreement(before, guess.label)
        losses: list[float] = []
        if not ari > SETTLED:
            losses = _learn(
                network, _labelled(store, guess), features, guess, plan, number, watchers
            )
        rounds.append(
            Round(
                number,
                guess.clusters,
                guess.labelled,
                ari,
                guess.eps,
                float(np.mean(losses)) if losses else 0.0,
            )
        )
        on_round(rounds[-1])
        if ari > SETTLED:
            break
        before = guess.label
    return make_descriptor(network, _card(descriptor, plan, store, rounds))


def _labelled(store: CropStore, guess: Guess) -> CropStore:
    """The set with guessed people, and without those who are nobody."""
    people = store.people
    person = np.zeros(len(people), np.int64)
    kept = guess.label != NOBODY
    person[people.train[kept]] = guess.label[kept] + 1
    named = replace(people, person=person, train=people.train[kept], certain=None, together=())
    return replace(store, people=named)


def _learn(
    network: Network,
    store: CropStore,
    features: NDArray[np.float32],
    guess: Guess,
    plan: AdaptPlan,
    number: int,
    watchers: Watchers | None,
) -> list[float]:
    """One round: a new classifier and new centres on the weights that there are."""
    train = replace(plan.train, epochs=plan.epochs, seed=plan.train.seed + 1000 * number)
    train = replace(train, people=max(2, min(train.people, guess.clusters)))
    objective: Objective
    if plan.method == "contrast":
        rows = compared(features, store.people.camera[: len(features)], camera_norm=False)
        objective = ContrastObjective(store, train, network, rows[guess.label != NOBODY])
    else:
        whole = network.with_people(guess.clusters, train.seed)
        objective = IdentityObjective(store, train, whole)
    losses: list[float] = []
    own = watchers or Watchers()
    seen = Watchers(lambda e: losses.append(e.figures["loss"]), own.note, own.stopped)
    Trainer(objective, train, steps_of(labels_of(store.people), train), None, seen).train()
    return losses


def _copy(descriptor: Descriptor, plan: AdaptPlan) -> Network:
    """A network of its own with the descriptor's weights."""
    architecture = descriptor.network.architecture
    if architecture.head == "mask":
        raise InputError("Expected a descriptor of people. Received: a mask.")
    network = build_network(architecture, seed=plan.train.seed)
    for variable, values in zip(
        network.embed.variables, descriptor.network.embed.variables, strict=True
    ):
        variable.assign(values.numpy())
    return network


def _card(
    descriptor: Descriptor, plan: AdaptPlan, store: CropStore, rounds: list[Round]
) -> dict[str, Any]:
    last = rounds[-1]
    adapted = {
        "method": plan.method,
        "rounds": len(rounds),
        "clusters": last.clusters,
        "labelled": round(last.labelled, 4),
        "pictures": len(store.people.train),
        "from": descriptor.digest,
    }
    kept = {k: v for k, v in descriptor.card.items() if k not in ("scores", "before", "better")}
    return {**kept, "adapted": adapted}
