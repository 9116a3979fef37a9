"""Several at once: writers keep apart, readers never see half of anything, clocks may be wrong."""

import json
import os
import shutil
import time
import urllib.request

import pytest

HEIGHT = ("--height", "32")


def test_the_second_writer_is_told_who_holds_the_lock(
    tmp_path, commands, videos, index, said, soon
):
    atlas = tmp_path / "a.atlas"
    first = commands.start("index", videos, "-o", atlas, *HEIGHT, delay=1.5)
    lock = atlas / "lock"
    assert soon(lambda: lock.exists() and lock.read_text(), 60.0), first.errors()
    second = index(atlas)
    said(second)
    assert second.code == 2
    assert f"process {first.process} on " in second.sentence
    first.kill()
    first.wait()
    assert lock.read_text(), "the dead process' name stays, and binds nobody"
    assert index(atlas).code == 0


def test_a_clock_that_was_set_back_changes_nothing(tmp_path, index, calm, trees):
    atlas = shutil.copytree(calm.folder, tmp_path / "a.atlas")
    future = time.time() + 10 * 365 * 86_400
    for path in (atlas, *atlas.rglob("*")):
        os.utime(path, (future, future))
    (atlas / "lock").write_text(json.dumps({"process": 1, "host": "moon", "since": future}))
    ended = index(atlas)
    assert ended.code == 0, ended.errors
    assert trees.differences(calm.tree, trees.tree(atlas)) == []
    for path in (atlas, *atlas.rglob("*")):
        os.utime(path, (0, 0))
    shutil.rmtree(atlas / "maps")
    assert index(atlas).code == 0
    assert trees.differences(calm.tree, trees.tree(atlas)) == []


@pytest.mark.parametrize("runs", [3, pytest.param(25, marks=pytest.mark.faults)])
def test_readers_never_see_half_of_a_change(tmp_path, commands, calm, said_address, chance, runs):
    """While `index` draws the map anew again and again, every look at it is whole."""
    atlas = shutil.copytree(calm.folder, tmp_path / "a.atlas")
    page = commands.start("browse", atlas, "--port", "0", "--no-open")
    try:
        address = said_address(page)
        for number in range(runs):
            writer = commands.start("relayout", atlas, "--seed", str(number + 1))
            for reader in (
                ("info", atlas),
                ("search", atlas, "--frame", "a.mp4@1", "-k", "3"),
                ("poster", atlas, "-o", tmp_path / "p.png", "--tile-height", "32"),
            ):
                ended = commands.run(*reader)
                assert ended.code == 0, (reader, ended.errors)
            with urllib.request.urlopen(f"{address}/api/atlas", timeout=30) as answer:
                found = json.load(answer)["map"]
            with urllib.request.urlopen(f"{address}/tiles/{found}/0/0/0.webp", timeout=30) as tile:
                assert tile.read(4) == b"RIFF"
            done = writer.wait()
            assert done.code == 0, done.errors
    finally:
        page.kill(15)
        page.wait()


def test_browse_serves_while_its_cache_cannot_be_written(tmp_path, commands, calm, said_address):
    cache = tmp_path / "cache"
    cache.write_text("a file where a folder would be")
    page = commands.start(
        "browse",
        calm.folder,
        "--port",
        "0",
        "--no-open",
        environment={"XDG_CACHE_HOME": str(cache)},
    )
    try:
        address = said_address(page)
        with urllib.request.urlopen(f"{address}/api/atlas", timeout=30) as answer:
            assert json.load(answer)["map"]
    finally:
        page.kill(15)
        assert page.wait().code in (0, 130)
