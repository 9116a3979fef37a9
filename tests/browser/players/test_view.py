"""What corrections show, and what presses make of them: arithmetic on small made-up games."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameatlas.browser.players.edits import confirm, cut_at, merge, move, rename, tell_apart
from frameatlas.browser.players.view import NOBODY, view_of
from frameatlas.errors import InputError
from frameatlas.players.corrections import Corrections, corrections_text, parse_corrections
from frameatlas.players.tables import CropOwners, PlayerTables

CROPS = 4


def game(*found, names=None):
    """Tracklets "1", "2", … of four crops each, found to be these players; -1 is nobody."""
    count = len(found)
    tracklet = np.repeat(np.arange(count), CROPS)
    picture = np.tile(10 * np.arange(CROPS), count) + 1 + 100 * tracklet
    first = 1 + 100 * np.arange(count)
    segments = {
        "tracklet": np.arange(count),
        "first": first,
        "last": first + 10 * CROPS,
        "player": np.array(found),
    }
    players = names or tuple(str(n + 1) for n in range(max(found) + 1))
    owners = CropOwners(
        np.array(found)[tracklet],
        tracklet,
        tracklet,
        picture,
        segments,
        np.linspace(0.2, 0.8, count),
        tuple(str(n + 1) for n in range(count)),
        np.zeros(count, np.int64),
        ("a",),
        tuple(players),
    )
    return PlayerTables(owners, np.ones(count, np.int64), (), (), {}, Corrections())


def shown(view):
    return {
        one.name: " ".join(view.segments[place].name for place in one.segments)
        for one in view.players
    }


def ids(view):
    return {one.name: one.id for one in view.players}


def segment(view, name):
    return next(one.id for one in view.segments if one.name == name)


GAME = game(0, 0, 0, 1, 1, 2, -1)
PLAIN = view_of(GAME, Corrections())


def after(*edits, tables=GAME):
    """What the page shows after some edits, each a function of what it showed before."""
    view = view_of(tables, Corrections())
    for edit in edits:
        view = view_of(tables, edit(view))
    return view


def test_without_corrections_players_are_as_found():
    assert shown(PLAIN) == {"1": "1 2 3", "2": "4 5", "3": "6"}
    assert PLAIN.player.tolist() == [0, 0, 0, 1, 1, 2, -1]
    assert [one.id for one in PLAIN.players] == [0, 1, 2]
    assert PLAIN.segment.tolist() == np.repeat(np.arange(7), CROPS).tolist()


def test_two_players_become_one():
    view = after(lambda v: merge(v, [1, 2]))
    assert shown(view) == {"1": "1 2 3", "2": "4 5 6"}
    assert view.corrections == Corrections(merge=(("4", "5", "6"),))


def test_tracklets_move_to_a_new_player_and_to_another():
    view = after(lambda v: move(v, [segment(v, "2")], None))
    assert shown(view) == {"1": "1 3", "2": "4 5", "3": "6", "new 2": "2"}
    assert view.corrections == Corrections(merge=(("1", "3"),), not_same=(("3", "2"),))
    assert ids(view)["1"] == 0
    view = after(lambda v: move(v, [segment(v, "2"), segment(v, "3")], 1))
    assert shown(view) == {"1": "1", "2": "2 3 4 5", "3": "6"}
    view = after(lambda v: move(v, [segment(v, "7")], 2))
    assert shown(view)["3"] == "6 7"


def test_players_that_were_moved_out_one_by_one_stay_apart_and_can_be_merged():
    view = after(
        lambda v: move(v, [segment(v, "1")], None), lambda v: move(v, [segment(v, "2")], None)
    )
    assert shown(view) == {"1": "3", "2": "4 5", "3": "6", "new 1": "1", "new 2": "2"}
    both = view_of(GAME, merge(view, [ids(view)["new 1"], ids(view)["new 2"]]))
    assert shown(both) == {"1": "3", "2": "4 5", "3": "6", "new 1": "1 2"}


def test_name_and_colour_stay_with_whom_others_were_moved_away_from():
    most = after(lambda v: move(v, [segment(v, "1"), segment(v, "2")], None))
    assert shown(most) == {"1": "3", "2": "4 5", "3": "6", "new 1": "1 2"}
    assert next(one.colour for one in most.players if one.name == "1") == 0
    other = view_of(GAME, tell_apart(most, [ids(most)["1"], 2]))
    further = view_of(GAME, merge(other, [ids(other)["new 1"], 1]))
    assert shown(further) == {"1": "3", "2": "1 2 4 5", "3": "6"}
    named = view_of(GAME, rename(most, 2, "Eva"))
    assert shown(named)["1"] == "3"


def test_a_player_is_renamed_and_called_as_before_again():
    view = after(lambda v: rename(v, 0, "  Anna  Müller "))
    assert shown(view)["Anna Müller"] == "1 2 3"
    assert view.players[0].named
    assert shown(view_of(GAME, rename(view, 0, ""))) == shown(PLAIN)
    two = view_of(GAME, merge(view, [0, 1]))
    assert shown(two) == {"Anna Müller": "1 2 3 4 5", "3": "6"}


@pytest.mark.parametrize("name", ["7", "new 3", "unassigned", "x" * 41, "a\x00b", "'\"", "Bea"])
def test_names_that_would_be_mistaken_are_refused(name):
    view = after(lambda v: rename(v, 1, "Bea"))
    with pytest.raises(InputError, match="Expected a name"):
        rename(view, 0, name)


def test_a_tracklet_is_cut_at_a_crop():
    view = after(lambda v: cut_at(GAME, v, segment(v, "4"), 14))
    assert shown(view) == {"1": "1 2 3", "2": "4 5", "3": "6", "new 4@321": "4@321"}
    assert view.corrections.split == (("4", 321),)
    assert view.segments[4].crops == (14, 15)
    moved_on = view_of(GAME, move(view, [segment(view, "4@321")], 2))
    assert shown(moved_on)["3"] == "4@321 6"
    for frame in (12, 16, 10**6):
        with pytest.raises(InputError, match="later crop"):
            cut_at(GAME, PLAIN, segment(PLAIN, "4"), frame)


def test_answers_are_kept_beside_what_moves():
    view = after(lambda v: confirm(v, segment(v, "1")), lambda v: move(v, [segment(v, "2")], None))
    assert view.corrections.merge[-1] == ("1", "3")
    assert shown(view)["1"] == "1 3"
    twice = confirm(view, segment(view, "1"))
    assert twice.merge == view.corrections.merge
    with pytest.raises(InputError, match="beside"):
        confirm(PLAIN, segment(PLAIN, "6"))


def test_contradictions_are_refused_in_a_sentence():
    view = after(lambda v: tell_apart(v, [0, 1]))
    with pytest.raises(InputError, match="not the same; undo that first"):
        merge(view, [0, 1])
    with pytest.raises(InputError, match="not the same; undo that first"):
        move(view, [segment(view, name) for name in "123"], 1)
    assert shown(view_of(GAME, merge(view, [0, 2])))["1"] == "1 2 3 6"
    with pytest.raises(InputError, match="both as one person and as two"):
        view_of(GAME, Corrections(merge=(("1", "4"),), not_same=(("4", "1"),)))
    with pytest.raises(InputError, match="each name to be one player's"):
        view_of(GAME, Corrections(rename=(("1", "Anna"), ("4", "Anna"))))


def test_what_is_said_of_a_player_holds_for_the_part_that_stays():
    view = after(lambda v: tell_apart(v, [0, 1]), lambda v: move(v, [segment(v, "3")], None))
    with pytest.raises(InputError, match="not the same"):
        merge(view, [0, 1])
    other = view_of(GAME, merge(view, [ids(view)["new 3"], 1]))
    assert shown(other)["2"] == "3 4 5"


@pytest.mark.parametrize(
    "edit",
    [
        lambda v: merge(v, [0]),
        lambda v: merge(v, [0, 0]),
        lambda v: merge(v, [0, 99]),
        lambda v: merge(v, [0, NOBODY]),
        lambda v: tell_apart(v, [0]),
        lambda v: move(v, [], None),
        lambda v: move(v, [12345], None),
        lambda v: move(v, [segment(v, "6")], None),
        lambda v: move(v, [segment(v, "7")], None),
        lambda v: rename(v, 77, "x"),
    ],
)
def test_edits_that_cannot_be_meant_are_one_sentence(edit):
    with pytest.raises(InputError, match="Expected"):
        edit(PLAIN)


@pytest.mark.parametrize(
    "given",
    [
        Corrections(merge=(("1", "99"),)),
        Corrections(not_same=(("1", "1@5"),)),
        Corrections(split=(("99", 5),)),
        Corrections(split=(("1", 5000),)),
        Corrections(rename=(("x", "y"),)),
    ],
)
def test_a_file_that_names_what_is_not_there_is_one_sentence(given):
    with pytest.raises(InputError, match="Expected the corrections"):
        view_of(GAME, given)


def test_a_file_that_a_person_wrote_is_shown_as_far_as_it_can_be():
    view = view_of(GAME, Corrections(not_same=(("1", "2"),), merge=(("3", "4"), ("6", "7"))))
    groups = set(shown(view).values())
    assert "6 7" in groups
    assert {"1", "2"} <= {text.split()[0] for text in groups}
    assert any({"3", "4"} <= set(text.split()) for text in groups)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "move", "rename", "apart", "same", "cut"]),
        st.lists(st.integers(0, 60), min_size=1, max_size=4),
        st.integers(0, 60),
    ),
    max_size=12,
)


def press(view, what, numbers, number):
    players = [view.players[n % len(view.players)].id for n in numbers]
    segments = [view.segments[n % len(view.segments)].id for n in numbers]
    if what == "merge":
        return merge(view, players)
    if what == "apart":
        return tell_apart(view, players[:2])
    if what == "rename":
        return rename(view, players[0], f"Player of {number}")
    if what == "same":
        return confirm(view, segments[0])
    if what == "cut":
        return cut_at(GAME, view, segments[0], number)
    return move(view, segments, None if number % 3 == 0 else players[0])


@given(EDITS)
@settings(deadline=None, max_examples=120)
def test_whatever_is_pressed_the_file_shows_it_again(edits):
    view = PLAIN
    for what, numbers, number in edits:
        try:
            wanted = press(view, what, numbers, number)
        except InputError:
            continue
        view = view_of(GAME, parse_corrections(corrections_text(wanted)))
        assert sorted(np.concatenate([one.segments for one in view.players]).tolist()) == sorted(
            np.flatnonzero(view.player >= 0).tolist()
        )
        assert len({one.id for one in view.players}) == len(view.players)
        assert len({one.name for one in view.players}) == len(view.players)
        for a, b in view.apart:
            assert view.player[a] != view.player[b] or view.player[a] < 0
