"""The players benchmark on a short game, with colours in place of the network."""

import argparse
import json

import numpy as np
import pytest
from benchmark import table_players
from PIL import Image


@pytest.fixture(scope="module")
def bench(from_root):
    parts = ("cases", "crops", "estimate", "footage", "methods", "table")
    found = {part: from_root(f"benchmark.players_{part}") for part in parts}
    return argparse.Namespace(players=from_root("benchmark.players"), **found)


def colours(pixels, box):
    """Colours of 16 × 8 parts of a picture."""
    del box
    parts = pixels.reshape(len(pixels), 16, 16, 8, 16, 3).mean(axis=(2, 4))
    return (parts - (70, 140, 60)).reshape(len(pixels), -1).astype(np.float16)


@pytest.fixture(scope="module")
def case(bench):
    """A short game whose crops are described by who they show, and some noise."""
    footage = bench.footage.synthetic("easy", 20, 0)
    random = np.random.default_rng(0)
    people = random.normal(size=(10, 24))

    def known(filmed, rows, network, cache):
        features = people[filmed.identity[rows]] + 0.5 * random.normal(size=(len(rows), 24))
        colour = np.abs(people[filmed.identity[rows], :8]).astype(np.float32)
        sharp = random.random(len(rows)).astype(np.float32)
        return bench.crops.Described(rows, features.astype(np.float16), colour, sharp)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench.cases, "describe", known)
        (found,) = bench.cases.cases(footage, [0.1], None, None)
    return found


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
    rows = {row["method"]: row for row in bench.players.scored(case, methods)}
    oracle = rows["oracle: majority of each tracklet"]
    assert oracle["tracklet_accuracy"] == 1
    assert oracle["duration_accuracy"] < 1  # some tracklets show two people
    assert rows["all one person"]["tracklet_pair_recall"] == 1
    assert rows["tracker ids as they are"]["tracklet_purity"] == 1
    best = max(rows[n]["duration_accuracy"] for n in ("players", "players, K known"))
    assert best > rows["random, right K"]["duration_accuracy"]
    assert all(0 <= row["idf1"] <= 1 and 0 <= row["assa"] <= 1 for row in rows.values())


def test_who_is_split_counts_by_the_box(bench, case):
    answer = bench.methods.ours()(case)
    found = bench.methods.identify(case.features)
    tracklets = case.features.tracklets
    for number in range(len(found.segments)):
        rows = tracklets.row_tracklet == found.segments.tracklet[number]
        rows &= tracklets.row_frame >= found.segments.first[number]
        rows &= tracklets.row_frame <= found.segments.last[number]
        assert (answer.of_box[rows] == found.segments.player[number]).all()


def test_the_network_is_asked_once_for_each_box(bench, tmp_path):
    filmed = bench.footage.synthetic("easy", 1, 0).cameras[0]
    asked = []

    def counted(pixels, box):
        asked.append(len(pixels))
        return colours(pixels, box)

    rows = np.arange(0, 20, 2)
    first = bench.crops.describe(filmed, rows, counted, tmp_path)
    assert (sum(asked), len(first)) == (10, 10)
    again = bench.crops.describe(filmed, rows, None, tmp_path)
    assert np.array_equal(first.features, again.features)
    more = bench.crops.describe(filmed, np.arange(20), counted, tmp_path)
    assert (sum(asked), more.row.tolist()) == (20, list(range(20)))
    assert np.array_equal(more.features[::2], first.features)


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
        identity = "drawn"

        def close(self):
            pass

    monkeypatch.setattr(bench.players, "open_engine", lambda name: Engine())
    monkeypatch.setattr(bench.players, "describe_frames", lambda engine, *what: colours(*what))
    with (own_truth / "gt.txt").open("a") as file:
        file.write("no row\n")
    words = ["--from-gt", str(own_truth / "gt.txt"), "--video", str(own_truth)]
    words += ["--seeds", "2", "--switches", "0", "--no-ablation", "--json"]
    assert bench.players.main(words) == 0
    printed = capsys.readouterr()
    assert "1 line left out" in printed.err  # not among the figures
    report = json.loads(printed.out)
    rows = {row["method"]: row for row in report["identities"]}
    assert rows["oracle: majority of each tracklet"]["tracklet_accuracy"] == 1
    assert rows["players, K known"]["tracklet_accuracy"] == 1  # four plain colours
    assert {"tracklet_accuracy_sd", "false_links", "idf1"} <= set(rows["players"])
    assert {"mAP_standard", "mAP_trapezoid"} <= set(report["retrieval"][0])
    shown = bench.table.table(report, every_score=True)
    assert f"your truth, {own_truth.name}: " in shown
    assert "inverse_purity" in shown
    written = table_players.table(report)
    head, _, row = written.splitlines()[:3]
    shown = dict(zip(head.split("|"), row.split("|"), strict=True))
    shown = {name.strip(): cell.strip() for name, cell in shown.items()}
    assert shown["tracklets"] == shown["people"] == "4"
    assert shown["oracle"] == "1.00 ± .00"
    ours = f"{rows['players']['tracklet_accuracy']:.2f}".removeprefix("0")
    assert shown["`players`"].startswith(f"**{ours} ± ")
    assert "mean ± spread of 2 games" in written


