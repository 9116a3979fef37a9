"""A full disk and files that may not grow: one sentence, and nothing is lost when there is room."""

import os
import shutil

import pytest

SHARES = (0.01, 0.1, 0.3, 0.4)
"""Of an atlas' bytes: how large a file may become, or how large the disk is."""


def bytes_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("share", SHARES)
def test_index_where_files_may_not_grow(tmp_path, index, calm, trees, said, share):
    atlas = tmp_path / "l.atlas"
    largest = max(path.stat().st_size for path in calm.folder.rglob("*"))
    ended = index(atlas, largest=int(share * 2 * largest))
    said(ended)
    assert "Expected a disk that holds files as large as" in ended.sentence
    again = index(atlas)
    assert again.code == 0, again.errors
    assert trees.differences(calm.tree, trees.tree(atlas)) == []


def test_index_on_a_full_disk(small_disk, index, calm, trees, said):
    whole = bytes_of(calm.folder)
    atlas = small_disk(whole) / "full.atlas"
    for share in (0.02, 0.3, 0.5, 0.6, 0.9, 1.0):
        small_disk(64 << 20)
        shutil.rmtree(atlas, ignore_errors=True)
        small_disk(int(share * whole))
        ended = index(atlas, "--force")
        said(ended)
        assert "none is left" in ended.sentence, (share, ended.errors)
    small_disk(64 << 20)
    assert index(atlas).code == 0
    assert trees.differences(calm.tree, trees.tree(atlas)) == []


@pytest.mark.faults
def test_a_trained_map_on_a_full_disk(small_disk, commands, calm, trees, said):
    whole = bytes_of(calm.folder)
    atlas = small_disk(64 << 20) / "full.atlas"
    shutil.copytree(calm.folder, atlas)
    before, refused = trees.tree(atlas), 0
    for more in range(100_000, 2_000_000, 200_000):
        small_disk(whole + more + (40 << 10))
        ended = commands.run("relayout", atlas, "--seed", "1", trained=True)
        if ended.code == 0:
            break
        said(ended)
        refused += 1
        assert commands.run("check", atlas).code == 0
        kept = trees.tree(atlas)
        assert {name: kept.get(name) for name in before} == before
    assert refused
    assert list(atlas.glob("maps/*/encoder.weights.h5")), "nothing was trained"


@pytest.mark.parametrize("kind", ["poster", "export"])
def test_pictures_on_a_full_disk(small_disk, commands, calm, said, kind):
    name = "p.png" if kind == "poster" else "site"
    for size in (4096, 20_000):
        place = small_disk(size)
        ended = commands.run(kind, calm.folder, "-o", place / name)
        said(ended)
        assert "room" in ended.sentence
        assert kind == "export" or not list(place.iterdir()), "nothing half is left"
        shutil.rmtree(place / name, ignore_errors=True)
    place = small_disk(64 << 20)
    assert commands.run(kind, calm.folder, "-o", place / name).code == 0


def test_a_lock_holds_on_a_full_disk(small_disk, index, calm):
    place = small_disk(64 << 20)
    atlas = shutil.copytree(calm.folder, place / "a.atlas")
    (atlas / "lock").unlink(missing_ok=True)
    size = os.statvfs(place)
    used = (size.f_blocks - size.f_bfree) * size.f_frsize
    small_disk(used)
    (place / "filler").write_bytes(b"")
    try:
        with (place / "filler").open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
    except OSError:
        pass
    ended = index(atlas)
    assert "fault of its own" not in ended.errors, ended.errors
