"""The page for everybody, in a real Chromium: keys, readers, a phone, light and dark."""

import pytest

NAMELESS = """() => [...document.querySelectorAll('button, input, select, a, video, img, canvas')]
    .filter((one) => one.checkVisibility() && !one.closest('[aria-hidden=true], .leaflet-pane'))
    .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.title
        || one.closest('label') || one.hasAttribute('alt')))
    .map((one) => one.outerHTML.slice(0, 200))"""

PLACE = """async (frame) => {
            const {place} = await FrameAtlas.api.json('/api/frame/' + frame);
            const {leaflet, toLatLng} = FrameAtlas.map;
            const p = leaflet.latLngToContainerPoint(toLatLng(...place));
            return [p.x, p.y];
        }"""
"""Pixels of the window where a frame is drawn."""


def test_everything_by_keyboard(visit, until):
    page = visit("#/0,0,3")
    page.keyboard.press("ArrowRight")
    until(page, "FrameAtlas.state.value.x > 0")
    page.keyboard.press("+")
    until(page, "FrameAtlas.state.value.z > 3.5")
    page.focus("#fa-map")
    page.keyboard.press("Enter")
    page.wait_for_selector("#fa-panel-frame h2")
    first = page.evaluate("FrameAtlas.state.value.f")
    page.keyboard.press("]")
    until(page, f"FrameAtlas.state.value.f === {first + 1}")
    until(page, "document.querySelector('#fa-live').textContent.includes('at')")
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    until(page, "FrameAtlas.state.value.z < 3")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="hidden")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "fa-search"
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_selector("#fa-export-csv")
    seen = [
        page.keyboard.press("Tab") or page.evaluate("document.activeElement.tagName")
        for _ in range(4)
    ]
    assert set(seen) <= {"BUTTON", "INPUT", "A", "SELECT", "DIV"}


def test_a_narrow_phone_has_a_sheet_at_the_bottom(visit):
    page = visit("#/0,0,3", viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    x, y = page.evaluate(PLACE, 53)
    page.touchscreen.tap(x, y)
    page.wait_for_selector("#fa-panel-frame h2")
    page.wait_for_timeout(300)
    box = page.locator("#fa-drawer").bounding_box()
    assert box["width"] == 390
    assert box["y"] > 250


def test_dark_as_the_system_says_and_by_the_switch(visit):
    page = visit(color_scheme="dark")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.click("#fa-theme")
    assert page.get_attribute("html", "data-theme") == "light"
    page.reload()
    page.wait_for_selector("body.fa-ready")
    assert page.get_attribute("html", "data-theme") == "light"


@pytest.mark.parametrize("panel", ["frame", "video", "search", "selection", "poster"])
def test_everything_has_a_name_for_readers(visit, until, panel):
    page = visit(f"#/f=20/way=0,1/sel=+r-1,1,0,0/p={panel}")
    until(page, f"document.querySelector('#fa-panel-{panel}').children.length > 1")
    assert page.evaluate(NAMELESS) == []
    assert page.locator("[role=tab][aria-selected=true]").count() == 1
    ids = page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_light_and_dark_are_readable(visit):
    contrast = """() => {
        const mix = (text) => {
            const c = document.createElement('canvas').getContext('2d');
            c.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(text);
            c.fillRect(0, 0, 1, 1);
            return [...c.getImageData(0, 0, 1, 1).data].slice(0, 3);
        };
        const light = (rgb) => rgb.map((v) => v / 255)
            .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
        const pairs = [['--text', '--raised'], ['--muted', '--raised'], ['--muted', '--sunken'],
            ['--accent', '--raised'], ['--accent-text', '--accent'], ['--bad', '--raised']];
        return pairs.map(([a, b]) => {
            const [x, y] = [light(mix(a)), light(mix(b))].sort((p, q) => q - p);
            return [a, b, (x + 0.05) / (y + 0.05)];
        });
    }"""
    page = visit()
    for theme in ("light", "dark"):
        page.evaluate("(t) => { document.documentElement.dataset.theme = t; }", theme)
        for one, other, ratio in page.evaluate(contrast):
            assert ratio >= 4.5, f"{theme}: {one} on {other}"
    page.evaluate("FrameAtlas.theme.apply()")
