"""``frameatlas players --stats --film --clips --boxes`` and ``players score``."""

import csv
import json

import av
import numpy as np
import pytest
from PIL import Image

from frameatlas.cli.game.score import score
from frameatlas.reid.tracks.mot import read_mot
from frameatlas.verify import check_atlas

COURT = """size: [12, 8]
points:
  - {pixel: [0, 80], metres: [0, 0]}
  - {pixel: [320, 80], metres: [12, 0]}
  - {pixel: [320, 240], metres: [12, 8]}
  - {pixel: [0, 240], metres: [0, 8]}
"""


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_statistics_come_as_tables_and_figures(players, game_file, tmp_path, known):
    (tmp_path / "court.yaml").write_text(COURT)
    said = players(game_file[0], "--tracks", game_file[1], "--court", "court.yaml")
    assert said.exit_code == 0, said.output
    assert "time seen" in said.output
    rows = rows_of(known / "stats.csv")
    assert [row["player"] for row in rows] == ["1", "2", "3"]
    for row in rows:
        assert float(row["seconds"]) == pytest.approx(2, abs=0.25)  # twice 25 frames, one gap
        # A pixel a frame is 25 of 320 pixels a second, so 12 m · 25 / 320.
        assert float(row["mean_metres_a_second"]) == pytest.approx(0.94, rel=0.06)
    made = {path.name for path in (known / "statistics").iterdir()}
    assert {"intervals.csv", "together.csv", "paths.csv", "timeline.png", "together.png"} <= made
    assert {"heat-player-1.png", "path-player-1.png", "court-heat-player-3.png"} <= made
    for path in (known / "statistics").glob("*.png"):
        with Image.open(path) as picture:
            assert np.asarray(picture).std() > 2, f"{path.name} shows something"
    assert check_atlas(known) == []
    (known / "stats.csv").write_text("x")
    assert "stats.csv" in " ".join(check_atlas(known))


def test_a_run_without_statistics_leaves_no_old_ones(players, game_file, tmp_path, known):
    players(game_file[0], "--tracks", game_file[1], "--stats")
    assert (known / "stats.csv").exists()
    assert rows_of(known / "stats.csv")[0]["metres"] == ""
    players(game_file[0], "--tracks", game_file[1])
    assert not (known / "stats.csv").exists()
    assert not (known / "statistics").exists()
    assert check_atlas(known) == []


def test_boxes_come_in_every_format(players, game_file, known):
    pytest.importorskip("pyarrow", reason="pyarrow (the extra parquet) is not installed")
    from pyarrow import parquet

    video, tracks = game_file
    players(video, "--tracks", tracks, "--boxes", "parquet", "--boxes", "coco")
    made = {path.name for path in (known / "boxes").iterdir()}
    assert made == {"game.csv", "game.parquet", "game.coco.json"}
    given, _ = read_mot(tracks)
    mot, _ = read_mot(known / "tracks" / "game.txt")
    coco, bad = read_mot(known / "boxes" / "game.coco.json")
    assert bad == ()
    for found in (mot, coco):
        np.testing.assert_array_equal(found.frame, given.frame)
        np.testing.assert_allclose(found.box, given.box, atol=0.01)
    np.testing.assert_array_equal(mot.track, coco.track)
    rows = rows_of(known / "boxes" / "game.csv")
    table = parquet.read_table(known / "boxes" / "game.parquet").to_pylist()
    assert len(rows) == len(table) == len(given)
    for text, value in zip(rows, table, strict=True):
        assert text["player"] == value["player"]
        assert text["tracklet"] == value["tracklet"]
        assert float(text["left"]) == pytest.approx(value["left"], abs=0.01)
        assert int(text["frame"]) == value["frame"]
    player = {row["tracklet"]: row["player"] for row in rows_of(known / "players.csv")}
    assert all(player[row["tracklet"]] == row["player"] for row in rows)
    again, _ = read_mot(known / "boxes" / "game.csv")
    np.testing.assert_array_equal(again.frame, given.frame)


@pytest.mark.process
def test_films_and_clips_are_made(players, game_file, tmp_path, known):
    said = players(
        game_file[0], "--tracks", game_file[1], "--film", "out.mp4", "--clips", "2", "--json"
    )
    done = json.loads(said.output.splitlines()[-1])
    assert done["films"][0] == "out.mp4"
    with av.open(str(tmp_path / "out.mp4")) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == 60
    assert frames[0].shape == (240, 320, 3)
    clips = sorted(path.name for path in (known / "clips").iterdir())
    assert clips == ["player-2-game-001.mp4"]  # away for five frames: one stay
    with av.open(str(known / "clips" / clips[0])) as film:
        assert len(list(film.decode(video=0))) == 60


