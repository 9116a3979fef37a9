"""While a run is under way, whoever asks is told that, and how far it is."""

import json
import os

import pytest

from frameatlas.embedder.build.noted_progress import NotedProgress
from frameatlas.errors import LockedError
from frameatlas.progress import NullProgress
from frameatlas.store.lock import LOCK_FILE, is_held, lock_atlas
from frameatlas.store.manifest import Made, Manifest
from frameatlas.store.notes import run_state
from frameatlas.store.notes.run_state import read_run


@pytest.fixture
def first_run(tmp_path):
    """A folder whose lock is held, as a first run holds it; gives the run's progress."""
    folder = tmp_path / "x.atlas"
    folder.mkdir()
    with lock_atlas(folder):
        yield NotedProgress(NullProgress(), folder)


def test_a_first_run_is_told_with_how_far_it_is(first_run, tmp_path, typed, monkeypatch):
    (tmp_path / "x.atlas" / "atlas.json").write_text(Manifest(Made(3, 300, "w", "e")).to_json())
    monkeypatch.setattr("frameatlas.embedder.build.noted_progress.SECONDS", 0)
    first_run.stage("describing", 123, "frames")
    first_run.step(41, "a.mp4")
    far = f"(process {os.getpid()}), which is at describing, 41 of about 123 frames"
    for words in (["poster"], ["browse", "--no-open", "--port", "0"], ["export"]):
        done = typed(tmp_path, words[0], "x.atlas", *words[1:])
        assert done.returncode == 2
        assert "being made, by a run that began at" in done.stderr
        assert far in done.stderr
    said = typed(tmp_path, "info", "x.atlas").stdout
    assert far in said
    assert "no map yet: it is drawn at the end of that run" in said
    run = json.loads(typed(tmp_path, "info", "x.atlas", "--json").stdout)["run"]
    assert (run["stage"], run["done"], run["total"]) == ("describing", 41, 123)
    first_run.expect(99)
    first_run.step(50)
    assert "50 of about 99 frames" in str(read_run(tmp_path / "x.atlas"))
    first_run.stage("layout", None, "%")
    assert str(read_run(tmp_path / "x.atlas")).endswith("which is at layout")


def test_before_there_is_a_manifest(first_run, tmp_path, typed):
    first_run.stage("describing", 9, "frames")
    for command in ("info", "poster", "browse"):
        done = typed(tmp_path, command, "x.atlas")
        assert done.returncode == 2
        assert "which is at describing, 0 of about 9 frames" in done.stderr


def test_what_a_killed_run_left_is_no_run(tmp_path, typed):
    folder = tmp_path / "x.atlas"
    folder.mkdir()
    (folder / LOCK_FILE).write_text(json.dumps({"process": 1, "since": 1.0, "stage": "layout"}))
    assert read_run(folder) is None
    assert read_run(tmp_path / "none.atlas") is None
    assert "Make one with" in typed(tmp_path, "info", "x.atlas").stderr


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"process": -1}', '{"process": 1, "since": 1e999}', "\udcff", "9" * 9000]
)
def test_a_lock_of_strange_content_is_a_run_all_the_same(tmp_path, text):
    with lock_atlas(tmp_path):
        (tmp_path / LOCK_FILE).write_bytes(text.encode(errors="surrogateescape"))
        assert "a run that began at" in str(read_run(tmp_path))


def test_a_hostile_lock_names_nothing_raw(tmp_path):
    values = {"process": 1, "since": 1.0, "stage": "\x1b[2J\nFailed", "done": 1, "total": 10**40}
    with lock_atlas(tmp_path):
        (tmp_path / LOCK_FILE).write_text(json.dumps(values))
        said = str(read_run(tmp_path))
    assert "\x1b" not in said
    assert "\n" not in said


def test_looking_takes_no_lock(tmp_path):
    with lock_atlas(tmp_path):
        assert is_held(tmp_path / LOCK_FILE)
        with pytest.raises(LockedError), lock_atlas(tmp_path):
            pass
    assert not is_held(tmp_path / LOCK_FILE)
    with lock_atlas(tmp_path):
        assert run_state.read_run(tmp_path).process == os.getpid()
