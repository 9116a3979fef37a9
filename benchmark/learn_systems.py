"""Systems on drawn people: adapting to other cameras, a collapse and its repair, masks.

Each function gives rows of one seed: they rank ideas and claim nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.learn_plans import SMALL
from frameatlas.errors import TrainingError
from frameatlas.reid.learn.adaptation.adapt_descriptor import AdaptPlan, adapt
from frameatlas.reid.learn.adaptation.pseudo_labels import (
    GuessOptions,
    agreement,
    guess_people,
)
from frameatlas.reid.learn.descriptor import Descriptor, make_descriptor
from frameatlas.reid.learn.evaluation import EvaluateOptions, evaluate, score_features
from frameatlas.reid.learn.losses.metric import deviation
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.sets.drawn_people import Drawn, DrawnOptions, draw_people, join_drawn
from frameatlas.reid.learn.train_mask import train_mask
from frameatlas.reid.learn.training.mask_objective import MaskedPictures
from frameatlas.reid.learn.training.objectives import network_for, objective_for
from frameatlas.reid.learn.training.train_plan import plan_of
from frameatlas.reid.learn.training.trainer import Trainer, Watchers

Row = dict[str, Any]

ROUNDS, STEPS = 3, 80
"""Of adapting."""

ADAPTED: dict[str, tuple[str, bool]] = {
    "adapt unb": ("unb", True),
    "adapt unb, cameras not made alike": ("unb", False),
    "adapt contrast": ("contrast", True),
}


def drawn_game(seed: int) -> Drawn:
    """People to learn from, and other people before the same cameras."""
    return join_drawn(
        [
            draw_people(DrawnOptions(80, 3, 4, seed=seed)),
            draw_people(DrawnOptions(60, 3, 4, first=1001, seed=seed, train=False)),
        ]
    )


def adapting(seed: int) -> Iterator[Row]:
    """E2: a descriptor of one place among 60 people before four other cameras, without labels."""
    source, _ = trained(drawn_game(seed).store(), {"centre_weight": 0.005, "seed": seed})
    store = elsewhere(seed).store()
    first = guessed(source, store, camera_norm=True)
    yield {"way": "direct", "seed": seed, **scored(source, store), "ARI": first}
    normed = evaluate(source, store, options=EvaluateOptions(camera_norm=True))
    yield {
        "way": "direct, cameras made alike for scoring",
        "seed": seed,
        "mAP": normed.scores["standard"].mean_precision,
        "rank-1": float(normed.scores["standard"].cmc[0]),
        "ARI": first,
    }
    for way, (method, norm) in ADAPTED.items():
        found, ended = source, ""
        try:
            for number in range(ROUNDS):
                found = adapt(found, store, adapt_plan(method, norm, seed + 100 * number))
        except TrainingError:
            ended = " (stopped: no people found)"
        ari = guessed(found, store, camera_norm=norm)
        yield {"way": way + ended, "seed": seed, **scored(found, store), "ARI": ari}


def elsewhere(seed: int) -> Drawn:
    """60 other people before four other cameras; all are both learnt from and scored."""
    drawn = draw_people(DrawnOptions(60, 4, 4, first=2001, seed=seed + 50, cast=0.7))
    rows = np.arange(len(drawn.people))
    first = rows % 4 == 0
    people = replace(drawn.people, train=rows, query=rows[first], gallery=rows[~first])
    return replace(drawn, people=people)


def adapt_plan(method: str, norm: bool, seed: int) -> AdaptPlan:
    """One round of 80 steps."""
    plan = plan_of("unb", **(SMALL | {"epochs": 1, "steps": STEPS, "seed": seed}))
    guess = GuessOptions(camera_norm=norm)
    return AdaptPlan(method, 1, 1, guess, plan)  # type: ignore[arg-type]


def guessed(descriptor: Descriptor, store: CropStore, *, camera_norm: bool) -> float:
    """ARI of the clusters that are found, with the truth."""
    people = store.people
    rows = people.train
    features = descriptor.describe(store.pixels[rows])
    try:
        options = GuessOptions(camera_norm=camera_norm, fewest=0)
        found = guess_people(features, people.camera[rows], people.tracklet[rows], options)
    except TrainingError:
        return 0.0
    return agreement(people.person[rows], found.label)


def collapsing(seed: int) -> Iterator[Row]:
    """E3: Texas A&M's clustering network, and batch-hard triplets alone."""
    store = drawn_game(seed).store()
    ways: dict[str, tuple[str, dict[str, Any]]] = {
        "texas, intra as published": ("texas", {"contrast": "intra"}),
        "texas, ratio": ("texas", {"contrast": "ratio"}),
        "batch-hard triplet alone": ("baseline", {"id_weight": 0.0}),
    }
    for way, (system, changes) in ways.items():
        longer = {"epochs": 20} if system == "texas" else {}
        found, said = trained(store, {**changes, **longer, "seed": seed}, system)
        yield {
            "way": way + (" (collapsed)" if said else ""),
            "seed": seed,
            **scored(found, store),
            "deviation": spread(found, store),
        }
        if way == "texas, ratio":
            yield {"way": "its codes alone, averaged", "seed": seed, **codes_alone(found, store)}


