"""The players benchmark on a short game, with colours in place of the network."""

import argparse
import json
import sys

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def bench(root):
    sys.path.insert(0, str(root))
    try:
        from benchmark import players, players_cases, players_footage, players_methods

        return argparse.Namespace(
            players=players,
            cases=players_cases,
            footage=players_footage,
            methods=players_methods,
        )
    finally:
        sys.path.remove(str(root))


def colours(pixels, box):
    """Colours of 16 × 8 parts of a picture."""
    del box
    parts = pixels.reshape(len(pixels), 16, 16, 8, 16, 3).mean(axis=(2, 4))
    return (parts - (70, 140, 60)).reshape(len(pixels), -1).astype(np.float16)


@pytest.fixture(scope="module")
def case(bench):
    """A short game whose crops are described by who they show, and some noise."""
    footage = bench.footage.synthetic("easy", 20)
    random = np.random.default_rng(0)
    people = random.normal(size=(10, 24))
    described = []
    for filmed in footage.cameras:
        row = np.flatnonzero(filmed.boxes.frame % 5 == 1)
        features = people[filmed.identity[row]] + 0.5 * random.normal(size=(len(row), 24))
        colour = np.abs(people[filmed.identity[row], :8]).astype(np.float32)
        sharp = random.random(len(row)).astype(np.float32)
        described.append(bench.footage.Described(row, features.astype(np.float16), colour, sharp))
    return bench.cases.make_case(footage, described, 0.1, 0)


def test_the_truth_belongs_to_the_boxes(bench, case):
    tracklets = case.features.tracklets
    assert len(case.truth.identity) == len(tracklets.row_frame)
    assert case.people == 9
    assert case.truth.impure(len(tracklets)) >= 1
    # Crops are of the tracklet and frame that the truth says.
    taken = np.flatnonzero(case.truth.crop)
    assert np.array_equal(tracklets.row_tracklet[taken], case.features.tracklet)
    assert np.array_equal(tracklets.row_frame[taken], case.features.frame)


def test_methods_stand_between_the_trivial_and_the_oracle(bench, case):
    methods = {**bench.methods.BASELINES, **bench.methods.OURS, **bench.methods.ORACLE}
    rows = {row["method"]: row for row in bench.players.scored(case, 0, methods)}
    oracle = rows["oracle: majority of each tracklet"]
    assert oracle["tracklet_accuracy"] == 1
    assert oracle["duration_accuracy"] < 1  # some tracklets show two people
    assert rows["all one person"]["tracklet_pair_recall"] == 1
    assert rows["tracker ids as they are"]["tracklet_purity"] == 1
    best = max(rows[n]["duration_accuracy"] for n in ("players", "players, K known"))
    assert best > rows["random, right K"]["duration_accuracy"]
    assert all(0 <= row["idf1"] <= 1 and 0 <= row["assa"] <= 1 for row in rows.values())


def test_who_is_split_counts_by_the_box(bench, case):
    answer = bench.methods.ours()(case, 0)
    found = bench.methods.identify(case.features)
    tracklets = case.features.tracklets
    for number in range(len(found.pieces)):
        rows = tracklets.row_tracklet == found.pieces.tracklet[number]
        rows &= tracklets.row_frame >= found.pieces.first[number]
        rows &= tracklets.row_frame <= found.pieces.last[number]
        assert (answer.of_box[rows] == found.pieces.player[number]).all()


def test_the_network_is_asked_once(bench, tmp_path):
    filmed = bench.footage.synthetic("easy", 1).cameras[0]
    first = bench.footage.describe(filmed, colours, tmp_path)

    def silent(pixels, box):
        raise AssertionError("kept features were not used")

    again = bench.footage.describe(filmed, silent, tmp_path)
    assert np.array_equal(first.features, again.features)
    assert np.array_equal(first.row, again.row)


@pytest.fixture
def own_truth(tmp_path):
    """Four people who walk through 60 small pictures."""
    (tmp_path / "img1").mkdir()
    lines = []
    for frame in range(1, 61):
        picture = np.full((60, 160, 3), 90, np.uint8)
        for person in range(4):
            left = 10 + 40 * person + frame // 10
            picture[10:50, left : left + 16] = (50 * person, 255 - 60 * person, 128)
            lines.append(f"{frame},{person + 1},{left + 1},11,16,40,1,1,1\n")
        Image.fromarray(picture).save(tmp_path / "img1" / f"{frame:06d}.jpg")
    (tmp_path / "gt.txt").write_text("".join(lines))
    return tmp_path


def test_your_own_truth(bench, own_truth, monkeypatch, capsys):
    class Engine:
        def close(self):
            pass

    monkeypatch.setattr(bench.players, "open_engine", lambda name: Engine())
    monkeypatch.setattr(bench.players, "describe_frames", lambda engine, *what: colours(*what))
    words = ["--from-gt", str(own_truth / "gt.txt"), "--video", str(own_truth)]
    words += ["--seeds", "2", "--switches", "0", "--no-ablation", "--json"]
    assert bench.players.main(words) == 0
    report = json.loads(capsys.readouterr().out)
    rows = {row["method"]: row for row in report["identities"]}
    assert rows["oracle: majority of each tracklet"]["tracklet_accuracy"] == 1
    assert rows["players, K known"]["tracklet_accuracy"] == 1  # four plain colours
    assert {"tracklet_accuracy_sd", "false_links", "idf1"} <= set(rows["players"])
    assert {"mAP_standard", "mAP_trapezoid"} <= set(report["retrieval"][0])
    assert f"{own_truth.name}: " in bench.players.table(report)


def test_half_a_wish(bench):
    with pytest.raises(SystemExit, match="together with --video"):
        bench.players.main(["--from-gt", "gt.txt"])
