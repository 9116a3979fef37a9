import csv
import json
import shutil

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas import open_atlas
from frameatlas.cli.main import cli
from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.reid.crops import crops
from frameatlas.reid.tracks.mot import read_mot
from frameatlas.verify import check_atlas


def rows_of(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def grouped(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row["player"], set()).add(row["tracklet"])
    return {frozenset(group) for group in groups.values()}


PEOPLE = {frozenset({"1", "4"}), frozenset({"2", "5"}), frozenset({"3", "6"})}


def test_a_game_becomes_players(made, game_file):
    video, tracks = game_file
    folder, said = made
    text = (folder / "players.csv").read_text()
    assert text.splitlines()[0] == "tracklet,player,team,confidence"
    rows = rows_of(folder / "players.csv")
    assert [row["tracklet"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert grouped(rows) == PEOPLE
    assert "3 players in 6 tracklets" in said
    assert "At least 3 people" in said

    written, bad = read_mot(folder / "tracks" / "game.txt")
    given, _ = read_mot(tracks)
    assert bad == ()
    np.testing.assert_array_equal(written.frame, given.frame)
    np.testing.assert_allclose(written.box, given.box)
    player = {int(row["tracklet"]): int(row["player"]) for row in rows}
    assert sorted(set(written.track.tolist())) == [1, 2, 3]
    first = {tuple(box): player[track] for track, box in zip(given.track, given.box, strict=True)}
    assert all(first[tuple(b)] == t for b, t in zip(written.box, written.track, strict=True))

    atlas = open_atlas(folder)
    assert check_atlas(folder) == []
    assert len(atlas) == 30
    assert atlas.sources[0].path == str(video)
    with h5py.File(folder / "crops.h5") as file:
        assert len(file["player"]) == len(atlas)
        colour = {}
        for frame, number in enumerate(file["player"][:]):
            x, y, w, h = atlas.boxes[frame]
            part = atlas.frames[frame][y + h // 4 : y + h // 2, x + w // 3 : x + w // 2]
            colour.setdefault(int(number), []).append(part.mean(axis=(0, 1)))
    assert max(np.std(values, axis=0).max() for values in colour.values()) < 15
    sheets = sorted(path.name for path in (folder / "sheets").iterdir())
    assert sheets == ["player-1.jpg", "player-2.jpg", "player-3.jpg"]


def test_a_second_run_decodes_and_describes_nothing(players, game_file, known):
    before = (known / "players.csv").read_bytes(), (known / "atlas.json").read_bytes()
    again = players(game_file[0], "--tracks", game_file[1])
    assert again.engines == 0
    assert ((known / "players.csv").read_bytes(), (known / "atlas.json").read_bytes()) == before


def test_what_was_lost_is_made_again(players, game_file, known):
    before = (known / "players.csv").read_bytes()
    table = next((known / "tables").iterdir())
    table.rename(table.with_name("0" * 32 + ".h5"))
    again = players(game_file[0], "--tracks", game_file[1])
    assert again.engines == 1
    assert [path.name for path in (known / "tables").iterdir()] == [table.name]
    assert (known / "players.csv").read_bytes() == before


def test_corrections_hold_over_later_runs(players, game_file, tmp_path, known):
    video, tracks = game_file
    notes = tmp_path / "players.yaml"
    notes.write_text("not-same:\n  - [1, 4]\nrename:\n  2: Anna\n")
    players(video, "--tracks", tracks, "--corrections", notes)
    notes.unlink()
    players(video, "--tracks", tracks)
    rows = {row["tracklet"]: row["player"] for row in rows_of(known / "players.csv")}
    assert rows["1"] != rows["4"]
    assert rows["2"] == rows["5"] == "Anna"
    assert players(video, "--tracks", tracks, "--count", "0", fails=True).exit_code != 0


def test_json_is_for_programs(players, game_file, known):
    video, tracks = game_file
    lines = players(video, "--tracks", tracks, "--json").output.splitlines()
    done = json.loads(lines[-1])
    assert done["event"] == "done"
    assert (done["players"], done["tracklets"], done["least_count"]) == (3, 6, 3)
    assert "false_links" in done
    assert "missed_links" in done
    assert len(done["least_certain"]) <= 20


def test_lines_that_cannot_be_used_are_shown(players, game_file, tmp_path, known):
    video, tracks = game_file
    broken = tmp_path / "broken.txt"
    broken.write_text("what is this\n" + "1,2,3\n" + tracks.read_text())
    said = players(video, "--tracks", broken)
    assert said.exit_code == 0
    assert "line 2: 3 columns" in said.output
    report = json.loads((tmp_path / "game.players" / "players.json").read_text())
    assert [number for number, _ in report["recordings"][0]["bad_lines"]] == [2]
    assert grouped(rows_of(tmp_path / "game.players/players.csv")) == PEOPLE


def test_two_videos_of_two_cameras(players, game_file, tmp_path):
    video, tracks = game_file
    other, boxes = tmp_path / "other.mp4", tmp_path / "other.txt"
    shutil.copy(video, other)
    shutil.copy(tracks, boxes)
    said = players(
        video, other, "--tracks", tracks, "--tracks", boxes, "--camera", "other.mp4=west"
    )
    assert said.exit_code == 0
    folder = tmp_path / "game.players"
    names = [row["tracklet"] for row in rows_of(folder / "players.csv")]
    assert names[0] == "game:1"
    assert names[-1] == "west:6"
    assert grouped(rows_of(folder / "players.csv")) == {
        frozenset(f"{camera}:{t}" for camera in ("game", "west") for t in group) for group in PEOPLE
    }
    assert {path.name for path in (folder / "tracks").iterdir()} == {"1-game.txt", "2-west.txt"}


def test_a_sequence_of_images_is_a_video_too(players, game_file, tmp_path):
    from PIL import Image

    from frameatlas.reid.tracks.frame_reader import open_pictures

    video, tracks = game_file
    images = tmp_path / "S1" / "img1"
    images.mkdir(parents=True)
    for picture in open_pictures(video).pictures(range(1, 61)):
        Image.fromarray(picture.pixels).save(images / f"{picture.number:06d}.jpg", quality=95)
    (tmp_path / "S1" / "seqinfo.ini").write_text("[Sequence]\nframeRate=25\nimDir=img1\n")
    assert players(tmp_path / "S1", "--tracks", tracks).exit_code == 0
    assert grouped(rows_of(tmp_path / "S1.players" / "players.csv")) == PEOPLE
    atlas = open_atlas(tmp_path / "S1.players")
    assert atlas.origins[0].path.name == "000001.jpg" or atlas.origins[0].path.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello\n", "frame, id, left, top, width, height"),
        ("1,1,9000,10,40,90,1\n", "lies outside"),
        ("900,1,10,10,40,90,1\n", "longer recording"),
    ],
)
def test_tracks_that_cannot_be_used_are_one_sentence(players, game_file, tmp_path, text, sentence):
    (tmp_path / "bad.txt").write_text(text)
    failed = players(game_file[0], "--tracks", "bad.txt", fails=True)
    assert sentence in str(failed.exception)
    assert isinstance(failed.exception, ValueError | OSError)


def test_arguments_that_do_not_belong_together_are_one_sentence(players, game_file, tmp_path):
    video, tracks = game_file
    for arguments, sentence in (
        ([video, "--tracks", tracks, "--tracks", tracks], "1 video and 2 files"),
        ([video, "--tracks", tracks, "--camera", "x.mp4=west"], "x.mp4"),
        ([video, "--tracks", tracks, "--camera", "west"], "FILE=NAME"),
        ([tmp_path / "none.mp4", "--tracks", tracks], "where no such file is"),
        ([video, "--tracks", tmp_path / "none.txt"], "where no such file is"),
        ([video, "--tracks", tracks, "--precision", "int8"], "not on crops of people"),
    ):
        failed = players(*arguments, fails=True)
        assert sentence in str(failed.exception), arguments
    assert not (tmp_path / "game.players").exists()


def test_a_run_that_was_stopped_early_goes_on(players, game_file, known, monkeypatch):
    before = (known / "players.csv").read_bytes()
    shutil.rmtree(known)

    def stop(*_):
        raise InterruptedIndexError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr(crops, "cut_crops", stop)
        stopped = players(game_file[0], "--tracks", game_file[1], fails=True)
    assert "give the same command again" in str(stopped.exception)
    assert (known / "atlas.json").exists()
    players(game_file[0], "--tracks", game_file[1])
    assert (known / "players.csv").read_bytes() == before


def test_another_atlas_is_not_written_over(players, game_file, tmp_atlas):
    failed = players(game_file[0], "--tracks", game_file[1], "-o", tmp_atlas.folder, fails=True)
    assert isinstance(failed.exception, InputError)
    assert "another atlas" in str(failed.exception)


def test_jersey_numbers_part_players(players, game_file, tmp_path, known):
    assert known.is_dir()
    arguments = [game_file[0], "--tracks", game_file[1], "-o", "game.players"]
    (tmp_path / "numbers.csv").write_text("tracklet,number\n1,9\n4,10\n")
    assert players(*arguments, "--numbers", "numbers.csv").exit_code == 0
    with (tmp_path / "game.players" / "players.csv").open(newline="") as file:
        rows = {row["tracklet"]: row["player"] for row in csv.DictReader(file)}
    assert rows["1"] != rows["4"]
    (tmp_path / "numbers.csv").write_text("77,9\n")
    wrong = players(*arguments, "--numbers", "numbers.csv", fails=True)
    assert wrong.exit_code != 0
    assert "--numbers to name tracklets" in str(wrong.exception or wrong.output)


def test_a_poster_of_crops_has_no_originals(known, tmp_path):
    order = ["poster", str(known), "--originals", "-o", str(tmp_path / "p.png")]
    failed = CliRunner().invoke(cli, order)
    assert isinstance(failed.exception, InputError)
    assert "leave out --originals" in str(failed.exception)
    assert not (tmp_path / "p.png").exists()


def test_wrong_tracks_at_first_do_not_spoil_the_output(players, game_file, tmp_path):
    (tmp_path / "bad.txt").write_text("900,1,10,10,40,90,1\n")
    failed = players(game_file[0], "--tracks", "bad.txt", fails=True)
    assert isinstance(failed.exception, InputError)
    assert players(game_file[0], "--tracks", game_file[1]).exit_code == 0
    assert grouped(rows_of(tmp_path / "game.players" / "players.csv")) == PEOPLE


def test_other_tracks_keep_the_crops_that_are_the_same(players, game_file, tmp_path, known):
    """Ids of the last three tracklets change, and one box: only that one is cut and described."""
    video, tracks = game_file
    lines = [line.split(",") for line in tracks.read_text().splitlines()]
    ids = {"4": "14", "5": "15", "6": "16"}
    lines = [[line[0], ids.get(line[1], line[1]), *line[2:]] for line in lines]
    before = open_atlas(known)
    frames = {int(f) for t in (known / "tables").iterdir() for f in h5py.File(t)["frame"][:]}
    moved = next(k for k, line in enumerate(lines) if line[1] == "16" and int(line[0]) in frames)
    lines[moved][2] = str(float(lines[moved][2]) + 1)
    (tmp_path / "other.txt").write_text("\n".join(map(",".join, lines)))
    pixels = {before.frames[n].tobytes(): before.features[n : n + 1] for n in range(len(before))}
    cut, wanted = crops._cut_box, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crops, "_cut_box", lambda *a: wanted.append(a[2]) or cut(*a))
        said = players(video, "--tracks", tmp_path / "other.txt")
    assert said.exit_code == 0, said.output
    after = open_atlas(known)
    assert len(wanted) == 1
    same = [n for n in range(len(after)) if after.frames[n].tobytes() in pixels]
    assert len(same) == len(after) - 1 == 29
    for n in same:
        old = pixels[after.frames[n].tobytes()]
        np.testing.assert_array_equal(after.features[n : n + 1], old)
    assert {row["tracklet"] for row in rows_of(known / "players.csv")} == {*"123", "14", "15", "16"}
    assert check_atlas(known) == []
