"""``names.json``: read, refused, and edited by several at once."""

import json
import threading

import pytest

from frameatlas.errors import DamagedAtlasError, FormatError, InputError, LockedError
from frameatlas.regions.naming import clean_name, give_name
from frameatlas.store.notes.names_file import (
    NAMES_FILE,
    Members,
    RegionName,
    edit_names,
    read_names,
)

MEMBERS = (Members("source-1", "/videos/1.mp4", (0, 4, 9)),)


def named(name, id="a"):
    return RegionName(id, name, 30, MEMBERS)


def give(names, name, now="", seen=""):
    return give_name(names, name, now=now, seen=seen, members=MEMBERS, frames=30)


def test_what_is_written_is_read(tmp_path):
    assert read_names(tmp_path) == ()
    photos = Members("source-2", "/photos", (1, 2), ("a.jpg", "ü.jpg"))
    wanted = (named("The sea"), RegionName("b", "Καφές ☕", 5, (*MEMBERS, photos)))
    assert edit_names(tmp_path, lambda _: wanted) == wanted
    assert read_names(tmp_path) == wanted
    edit_names(tmp_path, lambda names: names[1:])
    assert read_names(tmp_path) == wanted[1:]


def test_edits_at_once_lose_nothing(tmp_path):
    def edit(number):
        edit_names(tmp_path, lambda names: give(names, f"name {number}"))

    threads = [threading.Thread(target=edit, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.name for one in read_names(tmp_path)} == {f"name {n}" for n in range(12)}


def test_a_refused_edit_leaves_the_names_as_they_are(tmp_path):
    edit_names(tmp_path, lambda names: give(names, "sea"))
    before = (tmp_path / NAMES_FILE).read_bytes()
    with pytest.raises(InputError, match="no other region"):
        edit_names(tmp_path, lambda names: give(names, "SEA"))
    assert (tmp_path / NAMES_FILE).read_bytes() == before


def test_a_name_is_given_changed_and_taken_away():
    (first,) = give((), "sea")
    (second,) = give((first,), "ocean", now=first.id, seen="sea")
    assert (second.id, second.name) == (first.id, "ocean")
    assert give((second,), "", now=first.id, seen="ocean") == ()


@pytest.mark.parametrize(("now", "seen"), [("a", ""), ("a", "lake"), ("", "lake")])
def test_what_another_has_written_is_not_written_over(now, seen):
    with pytest.raises(LockedError, match="another page"):
        give((named("sea"),), "ocean", now=now, seen=seen)


@pytest.mark.parametrize("name", ["x" * 61, "Group 3", "group 2.1", "a\u0000b", "\u202eabc"])
def test_names_that_cannot_be(name):
    with pytest.raises(InputError, match="a name for a region"):
        clean_name(name)


def test_blanks_are_one_each():
    assert clean_name("  The \t sea\n ") == "The sea"


SEA = {"id": "a", "name": "sea", "frames": 3, "members": []}
GOOD = {"format": 1, "names": [SEA]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 9}, "later frameatlas"),
        ({"names": 3}, "a list"),
        ({"names": [{"id": "../x", "name": "sea", "frames": 3, "members": []}]}, "letters"),
        ({"names": [{**SEA, "name": ""}]}, "printable"),
        ({"names": [{**SEA, "name": "a\nb"}]}, "printable"),
        ({"names": [{**SEA, "frames": 0}]}, "frames"),
        ({"names": [SEA, {**SEA, "id": "b", "name": "SEA"}]}, "one twice"),
        ({"names": [SEA, {**SEA, "name": "b"}]}, "one twice"),
        (
            {"names": [{**SEA, "members": [{"source": "s", "path": "", "rows": [-1]}]}]},
            "numbers of frames",
        ),
    ],
)
def test_damaged_files_are_refused_in_a_sentence(tmp_path, change, said):
    path = tmp_path / NAMES_FILE
    path.write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(FormatError, match=said):
        read_names(tmp_path)
    with pytest.raises(FormatError):
        edit_names(tmp_path, lambda names: names)
    path.write_text("{")
    with pytest.raises(FormatError, match="JSON"):
        read_names(tmp_path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(FormatError, match="UTF-8"):
        read_names(tmp_path)


def test_a_link_is_not_followed(tmp_path):
    other = tmp_path / "other.json"
    other.write_text(json.dumps(GOOD))
    (tmp_path / NAMES_FILE).symlink_to(other)
    with pytest.raises(DamagedAtlasError, match="a link"):
        read_names(tmp_path)
    with pytest.raises(DamagedAtlasError):
        edit_names(tmp_path, lambda names: ())
    assert json.loads(other.read_text()) == GOOD
