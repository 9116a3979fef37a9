"""``frameatlas similar`` and ``dissimilar`` as they are typed."""

import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas.cli.dissimilar import dissimilar
from frameatlas.cli.footage.shot_hits import SPAN_OF_SHOT
from frameatlas.cli.similar import similar
from frameatlas.cli.video_results import print_table
from frameatlas.errors import FrameatlasError
from frameatlas.store.shot_table import ShotTable, write_shots


@pytest.fixture(scope="module")
def folder(tmp_path_factory, synthetic_atlas):
    place = tmp_path_factory.mktemp("commands")
    synthetic_atlas(
        place / "one.atlas",
        sources=(("video", 12), ("video", 7), ("photos", 5), ("failed", 0), ("damaged", 4)),
        dimension=64,
    )
    return place


@pytest.fixture
def run(typed):
    return lambda folder, *words: typed(folder, *words, COLUMNS="120")


def quick(monkeypatch, folder, command, *arguments):
    """The command alone, in this process."""
    monkeypatch.chdir(folder)
    return CliRunner().invoke(command, list(arguments), standalone_mode=False)


def test_the_only_atlas_here_is_taken_and_a_table_printed(folder, run):
    done = run(folder, "similar", "0.mp4", "-o", "paths.png")
    assert done.returncode == 0, done.stderr
    assert "Taking one.atlas" in done.stderr
    assert "5 photos left out" in done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0] == ["rank", "distance", "length", "path"]
    assert sorted(line[3] for line in lines[1:]) == ["/videos/1.mp4", "/videos/4.mp4"]
    assert (folder / "paths.png").stat().st_size > 1000


def test_json_is_a_list_nearest_first(monkeypatch, folder):
    done = quick(monkeypatch, folder, similar, "one.atlas", "1", "--json", "--ordered", "-k", "5")
    found = json.loads(done.stdout)
    assert [set(one) for one in found] == [{"path", "distance", "id", "frames", "seconds"}] * 2
    assert [one["distance"] for one in found] == sorted(one["distance"] for one in found)
    assert "/videos/1.mp4" not in [one["path"] for one in found]


def test_all_gives_groups(monkeypatch, folder):
    done = quick(monkeypatch, folder, similar, "--all", "--within", "1", "--json", "one.atlas")
    groups = json.loads(done.stdout)
    assert all(len(group) > 1 for group in groups)
    assert {one["path"] for group in groups for one in group} <= {
        *(f"/videos/{n}.mp4" for n in (0, 1, 4)),
        *(f"/videos/2/photo {n}.jpg" for n in range(5)),
    }
    said = quick(monkeypatch, folder, similar, "--all", "--within", "0")
    assert said.stdout == "No near-duplicates.\n"
    shown = quick(monkeypatch, folder, similar, "--all", "--within", "1").stdout
    assert shown.count("Group") == len(groups)
    assert "64×36" in shown


def test_dissimilar_prints_and_draws(monkeypatch, folder):
    done = quick(monkeypatch, folder, dissimilar, "-k", "2", "-o", "d.jpg")
    assert len(done.stdout.splitlines()) == 3
    assert (folder / "d.jpg").exists()
    done = quick(monkeypatch, folder, dissimilar, "one.atlas", "--json")
    assert len(json.loads(done.stdout)) == 3
    assert "no more than 3 videos" in done.stderr


def test_a_file_that_is_not_in_the_atlas_is_described(monkeypatch, folder, tmp_path):
    from frameatlas import open_atlas
    from frameatlas.embedder.query import describer as query

    atlas = open_atlas(folder / "one.atlas")
    own = atlas.range_of(1)
    described = query.Described(
        scores=np.asarray(atlas.scores[own.start : own.stop], np.float32),
        coordinates=atlas.coordinates[own.start : own.stop],
        seconds=atlas.seconds[own.start : own.stop],
        pixels=np.zeros((3, 36, 64, 3), np.uint8),
        pictured=np.array([0, 3, 6]),
        name="new.mp4",
    )
    asked = []

    def describe(opened, path, **_):
        asked.append(path)
        return described

    monkeypatch.setattr(query, "describe_video", describe)
    new = tmp_path / "new.mp4"
    new.write_bytes(b"a film")
    done = quick(monkeypatch, folder, similar, str(new), "--json", "-o", "n.png")
    found = json.loads(done.stdout)
    assert asked == [new]
    assert (found[0]["path"], found[0]["distance"]) == ("/videos/1.mp4", 0)
    assert len(found) == 3
    assert (folder / "n.png").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["one.atlas"],
        ["one.atlas", "0.mp4", "1.mp4"],
        ["none.atlas", "0.mp4"],
        ["nonesuch.mp4"],
        ["2"],
        ["3.mp4"],
        ["0.mp4", "-k", "0"],
        ["0.mp4", "--within", "0.2"],
        ["0.mp4", "-o", "a.gif"],
        ["0.mp4", "-o", "none/a.png"],
        ["--all", "one.atlas", "0.mp4"],
        ["--all", "-o", "a.png"],
        ["--all", "--ordered"],
        ["--all", "--within", "2"],
    ],
)
def test_bad_input_is_one_sentence(monkeypatch, folder, arguments):
    done = quick(monkeypatch, folder, similar, *arguments)
    assert isinstance(done.exception, FrameatlasError)
    assert done.stdout == ""
    assert "Expected" in str(done.exception)


