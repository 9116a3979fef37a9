"""What a training must bear: a disk that is full, and people of whom there is one picture."""

import errno
from dataclasses import replace

import numpy as np
import pytest

from frameatlas.errors import FrameatlasError
from frameatlas.reid.learn.losses.metric import hardest
from frameatlas.reid.learn.train_descriptor import _notes
from frameatlas.reid.learn.training import checkpoint
from frameatlas.reid.learn.training.checkpoint import RunFolder
from frameatlas.reid.learn.training.objectives import network_for, objective_for
from frameatlas.reid.learn.training.sampling import batch_rows, labels_of
from frameatlas.reid.learn.training.trainer import Trainer


def variable(value):
    import keras

    return keras.Variable(np.full((3,), value, np.float32))


def test_a_full_disk_keeps_the_state_before(tmp_path, monkeypatch):
    run = RunFolder(tmp_path / "one.run")
    run.open({}, resume=False)
    run.save([variable(1.0)], 3)

    def full(path):
        path.write_bytes(b"half of a sta")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoint, "new_table", full)
    with pytest.raises(FrameatlasError, match=r"Received: .*space|disk"):
        run.save([variable(2.0)], 4)
    monkeypatch.undo()
    state = variable(0.0)
    assert run.load([state]) == 3
    np.testing.assert_array_equal(state.numpy(), 1.0)


@pytest.fixture
def lonely(drawn):
    """The drawn people, and of the first of them one picture only."""
    people = drawn.people
    own = people.train[people.person[people.train] == people.person[people.train[0]]]
    return replace(drawn, people=replace(people, train=np.setdiff1d(people.train, own[1:])))


def test_one_picture_is_learnt_from_but_is_no_anchor(lonely, tiny_plan):
    plan = tiny_plan(people=12, pictures=1, epochs=1, steps=1)
    labels = labels_of(lonely.people)
    assert labels.known == 12
    rows = batch_rows(labels, plan, 0)
    assert len(np.unique(labels.label[rows])) == 12
    features = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    _, _, anchor = hardest(features, np.array([0, 0, 1, 1, 2]))
    assert np.asarray(anchor).tolist() == [True] * 4 + [False]
    store = lonely.store()
    network = network_for(store, plan)
    Trainer(objective_for(store, plan, network), plan, 1).train()
    assert all(np.isfinite(v.numpy()).all() for v in network.embed.variables)


def test_the_user_is_told_of_people_with_one_picture(lonely):
    assert any("one picture only of 1 person" in note for note in _notes(lonely.store()))
