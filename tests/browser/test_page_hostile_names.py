"""Names that strangers wrote, everywhere in the page in a real Chromium: letters, never markup."""

import shutil
from dataclasses import replace

import pytest

from frameatlas import open_atlas
from frameatlas.bins.stored import edit_bins, rows_of, with_frames
from frameatlas.columns.given_table import GivenTable
from frameatlas.columns.joined import add_columns
from frameatlas.safe_text import one_line
from frameatlas.store.notes.names_file import Members, RegionName, edit_names

MARKUP = "\"><img src=x onerror=alert(1)>'<script>alert(2)</script>&lt;b&gt;{{7*7}}${8*8}"
TURNED = "\u202e\u2066gpj.\u200fexe \u05d0\u05d1"
LINES = "a\nb\r\n\tc\x0bd"
LONG = "W" * 9_000 + "\u00a0" * 500 + "end" * 200
HOSTILE = {"markup": MARKUP, "turned": TURNED, "long": LONG}


@pytest.fixture(scope="module", params=HOSTILE)
def named(request, pictured, tmp_path_factory):
    """``pictured`` with a video, bin, region, column and values of hostile names."""
    text = HOSTILE[request.param]
    folder = shutil.copytree(pictured.folder, tmp_path_factory.mktemp("hostile") / "a.atlas")
    first, *others = pictured.manifest.sources
    path = f"/videos/{text.replace('/', chr(0x2044))}{LINES}.mp4"
    changed = replace(others[0], path=path, codec=text[:100], reason=text)
    manifest = replace(pictured.manifest, sources=(first, changed, *others[1:]))
    (folder / "atlas.json").write_text(manifest.to_json(), encoding="utf-8")
    atlas = open_atlas(folder)
    short = "".join(c for c in text if c.isprintable() and c not in ";|")[:60]
    edit_bins(folder, lambda now: with_frames(now, short, rows_of(atlas, [1, 2, 3])))
    members = (Members(first.id, first.path, tuple(range(5))),)
    edit_names(folder, lambda _: (RegionName("r1", short, 5, members),))
    column = one_line(text)[:100]
    rows = [[first.path, str(n), text[:1000] if n % 2 else "other"] for n in range(8)]
    add_columns(folder, GivenTable(folder / "own.csv", ("path", "seconds", column), rows))
    return open_atlas(folder)


@pytest.fixture
def address(named, serving, tmp_path):
    """Of a server that shows it."""
    from frameatlas.browser import make_app

    with serving(make_app(named, cache=tmp_path)) as found:
        yield found


@pytest.fixture
def page(address, open_page):
    """The page of ``named``; any dialog is a fault. It is closed before the server is."""
    page = open_page(reduced_motion="reduce", viewport={"width": 1300, "height": 800})
    page.add_init_script("localStorage.setItem('frameatlas:first-steps', 'look,closer,open')")
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(address)
    page.wait_for_selector("body.fa-ready")
    yield page
    assert dialogs == []


@pytest.mark.process
def test_menus_panels_and_lists(page, look):
    chips = page.evaluate("[...document.querySelectorAll('[id^=fa-chip-]')].map((one) => one.id)")
    assert len(chips) >= 4
    for chip in chips:
        page.click(f"#{chip}")
        page.wait_for_selector(".fa-menu")
        look(page)
        page.keyboard.press("Escape")
    page.evaluate("FrameAtlas.openFrame(50)")  # of the video with the name
    page.wait_for_selector("#fa-frame-bin")
    look(page)
    # However long the name, what can be done with the frame is near.
    assert page.locator("#fa-frame-bin").bounding_box()["y"] < 1200
    page.evaluate("FrameAtlas.openFrame(2)")  # in the bin
    page.wait_for_selector("#fa-known")
    look(page)
