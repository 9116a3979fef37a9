from pathlib import Path

from frameatlas.reid.crops.game import Game
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.report.summary import summary


def test_the_error_estimate_says_that_it_is_too_low(made_up_game):
    crops, _ = made_up_game(shifts=2)
    found = identify(crops)
    said = summary(Path("game.players"), Game((), None, crops, None), found)
    line = next(line for line in said.splitlines() if "Error estimate" in line)
    assert "stay torn apart. Both are mostly too low" in line
