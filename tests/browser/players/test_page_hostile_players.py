"""Names of players, tracklets and cameras that strangers wrote, in Chromium: letters only."""

import json
import shutil
from dataclasses import replace

import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app
from frameatlas.players.integrity import read_report, vouching
from frameatlas.players.tables import CROPS, REPORT, read_owners, write_owners

MARKUP = "\"><img src=x onerror=alert(1)>'<script>alert(2)</script>&lt;b&gt;{{7*7}}${8*8}"
HOSTILE = {
    "markup": MARKUP,
    "lines": "a\nb\r\n\tc\x0bd\u2028e",
    "turned": "\u202e\u2066gpj.\u200fexe \u05d0\u05d1",
    "long": "W" * 10_000,
    "controls": "\x1b[2J\x07\x7f\x9b a\u0301\u0301\u0301",
    "empty": "",
}


def renamed(folder, text):
    """Have a folder of players call all of them so, and vouch for it, as its maker can."""
    owners = read_owners(folder / CROPS)
    players = tuple(f"{text}{number or ''}" for number in range(len(owners.players)))
    tracklets = tuple(f"{text}:{number}" for number in range(len(owners.tracklets)))
    changed = replace(owners, players=players, tracklets=tracklets, cameras=(text,))
    write_owners(folder / CROPS, changed)
    fields, stored = read_report(folder / REPORT)
    content = {
        key: value for key, value in fields.values.items() if key not in ("checksum", "files")
    }
    doubt = {"tracklet": tracklets[0], "first": 1, "other": text, "margin": 0.01}
    content["least_certain"] = [{**one, **doubt} for one in content["least_certain"]] or [doubt]
    content["recordings"] = [
        {**one, "camera": text, "video": f"/{text.replace(chr(0), '')}.mp4"}
        for one in content["recordings"]
    ]
    told = vouching(json.loads(json.dumps(content)), {name: folder / name for name in stored})
    (folder / REPORT).write_text(told)
    return players


@pytest.fixture(params=HOSTILE)
def address(request, found_players, serving, tmp_path):
    """Of a server that shows players of hostile names."""
    folder = shutil.copytree(found_players, tmp_path / "game.players")
    renamed(folder, HOSTILE[request.param])
    with serving(make_app(open_atlas(folder), cache=tmp_path / "cache")) as found:
        yield found


WIDE_OR_TURNED = """() => [...document.querySelectorAll(".fa-tracklet-strip, .fa-sheet, .fa-asked")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)
    .concat([...document.querySelectorAll(".fa-tracklet-strip > span")]
    .filter((one) => one.lastChild && one.querySelector("bdi").textContent
        && !/^ · \\d:\\d\\d\\.\\d–\\d:\\d\\d\\.\\d · \\d+ % sure/.test(one.childNodes[2].data))
    .map((one) => one.textContent.slice(-60)))"""
"""What reaches over its own edge, and captions whose words are not their own."""


@pytest.mark.process
def test_players_sheets_and_questions(address, open_page, until, look):
    page = open_page(reduced_motion="reduce", viewport={"width": 1300, "height": 800})
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(address + "#/p=players")
    until(page, "document.querySelectorAll('.fa-player').length === 3")
    look(page)
    # However long a name is, what is done with a player stays within sight.
    for row in page.locator(".fa-player").all():
        box = row.bounding_box()
        assert box["height"] < 450
    for button in page.locator(".fa-player button").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= 1300
    page.locator(".fa-player input[type=checkbox]").nth(0).check()
    page.locator(".fa-player input[type=checkbox]").nth(1).check()
    page.click("#fa-players-compare")
    until(page, "document.querySelectorAll('.fa-sheet').length === 2")
    look(page)
    assert page.evaluate(WIDE_OR_TURNED) == []
    page.click("[data-key=ask]")
    page.wait_for_selector(".fa-asked")
    look(page)
    assert page.evaluate(WIDE_OR_TURNED) == []
    page.set_viewport_size({"width": 390, "height": 800})
    look(page)
    assert page.evaluate(WIDE_OR_TURNED) == []
    assert dialogs == []
