"""axe-core in a real Chromium: no violation in any state of the page, light and dark."""

import shutil
from fractions import Fraction

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.bins.stored import edit_bins, rows_of, with_frames
from frameatlas.browser import BrowserTools, make_app
from frameatlas.columns.column_file import write_columns
from frameatlas.columns.metadata import Metadata, metadata_table
from frameatlas.store.shot_table import ShotTable, write_shots

STATES = {
    "first sight": "#/",
    "colours": "#/0,0,1/c=video",
    "groups": "#/o=clusters",
    "a frame": "#/f=20/p=frame",
    "a frame whose film was moved": "#/f=60/p=frame",
    "videos side by side": "#/way=0,1/p=video",
    "names found": "#/p=search/find=mp4",
    "hits": "#/like=20/p=search",
    "a selection": "#/p=selection/sel=+r-1,1,0,0",
    "charts": "#/way=0/p=charts",
    "a poster": "#/p=poster",
    "nothing found": "#/v=0/from=9999",
    "a hole": "#/0.999,0.9999,9",
    "help": "?",
    "adding a folder": "add",
    "a menu": "menu",
    "the server gone": "gone",
}

SAID = """(violations) => violations.map((one) =>
    `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)}`)"""


FOOTAGE = {
    "by date": ("#/by=auto", ".fa-dated"),
    "shots that come again": ("#/dup=s0.1", ".fa-dup"),
    "all frames of a shot": ("#/dup=s0.1", ".fa-all-frames"),
    "files that are the same": ("#/dup=0.25", ".fa-dup"),
    "the cut list of a bin": ("#/p=selection", ".fa-bin-cut"),
    "the shots of a video": ("#/way=1/p=video", "#fa-shots"),
    "drawing the map anew": ("relayout", "#fa-spread"),
}
"""States of an atlas with dates, shots, bins and duplicates: the address, and what tells them."""

LOOKS = ["light", "dark", "a phone"]


def opened_page(chromium, address, axe, look):
    """A page with axe in it, in one look."""
    phone = look == "a phone"
    how = {"viewport": {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}}
    if phone:
        how |= {"has_touch": True, "is_mobile": True}
    theme = "light" if phone else look
    context = chromium.new_context(color_scheme=theme, reduced_motion="reduce", **how)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("body.fa-ready")
    page.evaluate(axe)
    yield page
    context.close()


@pytest.fixture(scope="module", params=LOOKS)
def themed(request, chromium, site, axe):
    """The page of ``pictured``."""
    yield from opened_page(chromium, site, axe, request.param)


@pytest.fixture(scope="module")
def footage(pictured, serving, tmp_path_factory):
    """The address of ``pictured`` with dates, shots, a bin, and a video that is twice there."""
    folder = tmp_path_factory.mktemp("footage") / "footage.atlas"
    shutil.copytree(pictured.folder, folder)
    scores = np.load(next(folder.glob("maps/*/scores.npy")), mmap_mode="r+")
    scores[:] = np.random.default_rng(3).normal(size=scores.shape).astype(np.float16)
    scores[48:84] = np.resize(scores[96:108], (36, scores.shape[1]))
    scores[108:120] = scores[96:108]
    scores.flush()
    first = np.array([0, 4], np.int64) * 90_000
    for number, source in enumerate(pictured.sources):
        place, rows = folder / "sources" / source.id, source.frames
        one = Metadata(1_625_313_600.0 + number * 5_000_000, "file" if number else "exif")
        table = metadata_table(source, [one] * (rows if source.kind == "photos" else 1))
        write_columns(place / "metadata.h5", table)
        if number in (1, 3):
            last, zeros = np.array([356_400, rows * 30_000]), np.zeros(2, np.float32)
            kinds = np.array([0, 1], np.uint8)
            shots = ShotTable(first, last, first, first, kinds, zeros, Fraction(1, 90_000))
            write_shots(place, shots)
    atlas = open_atlas(folder)
    edit_bins(folder, lambda now: with_frames(now, "sea", rows_of(atlas, range(50, 60))))
    tools = BrowserTools(run_command=lambda *_: {"event": "done", "failed": 0})
    with serving(make_app(atlas, tools, cache=tmp_path_factory.mktemp("cache"))) as address:
        yield address


@pytest.fixture(scope="module", params=LOOKS)
def footage_page(request, chromium, footage, axe):
    """The page of ``footage``."""
    yield from opened_page(chromium, footage, axe, request.param)


def bring(page, address):
    """Bring a page into a state, and take away what the one before it left."""
    page.context.set_offline(False)
    page.keyboard.press("Escape")
    page.evaluate("(a) => { location.hash = a; }", address if address.startswith("#") else "#/")
    page.evaluate("FrameAtlas.popover.shut(); FrameAtlas.state.reread()")
    if address == "?":
        page.evaluate("FrameAtlas.help.open()")
    elif address == "add":
        page.evaluate("FrameAtlas.addFolder.open('index')")
        page.wait_for_selector(".fa-folders button")
    elif address == "menu":
        page.click("#fa-chip-v")
    elif address == "gone":
        page.context.set_offline(True)
        page.evaluate("FrameAtlas.connection.failed()")
        page.wait_for_selector("#fa-lost")
    elif "charts" in address:
        page.wait_for_selector("#fa-charts .main-svg", timeout=60_000)
    elif "find=" in address:
        page.wait_for_selector("#fa-results li")
    page.wait_for_timeout(250)


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(themed, state):
    bring(themed, STATES[state])
    assert violations_of(themed) == []


@pytest.mark.parametrize("state", FOOTAGE)
def test_axe_finds_nothing_in_footage(footage_page, state):
    address, sign = FOOTAGE[state]
    bring(footage_page, address if address.startswith("#") else "#/")
    if address == "relayout":
        footage_page.evaluate("FrameAtlas.addFolder.open('relayout')")
    footage_page.wait_for_selector(sign)
    if sign in (".fa-all-frames", ".fa-bin-cut"):
        footage_page.locator(sign).first.click()
        footage_page.wait_for_timeout(100)
    assert violations_of(footage_page) == []


def violations_of(page):
    # Dark differs from light in its colours alone.
    dark = page.get_attribute("html", "data-theme") == "dark"
    rules = "runOnly: ['color-contrast'], " if dark else ""
    found = page.evaluate(f"axe.run(document, {{{rules}resultTypes: ['violations']}})")
    return page.evaluate(SAID, found["violations"])
