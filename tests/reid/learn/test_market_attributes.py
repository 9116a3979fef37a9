"""Attributes of Market-1501, on a file made here in the shape of the real one."""

import csv

import numpy as np
import pytest
from scipy.io import savemat

from frameatlas.errors import SourceError
from frameatlas.reid.learn.market_attributes import CLASSES, COLUMNS, read_attributes

PEOPLE = ("0002", "0007", "0010")


def made_up():
    values = np.ones((3, 27), np.int64)
    values[:, COLUMNS.index("age")] = (1, 4, 2)
    values[0, COLUMNS.index("downblue")] = 2
    values[0, COLUMNS.index("upred")] = 2
    values[1, COLUMNS.index("gender")] = 2
    values[2, [COLUMNS.index("upblack"), COLUMNS.index("upgreen")]] = 2
    return values


@pytest.fixture
def matlab(tmp_path):
    """Both halves: the first two people to train on, the third to test on."""
    values = made_up()

    def half(rows):
        found = {name: values[rows, number].astype(float) for number, name in enumerate(COLUMNS)}
        found["image_index"] = np.array([PEOPLE[row] for row in rows], object)
        return found

    path = tmp_path / "market_attribute.mat"
    savemat(path, {"market_attribute": {"train": half([0, 1]), "test": half([2])}})
    return path


def test_both_halves_are_read(matlab):
    train, test = read_attributes(matlab, "train"), read_attributes(matlab, "test")
    assert train.person.tolist() == [2, 7]
    assert test.person.tolist() == [10]
    assert np.array_equal(np.concatenate([train.values, test.values]), made_up())


def test_a_table_says_the_same(matlab, tmp_path):
    path = tmp_path / "train.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["image_index", *COLUMNS])
        rows.writerows([PEOPLE[n], *made_up()[n]] for n in (0, 1))
    read = read_attributes(path, "train")
    assert np.array_equal(read.values, read_attributes(matlab, "train").values)
    assert read.person.tolist() == [2, 7]


def test_three_views(matlab):
    train, test = read_attributes(matlab, "train"), read_attributes(matlab, "test")
    assert train.one_hot_age().shape == (2, 30)
    assert train.one_hot_age()[:, :4].tolist() == [[1, 0, 0, 0], [0, 0, 0, 1]]
    assert train.one_hot_age().sum(axis=1).tolist() == [3, 2]  # the age, two colours; age, gender
    assert sum(CLASSES) == 41
    classes = train.classes()
    assert classes[0].tolist() == [0] * 9 + [2, 6, 0]
    assert classes[1].tolist() == [1, *[0] * 8, 0, 0, 3]
    assert test.classes()[0, 10] == 0  # two colours: more than one
    assert (classes < np.array(CLASSES)).all()


def test_what_is_no_such_file(tmp_path, matlab):
    (tmp_path / "no.mat").write_bytes(b"not a MATLAB file" * 20)
    savemat(tmp_path / "other.mat", {"something": 1})
    (tmp_path / "long.csv").write_text("9" * 200_000)
    with pytest.raises(SourceError, match="field larger"):
        read_attributes(tmp_path / "long.csv", "train")
    (tmp_path / "few.csv").write_text("image_index,age\n0002,1\n")
    header = ",".join(("image_index", *COLUMNS))
    (tmp_path / "wrong.csv").write_text(f"{header}\n0002,{','.join(['9'] * 27)}\n")
    (tmp_path / "text.csv").write_text(f"{header}\n0002,{','.join(['a'] * 27)}\n")
    for name in ("no.mat", "other.mat", "few.csv", "wrong.csv", "text.csv", "missing.mat"):
        with pytest.raises(SourceError if name != "missing.mat" else Exception) as told:
            read_attributes(tmp_path / name, "train")
        assert "Expected" in str(told.value), name
