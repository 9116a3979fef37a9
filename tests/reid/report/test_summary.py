from dataclasses import replace
from pathlib import Path

from frameatlas.reid.crops.game import Game
from frameatlas.reid.identify.error_estimate import expected_range
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.identities import UNASSIGNED
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.report.summary import summary


def line_of(crops, **options):
    found = identify(crops, PlayersOptions(**options))
    said = summary(Path("game.players"), Game((), None, crops, None), found)
    return found, next(line for line in said.splitlines() if "Error estimate" in line)


def test_the_error_estimate_is_a_range_and_not_one_number(made_up_game):
    crops, _ = made_up_game(shifts=2)
    found, line = line_of(crops)
    assert found.expected == expected_range(
        found.false_links + found.missed_links, found.count, found.least_count
    )
    least, most = (round(100 * share) for share in found.expected.wrong)
    assert f"{least} to {most} % of the boxes bore the wrong person" in line


def test_where_the_user_gave_the_number_no_range_is_told(made_up_game):
    crops, _ = made_up_game(shifts=2)
    found, line = line_of(crops, count=8)
    assert found.expected is None
    assert "Both are mostly too low" in line


def test_counts_and_who_is_nobody_are_said_as_one_says_them(made_up_game):
    crops, _ = made_up_game(shifts=2)
    found = identify(crops, PlayersOptions(teams=2))
    first = replace(found.decisions[0], player=UNASSIGNED, other=1)
    said = summary(Path("g"), Game((), None, crops, None), replace(found, decisions=(first,)))
    assert "): unassigned, else player 2, margin" in said
    assert "player unassigned" not in said
