"""axe-core in a real Chromium: no violation in the panel of players, light, dark and on a phone."""

import shutil

import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app

WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LOOKS = {
    "light": {**WIDE, "color_scheme": "light"},
    "dark": {**WIDE, "color_scheme": "dark"},
    "a phone": {**PHONE, "color_scheme": "light"},
}


@pytest.fixture(scope="module")
def address(serving, tmp_path_factory, found_players):
    """The address of a server that shows the players of the small game."""
    folder = shutil.copytree(found_players, tmp_path_factory.mktemp("axe") / "game.players")
    with serving(make_app(open_atlas(folder), cache=tmp_path_factory.mktemp("cache"))) as address:
        yield address


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_the_panel_of_players(address, open_page, until, violations, look):
    page = open_page(reduced_motion="reduce", **LOOKS[look])
    page.goto(address + "#/p=players")
    until(page, "document.querySelectorAll('.fa-player').length === 3")
    assert violations(page) == []
    page.evaluate("FrameAtlas.state.set({ who: [0, 1] })")
    until(page, "document.querySelectorAll('.fa-sheet').length === 2")
    assert violations(page) == []
