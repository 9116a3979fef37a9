"""One row a shot in what the page finds, in a real Chromium."""

import shutil
from fractions import Fraction

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.store.shot_table import ShotTable, write_shots


@pytest.fixture(scope="module")
def cut(pictured, tmp_path_factory):
    """``pictured``, its videos cut every four seconds."""
    folder = tmp_path_factory.mktemp("cut") / "cut.atlas"
    shutil.copytree(pictured.folder, folder)
    cut_all(pictured, folder)
    return open_atlas(folder)


def cut_all(atlas, folder):
    for source in atlas.sources:
        if source.kind == "video":
            first = np.arange(0, source.frames / 3, 4).astype(np.int64) * 90_000
            last = np.append(first[1:] - 3600, source.frames * 30_000)
            kinds = np.minimum(np.arange(len(first)), 1).astype(np.uint8)
            strength = np.zeros(len(first), np.float32)
            table = ShotTable(first, last, first, first, kinds, strength, Fraction(1, 90_000))
            write_shots(folder / "sources" / source.id, table)


@pytest.fixture
def client(cut, tmp_path):
    from frameatlas.browser import make_app

    return make_app(cut, cache=tmp_path / "cache").server.test_client()


def test_the_server_gives_the_best_of_each_shot_and_its_span(client):
    found = client.get("/api/nearest/20?count=200").json
    shots = [(one["source"], tuple(one["shot"])) for one in found if one["shot"]]
    assert len(shots) == len(set(shots)) == 3 + 3 + 2  # of four, three and two: its own is left out
    assert all(one["shot"] is None for one in found if one["source"] == 2)  # photos
    every = client.get("/api/nearest/20?count=200&every=1").json
    assert len(every) == 119
    assert client.get("/api/nearest/20?every=2").status_code == 400
    best = {one["frame"] for one in found}
    for source, (begin, until) in shots:
        own = [o for o in every if o["source"] == source and begin <= o["seconds"] < until]
        assert own[0]["frame"] in best


def test_the_switch_shows_every_frame_and_stays_in_the_address(
    open_page, cut, serving, until, tmp_path
):
    from frameatlas.browser import make_app

    with serving(make_app(cut, cache=tmp_path / "cache")) as address:
        page = open_page()
        page.add_init_script("localStorage.setItem('frameatlas:first-steps', 'look,closer,open')")
        page.goto(address + "#/f=20/p=frame")
        page.wait_for_selector(".fa-one-each")
        shown = "document.querySelectorAll('#fa-panel-frame .fa-gallery .fa-thumb').length"
        assert page.is_checked(".fa-one-each")
        few = page.evaluate(shown)
        title = page.get_attribute("#fa-panel-frame .fa-thumb[title*='of the shot']", "title")
        assert "0:0" in title
        page.uncheck(".fa-one-each")
        until(page, f"{shown} > {few}")
        until(page, "location.hash.includes('each=1')")
        page.click("text=Show them on the map")
        until(page, "location.hash.includes('like=20e')")
        page.reload()
        page.wait_for_selector(".fa-one-each")
        assert not page.is_checked(".fa-one-each")


OFTEN = """const later = window.setTimeout;
    window.setTimeout = (call, wait, ...more) => later(call, wait === 15000 ? 300 : wait, ...more);
    localStorage.setItem('frameatlas:first-steps', 'look,closer,open');"""
"""What the page asks every 15 seconds, it asks at once."""


def test_an_open_page_learns_of_shots_that_another_process_finds(
    open_page, pictured, serving, until, tmp_path
):
    from frameatlas.browser import make_app

    folder = tmp_path / "later.atlas"
    shutil.copytree(pictured.folder, folder)
    with serving(make_app(open_atlas(folder), cache=tmp_path / "cache")) as address:
        frame, video = open_page(), open_page()
        for page, place in ((frame, "#/f=20/p=frame"), (video, "#/way=0/p=video")):
            page.add_init_script(OFTEN)
            page.goto(address + place)
        frame.wait_for_selector("#fa-panel-frame .fa-gallery .fa-thumb")
        video.wait_for_selector("#fa-play-way")
        assert not frame.query_selector(".fa-one-each")
        assert not video.query_selector("#fa-shots")
        cut_all(pictured, folder)  # as `frameatlas shots` does
        frame.wait_for_selector(".fa-one-each")
        until(video, "document.querySelectorAll('#fa-shots button').length === 4")
        assert frame.is_checked(".fa-one-each")
