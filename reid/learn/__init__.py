"""Learning who is who: descriptors that are trained, adapted, scored and given to ``players``.

from frameatlas.reid import learn

people = learn.open_set("people/")
descriptor = learn.train(people, learn.plan_of("baseline"))
descriptor.save("people.descriptor")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from frameatlas.reid.learn.adaptation.adapt_descriptor import AdaptPlan, adapt
    from frameatlas.reid.learn.descriptor import Descriptor, load_descriptor
    from frameatlas.reid.learn.evaluation import evaluate
    from frameatlas.reid.learn.sets.open_set import open_set
    from frameatlas.reid.learn.train_descriptor import train
    from frameatlas.reid.learn.training.train_plan import TrainPlan, plan_of

__all__ = [
    "AdaptPlan",
    "Descriptor",
    "TrainPlan",
    "adapt",
    "evaluate",
    "load_descriptor",
    "open_set",
    "plan_of",
    "train",
]

_HOMES = {
    "AdaptPlan": "adaptation.adapt_descriptor",
    "Descriptor": "descriptor",
    "TrainPlan": "training.train_plan",
    "adapt": "adaptation.adapt_descriptor",
    "evaluate": "evaluation",
    "load_descriptor": "descriptor",
    "open_set": "sets.open_set",
    "plan_of": "training.train_plan",
    "train": "train_descriptor",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
