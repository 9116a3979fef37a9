import json
import shutil
import socket
import time
from dataclasses import replace

import pytest

from frameatlas.atlas import MANIFEST
from frameatlas.browser import make_app
from frameatlas.browser.view import library as library_module
from frameatlas.browser.view.index_status import indexing
from frameatlas.browser.view.library import Library
from frameatlas.errors import InputError
from frameatlas.store.lock import LOCK_FILE, lock_atlas


@pytest.fixture(autouse=True)
def looks_at_once(monkeypatch):
    monkeypatch.setattr(library_module, "LOOK_AGAIN", 0.0)


@pytest.fixture
def newer(tmp_path, synthetic_atlas):
    """``newer(atlas)``: replaces an atlas by one with another map, as a refit does."""

    def replace(atlas):
        other = synthetic_atlas(tmp_path / f"newer {time.time_ns()}.atlas", seed=7)
        shutil.copytree(other.folder / "maps", atlas.folder / "maps", dirs_exist_ok=True)
        (other.folder / MANIFEST).replace(atlas.folder / MANIFEST)
        return other.map_folder.name

    return replace


def app_of(atlas, tmp_path):
    return make_app(atlas, cache=tmp_path / "cache").server.test_client()


def test_a_newer_map_is_offered_and_the_old_one_stays(tmp_path, tmp_atlas, newer):
    client = app_of(tmp_atlas, tmp_path)
    old = client.get("/api/atlas").json["map"]
    assert client.get(f"/api/state?map={old}").json == {
        "indexing": None,
        "known": client.get("/api/columns").json["revision"],
        "names": "",
        "newer": None,
        "players": None,
        "sentences": False,
        "shots": None,
    }
    new = newer(tmp_atlas)
    assert new != old
    assert client.get(f"/api/state?map={old}").json["newer"] == new
    assert client.get(f"/api/atlas?map={old}").json["newer"] == new
    assert client.get(f"/tiles/{old}/0/0/0.webp").status_code == 200
    assert client.get(f"/tiles/{new}/0/0/0.webp").status_code == 200
    assert client.get("/api/atlas").json["map"] == new


def test_few_maps_stay_open(tmp_path, tmp_atlas, synthetic_atlas):
    held = Library(tmp_atlas)
    first = held.newest().id
    for seed in range(1, 5):
        other = synthetic_atlas(tmp_path / f"{seed}.atlas", seed=seed)
        shutil.copytree(other.folder / "maps", tmp_atlas.folder / "maps", dirs_exist_ok=True)
        (other.folder / MANIFEST).replace(tmp_atlas.folder / MANIFEST)
        held.newest()
    with pytest.raises(InputError, match="load the page again"):
        held.map_of(first)


def test_a_run_of_another_process_is_seen(tmp_path, tmp_atlas):
    client = app_of(tmp_atlas, tmp_path)
    with lock_atlas(tmp_atlas.folder):
        (tmp_atlas.folder / "sources" / ".building-x").mkdir()
        (tmp_atlas.folder / "sources" / "finished").mkdir()
        state = client.get("/api/state").json["indexing"]
        assert (state["done"], state["under_way"]) == (1, 1)
        assert "being written since" in state["text"]
    assert client.get("/api/state").json["indexing"] is None


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "nonsense", '{"process": "x", "host": 1, "since": 0}', "\0\0"]
)
def test_a_lock_that_says_nothing_is_no_run(tmp_atlas, text):
    (tmp_atlas.folder / LOCK_FILE).write_text(text, encoding="utf-8")
    assert indexing(tmp_atlas.folder, tmp_atlas.manifest) is None


def test_a_run_that_was_killed_is_no_run(tmp_atlas):
    owner = {"process": 2**22 + 1, "host": socket.gethostname(), "since": 0}
    (tmp_atlas.folder / LOCK_FILE).write_text(json.dumps(owner), encoding="utf-8")
    assert indexing(tmp_atlas.folder, tmp_atlas.manifest) is None


