"""A file that is written beside its place: left by nobody, shared by nobody, and no way out."""

import os
from contextlib import suppress

import pytest

from frameatlas.errors import LockedError
from frameatlas.store import atomic_file as fresh_files
from frameatlas.store.atomic_file import fresh_file

posix_only = pytest.mark.skipif(os.name != "posix", reason="locks and links of POSIX systems")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_run_left_is_written_over(tmp_path):
    (tmp_path / ".a.png.new").write_bytes(b"much longer than what comes")
    with fresh_file(tmp_path / "a.png") as file:
        file.write(b"new")
        assert names(tmp_path) == [".a.png.new"]
    assert (tmp_path / "a.png").read_bytes() == b"new"
    assert names(tmp_path) == ["a.png"]


def test_a_block_that_fails_leaves_the_old_file_alone(tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")

    def half():
        with fresh_file(tmp_path / "a.png") as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert (tmp_path / "a.png").read_bytes() == b"old"
    assert names(tmp_path) == ["a.png"]


@posix_only
def test_two_cannot_write_one_file_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(fresh_files, "_PATIENCE", 0.1)
    path = tmp_path / "a.png"
    with fresh_file(path) as file:
        file.write(b"the first")
        with pytest.raises(LockedError, match="another process is writing it"), fresh_file(path):
            raise AssertionError("two write it")
    assert path.read_bytes() == b"the first"


@posix_only
@pytest.mark.parametrize("step", ["replace", "unlink"])
def test_the_lock_is_held_until_the_file_has_its_name(tmp_path, monkeypatch, step):
    """Between letting go and renaming, another process would empty what is then renamed."""
    monkeypatch.setattr(fresh_files, "_PATIENCE", 0.1)
    path, real, asked = tmp_path / "a.png", getattr(type(tmp_path), step), []

    def watched(self, *values, **options):
        monkeypatch.undo()
        monkeypatch.setattr(fresh_files, "_PATIENCE", 0.1)
        with pytest.raises(LockedError), fresh_file(path):
            pytest.fail("another one got it")
        asked.append(step)
        return real(self, *values, **options)

    monkeypatch.setattr(type(tmp_path), step, watched)
    failure = ZeroDivisionError if step == "unlink" else None
    with suppress(ZeroDivisionError), fresh_file(path) as file:
        file.write(b"whole")
        if failure:
            raise failure
    assert asked == [step]
    assert names(tmp_path) == ([] if failure else ["a.png"])


@posix_only
@pytest.mark.parametrize("kind", ["symlink", "hardlink"])
def test_a_link_in_its_place_leads_nowhere(tmp_path, kind):
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    folder = tmp_path / "atlas"
    folder.mkdir()
    beside = folder / ".atlas.json.new"
    beside.symlink_to(outside) if kind == "symlink" else beside.hardlink_to(outside)
    with fresh_file(folder / "atlas.json") as file:
        file.write(b"new")
    assert outside.read_bytes() == b"precious"
    assert (folder / "atlas.json").read_bytes() == b"new"
    assert not (folder / "atlas.json").is_symlink()
    assert names(folder) == ["atlas.json"]
