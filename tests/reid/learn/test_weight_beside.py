"""How much a descriptor counts beside network and colour is asked of pictures kept apart."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from frameatlas.cli.learning import weigh
from frameatlas.cli.learning.describe_game import weight_setting
from frameatlas.reid.learn.descriptor import load_descriptor, make_descriptor
from frameatlas.reid.learn.networks.heads import Architecture, build_network
from frameatlas.reid.learn.sets.drawn_people import DrawnOptions, draw_people
from frameatlas.reid.learn.weight_beside import (
    MOST,
    USUAL,
    WeightBeside,
    _fewer,
    can_be_weighed,
    weigh_beside,
)


@pytest.fixture(scope="module")
def store():
    """20 people by two cameras, three times each, nobody of them learnt from; all of one colour."""
    drawn = draw_people(DrawnOptions(20, 2, 3, train=False, size=(32, 16))).store()
    grey = np.full(drawn.pixels.shape, 90, np.uint8)
    grey[:, 0, 0, 0] = drawn.people.person  # who it is, for the networks below
    return replace(drawn, pixels=grey)


def network(clear, width=32, seed=1):
    """Describes a picture by who is on it, as clearly as that; the rest is noise."""
    random = np.random.default_rng(seed)
    middles = random.normal(size=(30, width))

    def describe(pixels):
        noise = random.normal(size=(len(pixels), width))
        return (clear * middles[pixels[:, 0, 0, 0]] + noise).astype(np.float32)

    return SimpleNamespace(describe=describe)


def test_one_that_knows_people_is_not_outvoted(store):
    found = weigh_beside(network(1.5), store, network(0.0, seed=2).describe)
    assert found.weight > USUAL
    assert found.scores[found.weight] > found.scores[USUAL] + 0.01
    assert found.pictures == 120
    assert f"counts {found.weight:g} " in str(found)
    assert "with the usual 1" in str(found)


def test_one_that_does_not_is_held_back(store):
    found = weigh_beside(network(0.0), store, network(1.5, seed=2).describe)
    assert found.weight == 0.5


def test_the_usual_weight_stays_where_nothing_is_gained(store):
    found = weigh_beside(network(9.0), store, network(9.0, seed=2).describe)
    assert found.weight == USUAL
    assert "usual" not in str(found)


def test_of_many_pictures_those_of_the_first_people_are_asked():
    people = draw_people(DrawnOptions(50, 3, 5, train=False, size=(16, 16))).people
    nobody = replace(people, person=np.where(people.person < 20, 0, people.person))
    for one in (people, nobody):
        few = _fewer(one)
        rows = np.union1d(few.query, few.gallery)
        asked = np.unique(one.person[rows])
        assert len(rows) <= MOST
        assert asked.min() > 0
        assert np.isin(one.person, asked).sum() == len(rows)
        assert len(asked) == min(MOST // 15, len(np.unique(one.person[one.person > 0])))


def test_few_or_small_pictures_are_not_asked(store):
    assert can_be_weighed(store, (256, 128))
    assert not can_be_weighed(store, (64, 32))
    few = replace(store.people, query=store.people.query[:5], gallery=store.people.gallery[:5])
    assert not can_be_weighed(replace(store, people=few), (256, 128))


def test_the_card_says_it_and_players_takes_it(store, tmp_path, monkeypatch):
    class Network:
        def __init__(self, *_):
            pass

        def __enter__(self):
            return SimpleNamespace(open=lambda: lambda pixels, box: box)

        def __exit__(self, *_):
            pass

    def two(_descriptor, _store, describe):
        assert describe(store.pixels).tolist() == [[0, 0, 16, 32]] * len(store.pixels)
        return WeightBeside(2.0, {1.0: 0.5, 2.0: 0.6}, 120)

    monkeypatch.setattr("frameatlas.cli.players_rank.RankingNetwork", Network)
    monkeypatch.setattr("frameatlas.reid.learn.weight_beside.weigh_beside", two)
    own = make_descriptor(build_network(Architecture("tiny", "neck", 128, 64)), {"plan": {}})
    notes = []
    path = tmp_path / "one.descriptor"
    weigh.weighed(own, store, notes.append).save(path)
    assert notes[1].startswith("beside network and colour it counts 2 (mAP 60.0%; 50.0%")
    card = load_descriptor(path).card
    assert (card["weight"], card["weights"]) == (2.0, {"1": 0.5, "2": 0.6})
    assert weight_setting(None, path) == 2.0
    assert weight_setting(0.7, path) == 0.7
    own.save(path)
    assert weight_setting(None, path) == weight_setting(None, None) == USUAL
    assert weight_setting(None, tmp_path / "own.keras") == USUAL
    strange = make_descriptor(own.network, json.loads('{"weight": 1e9}'))
    strange.save(path)
    assert weight_setting(None, path) == USUAL
