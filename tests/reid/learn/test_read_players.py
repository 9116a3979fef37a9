"""Corrections of a game as labels."""

import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas.cli.main import cli
from frameatlas.errors import FormatError, InputError
from frameatlas.reid.learn.sets.crop_store import open_store
from frameatlas.reid.learn.sets.open_set import open_set
from frameatlas.reid.learn.sets.training_sets import open_training_sets
from frameatlas.reid.learn.training.sampling import labels_of, masks_of, pairs_together


def corrected(folder, text):
    (folder / "corrections.yaml").write_text(text)
    return folder


TOUCHED = "merge:\n  - [1, 4]\nrename:\n  2: Zebulon Quirrell\n"


def test_who_was_touched_is_somebody_and_the_others_are_not(known):
    people = open_set(corrected(known, TOUCHED))
    assert people.kind == "players"
    assert people.protocol.name == "tracklets"
    sure = people.person[people.certain]
    # Tracklets 1 and 4 by the merge, 2 and 5 as the player of 2 was renamed.
    assert len(np.unique(sure)) == 2
    assert len(np.unique(people.tracklet[people.certain])) == 4
    assert len(np.unique(people.tracklet[~people.certain])) == 2  # 3 and 6: seen with the others
    assert any("gives 2 players, of 4 tracklets" in note for note in people.notes)


def test_nobody_is_taken_for_somebody_who_was_not_touched(known):
    with pytest.raises(InputError, match="--trust"):
        open_training_sets([corrected(known, "merge:\n  - [1, 4]\n")])
    trusted = open_set(known, trust=0.0)
    assert len(np.unique(trusted.person[trusted.certain])) == 3


def test_only_who_was_seen_together_is_surely_another(known):
    people = open_set(corrected(known, TOUCHED))
    labels = labels_of(people)
    assert labels.known == 2
    rows = np.arange(len(labels.rows))
    same, different = masks_of(labels, rows, pairs_together(people, labels))
    sure = labels.certain
    assert not (same & different).any()
    assert (same | different)[np.ix_(sure, sure)].all()
    one, other = np.flatnonzero(~sure)[0], np.flatnonzero(~sure)[-1]
    assert labels.track[one] != labels.track[other]
    assert not different[one, other]  # tracklets 3 and 6 may be one person: nobody knows
    assert different[one][sure].any()
    assert not different[one][sure].all()


def test_not_same_makes_two_of_one(known):
    plain = open_set(corrected(known, TOUCHED))
    parted = open_set(corrected(known, TOUCHED + "not-same:\n  - [3, 6]\n"))
    assert len(parted.together) == len(plain.together) + 1


def test_crops_are_read_without_the_black_around_them(known):
    store = open_store(open_set(corrected(known, TOUCHED)), None, (64, 32))
    assert not store.problems
    assert store.pixels.shape[1:] == (64, 32, 3)
    assert store.pixels[:, :, 0].mean() > 20  # the left edge is person and ground, not black


def test_two_games_are_other_people_unless_one_name_says_not(known, tmp_path):
    import shutil

    corrected(known, TOUCHED)
    second = shutil.copytree(known, tmp_path / "second.players")
    two = open_training_sets([known, second])
    sure = two.person[two.train[two.certain[two.train]]]
    assert len(np.unique(sure)) == 2
    assert set(two.person[two.query]).isdisjoint(sure)  # the second is kept apart
    named = open_training_sets([known, second], same_names=True)
    both = set(named.person[named.query]) & set(named.person[named.train])
    assert len(both) == 1


def test_the_descriptor_of_a_game_knows_nobody(known, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corrected(known, TOUCHED)
    small = ["--backbone", "tiny", "--size", "32x16", "--batch", "2x2", "--epochs", "1"]
    small += ["--steps", "2", "--precision", "float32", "-o", "club.descriptor"]
    done = CliRunner().invoke(cli, ["players", "train", str(known), *small], standalone_mode=False)
    assert done.return_value == 0, done.output
    content = (tmp_path / "club.descriptor").read_bytes()
    for word in (b"Zebulon", b"Quirrell", str(tmp_path).encode()):
        assert word not in content


def test_a_damaged_game(known):
    (known / "crops.h5").write_bytes(b"damaged")
    with pytest.raises(FormatError, match="players"):
        open_set(known)
