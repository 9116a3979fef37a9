"""What the page asks for, and when, in a real Chromium; and answers that come late."""

import re


def test_the_page_of_an_open_map_asks_for_nothing_before_its_tiles(site, open_page):
    page = open_page()
    assert page.request.get(site + "api/atlas").ok  # the map is open
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site)))
    page.goto(site)
    page.wait_for_selector(".leaflet-tile-loaded")
    before = [url for url in asked if not url.startswith("tiles/")]
    first = next(n for n, url in enumerate(asked) if url.startswith("tiles/"))
    assert [url.rpartition("/")[2] for url in asked[:first]] == [
        "",
        "frameatlas.css",
        "frameatlas.js",
    ], before


ZOOMS = """(steps) => {
    const map = FrameAtlas.map.leaflet;
    const tiles = () => document.querySelectorAll('img.leaflet-tile').length;
    const before = tiles();
    map._moveStart(true, false);
    for (let n = 1; n <= steps; n++) {
        map._move(map.getCenter(), map.getZoom() - 0.25, { flyTo: true });
    }
    return [before, tiles()];
}"""
"""As a turning wheel or a flight does, and at once: no timer is heard in between."""

TILES_OF = (
    "[...document.querySelectorAll('img.leaflet-tile')]"
    ".some((one) => one.src.split('/').at(-3) === '{}')"
)
"""Whether there are tiles of a zoom."""


def test_while_the_zoom_changes_no_tile_is_asked_for(visit, until):
    page = visit("#/0.3,0.3,4")
    until(page, "[...document.querySelectorAll('img.leaflet-tile')].every((one) => one.complete)")
    before, while_it_changes = page.evaluate(ZOOMS, 12)
    assert while_it_changes == before
    page.evaluate("FrameAtlas.map.leaflet._moveEnd(true)")
    drawn = (
        "FrameAtlas.map.level() === 1 && document.querySelectorAll('.leaflet-tile-loaded').length"
    )
    until(page, drawn)


def test_fingers_that_rest_on_the_glass_see_tiles_of_where_they_are(visit, until):
    page = visit("#/0.3,0.3,4")
    page.evaluate(ZOOMS, 8)
    until(page, TILES_OF.format(2))
    page.evaluate("FrameAtlas.map.leaflet._moveEnd(true)")


def test_a_zoom_moves_one_picture_for_all_its_tiles(visit, until):
    page = visit("#/0,0,3/c=video")
    until(page, "document.querySelector('canvas.fa-cells') !== null")
    apart = "[...document.querySelectorAll('.leaflet-tile')].filter((one) => one.style.transform)"
    assert page.evaluate(apart + ".length") == 0
    lefts = "[...document.querySelectorAll('img.leaflet-tile')].map((one) => one.style.left)"
    assert len(set(page.evaluate(lefts))) > 1
    page.evaluate("FrameAtlas.state.set({ c: '' })")


def test_tiles_are_moved_as_they_are_and_drawn_anew_at_rest(visit, until):
    page = visit("#/0,0,3")
    held = "getComputedStyle(document.querySelector('.leaflet-tile-container')).willChange"
    until(page, f"{held} === 'auto'")
    for steps in ("map._moveStart(false, false)", "map._moveStart(true, false)"):
        page.evaluate(f"() => {{ const map = FrameAtlas.map.leaflet; {steps}; }}")
        assert page.evaluate(held) == "transform"
        page.evaluate("() => void FrameAtlas.map.leaflet._moveEnd(true)")
        until(page, f"{held} === 'auto'")


def test_numbers_have_commas(visit):
    page = visit()
    shown = page.evaluate("[0, 12, 999, 1149, 100000, 1234567].map(FrameAtlas.number)")
    assert shown == ["0", "12", "999", "1,149", "100,000", "1,234,567"]


def test_an_earlier_wait_says_nothing_in_a_place_that_waits_for_something_else(visit):
    page = visit()
    said = page.evaluate(
        """async () => {
            const place = document.createElement("div");
            FrameAtlas.waiting(new Promise(() => {}), place, "Old");
            await FrameAtlas.waiting(Promise.resolve(), place, "New");
            place.textContent = "found";
            await new Promise((done) => setTimeout(done, 400));
            return place.textContent;
        }"""
    )
    assert said == "found"


def held(page, pattern):
    """Requests that wait until the test lets them go."""
    routes = []

    def hold(route):
        if routes:
            route.continue_()
        else:
            routes.append(route)

    page.route(re.compile(pattern), hold)
    return routes


def caught(page, routes):
    """The first of them, once it is asked."""
    while not routes:
        page.wait_for_timeout(20)
    return routes[0]


def answer(page, late, pattern):
    """Let it go, and give the page time to do what it should not."""
    with page.expect_response(re.compile(pattern)) as answered:
        late.continue_()
    answered.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done, 50))")


def test_a_moment_that_comes_after_another_search_opens_nothing(visit):
    page = visit("#/0,0,2", locale="en")
    routes = held(page, "/api/moment/")
    page.evaluate("window.first = FrameAtlas.search.byText('1.mp4@0:02'); 0")
    late = caught(page, routes)
    page.evaluate("FrameAtlas.search.byText('3.mp4')")
    late.continue_()
    page.evaluate("window.first")
    assert page.evaluate("FrameAtlas.state.value.f") is None
    assert page.evaluate("FrameAtlas.state.value.find") == "3.mp4"
    page.unroute_all(behavior="wait")


def test_a_film_that_comes_after_another_video_was_chosen_is_not_heard(visit, until):
    page = visit("#/way=0/p=video", locale="en")
    routes = held(page, "/api/frame/0")
    page.evaluate(
        """() => {
            window.films = 0;
            const made = FrameAtlas.player.video;
            FrameAtlas.player.video = (...given) => { window.films += 1; return made(...given); };
        }"""
    )
    page.click("#fa-play-way")
    late = caught(page, routes)
    page.evaluate("FrameAtlas.openVideo(1)")
    answer(page, late, "/api/frame/0")
    assert page.evaluate("window.films") == 0
    page.unroute_all(behavior="wait")


def test_the_last_of_two_clicks_opens_its_frame(visit, until):
    page = visit("#/0,0,3", locale="en")
    page.wait_for_selector(".leaflet-tile-loaded")
    routes = held(page, "/api/at")
    click = """([x, y]) => {
        const map = FrameAtlas.map.leaflet;
        const latlng = FrameAtlas.map.toLatLng(x, y);
        map.fire("click", { latlng, containerPoint: map.latLngToContainerPoint(latlng) });
    }"""
    places = page.evaluate(
        """() => Promise.all([40, 41].map(
            async (frame) => (await FrameAtlas.api.json("/api/frame/" + frame)).place))"""
    )
    page.evaluate(click, places[0])
    late = caught(page, routes)
    page.evaluate(click, places[1])
    until(page, "FrameAtlas.state.value.f === 41")
    answer(page, late, "/api/at")
    assert page.evaluate("FrameAtlas.state.value.f") == 41
    page.unroute_all(behavior="wait")
