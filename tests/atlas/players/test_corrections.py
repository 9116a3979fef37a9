from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameatlas.errors import InputError
from frameatlas.players.corrections import (
    Corrections,
    _rows,
    corrections_text,
    parse_corrections,
    read_corrections,
    write_corrections,
)
from frameatlas.players.corrections_text import edited_text
from frameatlas.players.yaml_entries import Place

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
    assert parse_corrections("") == parse_corrections("---\nmerge: []\nsplit:\n") == Corrections()


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
        ("merge:\n  - [1, 2]\n---\nmerge:\n  - [3, 4]", 3),
        ("merge:\n  - &a [1, 2]\n  - *a", 2),
        ("merge:\n  - [1, 2\n", 3),
        ("merge:\n  - [[[[1, 2]]]]", 2),
        ("merge:\n  - {1: 2}", 2),
        ("merge:\n  1: 2", 2),
        ("rename:\n  <<: {3: Anna}", 2),
        ('rename:\n  3: "\\M"', 2),
        ("rename:\n  3: An\x07na", 2),
        ("split:\n  4: 230\n  5: [1]", 3),
    ],
)
def test_what_cannot_be_meant_is_named_by_its_line(text, line):
    with pytest.raises(InputError, match=f"line {line}, to be"):
        parse_corrections(text)


def test_lists_may_be_written_in_every_way_of_yaml():
    text = "merge: [[1, 2], ['no', 1_0]]\nnot-same:\n- - 3\n  - 4\nrename: {3: 'O''Hara'}\n"
    found = parse_corrections(text)
    assert found.merge == (("1", "2"), ("no", "1_0"))
    assert found.not_same == (("3", "4"),)
    assert found.rename == (("3", "O'Hara"),)


def test_a_thousand_lists_within_lists_are_refused_at_once():
    with pytest.raises(InputError, match="not lists within lists"):
        parse_corrections("merge:\n  " + "[" * 100_000)


BY_HAND = """\
# what I saw on Sunday
merge:   # one person
  # the tall one
  - [3, 17, 22]  # certain
  - [4,
     5]          # by the shoes
# these two never
not-same:
  - [4, 9]
rename: {3: Anna}  # she said so
"""


def test_comments_of_a_person_are_never_lost(tmp_path):
    file = tmp_path / "corrections.yaml"
    file.write_text(BY_HAND)
    old = parse_corrections(BY_HAND)
    more = Corrections((*old.merge, ("30", "31")), old.not_same, (("7", 12),), old.rename)
    write_corrections(file, more)
    before, after = BY_HAND.split("# these two")
    added = before + "  - [30, 31]\n# these two" + after + "split:\n  7: 12\n"
    assert file.read_text() == added
    write_corrections(file, Corrections((("4", "5"),), (), (), (("3", "Anna"), ("4", "Bo"))))
    assert file.read_text() == (
        "# what I saw on Sunday\nmerge:   # one person\n  # the tall one\n  # certain\n"
        "  - [4,\n     5]          # by the shoes\n# these two never\n"
        "  # she said so\nrename:\n  3: Anna\n  4: Bo\n"
    )
    write_corrections(file, Corrections())
    assert [line.strip() for line in file.read_text().splitlines()] == [
        "# what I saw on Sunday",
        "# one person",
        "# the tall one",
        "# certain",
        "# by the shoes",
        "# these two never",
        "# she said so",
    ]
    write_corrections(file, old)
    assert read_corrections(file) == old


def test_a_file_of_no_comments_is_written_as_before():
    wanted = parse_corrections(TEXT)
    assert corrections_text(wanted) == (
        "merge:\n  - [3, 17, 22]\n  - [east:4, west:4]\nnot-same:\n  - [4@230, 9]\nsplit:\n"
        '  4: 230\nrename:\n  3: Anna Müller\n  7: "10: the captain"\n'
    )


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_corrections(tmp_path / "none.yaml")
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(InputError, match="Expected corrections"):
        read_corrections(tmp_path / "picture.yaml")


NAME = st.text(st.characters(codec="utf-8"), min_size=1)


CORRECTIONS = st.builds(
    Corrections,
    st.lists(st.lists(NAME, min_size=2, max_size=3, unique=True).map(tuple), max_size=4).map(tuple),
    st.just(()),
    st.lists(st.tuples(NAME, st.integers(1, 99)), max_size=4).map(tuple),
    st.lists(st.tuples(NAME, NAME), max_size=4).map(tuple),
)


@given(CORRECTIONS, CORRECTIONS, st.randoms())
def test_a_file_that_is_changed_says_what_was_wanted(old, new, chance):
    both = Corrections(
        tuple(chance.sample([*old.merge, *new.merge], len(new.merge))),
        (),
        tuple(chance.sample([*old.split, *new.split], len(new.split))),
        tuple(chance.sample([*old.rename, *new.rename], len(new.rename))),
    )
    text = "# mine\n" + corrections_text(old).replace("]\n", "]  # why\n")
    rows = _rows(both)
    changed = edited_text(Place(text, "file"), rows)
    assert parse_corrections(changed) == both
    assert changed.count("# why") >= text.count("# why")


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


def test_roles_and_the_ignored_are_read_and_written(tmp_path):
    text = "role:\n  8: referee # with the flag\nignore:\n  - [12, cam:7@30]\n  - 40\n"
    found = parse_corrections(text)
    assert found.role == (("8", "referee"),)
    assert found.ignore == ("12", "cam:7@30", "40")
    assert parse_corrections(corrections_text(found)) == found
    (tmp_path / "c.yaml").write_text(text)
    write_corrections(tmp_path / "c.yaml", replace(found, ignore=("40", "3")))
    assert read_corrections(tmp_path / "c.yaml").ignore == ("40", "3")
    assert "# with the flag" in (tmp_path / "c.yaml").read_text()
    for wrong, sentence in (
        ("role:\n  8: king\n", "player, goalkeeper, referee, ball, bench"),
        ("ignore:\n  8: 9\n", "list of tracklets"),
        ("ignore: 8\n", "on the lines below"),
    ):
        with pytest.raises(InputError, match=sentence):
            parse_corrections(wrong)
