"""Following beside other trackers, on a few boxes whose people are known."""

import json

import numpy as np
import pytest
from benchmark import follow as benchmark
from benchmark import follow_peers

from frameatlas.reid.detect.detections import Detections
from frameatlas.reid.detect.follow import follow
from frameatlas.reid.tracks.mot import Tracks

FRAMES = 20


@pytest.fixture
def film():
    """Two people who walk beside each other, one of whom is missed for two frames."""
    frame = np.repeat(np.arange(1, FRAMES + 1), 2)
    person = np.tile([1, 2], FRAMES)
    left = 10.0 + 3 * frame + 100 * (person - 1)
    box = np.stack([left, np.full(len(left), 20.0), np.full(len(left), 20.0)], axis=1)
    box = np.concatenate([box, np.full((len(left), 1), 50.0)], axis=1)
    truth = Tracks(frame, person, box + (1, 1, 0, 0), np.ones(len(frame), np.float32))
    seen = ~((person == 2) & np.isin(frame, (9, 10)))
    colour = np.eye(2, dtype=np.float32)[person[seen] - 1]
    looked = np.arange(1, FRAMES + 1)
    found = Detections(
        looked, np.zeros((FRAMES, 2)), frame[seen], box[seen], np.full(seen.sum(), 0.9), colour
    )
    return benchmark.Film("made up", found, truth, 10.0)


def ids_by_place(detections, ids):
    """A step that gives the id at each place of the boxes in a frame."""
    return lambda _rate: lambda corners, _sure: ((row, ids[row]) for row in range(len(corners)))


def test_what_is_followed_right_keeps_all(film):
    found = benchmark.measure(film, follow)
    assert (found["recall"], found["purity"], found["kept"], found["pieces"]) == (1, 1, 1, 1)
    assert found["idf1"] == pytest.approx(1)


def test_a_tracker_that_mixes_people_up_keeps_half(film):
    """After the second person was missed in two frames the ids are exchanged."""
    rows = np.arange(len(film.detections.frame))
    person = (film.detections.box[:, 0] - 3 * film.detections.frame > 50).astype(int)
    late = film.detections.frame > FRAMES // 2
    mixed = follow_peers.filled(film.detections, rows, np.where(late, 1 - person, person) + 1)
    found = benchmark.score(mixed, film.truth)
    assert found["purity"] == pytest.approx(0.5, abs=0.06)
    assert found["kept"] == pytest.approx(found["recall"] * found["purity"])
    assert found["recall"] > 0.9


def test_gaps_are_filled_for_others_as_for_ours(film):
    ids = {0: "a", 1: "b"}
    tracks = follow_peers._run(ids_by_place(film.detections, ids), film.detections, 10.0)
    assert len(tracks) == len(film.truth)
    np.testing.assert_allclose(tracks.box, film.truth.box)


def test_frames_without_boxes_are_told_too(film):
    asked = []

    def opened(rate):
        asked.append(rate)
        return lambda corners, _sure: asked.append(len(corners)) or iter(())

    empty = Detections(
        film.detections.looked, film.detections.motion, *(
            getattr(film.detections, name)[:2] for name in ("frame", "box", "confidence", "colour")
        )
    )  # fmt: skip
    assert not len(follow_peers._run(opened, empty, 10.0))
    assert asked == [10.0, 2, *[0] * (FRAMES - 1)]


@pytest.mark.parametrize("library", ["trackers", "norfair", "motpy"])
def test_each_tracker_that_is_installed_follows_two_people(film, library):
    pytest.importorskip(library)
    ways = {name: way for name, way in follow_peers.ways().items() if name.startswith(library)}
    assert ways
    for way in ways.values():
        found = benchmark.measure(film, way)
        assert found["purity"] == 1
        assert found["recall"] > 0.5


def test_films_are_drawn_and_detections_kept(film, tmp_path, monkeypatch, capsys):
    drawn, looked = [], []

    def made(name, _video, truth, folder, _options):
        looked.append(folder.name)
        return benchmark.Film(name, film.detections, film.truth, film.rate)

    def draw(folder, people, seconds, seed):
        drawn.append((people, seconds, seed))
        folder.mkdir()
        (folder / "truth.txt").write_text("1,1,11,21,20,50,1\n")

    monkeypatch.setattr(benchmark, "draw", draw)
    monkeypatch.setattr(benchmark, "_film", made)
    monkeypatch.setattr(benchmark, "ways", lambda: {"theirs": follow})
    options = ["--folder", str(tmp_path), "--seeds", "4", "5", "--people", "5", "--seconds", "2"]
    assert benchmark.main([*options, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert drawn == [(5, 2, 4), (5, 2, 5)]
    assert len(report["films"]["evening"]["theirs"]) == 2
    assert benchmark.main(options) == 0
    assert len(drawn) == 2
    said = capsys.readouterr().out
    assert "evening, 2 films" in said
    assert "| theirs |" in said
    assert "1.000 ± 0.000" in said
