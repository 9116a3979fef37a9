"""The map in a real Chromium: moving over it, hovering, filters, overlays, the address."""

import re

import pytest


def state(page):
    return page.evaluate("({...FrameAtlas.state.value})")


def at(page, frame):
    """Pixels of the window where a frame is drawn."""
    return page.evaluate(
        """async (frame) => {
            const {place} = await FrameAtlas.api.json('/api/frame/' + frame);
            const {leaflet, toLatLng} = FrameAtlas.map;
            const p = leaflet.latLngToContainerPoint(toLatLng(...place));
            return [p.x, p.y];
        }""",
        frame,
    )


def test_opens_with_frames_on_the_map_and_a_name(visit, until):
    page = visit()
    assert page.title() == "pictured · frameatlas"
    assert "120 frames" in page.inner_text("#fa-bar")
    until(page, "document.querySelectorAll('.leaflet-tile-loaded').length > 1")
    assert page.get_attribute("html", "lang") == "en"


def test_pans_by_dragging(visit, until):
    page = visit("#/0,0,4")
    page.mouse.move(500, 400)
    page.mouse.down()
    page.mouse.move(380, 340, steps=4)
    page.mouse.up()
    until(page, "FrameAtlas.state.value.x > 0.01 && FrameAtlas.state.value.y < -0.01")
    until(page, "location.hash.includes(',4')")


def test_zooms_to_a_single_frame_that_fills_its_tile(visit, until):
    page = visit("#/0,0,2")
    x, y = at(page, 53)
    page.mouse.move(x, y)
    for _ in range(12):
        page.mouse.wheel(0, -300)
        page.wait_for_timeout(30)
    until(page, "FrameAtlas.map.leaflet.getZoom() > FrameAtlas.atlas.deepest")
    page.mouse.click(x, y)
    until(page, "FrameAtlas.state.value.f === 53")


def test_hovering_shows_which_video_and_when(visit):
    page = visit("#/0,0,3")
    x, y = at(page, 40)
    page.mouse.move(x + 1, y)
    page.mouse.move(x, y)
    page.wait_for_selector(".fa-card:visible")
    assert "film <b>one<b>.webm" in page.inner_text(".fa-card")
    assert "0:13.3" in page.inner_text(".fa-card")
    assert page.locator(".fa-card b b").count() == 0


def test_the_address_holds_everything_and_back_and_forward_work(visit, until):
    page = visit("#/0.2,-0.1,3/v=0,1/way=1/sel=+r-0.5,0.5,0.5,-0.5")
    assert state(page)["v"] == [0, 1]
    assert state(page)["sel"][0]["points"] == [[-0.5, 0.5], [0.5, -0.5]]
    page.evaluate("FrameAtlas.openFrame(20)")
    page.wait_for_selector("#fa-panel-frame h2")
    page.keyboard.press("Escape")
    assert state(page)["p"] == ""
    page.go_back()
    until(page, "FrameAtlas.state.value.f === 20")
    page.go_back()
    until(page, "FrameAtlas.state.value.f === null")
    page.go_forward()
    until(page, "FrameAtlas.state.value.f === 20")
    here, again = page.evaluate(  # at once: the map may still be flying
        "[location.hash, FrameAtlas.state.address(FrameAtlas.state.parse(location.hash))]"
    )
    assert again == here


@pytest.mark.parametrize(
    "address",
    [
        "#/NaN,1e999,-3/f=-1/p=__proto__/v=a,1e9/sel=+r1;%E0%A4%A/o=nothing/__proto__=1",
        "#" + "/" * 500,
        "#/9,9,99",
    ],
)
def test_garbage_in_the_address_is_left_aside(visit, address):
    page = visit(address)
    assert state(page)["f"] is None
    assert abs(state(page)["x"]) <= 1
    page.wait_for_selector(".leaflet-tile-loaded", state="attached")


def test_filters_act_at_once_on_tiles_and_points(visit):
    page = visit("#/o=points,ways,hits")
    tiles = page.expect_request(re.compile(r"/tiles/.*[?&]v=1\b"))
    with tiles, page.expect_request(re.compile(r"/api/points/.*[?&]v=1\b")):
        page.click("#fa-chip-v")
        page.click(".fa-menu label:has-text('1.mp4')")
    assert "/v=1" in page.evaluate("location.hash")
    page.keyboard.press("Escape")
    page.click("#fa-chip-time")
    page.fill("#fa-time-from", "0:02")
    with page.expect_request(re.compile(r"/tiles/.*v=1&from=2&to=5")):
        page.fill("#fa-time-to", "5")
        page.keyboard.press("Enter")
    page.click("[aria-label='No longer video: 1.mp4']")
    assert state(page)["v"] == []


def test_colours_come_with_what_they_mean(visit):
    page = visit("#/0,0,1")
    page.click("#fa-chip-c")
    with page.expect_request(re.compile(r"/api/cells/.*value=source")):
        page.click(".fa-menu label:has-text('by video')")
    page.wait_for_selector("#fa-legend:visible")
    page.wait_for_selector("#fa-legend li")
    assert page.locator("#fa-legend li").count() == 4


PAINTED = """() => {
    const c = document.querySelector('.fa-canvas');
    const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
    let n = 0;
    for (let i = 3; i < d.length; i += 4) n += d[i] > 0;
    return n;
}"""


