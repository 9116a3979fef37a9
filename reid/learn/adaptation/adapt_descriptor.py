"""A descriptor made at home among other people: guess who is who, learn from it, guess again.

``unb`` is Pereira & de Campos (2022): classification, triplets and centres on pseudo labels, a few
epochs a round. ``contrast`` is Cluster-Contrast (Dai et al. 2021), which needs no source at all.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError, TrainingError
from frameatlas.reid.learn.adaptation.contrast_objective import ContrastObjective
from frameatlas.reid.learn.adaptation.pseudo_labels import (
    NOBODY,
    Guess,
    GuessOptions,
    agreement,
    compared,
    guess_people,
)
from frameatlas.reid.learn.adaptation.rounds import AdaptState, Round
from frameatlas.reid.learn.descriptor import Descriptor, make_descriptor
from frameatlas.reid.learn.networks.heads import Network, build_network
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.training.checkpoint import RunFolder
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


def adapt(
    descriptor: Descriptor,
    store: CropStore,
    plan: AdaptPlan | None = None,
    *,
    run: RunFolder | None = None,
    resume: bool = False,
    on_round: Callable[[Round], None] = lambda _: None,
    watchers: Watchers | None = None,
) -> Descriptor:
    """Adapt to the people and cameras of a set, whose labels are not looked at.

    Args:
        descriptor: What begins; it is not changed.
        store: Pictures of the target, at the descriptor's size; its rows ``train`` are learnt from.
        plan: How.
        run: Where the state is kept, after each round and within it; None keeps none.
        resume: Whether to go on with what is there.
        on_round: Given each round.
        watchers: Told of epochs and warnings; may stop it.

    Returns:
        Another descriptor.

    Raises:
        InputError: ``run`` holds another adaptation.
        TrainingError: No people can be guessed.
    """
    plan = plan or AdaptPlan()
    network = _copy(descriptor, plan)
    rows = store.people.train
    state = AdaptState(network, len(rows), plan.rounds, run)
    state.open(_identity(descriptor, store, plan), resume=resume)
    for number in range(len(state.rounds) + 1, plan.rounds + 1):
        before = state.label
        if state.rounds and state.rounds[-1].agreement > SETTLED:
            break
        features = make_descriptor(network, {}).describe(store.pixels[rows])
        try:
            guess = guess_people(
                features, store.people.camera[rows], store.people.tracklet[rows], plan.guess
            )
        except TrainingError:
            state.forget_if_new()
            raise
        ari = float("nan") if before is None else agreement(before, guess.label)
        loss = float("nan")
        if not ari > SETTLED:
            trainer, losses = _trainer(network, store, features, guess, plan, number, watchers)
            state.train(trainer, number)
            loss = float(np.mean(losses)) if losses else loss
        one = Round(number, guess.clusters, guess.labelled, ari, guess.eps, loss)
        state.end_round(one, guess.label)
        on_round(one)
    return make_descriptor(network, _card(descriptor, plan, store, state.rounds))


def _identity(descriptor: Descriptor, store: CropStore, plan: AdaptPlan) -> dict[str, Any]:
    """All that decides the result of an adaptation, without paths."""
    own = {"method": plan.method, "rounds": plan.rounds, "epochs": plan.epochs}
    return {
        "adapt": own,
        "guess": asdict(plan.guess),
        "plan": plan.train.values(),
        "pictures": store.digest,
        "from": descriptor.digest,
    }


def _labelled(store: CropStore, guess: Guess) -> CropStore:
    """The set with guessed people, and without those who are nobody."""
    people = store.people
    person = np.zeros(len(people), np.int64)
    kept = guess.label != NOBODY
    person[people.train[kept]] = guess.label[kept] + 1
    named = replace(people, person=person, train=people.train[kept], certain=None, together=())
    return replace(store, people=named)


def _trainer(
    network: Network,
    whole: CropStore,
    features: NDArray[np.float32],
    guess: Guess,
    plan: AdaptPlan,
    number: int,
    watchers: Watchers | None,
) -> tuple[Trainer, list[float]]:
    """What learns a round, a new classifier and new centres on the weights that there are.

    Returns:
        The trainer, and the losses of its epochs as they come.
    """
    store = _labelled(whole, guess)
    train = replace(plan.train, epochs=plan.epochs, seed=plan.train.seed + 1000 * number)
    train = replace(train, people=max(2, min(train.people, guess.clusters)))
    objective: Objective
    if plan.method == "contrast":
        rows = compared(features, store.people.camera[: len(features)], camera_norm=False)
        objective = ContrastObjective(store, train, network, rows[guess.label != NOBODY])
    else:
        named = network.with_people(guess.clusters, train.seed)
        objective = IdentityObjective(store, train, named)
    losses: list[float] = []
    own = watchers or Watchers()
    seen = Watchers(lambda e: losses.append(e.figures["loss"]), own.note, own.stopped)
    return Trainer(objective, train, steps_of(labels_of(store.people), train), None, seen), losses


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
