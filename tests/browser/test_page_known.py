"""Dates, bins and what is said, in a real Chromium: filtered, brushed, put away, played."""

import shutil
from fractions import Fraction

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.bins.stored import edit_bins, frames_of, read_bins, rows_of, with_frames
from frameatlas.columns.column_file import write_columns
from frameatlas.columns.metadata import Metadata, metadata_table
from frameatlas.store.shot_table import ShotTable, write_shots
from frameatlas.subtitles.stored import Line, Subtitles, Track, write_subtitles

NOON = 1_625_313_600.0


@pytest.fixture(scope="module")
def dated(pictured, tmp_path_factory):
    """``pictured`` with dates two months apart, cameras, and lines in its first film."""
    folder = tmp_path_factory.mktemp("dated") / "dated.atlas"
    shutil.copytree(pictured.folder, folder)
    for number, source in enumerate(pictured.sources):
        rows = source.frames if source.kind == "photos" else 1
        place = (48.85, -2.29) if number == 0 else (None, None)
        one = Metadata(NOON + number * 5_000_000, "exif", f"Camera {number % 2}", "", *place)
        table = metadata_table(source, [one] * rows)
        write_columns(folder / "sources" / source.id / "metadata.h5", table)
    lines = (Line(2.25, 3.0, "a menial job"), Line(8.0, 9.0, "another job"))
    place = folder / "sources" / pictured.sources[0].id
    write_subtitles(place, Subtitles((Track("a.srt", "en", lines),)))
    return open_atlas(folder)


@pytest.fixture(scope="module")
def address(dated, serving, tmp_path_factory):
    """Of a server that shows it."""
    from frameatlas.browser import make_app

    with serving(make_app(dated, cache=tmp_path_factory.mktemp("cache"))) as address:
        yield address


@pytest.fixture
def page(chromium_page, address):
    """The page, ready."""
    chromium_page.add_init_script(
        "localStorage.setItem('frameatlas:first-steps', 'look,closer,open')"
    )
    chromium_page.goto(address)
    chromium_page.wait_for_selector("body.fa-ready")
    return chromium_page


def test_a_camera_is_chosen_and_the_map_shows_its_frames(page, until, dated):
    page.click("#fa-chip-where")
    page.click(".fa-menu label:has-text('Camera 1')")
    until(page, "location.hash.includes('where=camera')")
    page.keyboard.press("Escape")
    until(page, "document.querySelector('#fa-chip-where').textContent.includes('Camera 1')")
    found = page.evaluate(
        "FrameAtlas.api.columns(`/api/points/${FrameAtlas.atlas.map}?` + "
        "FrameAtlas.api.query(FrameAtlas.state.filter()), Uint8Array)"
        ".then((answer) => Number(answer.headers.get('X-Total')))"
    )
    assert found == 36 + 24
    page.click(".fa-chip-box:has(#fa-chip-where) .fa-tiny")
    until(page, "!location.hash.includes('where')")


def test_a_span_is_brushed_on_the_time_line(page, until):
    page.click("#fa-chip-where")
    page.wait_for_selector("#fa-time-line i")
    box = page.locator("#fa-time-line").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30, steps=4)
    page.mouse.up()
    until(page, "FrameAtlas.state.value.where.length === 2")
    where = page.evaluate("FrameAtlas.state.value.where")
    assert where[0] == "date>=2021-07-03T12:00:00"
    assert "date<=2021-09-25" < where[1] < "date<=2021-10-05"


def test_the_map_is_coloured_by_a_column_and_its_legend_chooses(page, until):
    page.click("#fa-chip-c")
    page.wait_for_selector(".fa-menu label:has-text('by camera')")
    assert page.evaluate("document.activeElement.closest('.fa-menu') !== null")
    page.click(".fa-menu label:has-text('by camera')")
    until(page, "location.hash.includes('c=column:camera')")
    page.keyboard.press("Escape")
    until(page, "document.querySelectorAll('#fa-legend .fa-alone').length === 2")
    assert page.locator("#fa-legend-head, .fa-legend-head").inner_text().strip() == "By camera"
    rows = page.locator("#fa-legend .fa-alone").all_inner_texts()
    assert sorted(text.split("\n")[0] for text in rows) == ["Camera 0", "Camera 1"]
    page.click("#fa-legend .fa-alone:has-text('Camera 1')")
    until(page, "FrameAtlas.state.value.where[0] === 'camera=Camera 1'")
    page.click("#fa-legend .fa-alone:has-text('Camera 1')")
    until(page, "FrameAtlas.state.value.where.length === 0")


def test_a_site_with_places_says_where_a_frame_was_taken(chromium_page, until, dated, tmp_path):
    from frameatlas.browser import SiteOptions, export_site

    site = export_site(dated, SiteOptions(tmp_path / "site", with_places=True)).output
    chromium_page.goto(f"file://{site}/index.html")
    chromium_page.wait_for_selector("body[data-ready]")
    chromium_page.evaluate("FrameSite.panel.pin(3)")
    until(chromium_page, "document.querySelector('#taken').checkVisibility()")
    assert chromium_page.locator("#taken").inner_text() == "Taken at 48.85000, -2.29000"
    chromium_page.evaluate("FrameSite.panel.pin(FrameSite.about.frames - 1)")
    until(chromium_page, "!document.querySelector('#taken').checkVisibility()")


