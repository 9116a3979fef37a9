"""Narrow windows and fingers, in a real Chromium."""

import pytest

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SIDEWAYS = {**PHONE, "viewport": {"width": 844, "height": 390}}
ZOOMED = {"viewport": {"width": 720, "height": 450}}  # 1440 pixels at 200 %

SMALL = """() => [...document.querySelectorAll(
        'button, select, input:not([type=file]):not(.fa-off), a[href], summary')]
    .filter((one) => one.checkVisibility() && !one.closest('.leaflet-pane, [inert]'))
    .map((one) => (one.closest('label') || one))
    .filter((one) => { const r = one.getBoundingClientRect();
        return r.width > 0 && (r.height < 43.5 || r.width < 24); })
    .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def touched(chromium, site):
    """A phone's page."""
    context = chromium.new_context(reduced_motion="reduce", **PHONE)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(site)
    page.wait_for_selector("body.fa-ready")
    yield page
    context.close()


def test_a_phone_begins_with_the_whole_map_its_name_and_its_count(touched):
    page = touched
    seen = page.evaluate("FrameAtlas.map.seen()")
    assert seen["width"] > 1.99
    assert seen["height"] > 1.99
    assert "pictured" in page.inner_text(".fa-name")
    assert "120 frames" in page.inner_text(".fa-name")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.tap("#fa-got-it")


@pytest.mark.parametrize(
    "address",
    ["#/c=video", "#/f=20/p=frame", "#/way=0,1/p=video", "#/p=search/find=mp4"]
    + ["#/p=selection/sel=+r-1,1,0,0", "#/p=poster", "#/like=20"],
)
def test_fingers_find_everything_large_enough(touched, until, address):
    page = touched
    page.evaluate("(address) => { location.hash = address; }", address)
    page.evaluate("FrameAtlas.state.reread()")
    page.wait_for_timeout(400)
    assert page.evaluate(SMALL) == []


def test_a_finger_adds_and_takes_away_without_keys(touched, until):
    page = touched
    page.evaluate("location.hash = '#/p=selection'; FrameAtlas.state.reread()")
    until(page, "document.querySelector('[name=fa-select-mode]') !== null")
    assert "Shift" not in page.inner_text("#fa-panel-selection")
    page.check("[name=fa-select-mode][value=subtract]")
    assert page.evaluate("FrameAtlas.select.mode()") == "subtract"
    page.check("[name=fa-select-mode][value=new]")


def test_every_panel_is_reached_on_a_phone(touched, until):
    page = touched
    page.evaluate("location.hash = '#/'; FrameAtlas.state.reread()")
    page.tap("#fa-more")
    page.wait_for_selector(".fa-menu")
    page.tap(".fa-menu button:has-text('Poster')")
    until(page, "FrameAtlas.state.value.p === 'poster'")


@pytest.mark.parametrize("how", [ZOOMED, SIDEWAYS], ids=["at 200 %", "a phone on its side"])
def test_filters_are_there_in_a_low_window(visit, how):
    page = visit("#/", **how)
    for name in ("v", "time", "k", "c"):
        chip = page.locator(f"#fa-chip-{name}").bounding_box()
        assert chip["x"] >= 0
        assert chip["x"] + chip["width"] <= how["viewport"]["width"]
    seen = page.evaluate("FrameAtlas.map.seen()")
    assert seen["width"] > 1.99
    assert seen["height"] > 1.99


def test_nothing_lies_on_the_whole_map_but_the_way_to_zoom(visit):
    page = visit("#/", viewport={"width": 1280, "height": 800})
    assert not page.locator(".fa-minimap").is_visible()
    page.evaluate("FrameAtlas.map.fly(0, 0, 3, true)")
    page.wait_for_selector(".fa-minimap:visible")
