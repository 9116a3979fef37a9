"""Writing that a crash, a full disk or a missing permission cannot spoil."""

import errno
import os
from pathlib import Path

import pytest

from frameatlas.errors import InputError, SpaceError
from frameatlas.store import atomic as storage
from frameatlas.store.atomic import describe_files, publish_folder, remove_folder, write_text


class Crash(BaseException):
    """Stands for a machine that goes down: nothing catches it."""


def crash(*_args, **_options):
    raise Crash


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_text_is_replaced(tmp_path):
    path = tmp_path / "a.json"
    write_text(path, "old")
    write_text(path, "new: ü")
    assert path.read_text(encoding="utf-8") == "new: ü"
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_crash_between_write_and_rename_leaves_the_old_text(tmp_path, monkeypatch, step):
    path = tmp_path / "a.json"
    write_text(path, "old")
    monkeypatch.setattr(step, crash)
    with pytest.raises(Crash):
        write_text(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert visible(tmp_path) == ["a.json"]


def test_the_text_is_on_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    steps = []
    monkeypatch.setattr("os.fsync", lambda handle: steps.append("sync"))
    monkeypatch.setattr(Path, "replace", lambda *_: steps.append("rename"))
    write_text(tmp_path / "a.json", "text")
    assert steps == ["sync", "rename", "sync"]


@pytest.mark.parametrize(
    ("number", "kind", "remedy"),
    [
        (errno.ENOSPC, SpaceError, "Free some space"),
        (errno.EDQUOT, SpaceError, "Free some space"),
        (errno.EACCES, InputError, "-o"),
        (errno.EPERM, InputError, "-o"),
        (errno.EROFS, InputError, "-o"),
    ],
)
@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace", "os.open"])
def test_the_systems_refusals_are_said_in_one_sentence(
    tmp_path, monkeypatch, step, number, kind, remedy
):
    def refuse(*_args, **_options):
        raise OSError(number, os.strerror(number))

    path = tmp_path / "a.json"
    write_text(path, "old")
    monkeypatch.setattr(step, refuse)
    with pytest.raises(kind, match=r"^Expected .*Received: .*") as caught:
        write_text(path, "new")
    monkeypatch.undo()
    assert str(path) in str(caught.value)
    assert remedy in str(caught.value)
    assert path.read_text() == "old"
    assert visible(tmp_path) == ["a.json"]


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (OSError(errno.EIO, "odd"), InputError, os.strerror(errno.EIO)),
        (OSError(errno.EFBIG, "a page of HDF5's insides"), SpaceError, "ulimit -f"),
        (OSError("500 requested and 131 written"), SpaceError, "Free some space"),
        (ZeroDivisionError("a fault of ours"), ZeroDivisionError, "a fault of ours"),
        (BrokenPipeError(errno.EPIPE, "nobody reads"), BrokenPipeError, "nobody reads"),
    ],
)
def test_whatever_the_system_says_is_one_sentence(tmp_path, error, kind, words):
    with pytest.raises(kind) as caught, storage.translate_os_errors(tmp_path):
        raise error
    assert words in str(caught.value)
    assert "insides" not in str(caught.value)
    with pytest.raises(SpaceError, match="mine"), storage.translate_os_errors(tmp_path):
        raise SpaceError("mine")


def built(tmp_path, text="new"):
    folder = tmp_path / ".building"
    folder.mkdir()
    (folder / "a.txt").write_text(text)
    return folder


def test_a_folder_is_published_whole(tmp_path):
    place = tmp_path / "sources" / "a"
    publish_folder(built(tmp_path), place)
    assert (place / "a.txt").read_text() == "new"
    assert visible(tmp_path) == ["sources"]


def test_publishing_replaces_what_was_there(tmp_path):
    place = tmp_path / "a"
    publish_folder(built(tmp_path, "old"), place)
    publish_folder(built(tmp_path, "new"), place)
    assert (place / "a.txt").read_text() == "new"
    assert visible(tmp_path) == ["a"]


@pytest.mark.parametrize("step", ["frameatlas.store.atomic.sync_file", "pathlib.Path.rename"])
def test_a_crash_while_publishing_leaves_nothing_under_the_name(tmp_path, monkeypatch, step):
    folder = built(tmp_path)
    monkeypatch.setattr(step, crash)
    with pytest.raises(Crash):
        publish_folder(folder, tmp_path / "a")
    monkeypatch.undo()
    assert visible(tmp_path) == []
    assert (folder / "a.txt").read_text() == "new"


def test_a_crash_while_removing_leaves_nothing_under_the_name(tmp_path, monkeypatch):
    place = tmp_path / "a"
    publish_folder(built(tmp_path), place)
    monkeypatch.setattr("shutil.rmtree", crash)
    with pytest.raises(Crash):
        remove_folder(place)
    monkeypatch.undo()
    assert visible(tmp_path) == []


def test_removing_what_is_not_there_is_fine(tmp_path):
    remove_folder(tmp_path / "a")


def test_sizes_and_digests(tmp_path):
    (tmp_path / "b").write_bytes(b"12345")
    (tmp_path / "a").write_bytes(b"")
    files = describe_files(tmp_path, ["b", "a"])
    assert list(files) == ["a", "b"]
    assert files["b"].bytes == 5
    assert len(files["b"].blake2b) == 32
    assert files["a"].blake2b != files["b"].blake2b


def test_a_file_where_a_folder_belongs_is_told_in_one_sentence(tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(InputError, match=r"taken.*Choose another output"):
        write_text(tmp_path / "taken" / "a.json", "new")
    assert (tmp_path / "taken").read_text() == "mine"
