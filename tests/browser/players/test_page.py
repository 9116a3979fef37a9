"""The panel of players in a real Chromium: what is pressed, what is shown, what is saved."""

import csv
import shlex
import shutil

import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app
from frameatlas.players.corrections import read_corrections

GROUPS = """() => FrameAtlas.players.data().players.map(
    (one) => [FrameAtlas.players.called(one), one.pieces.map((piece) => piece.name).join(" ")])"""


@pytest.fixture(scope="module")
def served(serving, tmp_path_factory, found_players):
    """A copy of the players of the small game, and the address of a server that shows it."""
    folder = shutil.copytree(found_players, tmp_path_factory.mktemp("served") / "game.players")
    with serving(make_app(open_atlas(folder), cache=tmp_path_factory.mktemp("cache"))) as address:
        yield folder, address


@pytest.fixture
def page(served, found_players, open_page, until):
    """The panel with nothing corrected yet."""
    (served[0] / "corrections.yaml").unlink(missing_ok=True)
    for name in ("players.csv", "players.json", "crops.h5"):
        shutil.copy(found_players / name, served[0] / name)
    page = open_page(reduced_motion="reduce", viewport={"width": 1300, "height": 800})
    page.goto(served[1] + "#/p=players")
    until(page, "document.querySelectorAll('.fa-player').length === 3")
    return page


def groups(page):
    return dict(page.evaluate(GROUPS))


def shown_players(page, until, count):
    until(page, f"document.querySelectorAll('.fa-player').length === {count}")


def settled(page, until, corrections):
    until(page, f"FrameAtlas.players.data().corrections === {corrections}")


def test_players_are_compared_merged_and_the_merge_is_undone(page, until, served):
    before = groups(page)
    assert sorted(before.values()) == ["1 4", "2 5", "3 6"]
    assert page.locator(".fa-player img").count() == 3
    assert page.is_disabled("#fa-players-merge")
    page.check("[aria-label='Choose Player 1']")
    page.check("[aria-label='Choose Player 2']")
    page.click("#fa-players-compare")
    until(page, "document.querySelectorAll('.fa-sheet').length === 2")
    assert "who=0,1" in page.url
    assert page.locator(".fa-tracklet").count() == 4
    page.click("#fa-sheets-merge")
    settled(page, until, 1)
    assert page.locator(".fa-sheet").count() == 1
    assert sorted(len(text.split()) for text in groups(page).values()) == [2, 4]
    assert len(read_corrections(served[0] / "corrections.yaml").merge[0]) == 4
    page.keyboard.press("u")
    settled(page, until, 0)
    assert groups(page) == before
    page.click("[data-key=all]")
    until(page, "document.querySelectorAll('.fa-player').length === 3")


def test_what_is_renamed_and_split_stays_and_is_what_the_next_run_finds(
    page, until, served, find_players
):
    folder = served[0]
    page.click("[aria-label='Rename Player 2']")
    page.keyboard.type("Anna <b>")
    page.keyboard.press("Enter")
    settled(page, until, 1)
    assert page.evaluate("document.activeElement.dataset.key") == "rename1"
    page.click("[aria-label^='Sheet of Player 1']")
    until(page, "document.querySelectorAll('.fa-tracklet').length === 2")
    later = page.locator(".fa-tracklet-strip").nth(1)
    later.focus()
    page.keyboard.press("Enter")
    assert later.get_attribute("aria-pressed") == "true"
    page.click("#fa-sheets-new")
    until(page, "document.querySelectorAll('.fa-sheet').length === 2")
    shown = groups(page)
    assert len(shown) == 4
    assert "Anna <b>" in shown
    page.click(".fa-saved summary")
    assert str(folder / "corrections.yaml") in page.inner_text(".fa-saved")
    words = shlex.split(page.inner_text(".fa-command"))

    page.reload()
    until(page, "document.querySelectorAll('.fa-sheet').length === 2")
    assert groups(page) == shown

    find_players(*words[2:])
    found = {}
    for row in csv.DictReader((folder / "players.csv").read_text().splitlines()):
        found.setdefault(row["player"], []).append(row["tracklet"])
    assert {" ".join(own) for own in found.values()} == set(shown.values())
    assert " ".join(found["Anna <b>"]) == shown["Anna <b>"]


def test_another_page_does_not_take_a_name_that_is_being_written(page, until, open_page, served):
    page.click("[aria-label='Rename Player 2']")
    page.keyboard.type("An")
    other = open_page(reduced_motion="reduce")
    other.goto(served[1] + "#/p=players")
    until(other, "document.querySelectorAll('.fa-player').length === 3")
    other.evaluate("FrameAtlas.players.edit({do: 'apart', players: [0, 2]}, 'Kept apart')")
    settled(other, until, 3)  # two are held together, and kept apart
    page.evaluate("FrameAtlas.players.load()")
    settled(page, until, 3)
    page.keyboard.type("na")
    page.keyboard.press("Enter")
    settled(page, until, 4)
    assert "Anna" in groups(page)
    assert "not the same as Player 3" in page.inner_text("[data-player='0']")


def test_a_field_for_a_name_is_left_by_what_is_pressed_next_or_by_escape(page, until):
    page.click("[aria-label='Rename Player 1']")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.key") == "rename0"
    page.keyboard.press("Enter")
    page.keyboard.type("Bea")
    page.click("[aria-label='Rename Player 2']")
    page.keyboard.type("Cleo")
    page.click("[aria-label='Choose Player 3']")
    settled(page, until, 2)
    until(page, "document.querySelectorAll('.fa-chosen').length === 1")
    assert {"Bea", "Cleo", "Player 3"} == set(groups(page))
    assert page.evaluate("document.activeElement.dataset.key") == "tick2"
    page.focus(".fa-saved summary")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.fa-saved').open")
    assert page.url.endswith("p=players")