def test_dates_are_coloured_from_the_first_to_the_last(page, until):
    page.evaluate("FrameAtlas.state.set({c: 'column:date'})")
    until(page, "document.querySelector('#fa-legend').textContent.includes('2021-07-03 …')")
    until(page, "document.querySelectorAll('canvas.fa-cells-column').length > 0")


def test_an_address_with_a_column_of_another_atlas_colours_nothing_and_says_so(page, until):
    page.evaluate("location.hash = '#/c=column:nobody'")
    page.reload()
    page.wait_for_selector("body.fa-ready")
    until(page, "document.body.textContent.includes('this atlas has no column nobody')")
    until(page, "FrameAtlas.state.value.c === ''")


def test_the_panel_of_a_frame_says_what_is_known_and_puts_it_into_a_bin(page, until, dated):
    page.evaluate("FrameAtlas.openFrame(7)")
    page.wait_for_selector("#fa-known")
    assert page.locator("#fa-known").inner_text().split("\n")[:4] == [
        "Date", "2021-07-03 12:00:02.333", "Camera", "Camera 0"]  # fmt: skip
    assert "a menial job" in page.locator("#fa-known").inner_text()
    page.fill("#fa-frame-bin", "best")
    page.click("#fa-frame-bin-put")
    page.wait_for_selector("text=Put into best.")
    assert frames_of(dated, read_bins(dated.folder).frames["best"]).tolist() == [7]
    page.click("#fa-chip-where")
    page.click(".fa-menu label:has-text('best')")
    until(page, "FrameAtlas.state.value.where[0] === 'bins=best'")


def test_the_shots_of_a_video_are_a_strip(page, until, dated):
    first = np.array([0, 360_000, 720_000], np.int64)
    last = np.array([359_000, 719_000, 1_430_000], np.int64)
    kinds, zeros = np.array([0, 1, 2], np.uint8), np.zeros(3, np.float32)
    table = ShotTable(first, last, first, first, kinds, zeros, Fraction(1, 90_000))
    write_shots(dated.folder / "sources" / dated.sources[0].id, table)
    page.evaluate("FrameAtlas.openVideo(0)")
    page.wait_for_selector("#fa-shots button")
    assert page.locator("#fa-shots button").count() == 3
    page.locator("#fa-shots button").nth(1).click()
    until(page, "FrameAtlas.state.value.f === 18")


def test_a_line_plays_from_its_very_moment(page, until):
    page.evaluate("FrameAtlas.drawer.open('said')")
    page.fill("#fa-said", "JOB")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fa-lines li")
    assert page.locator(".fa-lines li").count() == 2
    assert page.locator(".fa-lines li").first.inner_text().startswith("0:00:02.25 a menial job")
    page.locator(".fa-lines button").first.click()
    until(page, "document.querySelector('.fa-lines video') !== null")
    until(page, "document.querySelector('.fa-lines video').currentTime >= 2.25")
    begin = page.evaluate("document.querySelector('.fa-lines video').src")
    assert begin.endswith("#t=2.25")


def test_axe_finds_nothing_in_what_is_said(page, violations):
    page.evaluate("FrameAtlas.drawer.open('said')")
    page.fill("#fa-said", "JOB")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fa-lines li")
    assert violations(page) == []


def test_each_bin_has_a_cut_list_of_whole_shots(open_page, address, until, dated):
    first = np.array([0, 5, 9], np.int64) * 90_000
    last, zeros = np.append(first[1:] - 3600, 16 * 90_000), np.zeros(3, np.float32)
    kinds = np.array([0, 1, 1], np.uint8)
    table = ShotTable(first, last, first, first, kinds, zeros, Fraction(1, 90_000))
    write_shots(dated.folder / "sources" / dated.sources[0].id, table)
    rows = rows_of(dated, [16, 17])  # from 5.33 to 6 s, a part of the second shot
    edit_bins(dated.folder, lambda now: with_frames(now, "sea / side", rows))
    page = open_page(accept_downloads=True)
    page.add_init_script("localStorage.setItem('frameatlas:first-steps', 'look,closer,open')")
    page.goto(address + "#/v=1/p=selection")
    row = page.locator("#fa-bins li", has_text="sea / side")
    row.locator(".fa-bin-cut").click()
    assert row.locator("input[type=checkbox]").is_checked()
    with page.expect_download() as waited:
        row.locator("[id$=-edl]").click()
    assert waited.value.suggested_filename == "sea _ side.edl"
    lines = waited.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0] == "TITLE: sea / side"
    assert [line.split()[4:6] for line in lines if line.startswith("001")] == [
        ["00:00:05:00", "00:00:09:00"]
    ]
    row.locator("text=sea / side").first.click()
    until(page, "FrameAtlas.state.value.where.join() === 'bins=sea / side'")
    rows = rows_of(dated, [3])
    edit_bins(dated.folder, lambda now: with_frames(now, "another", rows))
    page.evaluate("FrameAtlas.known.load()")
    page.wait_for_selector("#fa-bins li:has-text('another')")
    assert row.locator("[id$=-edl]").is_visible()  # it stays open
