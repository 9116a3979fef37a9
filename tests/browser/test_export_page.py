"""The static site in a real Chromium, opened from disk as somebody opens it who was sent it."""

import io
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from frameatlas.browser import SiteOptions, export_site
from frameatlas.drawing.tiles import pyramid_of

MIDDLE = (640, 400)


@pytest.fixture(scope="module")
def atlas(synthetic_atlas, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "holiday.atlas"
    return synthetic_atlas(folder, sources=(("video", 40), ("video", 15), ("photos", 5)))


@pytest.fixture(scope="module")
def pyramid(atlas):
    return pyramid_of(atlas)


@pytest.fixture(scope="module")
def site(atlas):
    return export_site(atlas, SiteOptions(atlas.folder.with_name("site"))).output


@pytest.fixture
def page(chromium_page, site):
    return opened(chromium_page, site)


def opened(page, site, place=""):
    page.goto(f"file://{site}/index.html{place}")
    page.wait_for_selector("body[data-ready]")
    settled(page)
    return page


def settled(page):
    """Wait until the map rests and every tile is loaded and opaque."""
    page.evaluate(
        """() => new Promise((rest) => {
          let [before, quiet] = ["", 0];
          const look = () => {
            const map = FrameSite.map.map;
            const now = `${map.getCenter()} ${map.getZoom()}`;
            const loading = document.querySelector(".leaflet-tile:not(.leaflet-tile-loaded)");
            quiet = now === before && !loading ? quiet + 1 : 0;
            before = now;
            if (quiet > 4) rest();
            else setTimeout(look, 80);
          };
          look();
        })"""
    )


def seen(page):
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)


def hash_of(pyramid, frame, zoom, more=""):
    x, y = pyramid.places[frame]
    return f"#{x:.6f},{y:.6f},{zoom}{more}"


def test_it_opens_with_the_whole_map(page, atlas, pyramid):
    assert page.title() == "holiday · frameatlas"
    assert page.inner_text("#count") == "60 frames of 2 videos and 5 photos"
    assert page.evaluate("document.documentElement.lang") == "en"
    box = page.evaluate(
        "(() => { const b = FrameSite.map.map.getBounds(); return [b.getWest(), b.getEast()]; })()"
    )
    assert box[0] <= 0.5
    assert box[1] >= 255.5


def test_the_page_knows_which_frame_is_where(page, pyramid):
    rng = np.random.default_rng(0)
    places = np.concatenate([rng.uniform(-1, 1, (60, 2)), pyramid.places])
    for z in range(pyramid.deepest + 1):
        said = page.evaluate("([p, z]) => p.map((at) => FrameSite.at(at, z))", [places.tolist(), z])
        expected = [pyramid.at(x, y, z) for x, y in places]
        assert said == [-1 if frame is None else frame for frame in expected]
        bounds = page.evaluate("(z) => FrameSite.bounds(7, z)", z)
        assert bounds == pytest.approx(pyramid.bounds(7, z))


def test_at_the_deepest_zoom_a_frame_fills_the_middle(chromium_page, site, pyramid, synthetic):
    for frame in (0, 59):
        opened(chromium_page, site, f"?{frame}" + hash_of(pyramid, frame, pyramid.deepest))
        around = seen(chromium_page)[390:410, 620:660].reshape(-1, 3)
        assert np.abs(np.median(around, axis=0) - synthetic.colour_of(frame)).max() <= 8


def test_the_wheel_brings_the_place_under_the_pointer_closer(page):
    page.mouse.move(300, 300)
    where = "FrameSite.map.toPlace(FrameSite.map.map.containerPointToLatLng([300, 300]))"
    place, zoom = page.evaluate(where), page.evaluate("FrameSite.map.map.getZoom()")
    for _ in range(3):
        page.mouse.wheel(0, -100)
        page.wait_for_timeout(50)
    page.wait_for_timeout(700)
    assert page.evaluate("FrameSite.map.map.getZoom()") > zoom + 1
    assert page.evaluate(where) == pytest.approx(place, abs=0.01)
    for _ in range(40):
        page.mouse.wheel(0, 100)
    page.wait_for_timeout(900)
    assert page.evaluate("FrameSite.map.map.getZoom() === FrameSite.map.map.getMinZoom()")


def test_dragging_moves_the_map(page):
    page.keyboard.press("+")
    settled(page)
    before = page.evaluate("FrameSite.map.map.getCenter().lng")
    page.mouse.move(*MIDDLE)
    page.mouse.down()
    page.mouse.move(500, 400, steps=5)
    page.mouse.up()
    page.wait_for_timeout(500)
    assert page.evaluate("FrameSite.map.map.getCenter().lng") > before


def test_hover_names_the_frame_and_a_click_pins_it(chromium_page, site, pyramid, atlas):
    page = opened(chromium_page, site, hash_of(pyramid, 41, pyramid.deepest))
    page.mouse.move(MIDDLE[0] + 9, MIDDLE[1])
    assert page.inner_text("#card b") == "1.mp4"
    assert page.inner_text("#card span") == "0:00:00.33"
    page.mouse.click(*MIDDLE)
    assert page.inner_text("#panel h2") == "1.mp4"
    assert page.inner_text("#address") == "1.mp4@0.33"
    assert "frame 2 of 15" in page.inner_text("#position")
    page.click("#after")
    assert page.inner_text("#address") == "1.mp4@0.67"
    page.keyboard.press(",")
    page.keyboard.press(",")
    assert page.inner_text("#address") == "1.mp4@0.00"
    assert page.is_disabled("#before")
    assert page.evaluate("location.hash").endswith(",40")
    page.click("#copy")
    page.wait_for_selector("#status:not([hidden])")
    assert page.inner_text("#status") == "Copied 1.mp4@0.00"
    page.keyboard.press("Escape")
    assert page.is_hidden("#panel")


