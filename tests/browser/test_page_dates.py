"""The frames in rows by date, in a real Chromium: scrolled, walked by keys, and back to the map."""

import json
import shutil

import pytest

from frameatlas import open_atlas
from frameatlas.columns.column_file import write_columns
from frameatlas.columns.metadata import Metadata, metadata_table

NOON = 1_625_313_600.0  # 3 July 2021
SHOWN = "document.querySelectorAll('.fa-dated').length"


@pytest.fixture(scope="module")
def dated(pictured, tmp_path_factory):
    """``pictured``, its sources 50 days apart; the last one dated by its file alone."""
    folder = tmp_path_factory.mktemp("dates") / "dated.atlas"
    shutil.copytree(pictured.folder, folder)
    for number, source in enumerate(pictured.sources):
        rows = source.frames if source.kind == "photos" else 1
        how = "file" if number == 3 else "exif"
        one = Metadata(NOON + number * 50 * 86_400, how)
        place = folder / "sources" / source.id / "metadata.h5"
        write_columns(place, metadata_table(source, [one] * rows))
    return open_atlas(folder)


@pytest.fixture
def visit(dated, pictured, serving, open_page, tmp_path):
    from contextlib import ExitStack

    from frameatlas.browser import make_app

    pages = []
    with ExitStack() as stack:

        def opened(atlas=dated, **options):
            address = stack.enter_context(serving(make_app(atlas, cache=tmp_path / "cache")))
            page = open_page(**options)
            pages.append(page)
            page.add_init_script(
                "localStorage.setItem('frameatlas:first-steps', 'look,closer,open')"
            )
            page.goto(address)
            page.wait_for_selector("body.fa-ready")
            return page

        yield opened
        for page in pages:  # before its server: a page that still asks for something complains
            page.close()


def test_rows_by_day_and_back_to_the_map_with_one_of_them(visit, until):
    page = visit()
    page.click("#fa-by-date")
    page.wait_for_selector(".fa-dated")
    heads = page.locator(".fa-date-head h2").all_inner_texts()
    assert heads[:2] == ["3 July 2021", "22 August 2021"]
    assert "24 of 120 frames are dated by their files alone" in page.inner_text("#fa-date-note")
    assert page.evaluate("document.getElementById('fa-map').inert")
    assert "by=auto" in page.evaluate("location.hash")
    page.select_option("#fa-date-jump", "3")
    until(page, "[...document.querySelectorAll('.fa-date-head small')]"
                ".some((e) => e.textContent.includes('by the files’ dates'))")  # fmt: skip
    page.select_option("#fa-date-step", "year")
    until(page, "document.querySelectorAll('.fa-date-head').length === 1")
    page.select_option("#fa-date-step", "month")
    page.locator(".fa-date-head button").first.click()
    until(page, "document.getElementById('fa-count').textContent === '48 of 120 frames'")
    assert page.is_hidden("#fa-dates")
    assert not page.evaluate("document.getElementById('fa-map').inert")
    page.go_back()
    page.wait_for_selector(".fa-dated")


def test_keys_walk_over_the_rows_and_open_a_frame(visit, until):
    page = visit()
    page.keyboard.press("y")
    page.wait_for_selector(".fa-dated")
    page.focus(".fa-dated[data-n='0']")
    focused = "Number(document.activeElement.dataset.n)"
    columns = page.evaluate("document.querySelector('.fa-date-row').children.length")
    for key, at in (
        ("ArrowRight", 1), ("ArrowDown", 1 + columns), ("ArrowUp", 1), ("ArrowLeft", 0),
        ("End", 119), ("Home", 0),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert page.evaluate(focused) == at, key
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until(page, "location.hash.includes('f=1/')")
    page.wait_for_selector("#fa-panel-frame .fa-large")
    page.focus(".fa-dated[data-n='1']")
    page.keyboard.press("Escape")
    assert page.is_hidden("#fa-dates")
    until(page, "FrameAtlas.map.sees([-0.736, 0.9])")  # flown to the frame that is open


def test_a_hundred_thousand_frames_are_few_elements(visit, until):
    page = visit()
    frames = [n % 120 for n in range(100_000)]
    groups = [[f"{2000 + n // 336:04}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}", 250, 0]
              for n in range(400)]  # fmt: skip
    body = {"shots": False, "step": "day", "groups": groups, "frames": frames, "undated": 0}
    page.route("**/api/dates?*", lambda route: route.fulfill(
        status=200, content_type="application/json", body=json.dumps(body)))  # fmt: skip
    page.click("#fa-by-date")
    page.wait_for_selector(".fa-dated")
    page.focus(".fa-dated[data-n='0']")
    page.keyboard.press("End")
    until(page, "Number(document.activeElement.dataset.n) === 99999")
    assert 5 < page.evaluate(SHOWN) < 300
    page.select_option("#fa-date-jump", "200")
    until(page, "document.querySelector('[data-n=\"50000\"]') !== null")
    assert 5 < page.evaluate(SHOWN) < 300


def test_an_atlas_without_dates_says_so_in_one_line(visit, until, pictured):
    page = visit(pictured)
    page.click("#fa-by-date")
    until(page, "document.getElementById('fa-date-note').textContent.includes('metadata')")
    assert page.evaluate(SHOWN) == 0
    page.click("#fa-date-back")
    assert page.is_hidden("#fa-dates")


def test_a_narrow_window_has_rows_too(visit, until):
    page = visit(viewport={"width": 400, "height": 800})
    page.click("#fa-more")
    page.click(".fa-menu button:has-text('By date')")
    page.wait_for_selector(".fa-dated")
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    assert page.evaluate("document.querySelector('.fa-date-row').children.length") == 3
