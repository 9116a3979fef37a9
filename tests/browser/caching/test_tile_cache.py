import subprocess
import sys
import threading
import time

import pytest

from frameatlas.browser.caching.file_cache import FileCache
from frameatlas.browser.caching.tile_cache import KeptTiles
from frameatlas.browser.view.drawn_tiles import Tiles
from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.open_map import OpenMap


@pytest.fixture
def files(tmp_path):
    return FileCache(tmp_path / "tiles", 10_000)


def test_a_tile_is_there_at_once_and_on_the_disk_soon(files, soon):
    kept = KeptTiles(files)
    kept.put("a", ".webp", b"picture")
    assert kept.get("a", ".webp") == b"picture"
    assert kept.get("a", ".jpg") is None
    assert soon(lambda: files.get("a", ".webp") == b"picture")
    assert KeptTiles(files).get("a", ".webp") == b"picture"


def test_memory_is_bounded_and_the_least_used_go_first(files):
    kept = KeptTiles(files, limit=1000)
    for number in range(10):
        kept.put(str(number), ".webp", bytes(100))
    kept.get("0", ".webp")
    kept.put("new", ".webp", bytes(150))
    assert kept.held <= 1000
    assert kept.in_memory("0", ".webp")
    assert kept.in_memory("1", ".webp") is None
    kept.put("new", ".webp", bytes(200))
    assert kept.held <= 1000
    kept.put("too large", ".webp", bytes(2000))
    assert kept.held == 0


def test_a_disk_that_does_not_answer_holds_nobody_up(files, monkeypatch):
    monkeypatch.setattr("frameatlas.browser.caching.tile_cache.UNWRITTEN", 3)
    gone, written = threading.Event(), []

    def slowly(key, ending, content):
        gone.wait(20)
        written.append(key)

    monkeypatch.setattr(files, "put", slowly)
    kept = KeptTiles(files)
    for number in range(50):
        kept.put(str(number), ".webp", b"1")
    assert written == []
    gone.set()
    kept._writer.shutdown()
    assert len(written) == 3
    assert kept.get("49", ".webp") == b"1"


def test_nothing_is_written_while_somebody_asks(files, monkeypatch, soon):
    monkeypatch.setattr("frameatlas.browser.caching.tile_cache.QUIET", 0.4)
    kept = KeptTiles(files)
    for number in range(20):
        kept.put(str(number), ".webp", b"1")
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        asked = time.monotonic()
        kept.get("0", ".webp")
        written = [n for n in range(20) if files.find(str(n), ".webp")]
        # Where the machine stood still for a while, that was quiet enough.
        assert not written or time.monotonic() - asked > 0.3
        time.sleep(0.01)
    assert soon(lambda: all(files.find(str(n), ".webp") for n in range(20)))


def test_when_many_wait_they_are_written_although_somebody_asks(files, monkeypatch, soon):
    monkeypatch.setattr("frameatlas.browser.caching.tile_cache.UNWRITTEN", 10)
    kept = KeptTiles(files)
    for number in range(9):
        kept.put(str(number), ".webp", b"1")

    def four_are_written_while_we_ask():
        kept.get("0", ".webp")
        return sum(files.find(str(n), ".webp") is not None for n in range(9)) >= 4

    assert soon(four_are_written_while_we_ask)


def test_a_process_that_ends_loses_nothing(tmp_path):
    program = (
        "import sys; from pathlib import Path;"
        "from frameatlas.browser.caching.file_cache import FileCache;"
        "from frameatlas.browser.caching.tile_cache import KeptTiles;"
        "kept = KeptTiles(FileCache(Path(sys.argv[1]), 10**6));"
        "[kept.put(str(n), '.webp', b'1') for n in range(50)]"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, timeout=120)
    assert len(list(tmp_path.glob("??/*.webp"))) == 50


def test_a_tile_that_many_ask_for_at_once_is_drawn_once(files, tmp_atlas, monkeypatch):
    drawn, begun = [], threading.Event()

    def slowly(*arguments):
        drawn.append(arguments)
        begun.wait(0.3)
        return b"picture"

    monkeypatch.setattr("frameatlas.browser.view.drawn_tiles.draw_tile", slowly)
    monkeypatch.setattr("frameatlas.browser.view.drawn_tiles.AT_ONCE", 1)
    tiles, opened, found = Tiles(KeptTiles(files)), OpenMap(tmp_atlas), []

    def ask():
        found.append(tiles.tile(opened, (0, 0, 0), 1, Filter(), "webp"))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b"picture"] * 6
    assert len(drawn) == 1
