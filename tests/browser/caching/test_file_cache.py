import os
import threading
import time

import pytest

from frameatlas.browser.caching.cache_folder import cache_folder
from frameatlas.browser.caching.file_cache import FileCache
from frameatlas.errors import SourceError


def test_what_is_put_is_got(tmp_path):
    cache = FileCache(tmp_path / "cache", 1000)
    assert cache.get("a", ".x") is None
    cache.put("a", ".x", b"content")
    assert cache.get("a", ".x") == b"content"
    assert cache.get("a", ".y") is None
    assert FileCache(tmp_path / "cache", 1000).get("a", ".x") == b"content"


def test_keys_are_no_paths(tmp_path):
    cache = FileCache(tmp_path / "cache", 10_000)
    for key in ("../../x", "/etc/passwd", "a\0b", "é" * 1000):
        cache.put(key, ".x", b"1")
        assert (tmp_path / "cache") in cache.path_of(key, ".x").parents
        assert cache.get(key, ".x") == b"1"


def test_the_least_used_files_go_first(tmp_path):
    cache = FileCache(tmp_path, 1000)
    for number in range(10):
        cache.put(str(number), ".x", b"0" * 100)
        os.utime(cache.path_of(str(number), ".x"), (number, number))
    cache.find("0", ".x")  # it is used again
    cache.put("new", ".x", b"0" * 100)
    left = [number for number in range(10) if cache.get(str(number), ".x")]
    assert left == [0, 4, 5, 6, 7, 8, 9]
    assert cache.get("new", ".x")


def test_an_older_process_s_files_count(tmp_path):
    first = FileCache(tmp_path, 10_000)
    for number in range(50):
        first.put(str(number), ".x", b"0" * 100)
    FileCache(tmp_path, 1000).put("new", ".x", b"0" * 100)
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 1000


def test_half_a_file_is_never_seen(tmp_path):
    cache = FileCache(tmp_path, 1000)

    def broken(path):
        path.write_bytes(b"half")
        raise SourceError("it broke")

    with pytest.raises(SourceError):
        cache.fill("a", ".x", broken)
    assert cache.get("a", ".x") is None
    assert not [path for path in tmp_path.glob("*/*") if path.is_file()]


def test_a_full_disk_or_a_file_in_the_way_only_makes_it_slower(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    cache = FileCache(tmp_path / "file", 1000)
    cache.put("a", ".x", b"content")
    assert cache.get("a", ".x") is None

    def full(path):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        FileCache(tmp_path, 1000).fill("a", ".x", full)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "file"]


def test_leftovers_of_a_crash_are_swept(tmp_path):
    cache = FileCache(tmp_path, 1000)
    cache.put("a", ".x", b"0" * 100)
    old = cache.path_of("a", ".x").parent / ".new-crashed"
    young = cache.path_of("a", ".x").parent / ".new-writing"
    for path in (old, young):
        path.write_bytes(b"0" * 600)
    os.utime(old, (time.time() - 10_000,) * 2)
    FileCache(tmp_path, 1000).put("b", ".x", b"0" * 600)
    assert young.exists()
    assert not old.exists()


def test_many_threads_share_it(tmp_path):
    cache = FileCache(tmp_path, 20_000)
    wrong = []

    def work(seed):
        for number in range(100):
            key = str((seed * 37 + number) % 60)
            cache.put(key, ".x", key.encode() * 200)
            got = cache.get(key, ".x")
            if got not in (None, key.encode() * 200):
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_cache_lies_in_the_user_s_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == tmp_path / "frameatlas" / "browser"
    (tmp_path / "taken").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "taken"))
    assert cache_folder().is_dir()