def test_an_atlas_without_a_map_waits_for_it(tmp_path, synthetic_atlas):
    atlas = synthetic_atlas(tmp_path / "new.atlas", mapped=False)
    client = app_of(atlas, tmp_path)
    answer = client.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert "not finished" in answer.text
    assert 'http-equiv="refresh"' in answer.text
    assert client.get("/api/atlas").status_code == 503
    assert client.get("/api/state").status_code == 200
    made = synthetic_atlas(tmp_path / "made.atlas")
    shutil.copytree(made.folder / "maps", atlas.folder / "maps")
    (made.folder / MANIFEST).replace(atlas.folder / MANIFEST)
    assert client.get("/").status_code == 200
    assert client.get("/api/atlas").json["frames"] == 28


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"format": 99}'])
def test_a_damaged_manifest_gives_a_sentence_until_it_is_mended(tmp_path, tmp_atlas, damage):
    client = app_of(tmp_atlas, tmp_path)
    whole = (tmp_atlas.folder / MANIFEST).read_bytes()
    (tmp_atlas.folder / MANIFEST).write_bytes(damage)
    assert client.get("/").status_code == 503
    answer = client.get("/api/atlas")
    assert answer.status_code == 503
    assert answer.json["error"].startswith("Expected ")
    assert client.get("/api/state").json["newer"] is None
    (tmp_atlas.folder / MANIFEST).write_bytes(whole)
    assert client.get("/api/atlas").status_code == 200


def test_an_atlas_that_was_taken_away(tmp_path, tmp_atlas):
    client = app_of(tmp_atlas, tmp_path)
    shutil.rmtree(tmp_atlas.folder)
    for path in ("/", "/api/atlas", "/api/frame/3", "/api/at?x=0&y=0"):
        assert client.get(path).status_code == 503, path


@pytest.mark.parametrize("file", ["coordinates.h5", "scores.npy"])
@pytest.mark.parametrize("content", [None, b"", b"nonsense", b"\x89HDF\r\n\x1a\n" + b"\0" * 600])
def test_a_damaged_map_gives_a_sentence(tmp_path, tmp_atlas, file, content):
    path = tmp_atlas.map_folder / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    client = app_of(tmp_atlas, tmp_path)
    name = tmp_atlas.map_folder.name
    for asked in (f"/tiles/{name}/0/0/0.webp", "/api/nearest/3", "/api/at?x=0&y=0"):
        answer = client.get(asked)
        if answer.status_code != 200:
            assert answer.status_code == 503, asked
            assert answer.json["error"].startswith("Expected ")
    assert client.get("/api/state").status_code == 200


@pytest.mark.parametrize("file", ["frames.npy", "features.h5"])
@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_a_damaged_source_gives_a_sentence(tmp_path, tmp_atlas, file, content):
    path = tmp_atlas.folder / "sources" / tmp_atlas.sources[0].id / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    client = app_of(tmp_atlas, tmp_path)
    name = tmp_atlas.map_folder.name
    for asked in (f"/tiles/{name}/0/0/0.webp", "/api/frame/3", f"/frames/{name}/3.jpg"):
        answer = client.get(asked)
        if answer.status_code != 200:
            assert answer.status_code == 503, (asked, answer.data)
    assert client.get("/api/state").status_code == 200


def test_a_video_that_was_moved_is_found_again_once_it_is_indexed(tmp_path, tmp_atlas):
    client = app_of(tmp_atlas, tmp_path)
    assert client.get("/api/frame/0").json["file"] == "/videos/0.mp4"
    manifest = tmp_atlas.manifest
    moved = replace(manifest.sources[0], path="/elsewhere/new name.mp4")
    manifest = manifest.with_sources((moved, *manifest.sources[1:]))
    (tmp_atlas.folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    assert client.get("/api/frame/0").json["file"] == "/elsewhere/new name.mp4"
    facts = client.get("/api/atlas").json
    assert facts["sources"][0]["name"] == "new name.mp4"
    assert facts["folders"][facts["sources"][0]["folder"]] == "elsewhere"
