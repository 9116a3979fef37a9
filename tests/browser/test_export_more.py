"""The static site in Chromium: colours, help, frames alike and a clip, all from disk."""

import pytest

from frameatlas.browser import SiteOptions, export_site


@pytest.fixture(scope="module")
def site(pictured, tmp_path_factory):
    from frameatlas.embedder.decode.ffmpeg.clip_cutter import cut_clip

    folder = tmp_path_factory.mktemp("more") / "site"
    return export_site(pictured, SiteOptions(folder, cut_clip=cut_clip)).output


@pytest.fixture
def page(chromium_page, site):
    chromium_page.goto(f"file://{site}/index.html")
    chromium_page.wait_for_selector("body[data-ready]")
    return chromium_page


def coloured(page):
    """Pixels of the edges' canvases that are not clear."""
    return page.evaluate(
        """() => [...document.querySelectorAll("canvas.edges")].reduce((sum, canvas) => {
            const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
            return sum + count;
        }, 0)"""
    )


@pytest.mark.parametrize(("by", "rows"), [("video", 4), ("folder", 3), ("time", 1), ("group", 12)])
def test_edges_are_coloured_and_said(page, until, by, rows):
    page.select_option("#colour", by)
    page.wait_for_selector("canvas.edges")
    until(page, f"document.querySelectorAll('#legend li').length === {rows}")
    assert coloured(page) > 500
    page.select_option("#colour", "")
    until(page, "!document.querySelector('canvas.edges')")
    assert page.locator("#legend").is_hidden()


def test_a_folder_is_named_by_its_largest_video_and_no_name_of_a_folder_is_told(page, site):
    page.select_option("#colour", "folder")
    page.wait_for_selector("#legend li")
    assert "film <b>one<b>.webm" in page.locator("#legend li").all_inner_texts()
    about = (site / "data" / "atlas.js").read_text(encoding="ascii")
    assert "pictured" not in about.replace('"title":"pictured"', "")


def test_the_last_choice_of_colours_counts(page, until):
    page.evaluate(
        """() => {
            const box = document.getElementById("colour");
            for (const by of ["group", "video"]) { box.value = by; box.onchange(); }
        }"""
    )
    until(page, "FrameSite.groupOf")  # what the first choice waited for has come
    page.evaluate("new Promise((done) => setTimeout(done))")
    assert page.locator("#legend li").count() == 4
    layers = page.evaluate(
        "document.querySelectorAll('.leaflet-tile-pane > .leaflet-layer').length"
    )
    assert layers == 2


def test_help_opens_by_button_and_key(page):
    page.click("#question")
    page.wait_for_selector("#help[open]")
    assert "Send a place" in page.inner_text("#help")
    page.keyboard.press("Escape")
    page.wait_for_selector("#help:not([open])", state="attached")
    page.keyboard.press("?")
    page.wait_for_selector("#help[open]")
    page.click("#help button")
    page.wait_for_selector("#help:not([open])", state="attached")


def test_frames_like_this_lead_on(page, until):
    page.evaluate("FrameSite.panel.pin(3)")
    page.wait_for_selector("#like button")
    expected = page.evaluate("FrameSite.alike(3)")
    assert page.locator("#like button").count() == len(expected)
    page.locator("#like button").first.click()
    until(page, f"FrameSite.panel.pinned === {expected[0]}")


def test_a_clip_plays_from_the_frames_moment(page, until):
    page.evaluate("FrameSite.panel.pin(24)")  # eight seconds into the film
    page.wait_for_selector("#play")
    page.evaluate(
        """() => {
            window.plays = HTMLMediaElement.prototype.play;
            HTMLMediaElement.prototype.play = () => Promise.resolve();
        }"""
    )
    page.click("#play")
    page.wait_for_selector("#panel video")
    until(page, "document.querySelector('#panel video').readyState >= 2")
    # However long this took, it has not run on.
    began = page.evaluate("document.querySelector('#panel video').currentTime")
    assert began == pytest.approx(2, abs=0.2)
    page.evaluate("window.plays.call(document.querySelector('#panel video'))")
    until(page, f"document.querySelector('#panel video').currentTime > {began}")
    assert "/clips/0/1." in page.evaluate("document.querySelector('#panel video').src")
    page.evaluate("FrameSite.panel.pin(90)")  # a photo
    until(page, "!document.querySelector('#panel video')")
    assert page.locator("#play").is_hidden()