def test_wrong_outputs_are_refused_before_anything_is_done(players, game_file, tmp_path):
    video, tracks = game_file
    for words, sentence in (
        (["--film", "out.avi"], "ends in .mp4"),
        (["--court", "none.yaml"], "--court none.yaml"),
    ):
        failed = players(video, "--tracks", tracks, *words, fails=True)
        assert sentence in str(failed.exception)
        assert not (tmp_path / "game.players").exists()


def test_a_clip_of_nobody_names_who_there_is(players, game_file, known):
    failed = players(game_file[0], "--tracks", game_file[1], "--clips", "Zoe", fails=True)
    assert "'Zoe'; there are 1, 2, 3" in str(failed.exception)


def test_players_are_scored_against_the_truth(players, game_file, tmp_path, known):
    given, _ = read_mot(game_file[1])
    truth = tmp_path / "gt.txt"
    person = (given.track - 1) % 3 + 7
    truth.write_text(
        "".join(
            f"{f},{p},{','.join(map(str, b))},1,1,1\n"
            for f, p, b in zip(given.frame, person, given.box, strict=True)
        )
    )
    players(game_file[0], "--tracks", game_file[1])
    perfect = players("score", known, "--truth", truth, "--json")
    found = json.loads(perfect.output)
    assert found["people"] == 3
    assert found["matched_boxes"] == found["true_boxes"] == len(given)
    assert {level: one["accuracy"] for level, one in found["accuracy"].items()} == {
        "tracklet": 1, "crop": 1, "duration": 1,
    }  # fmt: skip
    assert found["tracking"]["idf1"] == found["tracking"]["hota"] == 1

    lines = truth.read_text().splitlines()
    truth.write_text(
        "\n".join(
            line.replace(",7,", ",9,", 1)
            if int(line.split(",")[0]) > 30 and line.split(",")[1] == "7"
            else line
            for line in lines
            if not (int(line.split(",")[0]) > 30 and line.split(",")[1] == "9")
        )
    )
    worse = json.loads(players("score", known, "--truth", truth, "--json").output)
    assert worse["accuracy"]["tracklet"]["accuracy"] == pytest.approx(4 / 5)
    assert worse["tracking"]["idf1"] < 0.9
    words = players("score", known, "--truth", truth).output
    assert "each tracklet: accuracy 0.800" in words


def test_a_truth_of_another_video_is_one_sentence(players, game_file, tmp_path, known):
    players(game_file[0], "--tracks", game_file[1])
    (tmp_path / "gt.txt").write_text("1,1,2000,2000,10,10,1,1,1\n")
    failed = players("score", known, "--truth", "gt.txt", fails=True)
    assert "Received: none that overlaps by half" in str(failed.exception)
    two = players("score", known, "--truth", "gt.txt", "--truth", "gt.txt", fails=True)
    assert "of which there are 1" in str(two.exception)
    assert score.name == "score"


def test_whom_the_user_ignores_is_in_no_file_but_the_table(players, game_file, tmp_path, known):
    (tmp_path / "c.yaml").write_text("ignore:\n  - [1, 4]\nrole:\n  2: goalkeeper\n")
    said = players(game_file[0], "--tracks", game_file[1], "--corrections", "c.yaml", "--stats")
    assert "2 players in 6 tracklets" in said.output
    assert "0 tracklets unassigned, 2 ignored" in said.output
    assert "At least 2 people" in said.output
    rows = {row["tracklet"]: row["player"] for row in rows_of(known / "players.csv")}
    assert rows["1"] == rows["4"] == "ignored"
    assert len(set(rows.values())) == 3
    sheets = sorted(path.name for path in (known / "sheets").iterdir())
    assert sheets == ["player-1.jpg", "player-2.jpg"]
    stats = rows_of(known / "stats.csv")
    assert sorted(row["role"] for row in stats) == ["", "goalkeeper"]
    boxes = {row["tracklet"] for row in rows_of(known / "boxes" / "game.csv")}
    assert boxes == {"2", "3", "5", "6"}
    mot, _ = read_mot(known / "tracks" / "game.txt")
    assert set(mot.track.tolist()) == {1, 2}
    again = players(game_file[0], "--tracks", game_file[1])
    assert "2 ignored" in again.output, "it holds for later runs"
    assert check_atlas(known) == []
