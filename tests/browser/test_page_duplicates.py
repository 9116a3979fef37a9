"""Duplicates side by side, in a real Chromium: kept, said to differ, listed; nothing is deleted."""

import shutil
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.bins.stored import read_bins
from frameatlas.store.shot_table import ShotTable, write_shots


@pytest.fixture
def twins(pictured, tmp_path):
    """``pictured``, its second video a copy of the fourth, and three of its photos the same."""
    folder = tmp_path / "twins.atlas"
    shutil.copytree(pictured.folder, folder)
    place = next(folder.glob("maps/*/scores.npy"))
    scores = np.load(place, mmap_mode="r+")
    scores[:] = np.random.default_rng(3).normal(size=scores.shape).astype(np.float16)
    scores[48:84] = np.repeat(scores[96:108], 3, axis=0)
    scores[108:120] = scores[96:108]
    apart = np.concatenate([np.eye(scores.shape[1]), -np.eye(scores.shape[1])])
    scores[84:96] = apart[[0, 0, 0, *range(1, 10)]]
    scores.flush()
    moved = list(pictured.manifest.sources)
    for number in (1, 3):
        path = tmp_path / f"film {number}.mp4"
        path.write_bytes(bytes(2_000_000 * number))
        moved[number] = replace(moved[number], path=str(path))
    manifest = replace(pictured.manifest, sources=tuple(moved))
    (folder / "atlas.json").write_text(manifest.to_json(), encoding="utf-8")
    return open_atlas(folder)


@pytest.fixture
def page(twins, serving, open_page, tmp_path):
    from frameatlas.browser import make_app

    with serving(make_app(twins, cache=tmp_path / "cache")) as address:
        page = open_page(accept_downloads=True)
        page.add_init_script("localStorage.setItem('frameatlas:first-steps', 'look,closer,open')")
        page.goto(address)
        page.wait_for_selector("body.fa-ready")
        page.click("#fa-open-duplicates")
        page.wait_for_selector(".fa-dup")
        yield page


GROUPS = "document.querySelectorAll('.fa-dup-group').length"


def test_one_is_kept_and_the_other_listed(page, until, twins, tmp_path):
    assert page.evaluate(GROUPS) == 2
    assert page.is_disabled("#fa-dup-download")
    films = page.locator(".fa-dup-group", has_text="2 videos")
    words = films.locator(".fa-dup", has_text="film 3.mp4").locator(".fa-word").all_inner_texts()
    assert "larger" in words  # the file
    films.locator(".fa-dup", has_text="film 1.mp4").locator(".fa-keep").click()
    until(page, "document.querySelector('.fa-kept') !== null")
    assert "1 file to spare, 6.0 MB" in page.inner_text("#fa-dup-note")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Keep film 1.mp4"
    with page.expect_download() as waited:
        page.click("#fa-dup-download")
    assert waited.value.suggested_filename == "spare.txt"
    listed = waited.value.path().read_text(encoding="utf-8")
    assert listed == f"{tmp_path / 'film 3.mp4'}\n"
    assert (tmp_path / "film 3.mp4").exists()
    assert read_bins(twins.folder).kept == {twins.sources[1].id}


def test_what_is_not_the_same_leaves_its_group_and_comes_back(page, until, twins):
    photos = page.locator(".fa-dup-group", has_text="3 photos")
    photos.locator(".fa-not-same").first.click()
    page.wait_for_selector(".fa-dup-group:has-text('2 photos')")
    assert len(read_bins(twins.folder).different) == 2
    page.click("#fa-dup-undo")
    page.wait_for_selector(".fa-dup-group:has-text('3 photos')")
    assert not read_bins(twins.folder).different
    films = page.locator(".fa-dup-group", has_text="2 videos")
    films.locator(".fa-not-same").first.click()
    until(page, f"{GROUPS} === 1")
    page.reload()
    page.wait_for_selector(".fa-dup")
    assert page.evaluate(GROUPS) == 1


def test_where_shots_are_known_each_row_is_a_shot(twins, serving, open_page, until, tmp_path):
    from frameatlas.browser import make_app

    first = np.array([0, 4], np.int64) * 90_000
    kinds, strength = np.array([0, 1], np.uint8), np.zeros(2, np.float32)
    table = ShotTable(
        first, np.array([356_400, 720_000]), first, first, kinds, strength, Fraction(1, 90_000)
    )
    write_shots(twins.folder / "sources" / twins.sources[3].id, table)
    with serving(make_app(twins, cache=tmp_path / "cache")) as address:
        page = open_page(accept_downloads=True)
        page.add_init_script("localStorage.setItem('frameatlas:first-steps', 'look,closer,open')")
        page.goto(address)
        page.wait_for_selector("body.fa-ready")
        page.click("#fa-open-duplicates")
        page.wait_for_selector(".fa-dup")
        assert page.is_checked("#fa-dup-shots")
        assert "1 shot" not in page.inner_text("#fa-dup-note")
        assert "The shots of 2 videos are not known" in page.inner_text("#fa-dup-note")
        shots = page.locator(".fa-dup-group", has_text="2 shots")
        assert shots.locator(".fa-dup").count() == 2
        assert shots.locator(".fa-keep").count() == 0  # a shot is no file to be spared
        shots.locator(".fa-all-frames").first.click()
        assert shots.locator(".fa-dup").first.locator(".fa-thumb").count() == 12
        with page.expect_download() as waited:
            page.click("#fa-dup-cut-edl")
        events = waited.value.path().read_text().split("FROM CLIP NAME")
        assert len(events) >= 2
        shots.locator(".fa-not-same").first.click()
        until(page, f"{GROUPS} === 1")
        assert len(read_bins(twins.folder).different) == 1
        page.uncheck("#fa-dup-shots")
        page.wait_for_selector(".fa-dup-group:has-text('2 videos')")
        assert "dup=0.25" in page.url or page.evaluate("FrameAtlas.state.value.dup") == "0.25"


def test_escape_and_the_other_view_close_it(page, until):
    page.keyboard.press("Escape")
    assert page.is_hidden("#fa-duplicates")
    assert not page.evaluate("document.getElementById('fa-map').inert")
    page.go_back()
    page.wait_for_selector(".fa-dup")
    page.click("#fa-by-date")
    until(page, "document.getElementById('fa-duplicates').hidden")
    assert page.is_visible("#fa-dates")
    assert page.evaluate("document.getElementById('fa-map').inert")
    page.click("#fa-open-duplicates")
    until(page, "document.getElementById('fa-dates').hidden")
    assert page.evaluate("document.getElementById('fa-map').inert")


def test_a_narrow_window_shows_them_too(page, until):
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_selector(".fa-dup")
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    assert page.evaluate("document.querySelector('.fa-keep').getBoundingClientRect().right < 400")