def codes_alone(descriptor: Descriptor, store: CropStore) -> dict[str, float]:
    """Scores of the autoencoder's maps, which the clustering network begins with."""
    maps = [
        np.asarray(descriptor.network.embed(store.pixels[n : n + 64].astype("f4"))["maps"])
        for n in range(0, len(store.people), 64)
    ]
    rows = np.concatenate(maps).mean(axis=(1, 2))
    found = score_features(rows, store.people, store.people.protocol).scores["standard"]
    values = {"mAP": found.mean_precision, "rank-1": float(found.cmc[0])}
    return {**values, "deviation": float(deviation(rows))}


def masking(seed: int) -> Iterator[Row]:
    """E4: what the weight of people's pixels does to a mask."""
    drawn = drawn_game(seed)
    for alpha in (1.0, 3.0):
        _, scores = mask_of(drawn, seed, alpha)
        yield {"way": f"mask, α {alpha:g}", "seed": seed, **vars(scores)}


def mask_of(drawn: Drawn, seed: int, alpha: float = 3.0) -> Any:
    """A mask that is trained on the people to learn from, and its scores."""
    learnt = drawn.people.train
    apart = learnt[9::10]
    pictures = MaskedPictures(drawn.pixels, drawn.masks, np.setdiff1d(learnt, apart), apart)
    plan = plan_of("segment", **(SMALL | {"rate": 3e-3, "seed": seed, "people": 32}))
    return train_mask(pictures, replace(plan, alpha=alpha))


def trained(
    store: CropStore, changes: dict[str, Any], system: str = "baseline"
) -> tuple[Descriptor, str]:
    """A descriptor, and what ended its training early."""
    plan = plan_of(system, **(SMALL | changes))
    network = network_for(store, plan)
    trainer = Trainer(objective_for(store, plan, network), plan, plan.steps, None, Watchers())
    try:
        trainer.train()
    except TrainingError as error:
        return make_descriptor(network, {}), str(error)
    return make_descriptor(network, {}), ""


def scored(descriptor: Descriptor, store: CropStore) -> dict[str, float]:
    """Scores of a set."""
    found = evaluate(descriptor, store).scores["standard"]
    return {"mAP": found.mean_precision, "rank-1": float(found.cmc[0])}


def spread(descriptor: Descriptor, store: CropStore) -> float:
    """How much descriptions of the gallery differ."""
    rows: NDArray[np.float32] = descriptor.describe(store.pixels[store.people.gallery])
    return float(deviation(rows))


SYSTEMS = {"adapt": adapting, "collapse": collapsing, "mask": masking}
"""Experiments by name."""
