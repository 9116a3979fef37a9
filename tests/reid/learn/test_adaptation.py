"""Guessing who is who among strangers."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas.cli.main import cli
from frameatlas.errors import InputError, InterruptedIndexError, TrainingError
from frameatlas.reid.learn.adaptation.adapt_descriptor import AdaptPlan, adapt
from frameatlas.reid.learn.adaptation.pseudo_labels import (
    NOBODY,
    GuessOptions,
    agreement,
    guess_people,
    selected,
)
from frameatlas.reid.learn.adaptation.rounds import Round
from frameatlas.reid.learn.descriptor import make_descriptor
from frameatlas.reid.learn.networks.heads import Architecture, build_network
from frameatlas.reid.learn.sets.drawn_people import DrawnOptions, draw_people
from frameatlas.reid.learn.training.checkpoint import RunFolder
from frameatlas.reid.learn.training.trainer import Watchers

KEPT: dict[str, str] = {}


def crowd(people=12, cameras=3, each=4, light=0.0, spread=0.25, seed=0):
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), cameras * each)
    camera = np.tile(np.repeat(np.arange(cameras), each), people)
    cast = light * random.normal(size=(cameras, 24))
    features = random.normal(size=(people, 24))[person] + cast[camera]
    return features + spread * random.normal(size=(len(person), 24)), person, camera


FEW = GuessOptions(k1=10, k2=4, fewest=4)


def test_people_are_found():
    features, person, camera = crowd()
    found = guess_people(features, camera, np.arange(len(person)), FEW)
    known = found.label != NOBODY
    assert found.labelled > 0.9
    assert agreement(person[known], found.label[known]) > 0.95


def test_cameras_that_are_lit_differently_have_to_be_made_alike():
    features, person, camera = crowd(light=6.0)
    track = np.arange(len(person))
    found = guess_people(features, camera, track, FEW)
    known = found.label != NOBODY
    assert agreement(person[known], found.label[known]) > 0.8
    with pytest.raises(TrainingError, match="--method contrast"):
        guess_people(features, camera, track, replace(FEW, camera_norm=False))


def test_clusters_of_one_camera_are_nobody():
    label = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, -1])
    camera = np.array([0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 2, 0])
    found = selected(label, camera, 0.5)
    assert found.label.tolist() == [0] * 4 + [NOBODY] * 8  # the last has three pictures only
    assert found.clusters == 1


def test_of_one_camera_tracklets_count_instead():
    features, person, _ = crowd()
    tracks = np.arange(len(person)) // 2
    found = guess_people(features, np.zeros(len(person), np.int64), tracks, FEW)
    assert found.clusters > 8
    with pytest.raises(TrainingError):
        guess_people(features, np.zeros(len(person), np.int64), person * 0, FEW)


def test_the_radius_can_be_a_share_of_the_distances():
    features, person, camera = crowd()
    found = guess_people(features, camera, np.arange(len(person)), replace(FEW, rho=0.05))
    assert 0 < found.eps < 1


@pytest.mark.parametrize("method", ["unb", "contrast"])
def test_a_round_changes_a_copy_and_says_what_it_found(tiny_plan, method):
    drawn = draw_people(DrawnOptions(10, 2, 4))
    network = build_network(Architecture("tiny", "neck", 64, 32), seed=1)
    before = make_descriptor(network, {"plan": {}, "scores": {}})
    rounds = []
    plan = AdaptPlan(
        method,
        rounds=2,
        epochs=1,
        guess=GuessOptions(k1=8, k2=3, eps=0.8, fewest=2),
        train=tiny_plan(triplet_weight=1.0, centre_weight=0.005, steps=2),
    )
    after = adapt(before, drawn.store(), plan, on_round=rounds.append)
    assert before.digest == make_descriptor(network, {"plan": {}, "scores": {}}).digest
    assert [one.number for one in rounds] == list(range(1, len(rounds) + 1))
    assert after.card["adapted"]["method"] == method
    assert after.card["adapted"]["from"] == before.digest
    assert "scores" not in after.card
    assert "clusters" in str(rounds[0])
    if np.isnan(rounds[0].agreement):
        assert "ARI" not in str(rounds[0])
    assert after.digest != before.digest


def test_plans_that_cannot_be_meant():
    for wrong in ({"method": "magic"}, {"rounds": 0}):
        with pytest.raises(InputError):
            AdaptPlan(**wrong)


@pytest.fixture
def begun(tiny_plan):
    """A descriptor, pictures, and two rounds of four steps."""
    network = build_network(Architecture("tiny", "neck", 64, 32), seed=1)
    plan = AdaptPlan(
        rounds=2,
        epochs=2,
        guess=GuessOptions(k1=8, k2=3, eps=0.8, fewest=2),
        train=tiny_plan(triplet_weight=1.0, centre_weight=0.005, steps=2),
    )
    return make_descriptor(network, {}), draw_people(DrawnOptions(10, 2, 4)).store(), plan


@pytest.fixture
def whole(begun):
    """The digest of what comes out where nothing stops it; that takes seconds, and is kept."""
    if "whole" not in KEPT:
        KEPT["whole"] = adapt(*begun).digest
    return KEPT["whole"]


def stopping_after(steps):
    """Watchers of a user who stops after so many steps."""
    left = [steps]

    def stopped():
        left[0] -= 1
        return left[0] < 0

    return Watchers(stopped=stopped)


def test_what_was_stopped_anywhere_comes_out_the_same(begun, whole, tmp_path):
    descriptor, store, plan = begun
    for steps in (0, 2, 5):  # in the first step, in the second epoch, in the second round
        run = RunFolder(tmp_path / f"{steps}.run")
        with pytest.raises(InterruptedIndexError, match=f"{steps}.run: give"):
            adapt(*begun, run=run, watchers=stopping_after(steps))
        rounds = []
        after = adapt(*begun, run=run, resume=True, on_round=rounds.append)
        assert after.digest == whole, steps
        assert [one.number for one in rounds] == ([2] if steps == 5 else [1, 2])
    again = adapt(descriptor, store, plan, run=run, resume=True)  # nothing is left to do
    assert again.digest == whole


def test_a_round_that_was_done_but_not_cleared_away_is_not_gone_on_with(begun, whole, tmp_path):
    run = RunFolder(tmp_path / "one.run")
    with pytest.raises(InterruptedIndexError):
        adapt(*begun, run=run, watchers=stopping_after(5))
    plan = run.path / "round" / "plan.json"
    assert json.loads(plan.read_text()) == {"round": 2}
    plan.write_text('{"round": 1}')
    assert adapt(*begun, run=run, resume=True).digest == whole


def test_another_adaptation_is_not_gone_on_with(begun, tmp_path):
    descriptor, store, plan = begun
    run = RunFolder(tmp_path / "one.run")
    with pytest.raises(InterruptedIndexError):
        adapt(*begun, run=run, watchers=stopping_after(5))
    with pytest.raises(InputError, match=r"epochs: 1, begun with 2"):
        adapt(descriptor, store, replace(plan, epochs=1), run=run, resume=True)
    with pytest.raises(InputError, match="--resume"):
        adapt(*begun, run=run)
    with pytest.raises(InputError, match="none"):
        adapt(*begun, resume=True)


def test_nothing_stays_of_people_who_cannot_be_told_apart(begun, tmp_path):
    descriptor, store, plan = begun
    run = RunFolder(tmp_path / "one.run")
    nobody = replace(plan, guess=replace(plan.guess, fewest=1000))
    with pytest.raises(TrainingError, match="--method contrast"):
        adapt(descriptor, store, nobody, run=run)
    assert not run.path.exists()


def test_a_round_as_json_has_no_number_that_is_none():
    nan = float("nan")
    assert json.loads(json.dumps(Round(1, 9, 0.5, nan, 0.6, nan).values(), allow_nan=False)) == {
        "number": 1,
        "clusters": 9,
        "labelled": 0.5,
        "agreement": None,
        "eps": 0.6,
        "loss": None,
    }
    assert str(Round(1, 9, 0.5, nan, 0.6, nan)).endswith("eps 0.60")


def test_nothing_to_go_on_with_is_said_before_pictures_are_decoded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    network = build_network(Architecture("tiny", "neck", 32, 16), seed=1)
    make_descriptor(network, {}).save(tmp_path / "a.descriptor")
    draw_people(DrawnOptions(4, 2, 2, size=(32, 16))).write(tmp_path / "people")
    done = CliRunner().invoke(
        cli,
        ["players", "adapt", "a.descriptor", "people", "-o", "b.descriptor", "--resume"],
        standalone_mode=False,
    )
    assert isinstance(done.exception, InputError)
    assert "leave --resume out" in str(done.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.descriptor", "people"]
