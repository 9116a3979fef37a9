"""Drawn people, small enough for a few steps of training."""

import numpy as np
import pytest
from PIL import Image

from frameatlas.reid.learn.sets.drawn_people import DrawnOptions, draw_people, join_drawn
from frameatlas.reid.learn.training.train_plan import plan_of
from frameatlas.reid.learn.training.trainer import Trainer


@pytest.fixture(autouse=True)
def uncompiled(request):
    """Steps run one operation after the other: a few of them cost less than compiling them.

    A test that is marked ``compiled`` runs as users do.
    """
    import tensorflow as tf

    tf.config.run_functions_eagerly(request.node.get_closest_marker("compiled") is None)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(autouse=True)
def hardly_timed(monkeypatch):
    """How long a run will take is told from one step and not from twenty: training takes two."""
    monkeypatch.setattr(Trainer.seconds_a_step, "__defaults__", (1, 20.0))


@pytest.fixture(scope="session")
def drawn():
    """12 people to learn from and 8 others to be scored with, by two cameras, three times each."""
    parts = [
        DrawnOptions(12, 2, 3),
        DrawnOptions(8, 2, 3, first=1001, train=False),
    ]
    return join_drawn([draw_people(part) for part in parts])


@pytest.fixture
def tiny_plan():
    """``tiny_plan(system="baseline", **changes)``: a few steps on small pictures."""

    def make(system="baseline", **changes):
        small = {
            "backbone": "tiny",
            "height": 64,
            "width": 32,
            "people": 4,
            "pictures": 3,
            "epochs": 2,
            "steps": 3,
            "rate": 2e-3,
            "pad": 2,
            "schedule": "constant",
            "precision": "float32",
        }
        return plan_of(system, **(small | changes))

    return make


@pytest.fixture(scope="session")
def picture_at():
    """``picture_at(path, colour)``: write a picture of a person's proportions."""

    def write(path, colour=(200, 30, 40), size=(16, 32)):
        path.parent.mkdir(parents=True, exist_ok=True)
        image = np.random.default_rng(abs(hash(path.name)) % 2**32).integers(
            0, 40, (size[1], size[0], 3)
        )
        Image.fromarray((image + np.array(colour)).clip(0, 255).astype(np.uint8)).save(path)
        return path

    return write
