"""Trento's files of a test, and the annotation that it learns from."""

import csv
from pathlib import Path

import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.learn.descriptor import make_descriptor
from frameatlas.reid.learn.market_attributes import CLASSES, COLUMNS, read_attributes
from frameatlas.reid.learn.networks.heads import Architecture, build_network
from frameatlas.reid.learn.sets.open_set import open_set
from frameatlas.reid.learn.trento_outputs import (
    attribute_columns,
    picture_names,
    share_right,
    write_test,
)

CLASS_ROWS = np.array([[0] * 12, [1] * 9 + [9, 8, 3]])


@pytest.fixture
def described(drawn):
    network = build_network(Architecture("tiny", "reweighted", 64, 32), seed=1)
    return make_descriptor(network, {}), drawn.store()


def test_both_files_and_both_scores(described, tmp_path):
    descriptor, store = described
    scores = write_test(descriptor, store, tmp_path / "test")
    with (tmp_path / "test" / "classification_test.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == scores.pictures == 48
    assert list(rows[0]) == ["picture", *COLUMNS, "junk_score"]
    junk = np.array([float(row["junk_score"]) for row in rows])
    assert (junk <= 12).all()
    assert (junk >= sum(1 / width for width in CLASSES) - 1e-3).all()
    lines = (tmp_path / "test" / "reid_test.txt").read_text().splitlines()
    assert len(lines) == 48
    assert all(len(line.split(": ")[1].split(", ")) == 47 for line in lines)  # not the query
    assert 0 < scores.official < scores.own <= 1
    assert 0 <= scores.attributes <= 1
    assert f"{scores.official:.1%}" in str(scores)


def test_two_pictures_of_one_name_are_told_apart():
    apart = [Path("people/anna/1.jpg"), Path("people/ben/1.jpg")]
    assert picture_names(apart) == ["anna/1.jpg", "ben/1.jpg"]
    assert picture_names([Path("a/0001_c1.jpg"), Path("b/0002_c1.jpg")]) == [
        "0001_c1.jpg",
        "0002_c1.jpg",
    ]


def test_a_descriptor_without_attributes(drawn, tmp_path):
    descriptor = make_descriptor(build_network(Architecture("tiny", "plain", 64, 32)), {})
    with pytest.raises(InputError, match="with attributes"):
        write_test(descriptor, drawn.store(), tmp_path)


def test_classes_are_written_as_the_annotation_has_them(tmp_path):
    """What is written can be read again as what it was."""
    path = tmp_path / "market_attribute.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["image_index", *COLUMNS])
        rows.writerows([n, *values] for n, values in enumerate(attribute_columns(CLASS_ROWS)))
    np.testing.assert_array_equal(read_attributes(path, "train").classes(), CLASS_ROWS)


def test_only_known_attributes_count():
    known = np.array([[0] * 6 + [-1] * 6, [0] * 6 + [-1] * 6])
    assert share_right(CLASS_ROWS, known) == 0.5
    assert share_right(CLASS_ROWS, np.full((2, 12), -1)) is None
    assert share_right(CLASS_ROWS, None) is None


def test_the_annotation_beside_market(picture_at, tmp_path):
    for name in (
        "bounding_box_train/0002_c1s1_000001_01.jpg",
        "query/0007_c1s1_000001_00.jpg",
        "bounding_box_test/0007_c2s1_000001_00.jpg",
        "bounding_box_test/0000_c2s1_000001_00.jpg",
    ):
        picture_at(tmp_path / "market" / name)
    assert open_set(tmp_path / "market").attributes is None
    for number, (half, person) in enumerate((("train", 2), ("test", 7))):
        with (tmp_path / "market" / f"market_attribute_{half}.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["image_index", *COLUMNS])
            rows.writerow([person, *attribute_columns(CLASS_ROWS)[number]])
    people = open_set(tmp_path / "market")
    for path, row in zip(people.paths, people.attributes, strict=True):
        expected = {"0002": CLASS_ROWS[0], "0007": CLASS_ROWS[1]}.get(Path(path).name[:4])
        np.testing.assert_array_equal(row, [-1] * 12 if expected is None else expected)
    assert any("attributes are known of 2" in note for note in people.notes)
