import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameatlas.errors import InputError
from frameatlas.players.corrections import (
    Corrections,
    corrections_text,
    parse_corrections,
    read_corrections,
    write_corrections,
)

TEXT = """\
# what I saw
merge:                  # one person
  - [3, 17, 22]
  - ["east:4", 'west:4']

not-same:
  - [4@230, 9]
split:
  4: 230
rename:
  3: Anna Müller
  "7": "10: the captain"
"""


def test_a_file_of_corrections_is_read():
    found = parse_corrections(TEXT)
    assert found.merge == (("3", "17", "22"), ("east:4", "west:4"))
    assert found.not_same == (("4@230", "9"),)
    assert found.split == (("4", 230),)
    assert found.rename == (("3", "Anna Müller"), ("7", "10: the captain"))
    assert parse_corrections("") == parse_corrections("merge: []\n---\n") == Corrections()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("join:\n  - [1, 2]", 1),
        ("merge: [1, 2]", 1),
        ("merge:\n  - 1, 2", 2),
        ("merge:\n  - [1]", 2),
        ("merge:\n  - [1, 1]", 2),
        ("merge:\n  - [1, [2]]", 2),
        ("merge:\n  - [1, 2]\nmerge:\n  - [3, 4]", 3),
        ("split:\n  4: later", 2),
        ("split:\n  4: -1", 2),
        ("split:\n  - [4, 230]", 2),
        ("rename:\n  3:", 2),
        ("rename:\n  3: &anchor x", 2),
        ("rename:\n  3: !!python/object:os.system x", 2),
        ("  - [1, 2]", 1),
        ("merge:\n\t- [1, 2]", 2),
        ("- [1, 2]", 1),
        ("merge", 1),
    ],
)
def test_what_cannot_be_meant_is_named_by_its_line(text, line):
    with pytest.raises(InputError, match=f"line {line}, to be"):
        parse_corrections(text)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_corrections(tmp_path / "none.yaml")
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(InputError, match="Expected corrections"):
        read_corrections(tmp_path / "picture.yaml")


NAME = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).filter(
    lambda name: not ("'" in name and '"' in name)
)


@given(
    st.lists(st.lists(NAME, min_size=2, max_size=4, unique=True), max_size=3),
    st.lists(st.tuples(NAME, st.integers(1, 999_999_999)), max_size=3),
    st.lists(st.tuples(NAME, NAME), max_size=3),
)
def test_what_is_written_is_read_again(groups, splits, names):
    wanted = Corrections(tuple(map(tuple, groups)), (("1", "2"),), tuple(splits), tuple(names))
    assert parse_corrections(corrections_text(wanted)) == wanted


def test_corrections_are_kept_in_a_file(tmp_path):
    wanted = parse_corrections(TEXT)
    write_corrections(tmp_path / "corrections.yaml", wanted)
    assert read_corrections(tmp_path / "corrections.yaml") == wanted


def test_one_person_in_thousands_of_tracklets_can_be_read_again():
    names = tuple(f"west:{number}" for number in range(3000))
    given = Corrections(merge=(names, ("a", "b")))
    found = parse_corrections(corrections_text(given))
    *parts, last = found.merge
    assert last == ("a", "b")
    assert all(part[0] == names[0] and len(part) > 2 for part in parts)
    assert {name for part in parts for name in part} == set(names)
