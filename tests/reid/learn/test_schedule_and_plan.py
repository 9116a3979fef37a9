import math

import pytest

from frameatlas.errors import FormatError, InputError
from frameatlas.reid.learn.training.schedule import rate_at
from frameatlas.reid.learn.training.train_plan import PRESETS, TrainPlan, plan_of

GOLDEN = {0: 3.5e-6, 1: 3.815e-5, 5: 1.7675e-4, 9: 3.1535e-4, 10: 3.5e-4, 39: 3.5e-4}
GOLDEN |= {40: 3.5e-5, 69: 3.5e-5, 70: 3.5e-6, 89: 3.5e-6}


@pytest.mark.parametrize(("epoch", "rate"), GOLDEN.items())
def test_the_rate_of_an_epoch(epoch, rate):
    assert rate_at(epoch) == pytest.approx(rate, rel=1e-9)


def test_shorter_trainings_drop_at_the_same_shares():
    assert rate_at(4, epochs=9) == pytest.approx(3.5e-5)
    assert rate_at(7, epochs=9) == pytest.approx(3.5e-6)
    assert rate_at(50, kind="constant", rate=1.0) == 1.0
    with pytest.raises(InputError, match="schedule"):
        rate_at(0, kind="cosine")


@pytest.mark.parametrize("system", PRESETS)
def test_presets_survive_json(system):
    plan = PRESETS[system]
    assert TrainPlan.parse(plan.values(), "plan.json") == plan
    assert plan.system == system


def test_the_published_values():
    unb, trento, siamese = PRESETS["unb"], PRESETS["trento"], PRESETS["siamese"]
    assert (unb.epochs, unb.people, unb.pictures, unb.centre_weight) == (90, 16, 4, 0.005)
    assert (unb.weight_decay, unb.margin, unb.smoothing, unb.rate) == (5e-4, 0.3, 0.1, 3.5e-4)
    assert trento.attribute_weight == pytest.approx(1 / 12)
    assert trento.rotate == 10
    assert (siamese.margin, siamese.backbone, siamese.equal_share) == (100, "resnet101", 0.1)


def test_differences_are_named():
    other = plan_of("baseline", rate=1e-3, seed=4)
    assert plan_of("baseline").differences(other) == [
        "rate: 0.001, not 0.00035",
        "seed: 4, not 0",
    ]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"people": 1}, "--people"),
        ({"rate": math.nan}, "--rate"),
        ({"backbone": "resnet7"}, "--backbone"),
        ({"precision": "half"}, "--precision"),
        ({"epochs": 0}, "--epochs"),
        ({"contrast": "inter"}, "contrast"),
    ],
)
def test_what_cannot_be_meant(changes, named):
    with pytest.raises(InputError, match=named):
        plan_of("baseline", **changes)


def test_an_unknown_system():
    with pytest.raises(InputError, match="--system"):
        plan_of("lyon")


@pytest.mark.parametrize(
    "values", [{"rate": "fast"}, {"learning_rate": 1.0}, {"people": 1}, None, {"epochs": True}]
)
def test_a_plan_that_is_none(values):
    with pytest.raises(FormatError, match="plan"):
        TrainPlan.parse(values, "plan.json")