@pytest.mark.parametrize("overlay", ["points", "density", "trust", "ways"])
def test_each_overlay_is_switched_on_and_off(visit, overlay, until):
    page = visit("#/o=" if overlay != "ways" else "#/o=/way=0")
    assert page.evaluate(PAINTED) == 0
    page.evaluate("(name) => FrameAtlas.overlays.toggle(name, true)", overlay)
    until(page, f"({PAINTED})() > 30")
    page.evaluate("(name) => FrameAtlas.overlays.toggle(name, false)", overlay)
    until(page, f"({PAINTED})() === 0")


def test_the_legend_says_whether_far_regions_lie_in_order(visit, until):
    page = visit("#/o=")
    page.evaluate("FrameAtlas.atlas.order = 0.62")
    page.evaluate("FrameAtlas.overlays.toggle('trust', true)")
    legend = "document.querySelector('#fa-legend').innerText"
    until(page, f"{legend}.includes('regions far apart: roughly in order of likeness (0.62 of 1)')")
    page.evaluate("FrameAtlas.overlays.toggle('trust', false)")
    until(page, f"!{legend}.includes('regions far apart')")
    page.evaluate("FrameAtlas.atlas.order = null")
    page.evaluate("FrameAtlas.overlays.toggle('trust', true)")
    until(page, f"{legend}.includes('less alike')")
    assert "far apart" not in page.inner_text("#fa-legend")
    page.evaluate("FrameAtlas.overlays.toggle('trust', false)")


def test_groups_have_names_that_are_kept(visit):
    page = visit("#/o=clusters")
    page.wait_for_selector(".fa-cluster", timeout=60_000)  # the first groups load scikit-learn
    page.locator(".fa-cluster .fa-tiny").first.click()
    page.keyboard.type("The <i>sea</i>")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fa-cluster span >> text='The <i>sea</i>'")
    page.click("#fa-overlays")
    page.click(".fa-menu label:has-text('Groups')")
    page.wait_for_selector(".fa-cluster", state="detached")
    page.click(".fa-menu label:has-text('Groups')")
    page.wait_for_selector(".fa-cluster")
    assert "The <i>sea</i>" in page.locator(".fa-cluster span").all_inner_texts()


def without_facts(page, site, facts):
    """Have a page come as while a large map is opened: it asks for the facts, and gets these."""
    inline = re.compile(r'(id="fa-facts">)[^<]*')

    def stripped(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=inline.sub(r"\1", answer.text()))

    page.route(site, stripped)
    page.route(re.compile(r"/api/atlas"), facts)


def test_a_newer_map_is_offered(site, open_page):
    page = open_page()

    def newer(route):
        answer = route.fetch()
        running = {"text": "The atlas is being written.", "done": 1, "under_way": 1}
        route.fulfill(
            response=answer, json={**answer.json(), "newer": "map-2", "indexing": running}
        )

    without_facts(page, site, newer)
    page.goto(site)
    page.wait_for_selector("#fa-news:visible")
    assert "being written" in page.inner_text("#fa-news")
    assert "Show it" in page.inner_text("#fa-news")


def test_without_a_map_the_page_says_so(site, open_page):
    page = open_page()
    page.tolerated.append("503")
    said = {"error": "Expected a map to show. Received: an atlas whose indexing is not finished."}
    without_facts(page, site, lambda route: route.fulfill(status=503, json=said))
    page.goto(site)
    page.wait_for_selector(".fa-trouble")
    assert "not finished" in page.inner_text(".fa-trouble")


def test_too_many_points_give_way_to_density_until_the_window_holds_few(visit, until):
    page = visit("#/0,0,4", locale="en")  # a page of its own: it has no density yet

    def fuller(route):
        answer = route.fetch()
        rows = answer.body()[: 16 * 60]  # half of them, as if there were too many
        route.fulfill(response=answer, body=rows, headers={**answer.headers, "X-Total": "120"})

    page.route(re.compile(r"/api/points/"), fuller)
    with page.expect_request(re.compile(r"/api/density/")):
        page.evaluate("FrameAtlas.overlays.toggle('points', true)")
    until(page, "FrameAtlas.points.crowded()")
    page.unroute_all(behavior="wait")
    with page.expect_request(re.compile(r"/api/points/.*left=.*right=")):
        page.keyboard.press("+")
    until(page, "!FrameAtlas.points.crowded()")


def test_a_colour_goes_around_the_pictures(visit, until):
    page = visit("#/c=video")
    canvas = "[...document.querySelectorAll('canvas.fa-cells')]"
    pixels = "one.getContext('2d').getImageData(0, 0, one.width, one.height).data"
    painted = f"{canvas}.some((one) => {pixels}.some((value) => value > 0))"
    until(page, painted)
    page.evaluate("FrameAtlas.state.set({ c: '' })")
    until(page, "!document.querySelector('canvas.fa-cells')")


def test_colours_are_edges_and_leave_the_pictures_as_they_are(visit, until):
    page = visit("#/0,0,1/c=video")
    until(page, "document.querySelector('canvas.fa-cells') !== null")
    seen = "(one) => { const s = getComputedStyle(one); return s.opacity + s.filter; }"
    page.wait_for_selector(".leaflet-tile-pane img")
    assert page.eval_on_selector(".leaflet-tile-pane img", seen) == "1none"
    assert not page.evaluate("FrameAtlas.points.wanted()")
    page.evaluate("FrameAtlas.overlays.toggle('points', true)")
    until(page, "document.body.classList.contains('fa-dimmed')")
