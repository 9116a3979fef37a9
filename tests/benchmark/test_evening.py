"""The evening's game, a smaller one: what is drawn, and the truth beside what was found."""

import csv

import numpy as np
import pytest
from benchmark import evening

from frameatlas.reid.tracks.frame_reader import open_pictures


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evening, "SHOT", 1)
        yield evening.draw(tmp_path_factory.mktemp("evening"), people=5, seconds=2, seed=3)


def write_found(drawn, folder, statistics, wrong=()):
    """Players as the command writes them: the truth, but for whom everybody takes for another."""
    (folder / "boxes").mkdir(parents=True)
    with (folder / "boxes" / "evening.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "player", "left", "top", "width", "height"])
        for frame, who, box in zip(
            drawn.truth.frame, drawn.truth.track, drawn.truth.box, strict=True
        ):
            name = f"P{min(wrong)}" if who in wrong else f"P{who}"
            writer.writerow([frame, name, *np.round(box + 1, 2)])
    with (folder / "stats.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["player", "seconds", "heights"])
        for one in statistics.players:
            writer.writerow([f"P{one.name}", round(one.seconds, 2), round(one.heights.distance, 2)])


def test_the_film_is_cut_and_as_long_as_its_truth(small):
    assert sorted(set(small.shot.tolist())) == [0, 1]
    pictures = open_pictures(small.film)
    assert (pictures.count, pictures.size) == (20, evening.SIZE)
    assert small.truth.frame.max() == 20
    assert len(evening.true_statistics(small).players) == len(small.game.people)


def test_who_is_found_stands_beside_who_was_there(small, tmp_path):
    true = evening.true_statistics(small)
    write_found(small, tmp_path, true)
    persons = evening.compare(small, tmp_path)
    there = {str(who) for who in small.truth.track.tolist()}
    assert len(there) >= 3
    for person in persons:
        expected = f"P{person['person']}" if person["person"] in there else ""
        assert person["player"] == expected
    for person in persons:
        assert person["seconds"] == pytest.approx(person["seconds_true"], abs=0.06)
        assert person["heights"] == pytest.approx(person["heights_true"], abs=0.06)


def test_one_player_stands_for_one_person(small, tmp_path):
    true = evening.true_statistics(small)
    everybody = set(small.truth.track.tolist())
    write_found(small, tmp_path, true, wrong=everybody)
    persons = evening.compare(small, tmp_path)
    named = [p["player"] for p in persons if p["player"]]
    assert named == [f"P{min(everybody)}"]
    assert sum(p["seconds"] for p in persons if not p["player"]) == 0
    report = {
        "people": 4, "film_seconds": 2, "detector": "none", "seconds": 1.0, "found": 1,
        "tracklets": 1, "purity": 0.3, "recall": 1.0, "precision": 1.0, "accuracy": 0.3,
        "idf1": 0.3, "hota": 0.3, "persons": persons,
    }  # fmt: skip
    assert "Synthetic: 4 people, 2 s" in evening.table(report)
    assert "| person" in evening.table(report)