@pytest.mark.parametrize("arguments", [["-k", "0"], ["-o", "a.gif"], ["none.atlas"]])
def test_bad_input_of_dissimilar_is_one_sentence(monkeypatch, folder, arguments):
    done = quick(monkeypatch, folder, dissimilar, *arguments)
    assert isinstance(done.exception, FrameatlasError)
    assert "Expected" in str(done.exception)


def test_exit_2_and_nothing_on_standard_output(folder, run):
    done = run(folder, "similar", "nonesuch.mp4")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("Error: Expected")


@pytest.mark.parametrize("command", [similar, dissimilar])
def test_help_shows_an_example(command):
    text = CliRunner().invoke(command, ["--help"]).output
    assert "Example:" in text
    assert "--output" in text


@pytest.fixture
def reused(tmp_path, synthetic_atlas):
    """Two videos with three shots each; the first shot of one is the last of the other."""
    atlas = synthetic_atlas(
        tmp_path / "r.atlas", sources=(("video", 12), ("video", 12)), dimension=64, components=16
    )
    first = np.array([0, 120_000, 240_000], np.int64)
    last = np.append(first[1:] - 3600, 340_000)
    kinds, strength = np.array([0, 1, 1], np.uint8), np.zeros(3, np.float32)
    for source in atlas.sources:
        table = ShotTable(first, last, first, first, kinds, strength, Fraction(1, 90_000))
        write_shots(atlas.folder / "sources" / source.id, table)
    scores = np.load(atlas.map_folder / "scores.npy", mmap_mode="r+")
    scores[:] = np.random.default_rng(3).normal(size=scores.shape).astype(np.float16)
    scores[20:24] = scores[:4]
    scores.flush()
    return atlas.folder


def test_shots_like_those_of_a_video(reused):
    done = quick_there(reused, "1.mp4", "--per", "shot", "--json")
    found = json.loads(done.stdout)
    assert [one["path"] for one in found] == ["/videos/0.mp4"] * 3
    assert found[0]["distance"] == pytest.approx(0, abs=1e-3)
    assert found[0]["shot"] == pytest.approx([0, 4 / 3], abs=1e-3)
    assert found[0]["like"][0] == pytest.approx(8 / 3, abs=1e-3)
    table = quick_there(reused, "1.mp4", "--per", "shot", "-k", "2").stdout.splitlines()
    assert table[0].split("\t") == ["rank", "distance", "shot", "is like", "path"]
    assert len(table) == 3


def test_shots_that_come_again_are_listed_and_cut(reused):
    (group,) = json.loads(quick_there(reused, "--all", "--per", "shot", "--json").stdout)
    assert [one["path"] for one in group] == ["/videos/0.mp4", "/videos/1.mp4"]
    place = reused.parent / "again.ffconcat"
    shown = quick_there(reused, "--all", "--per", "shot", "-o", str(place)).stdout
    assert "Group 1: 2 shots" in shown
    assert place.read_text().count("\nfile ") == 2


@pytest.mark.parametrize(
    "words", [("1.mp4", "--ordered"), ("--all", "--keep", "1.mp4"), ("1.mp4", "-o", "x.png")]
)
def test_what_is_about_whole_videos_is_refused_with_shots(reused, words):
    done = quick_there(reused, *words, "--per", "shot")
    assert isinstance(done.exception, FrameatlasError)
    assert "Expected" in str(done.exception)


def quick_there(folder, *words):
    return CliRunner().invoke(similar, [str(folder), *words], standalone_mode=False)


def test_videos_found_are_a_cut_list_nearest_first(folder, run):
    done = run(folder, "similar", "one.atlas", "0.mp4", "-o", "like.otio", "--json")
    assert done.returncode == 0, done.stderr
    names = [Path(one["path"]).name for one in json.loads(done.stdout.partition("]")[0] + "]")]
    clips = json.loads((folder / "like.otio").read_text())["tracks"]["children"][0]["children"]
    assert [clip["name"] for clip in clips] == names
    lengths = {clip["name"]: clip["source_range"]["duration"]["value"] for clip in clips}
    assert lengths == {"1.mp4": 58, "4.mp4": 33}
    assert run(folder, "similar", "one.atlas", "0.mp4", "-o", "like.edl").returncode == 0
    assert run(folder, "similar", "one.atlas", "0.mp4", "-o", "like.mov").returncode == 2


def test_a_column_of_spans_says_so_to_people_and_is_one_word_in_scripts(capsys, monkeypatch):
    print_table([("0:00–0:04", "a.mp4")], (SPAN_OF_SHOT, "path"))
    assert capsys.readouterr().out == "shot\tpath\n0:00–0:04\ta.mp4\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_table([("0:00–0:04", "a.mp4")], (SPAN_OF_SHOT, "path"))
    assert "shot, from – to" in capsys.readouterr().out
