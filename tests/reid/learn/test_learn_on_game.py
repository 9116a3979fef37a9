"""A head for one game: what it may learn from, and that it is used only where it helps."""

from dataclasses import replace

import numpy as np
import pytest

from frameatlas.errors import InterruptedIndexError
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.learn import learn_on_game as module
from frameatlas.reid.learn.learn_on_game import (
    PLAN,
    first_halves,
    learn_on_game,
    only_tracklets,
    tracklets_apart,
)
from frameatlas.reid.learn.training.game_objective import (
    GameCrops,
    GameObjective,
    build_game_head,
)

FEW = replace(PLAN, epochs=1, steps=2)


@pytest.fixture
def game(made_up_game):
    return made_up_game(people=6, shifts=6, crops=8)[0]


def test_people_who_are_seen_together_are_apart_and_no_others(made_up_game):
    crops, person = made_up_game(people=4, shifts=3)
    apart = tracklets_apart(crops)
    assert apart.sum() == 3 * 4 * 3  # in each of three shifts all four, but themselves
    assert not apart[person[:, None] == person].any()


def test_the_later_half_of_each_tracklet_is_kept_out(game):
    first = first_halves(game)
    for tracklet in range(len(game.tracklets)):
        own = game.tracklet == tracklet
        assert first[own].sum() == 4
        assert game.frame[own & first].max() < game.frame[own & ~first].min()


def test_some_tracklets_as_a_game(game):
    kept = np.arange(len(game.tracklets)) % 3 == 0
    part = only_tracklets(replace(game, learned=game.colour), kept)
    assert part.tracklets.names == tuple(np.array(game.tracklets.names)[kept])
    chosen = kept[game.tracklet]
    np.testing.assert_array_equal(part.features, np.asarray(game.features)[chosen])
    np.testing.assert_array_equal(part.learned, game.colour[chosen])
    assert len(part.tracklets.row_frame) == kept[game.tracklets.row_tracklet].sum()


class TestObjective:
    def made(self):
        random = np.random.default_rng(0)
        tracklet = np.repeat(np.arange(4), 3)
        apart = np.zeros((4, 4), bool)
        apart[0, 1] = apart[1, 0] = True
        rows = random.normal(size=(12, 5)).astype(np.float32)
        return GameObjective(GameCrops(rows, tracklet, apart), FEW, build_game_head(5, 0))

    def test_a_batch_holds_who_was_seen_with_somebody(self):
        objective = self.made()
        batch = objective.batch(0)
        assert len(batch["rows"]) == 2 * FEW.pictures
        assert batch["different"].any(axis=1).all()
        assert not (batch["same"] & batch["different"]).any()
        np.testing.assert_array_equal(batch["rows"], objective.batch(0)["rows"])

    def test_the_head_begins_with_what_goes_in(self):
        objective = self.made()
        rows = objective.crops.rows
        np.testing.assert_array_equal(np.asarray(objective.head(rows)), rows)

    def test_the_loss_is_that_of_pairs_against_certain_others(self):
        objective = self.made()
        batch = objective.batch(0)
        unit = batch["rows"] / np.linalg.norm(batch["rows"], axis=1, keepdims=True)
        likeness = unit @ unit.T / 0.1
        expected = []
        for one, other in np.argwhere(batch["same"]):
            others = np.log(np.exp(likeness[one][batch["different"][one]]).sum())
            expected.append(np.log1p(np.exp(others - likeness[one, other])))
        assert float(objective.losses(batch)["loss"]) == pytest.approx(np.mean(expected), rel=1e-4)


def test_it_is_used_where_the_error_of_what_it_did_not_see_falls(game, monkeypatch):
    errors = iter([0.3, 0.1, 0.3, 0.2])
    monkeypatch.setattr(module, "_error", lambda crops, options: next(errors))
    learned = learn_on_game(game, plan=FEW)
    assert learned.used
    assert (learned.before, learned.after) == pytest.approx((0.3, 0.15))
    assert learned.crops.learned.shape[0] == len(game)
    assert "falls from 30% to 15%" in learned.sentence


@pytest.mark.parametrize("after", [0.1, 0.2, float("nan")])
def test_else_nothing_changes_and_a_sentence_says_so(game, monkeypatch, after):
    errors = iter([0.1, after, 0.1, after])
    monkeypatch.setattr(module, "_error", lambda crops, options: next(errors))
    learned = learn_on_game(game, plan=FEW)
    assert not learned.used
    assert learned.crops is game
    assert "is not used" in learned.sentence


def test_the_head_that_is_asked_did_not_see_the_tracklets(game, monkeypatch):
    learnt, asked = [], []
    usual = module._trained

    def trained(known, plan, stopped):
        learnt.append(set(known.tracklet.tolist()))
        return usual(known, plan, stopped)

    def error(crops, options):
        asked.append({game.tracklets.names.index(name) for name in crops.tracklets.names})
        return 0.1

    monkeypatch.setattr(module, "_trained", trained)
    monkeypatch.setattr(module, "_error", error)
    learn_on_game(game, plan=FEW)
    assert not learnt[0] & asked[1]
    assert not learnt[1] & asked[3]
    assert learnt[0] | learnt[1] == set(range(36))


def test_a_game_of_few_tracklets_is_not_learnt_from(made_up_game):
    learned = learn_on_game(made_up_game(people=3, shifts=2)[0])
    assert not learned.used
    assert "nothing is learnt" in learned.sentence


def test_a_user_may_stop(game):
    with pytest.raises(InterruptedIndexError):
        learn_on_game(game, plan=FEW, stopped=lambda: True)


def test_the_command_says_what_came_of_it(known, game_file, monkeypatch):
    from click.testing import CliRunner

    from frameatlas.cli.main import cli
    from frameatlas.embedder import index as indexing

    monkeypatch.setattr(indexing, "open_engine", None)
    words = ["players", str(game_file[0]), "--tracks", str(game_file[1]), "-o", str(known)]
    done = CliRunner().invoke(cli, [*words, "--learn"], standalone_mode=False)
    assert done.exception is None, done.output
    assert "learnt on this game" in done.output
    assert '"learn": true' in (known / "players.json").read_text()


def test_what_it_sees_is_what_is_compared(game):
    rows = module.head_inputs(game, PlayersOptions())
    assert rows.shape[0] == len(game)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