def test_the_way_of_a_video_is_drawn_and_taken_away(page):
    page.click("#videos")
    assert page.locator("#rows li").count() == 3
    before = seen(page)
    page.get_by_label("Way of 0.mp4 over the map").check()
    page.wait_for_timeout(200)
    assert (np.abs(seen(page) - before)[:, 400:].max(axis=2) > 60).sum() > 500
    assert page.locator(".atlas-path-label").inner_text() == "0.mp4"
    page.click("#clear")
    page.wait_for_timeout(200)
    assert page.locator(".atlas-path-label").count() == 0
    assert not page.get_by_label("Way of 0.mp4 over the map").is_checked()


def test_search_finds_videos_and_photos_by_their_names(page, pyramid):
    page.keyboard.press("/")
    page.keyboard.type("1.MP")
    assert page.locator("#rows b").all_inner_texts() == ["1.mp4"]
    page.fill("#search", "photo 3")
    assert page.locator("#rows b").all_inner_texts() == ["photo 3.jpg"]
    page.keyboard.press("Enter")
    assert page.inner_text("#panel h2") == "photo 3.jpg"
    assert page.inner_text("#address") == "2@3"
    page.fill("#search", "nowhere")
    assert "Nothing" in page.inner_text("#found")


def test_the_keyboard_alone_is_enough(chromium_page, site, pyramid):
    page = opened(chromium_page, site, hash_of(pyramid, 20, pyramid.deepest))
    page.keyboard.press("Enter")
    assert page.inner_text("#address") == "0.mp4@6.67"
    before = page.evaluate("FrameSite.map.map.getCenter().lng")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert page.evaluate("FrameSite.map.map.getCenter().lng") > before
    page.keyboard.press("w")
    assert page.locator(".atlas-path-label").count() == 1
    page.keyboard.press("0")
    settled(page)
    assert page.evaluate("FrameSite.map.tileZoom()") < pyramid.deepest
    page.keyboard.press("v")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator("#rows input").first.is_checked() is False


def test_it_is_light_or_dark_as_one_likes(open_page, site):
    grounds = []
    for scheme in ("light", "dark"):
        page = opened(open_page(color_scheme=scheme), site)
        grounds.append(seen(page)[5, 900].sum())
        page.keyboard.press("t")
        page.wait_for_timeout(100)
        grounds.append(seen(page)[5, 900].sum())
    light, switched, dark, back = grounds
    assert min(light, back) > 600
    assert max(switched, dark) < 150


def test_a_phone_shows_all_of_it(open_page, site, pyramid):
    page = open_page(
        viewport={"width": 390, "height": 780},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    opened(page, site, hash_of(pyramid, 5, pyramid.deepest))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.touchscreen.tap(195, 390)
    page.wait_for_selector("#panel:not([hidden])")
    box = page.locator("#panel").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 780


def test_a_shallow_site_shows_what_its_tiles_have(
    chromium_page, atlas, pyramid, synthetic, tmp_path
):
    shallow = export_site(atlas, SiteOptions(tmp_path / "shallow", depth=0)).output
    page = opened(chromium_page, shallow)
    shown = set(pyramid.tile(0, 0, 0).ravel().tolist()) - {-1}
    assert len(shown) < len(atlas)
    assert page.evaluate("[...Array(60).keys()].filter(FrameSite.shown)") == sorted(shown)
    for frame in sorted(shown)[::9]:
        page.evaluate("(frame) => FrameSite.panel.pin(frame)", frame)
        page.wait_for_timeout(150)
        box = page.locator("#panel > .picture").bounding_box()
        part = seen(page)[int(box["y"]) + 60 : int(box["y"]) + 200, int(box["x"]) + 60 :][:, :300]
        assert np.abs(np.median(part, axis=(0, 1)) - synthetic.colour_of(frame)).max() <= 12
    page.evaluate("(frame) => FrameSite.panel.pin(frame)", min(shown))
    page.keyboard.press(".")
    assert page.evaluate("FrameSite.panel.pinned") == sorted(shown)[1]


def test_no_line_of_the_ground_shows_between_tiles(open_page, synthetic_atlas, tmp_path):
    side = (np.arange(16) + 0.5) / 8 - 1
    grid = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    atlas = synthetic_atlas(
        tmp_path / "full.atlas", sources=(("video", 256),), coordinates=grid, dimension=16
    )
    pixels = np.load(next(atlas.folder.glob("sources/*/frames.npy")), mmap_mode="r+")
    pixels[:] = 230
    pixels.flush()
    full = export_site(atlas, SiteOptions(tmp_path / "site", depth=1)).output
    page = open_page(color_scheme="dark")
    for zoom in (1.37, 1.8):
        opened(page, full, f"?{zoom}#0,0,{zoom}")
        assert seen(page)[230:570, 330:940].min() > 215, f"a gap at zoom {zoom}"


def test_it_works_from_a_web_host(chromium_page, site):
    handler = partial(SimpleHTTPRequestHandler, directory=site.parent)
    handler.log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium_page.goto(f"http://127.0.0.1:{server.server_port}/site/")
        chromium_page.wait_for_selector("body[data-ready]")
        settled(chromium_page)
        server.shutdown()


def test_a_missing_file_is_told(chromium_page, site, tmp_path):
    broken = shutil.copytree(site, tmp_path / "broken")
    (broken / "data/frames-0.js").unlink()
    chromium_page.tolerated.append("ERR_FILE_NOT_FOUND")
    chromium_page.goto(f"file://{broken}/index.html")
    chromium_page.wait_for_selector("#status:not([hidden])")
    assert "export the site again" in chromium_page.inner_text("#status")