def test_presses_that_follow_one_another_at_once_wait_for_their_turn(page, until):
    page.evaluate("""() => {
        const { edit } = FrameAtlas.players;
        edit({do: "rename", player: 0, name: "Bea"}, "Renamed");
        edit({do: "rename", player: 1, name: "Eva"}, "Renamed");
    }""")
    settled(page, until, 2)
    page.keyboard.press("u")
    page.keyboard.press("u")
    settled(page, until, 0)


def test_crops_have_their_place_before_they_are_there(page, until):
    page.route("**/api/strip/**", lambda route: None)
    page.route("**/frames/**", lambda route: None)
    page.click("[aria-label^='Sheet of Player 1']")
    page.locator(".fa-tracklet .fa-quiet").first.click()
    until(page, "document.querySelectorAll('.fa-crop').length === 5")
    for box in (page.locator(".fa-strip").first, page.locator(".fa-crop img").first):
        size = box.bounding_box()
        assert size["height"] > 20
        assert size["width"] > 20
    page.unroute_all()


def test_a_tracklet_is_cut_and_moved_to_another_player(page, until):
    page.click("[aria-label^='Sheet of Player 3']")
    page.locator(".fa-tracklet .fa-quiet").first.click()
    until(page, "document.querySelectorAll('.fa-crop').length === 5")
    assert page.locator(".fa-crop").first.is_disabled()
    page.locator(".fa-crop").nth(2).click()
    until(page, "document.querySelectorAll('.fa-sheet').length === 2")
    cut = next(name for name in groups(page).values() if "@" in name)
    page.click("[aria-label^='Tracklet 3@']")
    saved = page.evaluate("FrameAtlas.players.revision()")
    page.focus("#fa-sheets-move")
    page.keyboard.press("ArrowDown")  # to the first in the list, and nothing more
    assert page.input_value("#fa-sheets-move") == "0"
    assert page.evaluate("FrameAtlas.players.revision()") == saved
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "FrameAtlas.players.data().players.length === 3")
    assert cut in groups(page)["Player 1"].split()
    assert page.evaluate("document.activeElement.dataset.key") == "all"
    for _ in range(2):
        page.click("[data-key=undo]")
    settled(page, until, 0)


def test_questions_are_answered_one_after_the_other(page, until, served):
    page.click("[data-key=ask]")
    until(page, "document.querySelectorAll('.fa-question .fa-sheet').length >= 2")
    assert "ask=0" in page.url
    page.click("#fa-answer-same")
    until(page, "FrameAtlas.state.value.ask === 1")
    page.click("#fa-answer-other")
    until(page, "FrameAtlas.state.value.ask !== 1")
    assert page.evaluate("FrameAtlas.players.data().doubts.map((one) => one.answer)")[:2] == [
        "same",
        "other",
    ]
    saved = read_corrections(served[0] / "corrections.yaml")
    assert saved.merge
    assert saved.not_same


def test_contradictions_and_taken_names_are_said(page, until):
    page.tolerated.append("400")
    page.check("[aria-label='Choose Player 1']")
    page.check("[aria-label='Choose Player 3']")
    page.click("#fa-players-apart")
    until(page, "FrameAtlas.players.data().players[0].apart.length === 1")
    assert "not the same as Player 3" in page.inner_text("[data-player='0']")
    page.check("[aria-label='Choose Player 1']")
    page.check("[aria-label='Choose Player 3']")
    page.click("#fa-players-merge")
    until(page, "document.body.innerText.includes('undo that first')")
    page.click("[aria-label='Rename Player 2']")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    until(page, "document.body.innerText.includes('No. 7')")
    assert len(groups(page)) == 3


def test_the_map_is_coloured_and_filtered_by_player(page, until):
    page.click("#fa-chip-c")
    page.get_by_label("by player").check()
    until(page, "document.querySelectorAll('#fa-legend li').length === 3")
    page.keyboard.press("Escape")
    with page.expect_response(lambda answer: "/tiles/" in answer.url and "player=1" in answer.url):
        page.click("[aria-label='Only Player 2 on the map']")
    assert "player=1" in page.url
    assert "c=player" in page.url
    assert "Player: Player 2" in page.inner_text("#fa-chips")
    edit = page.evaluate("FrameAtlas.players.revision()")
    page.check("[aria-label='Choose Player 2']")
    page.check("[aria-label='Choose Player 3']")
    with page.expect_response(
        lambda answer: "/api/cells/" in answer.url and edit not in answer.url
    ):
        page.click("#fa-players-merge")
    page.evaluate("FrameAtlas.state.set({ player: [] })")
    until(page, "document.querySelectorAll('#fa-legend li').length === 2")


def test_on_a_phone_the_panel_is_a_sheet_at_the_bottom(served, open_page, until):
    phone = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
    page = open_page(reduced_motion="reduce", color_scheme="dark", **phone)
    page.goto(served[1] + "#/p=players/who=0,1,0,77")
    until(page, "document.querySelectorAll('.fa-sheet').length === 2")
    boxes = [page.locator(".fa-sheet").nth(k).bounding_box() for k in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[1]["x"] + boxes[1]["width"] <= 390
    assert page.evaluate("document.querySelector('#fa-panel-players').scrollWidth") <= 390


def test_an_atlas_of_something_else_has_no_players(visit):
    page = visit("#/0,0,2/p=players/who=1/c=player")
    assert page.evaluate("FrameAtlas.state.value.p") == ""
    assert page.evaluate("FrameAtlas.state.value.c") == ""
    assert page.locator("#fa-tab-players").count() == 0
