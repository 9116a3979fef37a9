"""The loop: it learns, it goes on where it was killed, and it ends where it must."""

from contextlib import suppress

import numpy as np
import pytest

from frameatlas.errors import FormatError, InputError, InterruptedIndexError, TrainingError
from frameatlas.reid.learn.descriptor import make_descriptor
from frameatlas.reid.learn.training import trainer as training
from frameatlas.reid.learn.training.checkpoint import RunFolder
from frameatlas.reid.learn.training.objectives import network_for, objective_for
from frameatlas.reid.learn.training.trainer import Trainer, Watchers
from frameatlas.reid.learn.training.watch import Watch

SYSTEMS = {
    "baseline": {"centre_weight": 0.005},
    "trento": {},
    "siamese": {"head": "unit", "margin": 1.0, "backbone": "tiny"},
    "texas": {"head": "clustering", "backbone": "tiny", "epochs": 4},
    "epfl": {"backbone": "pixels"},
}


def trainer_of(drawn, plan, run=None, watchers=None):
    store = drawn.store()
    network = network_for(store, plan)
    objective = objective_for(store, plan, network)
    return Trainer(objective, plan, plan.steps, run, watchers)


def variable(shape):
    import keras

    return keras.Variable(np.zeros(shape, np.float32))


def values(trainer):
    return [variable.numpy() for variable in trainer.variables]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_takes_steps_and_changes_its_weights(drawn, tiny_plan, system):
    epochs = []
    plan = tiny_plan(system, **SYSTEMS[system])
    trainer = trainer_of(drawn, plan, watchers=Watchers(epochs.append))
    before = [v.numpy() for stage in trainer.objective.stages for v in stage.variables]
    trainer.train()
    after = [v.numpy() for stage in trainer.objective.stages for v in stage.variables]
    changed = [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    assert np.mean(changed) > 0.9
    assert [epoch.number for epoch in epochs] == list(range(1, plan.epochs + 1))
    assert all(np.isfinite(list(epoch.figures.values())).all() for epoch in epochs)


@pytest.mark.parametrize("head", ["relu", "sigmoid", "tanh", "fixed-variance"])
def test_codes_reconstruct_first_and_part_people_then(drawn, tiny_plan, head):
    epochs = []
    plan = tiny_plan(
        "epfl", backbone="pixels", head=f"codes-{head}", contrast="weighted", pull=0.5, push=0.25
    )
    trainer = trainer_of(drawn, plan, watchers=Watchers(epochs.append))
    trainer.train()
    first, second = (epoch.figures for epoch in epochs)
    assert first["loss"] == pytest.approx(first["reconstruction"])
    assert first["inter"] == 0
    contrast = 0.5 * second["intra"] - 0.25 * second["inter"]
    assert second["loss"] == pytest.approx(0.99 * second["reconstruction"] + 0.01 * contrast)


def test_codes_of_a_frozen_network(drawn, tiny_plan):
    plan = tiny_plan("epfl", backbone="tiny", epochs=2)
    trainer = trainer_of(drawn, plan)
    network = trainer.objective.network
    front = [v.numpy() for layer in network.embed.layers[:-1] for v in layer.variables]
    trainer.train()
    after = [v.numpy() for layer in network.embed.layers[:-1] for v in layer.variables]
    assert all(np.array_equal(one, other) for one, other in zip(front, after, strict=True))
    described = make_descriptor(network, {}).describe(drawn.pixels[:3])
    assert described.shape == (3, 10)
    rows = trainer.objective.data
    assert np.abs(rows.mean(axis=1)).max() < 1e-4


def test_losses_fall(drawn, tiny_plan):
    epochs = []
    plan = tiny_plan(triplet_weight=0.0, epochs=4, steps=6, erase=0.0, smoothing=0.0, rate=1e-2)
    trainer_of(drawn, plan, watchers=Watchers(epochs.append)).train()
    assert epochs[-1].figures["id"] < 0.8 * epochs[0].figures["id"]


def went_on(drawn, plan, folder, killed):
    """Numbers of a training that ran through, and of one that was stopped and went on."""
    whole = trainer_of(drawn, plan)
    whole.train()

    run = RunFolder(folder)
    run.open({"plan": plan.values()}, resume=False)
    first = trainer_of(drawn, plan, run, Watchers(stopped=lambda: first.done >= killed))
    with pytest.raises(InterruptedIndexError, match="--resume"):
        first.train()
    again = trainer_of(drawn, plan, run)
    again.resume()
    assert again.done == killed
    again.train()
    return zip(values(whole), values(again), strict=True)


@pytest.mark.compiled
def test_a_run_that_was_killed_ends_with_the_same_weights(drawn, tiny_plan, tmp_path):
    for one, other in went_on(drawn, tiny_plan(centre_weight=0.005), tmp_path / "one.run", 2):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("killed", [2, 4])
def test_codes_go_on_in_either_phase(drawn, tiny_plan, tmp_path, killed):
    plan = tiny_plan("epfl", backbone="pixels")
    for one, other in went_on(drawn, plan, tmp_path / "one.run", killed):
        np.testing.assert_array_equal(one, other)


class Killed(BaseException):
    """Stands for ``kill -9``: nothing is written after it."""


def test_kills_at_random_steps_change_nothing(drawn, tiny_plan, tmp_path, monkeypatch):
    """Each goes on from the last state that was written, whatever was done since."""
    plan = tiny_plan(epochs=4, steps=2, people=3, pictures=2)
    whole = trainer_of(drawn, plan)
    whole.train()
    run = RunFolder(tmp_path / "one.run")
    run.open({}, resume=False)
    kills = sorted(np.random.default_rng(5).choice(np.arange(2, 8), 3, replace=False).tolist())
    usual = Trainer._step

    def step(self, number):
        if kills and number == kills[0]:
            kills.pop(0)
            raise Killed
        return usual(self, number)

    again = trainer_of(drawn, plan, run)
    monkeypatch.setattr(Trainer, "_step", step)
    while again.done < plan.epochs * plan.steps:
        if run.begun:
            again.resume()
        with suppress(Killed):
            again.train()
    assert not kills
    for one, other in zip(values(whole), values(again), strict=True):
        np.testing.assert_array_equal(one, other)


def test_timing_changes_nothing(drawn, tiny_plan):
    plan = tiny_plan(centre_weight=0.005)
    trainer = trainer_of(drawn, plan)
    before = values(trainer)
    assert trainer.seconds_a_step(2) > 0
    for one, other in zip(before, values(trainer), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_step_that_is_no_number_changes_nothing_and_three_end_it(drawn, tiny_plan, monkeypatch):
    trainer = trainer_of(drawn, tiny_plan())
    usual = trainer.objective.batch

    def broken(step):
        batch = usual(step)
        batch["pictures"] = np.full_like(batch["pictures"], np.nan)
        return batch

    monkeypatch.setattr(trainer.objective, "batch", broken)
    before = values(trainer)
    with pytest.raises(TrainingError, match="lower --rate"):
        trainer.train()
    for one, other in zip(before, values(trainer), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.compiled
def test_one_bad_step_is_passed_over(drawn, tiny_plan, monkeypatch):
    epochs = []
    trainer = trainer_of(drawn, tiny_plan(), watchers=Watchers(epochs.append))
    usual = trainer.objective.batch

    def broken(step):
        batch = usual(step)
        if step == 1:
            batch["pictures"] = np.full_like(batch["pictures"], np.inf)
        return batch

    monkeypatch.setattr(trainer.objective, "batch", broken)
    trainer.train()
    assert epochs[0].figures["skipped"] == 1
    assert all(np.isfinite(v).all() for v in values(trainer))


def test_too_little_memory_names_a_smaller_batch(drawn, tiny_plan, monkeypatch):
    trainer = trainer_of(drawn, tiny_plan())

    def full(step):
        raise MemoryError

    monkeypatch.setattr(trainer.objective, "batch", full)
    with pytest.raises(InputError, match="--batch 8x4"):
        trainer.train()


def test_the_state_is_kept_within_an_epoch_too(drawn, tiny_plan, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "SAVED_EVERY", -1.0)
    saved = []
    run = RunFolder(tmp_path / "one.run")
    run.open({}, resume=False)
    trainer = trainer_of(drawn, tiny_plan(epochs=1), run)
    monkeypatch.setattr(RunFolder, "save", lambda self, variables, step: saved.append(step))
    trainer.train()
    assert saved == [1, 2, 3, 3]


class TestRunFolder:
    def test_a_run_that_was_begun_is_not_written_over(self, tmp_path):
        run = RunFolder(tmp_path / "one.run")
        run.open({"plan": {"rate": 1.0}}, resume=False)
        run.save([variable((2,))], 3)
        with pytest.raises(InputError, match="--resume"):
            run.open({"plan": {"rate": 1.0}}, resume=False)

    def test_another_plan_is_refused_by_name(self, tmp_path):
        run = RunFolder(tmp_path / "one.run")
        run.open({"plan": {"rate": 1.0, "seed": 1}, "pictures": "a"}, resume=False)
        run.save([variable((2,))], 3)
        with pytest.raises(InputError, match=r"pictures: 'b'.*rate: 2.0, begun with 1.0"):
            run.open({"plan": {"rate": 2.0, "seed": 1}, "pictures": "b"}, resume=True)

    def test_it_may_move(self, tmp_path):
        run = RunFolder(tmp_path / "one.run")
        run.open({"plan": {}}, resume=False)
        run.save([variable((2,))], 3)
        moved = RunFolder((tmp_path / "one.run").rename(tmp_path / "other.run"))
        moved.open({"plan": {}}, resume=True)

    def test_nothing_to_go_on_with(self, tmp_path):
        with pytest.raises(InputError, match="leave --resume out"):
            RunFolder(tmp_path / "one.run").open({}, resume=True)

    @pytest.mark.parametrize("damage", [b"", b"not HDF5", None])
    def test_a_damaged_state(self, tmp_path, damage):
        run = RunFolder(tmp_path)
        run.save([variable((2, 3))], 3)
        if damage is not None:
            (tmp_path / "state.h5").write_bytes(damage)
        with pytest.raises(FormatError, match="train anew"):
            run.load([variable((3, 3))])


class TestWatch:
    def test_features_that_become_one(self, tiny_plan):
        watch = Watch(tiny_plan())
        watch.see({"deviation": 1.0}, True)
        for _ in range(19):
            watch.see({"deviation": 0.009}, True)
        with pytest.raises(TrainingError, match="--contrast ratio"):
            watch.see({"deviation": 0.009}, True)

    def test_a_triplet_loss_that_is_its_margin(self, tiny_plan):
        alone = Watch(tiny_plan(id_weight=0.0))
        for _ in range(49):
            alone.see({"deviation": 1.0, "triplet": 0.301}, True)
        with pytest.raises(TrainingError, match="collapsed"):
            alone.see({"deviation": 1.0, "triplet": 0.301}, True)

    def test_beside_a_classification_it_is_a_warning_once(self, tiny_plan):
        watch = Watch(tiny_plan())
        told = [watch.see({"deviation": 1.0, "triplet": 0.299}, True) for _ in range(200)]
        assert sum(map(bool, told)) == 1
        assert "margin" in "".join(told)

    def test_what_varies_goes_on(self, tiny_plan):
        watch = Watch(tiny_plan())
        told = [watch.see({"deviation": 0.5, "triplet": 0.2 + 0.01 * n}, True) for n in range(99)]
        assert not any(told)
