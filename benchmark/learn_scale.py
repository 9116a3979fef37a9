"""Learning and scoring at the size of the public sets: time and memory; and the user's own copy.

``evaluation``: random features of Market-1501's size scored, plain and re-ranked. ``gpu``: UnB's
network as published, in float16, and a round of adapting on drawn people. ``market``: systems
trained on a set, beside what was published.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.peak import OwnMemory
from frameatlas.errors import InputError, TrainingError
from frameatlas.reid.learn.adaptation.adapt_descriptor import AdaptPlan, adapt
from frameatlas.reid.learn.adaptation.pseudo_labels import GuessOptions
from frameatlas.reid.learn.descriptor import make_descriptor
from frameatlas.reid.learn.evaluation import EvaluateOptions, score_features
from frameatlas.reid.learn.sets.drawn_people import DrawnOptions, draw_people
from frameatlas.reid.learn.sets.open_set import open_set
from frameatlas.reid.learn.sets.people_set import PeopleSet, people_set
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.learn.train_descriptor import train
from frameatlas.reid.learn.training.objectives import network_for, objective_for
from frameatlas.reid.learn.training.train_plan import TrainPlan, plan_of
from frameatlas.reid.learn.training.trainer import Trainer, half_precision

Row = dict[str, Any]

QUERIES, GALLERY, WIDTH = 3368, 15_913, 2048
"""Market-1501's test, and a ResNet-50's features."""

MOST_SECONDS, MOST_MEGABYTES, MOST_RERANKED = 60.0, 2000.0, 3000.0
"""What scoring may take on two quiet cores; and memory of re-ranking."""

PUBLISHED = {
    "baseline": "85.9 / 94.5 (Luo 2019, with centres)",
    "unb": "73.6 / 89.1 (DukeMTMC-reID to Market-1501, adapted)",
    "trento": "73.9 (its own protocol)",
    "siamese": "50 / 59 (a private set)",
    "texas": "did not converge",
    "epfl": "digits only",
}
"""mAP / rank-1 in per cent, as the reports have them."""


@dataclass(frozen=True)
class Scale:
    """How large a run is.

    Attributes:
        plan: What is trained.
        people: That are drawn.
        steps: That are timed.
    """

    plan: TrainPlan
    people: int = 200
    steps: int = 60


FULL = Scale(plan_of("unb", precision="mixed", epochs=1))
SMALL = Scale(
    plan_of("unb", backbone="tiny", height=32, width=16, people=4, pictures=2, epochs=1, pad=2),
    people=12,
    steps=2,
)
"""As long as a test may take, on any machine."""


def evaluation_rows(
    queries: int = QUERIES, gallery: int = GALLERY, width: int = WIDTH
) -> Iterator[Row]:
    """Score random features of a set's size."""
    people, features = made_up(queries, gallery, width)
    for way, options in (("plain", None), ("re-ranked", EvaluateOptions(rerank=True))):
        begun = time.perf_counter()
        with OwnMemory() as memory:
            found = score_features(features, people, PROTOCOLS["market"], options)
        yield {
            "way": f"{queries:,} × {gallery:,} × {width:,}, {way}",
            "seed": 0,
            "seconds": time.perf_counter() - begun,
            "MB": memory.megabytes,
            "mAP": found.scores["standard"].mean_precision,
        }


def made_up(queries: int, gallery: int, width: int) -> tuple[PeopleSet, np.ndarray[Any, Any]]:
    """A set without pictures, and features near a point for each person."""
    random = np.random.default_rng(0)
    count = queries + gallery
    person = 1 + random.integers(0, max(2, queries // 4), count)
    camera = random.integers(0, 6, count)
    centre = random.normal(size=(int(person.max()) + 1, width)).astype(np.float32)
    features = centre[person]
    features += 2 * random.normal(size=features.shape).astype(np.float32)
    asked = np.arange(count) < queries
    columns = {"person": person.tolist(), "camera": camera.tolist()}
    parts = {"train": np.zeros(count, bool), "query": asked, "gallery": ~asked}
    paths = [Path(f"{number}.jpg") for number in range(count)]
    return people_set("drawn", "made up", paths, columns, parts, PROTOCOLS["market"]), features


def gpu_rows(scale: Scale = FULL) -> Iterator[Row]:
    """Train for some steps, then adapt for a round."""
    plan = scale.plan
    drawn = draw_people(DrawnOptions(scale.people, 2, 4, size=plan.architecture.size))
    store = drawn.store()
    network = network_for(store, plan)
    trainer = Trainer(objective_for(store, plan, network), plan, scale.steps)
    seconds = trainer.seconds_a_step(scale.steps, 120.0)
    kind = "float16" if half_precision(plan) else "float32"
    yield {
        "way": f"{plan.backbone}, {plan.height} × {plan.width}, batch {plan.batch}, {kind}",
        "seed": 0,
        "pictures a second": plan.batch / seconds,
        "GPU MB": gpu_megabytes(),
    }
    begun = time.perf_counter()
    ended = ""
    guess = GuessOptions(fewest=2)
    try:
        descriptor = make_descriptor(network, {})
        adapt(descriptor, store, AdaptPlan("unb", 1, 1, guess, replace(plan, steps=scale.steps)))
    except TrainingError:
        ended = " (no people found)"
    yield {
        "way": f"one round of adapting on {len(store.people)} drawn pictures{ended}",
        "seed": 0,
        "seconds": time.perf_counter() - begun,
        "GPU MB": gpu_megabytes(),
    }


def gpu_megabytes() -> float:
    """The most memory that the first GPU held; NaN where there is none."""
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        return float("nan")
    return float(tf.config.experimental.get_memory_info("GPU:0")["peak"]) / 1e6


def market_rows(
    folder: Path, systems: tuple[str, ...] = ("baseline", "unb", "trento"), **changes: Any
) -> Iterator[Row]:
    """Train systems on the user's own copy of a set and score them in its own protocol."""
    people = open_set(folder)
    for system in systems:
        plan = plan_of(system, **changes)
        begun = time.perf_counter()
        try:
            card = train(people, plan, allow_overlap=True).card
        except (TrainingError, InputError) as error:
            yield {"way": f"{system}: {error}", "seed": plan.seed}
            continue
        scores = card.get("scores", {})
        published = PUBLISHED.get(system, "") if people.kind == "market" else ""
        yield {
            "way": f"{system} on {people.title}"
            + (f"; published {published}" if published else ""),
            "seed": plan.seed,
            "mAP": float(scores.get("mAP", float("nan"))),
            "rank-1": float(scores.get("rank-1", float("nan"))),
            "seconds": time.perf_counter() - begun,
        }