def test_crops_are_those_that_the_command_takes(bench, own_truth):
    """The same tracks through the command's own steps give the same crops, worth the same."""
    from frameatlas.reid.crops.crops import crops_as_frames
    from frameatlas.reid.crops.game import gather_crops
    from frameatlas.reid.crops.selection import plan_crops
    from frameatlas.reid.tracks.mot import Tracks, write_mot

    footage = bench.footage.from_truth(own_truth / "gt.txt", own_truth, 0)
    (case,) = bench.cases.cases(footage, [0.0], colours, None)
    t = case.features.tracklets
    order = np.lexsort((t.row_tracklet, t.row_frame))
    names = np.array([int(name) for name in t.names])[t.row_tracklet[order]]
    ones = np.ones(len(order), np.float32)
    tracks = Tracks(t.row_frame[order], names, t.row_box[order], ones, own_truth.stem)
    write_mot(own_truth / "tracks.txt", tracks, tracks.track)
    read, _ = bench.footage.read_mot(own_truth / "tracks.txt", own_truth.stem)
    filmed = footage.cameras[0]
    frames, table = crops_as_frames(filmed.pictures, plan_crops(read, filmed.size))
    features = colours(frames.pixels, frames.box)
    users, _ = gather_crops([read], [(0, table)], features)
    for name in ("tracklet", "frame", "features", "colour", "quality"):
        assert np.array_equal(getattr(users, name), getattr(case.features, name)), name


def test_a_trackers_own_tracks_are_matched_with_the_truth(bench, own_truth):
    lines = []
    for line in (own_truth / "gt.txt").read_text().splitlines():
        frame, person, left, *rest = line.split(",")
        track = int(person) + (10 if int(frame) > 30 else 0)
        if person == "4":
            left = str(int(left) + 14)  # covers nobody by half
        lines.append(",".join([frame, str(track), left, *rest[:3], "0.9"]))
    (own_truth / "tracker.txt").write_text("\n".join(lines))
    footage = bench.footage.from_tracker(own_truth / "gt.txt", own_truth, own_truth / "tracker.txt")
    filmed = footage.cameras[0]
    assert footage.broken
    assert sorted(set(filmed.boxes.track.tolist())) == [1, 2, 3, 11, 12, 13]
    assert np.array_equal(filmed.identity, filmed.boxes.track % 10)
    (own_truth / "away.txt").write_text("1,1,500,500,5,5,1\n")
    with pytest.raises(SystemExit, match="are both of this video"):
        bench.footage.from_tracker(own_truth / "gt.txt", own_truth, own_truth / "away.txt")


def test_true_links_and_what_the_estimate_says_of_them(bench):
    links = bench.estimate.true_links(np.array([0, 0, 1, 1]), np.array([0, 0, 0, -1]))
    assert links == {"true_false_links": 0.5, "true_missed_links": 0.5}
    rows = [
        {
            "method": "players",
            "false_links": 0.1 * n,
            "missed_links": 0.3 - 0.1 * n,
            "estimate": 0.3,
            "true_false_links": 0.01 * n,
            "true_missed_links": 0.05 * n,
            "duration_accuracy": 0.9,
        }
        for n in range(4)
    ]
    found = bench.estimate.estimates(rows)
    assert found["false_links"][0] == 1
    assert found["missed_links"][0] == -1
    assert np.isnan(found["estimate"][0])
    assert found["within_range"] == 0.0, "of .3 no drawn game had so little wrong"
    assert bench.estimate.estimates(rows[:3])["words"] == []


def test_a_range_is_of_the_games_near_it_and_grows(bench):
    estimate = np.linspace(0, 1, 101)
    low, high = bench.estimate.fit_range(estimate, estimate**2, (0.1, 0.5, 0.9), up=True)
    assert (np.diff(low) >= 0).all()
    near = np.quantile(estimate[38:63] ** 2, [0.1, 0.9])  # the 25 nearest to .5
    np.testing.assert_allclose([low[1], high[1]], near, atol=0.02)
    noise = np.random.default_rng(0).random(101)
    low, high = bench.estimate.fit_range(estimate, noise, (0.1, 0.5, 0.9), up=False)
    assert (np.diff(high) <= 0).all()
    assert (low <= high).all()


def test_games_that_were_looked_at_are_left_out(bench):
    options = bench.players._parser().parse_args(["--data", "synthetic", "--seeds", "1"])
    assert {f.seed for f in bench.players.footages(options)} == {bench.players.UNTOUCHED}
    options.first = 0
    assert [f.seed for f in bench.players.footages(options)] == [0, 0, 0]


def test_half_a_wish(bench):
    with pytest.raises(SystemExit, match="together with --video"):
        bench.players.main(["--from-gt", "gt.txt"])
