"""What the page says of itself, in a real Chromium: a server gone, nothing found, waiting."""

import re

import pytest

NO_FIRST_STEPS = "localStorage.setItem('frameatlas:first-steps', 'look,closer,open')"
WINDOW = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def own_page(chromium, site):
    """A page whose network is switched off and on."""
    context = chromium.new_context(viewport=WINDOW, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.add_init_script(NO_FIRST_STEPS)
    page.goto(site + "#/0,0,1")
    page.wait_for_selector("body.fa-ready")
    yield page
    context.close()


def test_a_server_that_goes_leaves_the_tiles_and_a_banner_until_it_is_back(own_page, until):
    page = own_page
    page.wait_for_selector(".leaflet-tile-loaded")
    page.context.set_offline(True)
    page.evaluate("FrameAtlas.map.fly(0.3, 0.3, 3, true)")
    page.wait_for_selector("#fa-lost[role=alert]")
    assert "does not answer" in page.inner_text("#fa-lost")
    shown = """() => [...document.querySelectorAll('img.leaflet-tile')]
        .some((tile) => tile.naturalWidth > 1 && tile.style.visibility !== 'hidden')"""
    assert page.evaluate(shown), "coarser tiles stay where finer ones fail"
    page.evaluate("FrameAtlas.drawer.open('frame'); FrameAtlas.openFrame(20)")
    until(page, "document.querySelector('#fa-panel-frame').innerText.includes('not answer')")
    page.evaluate("FrameAtlas.state.set({ v: [1] })")
    page.wait_for_timeout(300)
    assert page.locator("#fa-lost").count() == 1
    assert page.locator(".fa-toast").count() == 0, "the banner says it once"
    page.context.set_offline(False)
    page.wait_for_selector("#fa-lost", state="detached")
    page.wait_for_selector("#fa-panel-frame h2")
    until(page, "document.querySelectorAll('.leaflet-tile-loaded').length > 0")
    page.evaluate("FrameAtlas.state.set({ v: [], p: '', f: null })")


def test_one_try_now_is_enough(own_page, until):
    page = own_page
    page.context.set_offline(True)
    page.evaluate("FrameAtlas.connection.failed()")
    page.wait_for_selector("#fa-lost")
    page.context.set_offline(False)
    # On a busy machine the page's own try may come first, and take the banner and its button away.
    page.evaluate("document.querySelector('#fa-lost button')?.click()")
    page.wait_for_selector("#fa-lost", state="detached")


@pytest.mark.parametrize("panel", ["frame", "video", "search", "selection", "poster", "charts"])
def test_a_panel_lies_beside_the_map_and_all_of_it_stays_in_sight(own_page, until, panel):
    page = own_page
    page.evaluate("FrameAtlas.state.set({ p: '', f: null })")
    page.evaluate("FrameAtlas.map.whole(true)")
    page.evaluate("(name) => FrameAtlas.drawer.open(name)", panel)
    page.wait_for_selector(f"#fa-panel-{panel}:visible")
    boxes = [page.locator(place).bounding_box() for place in ("#fa-main", "#fa-drawer")]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    corners = "[[-1, -1], [1, 1], [-1, 1], [1, -1]]"
    inside = f"""{corners}.every((place) => {{
        const p = FrameAtlas.map.leaflet.latLngToContainerPoint(FrameAtlas.map.toLatLng(...place));
        const {{x, y}} = FrameAtlas.map.leaflet.getSize();
        return p.x >= 0 && p.y >= 52 && p.x <= x && p.y <= y;
    }})"""
    until(page, inside)
    page.evaluate("FrameAtlas.drawer.close()")
    until(page, inside)


def test_hits_that_were_seen_are_seen_when_a_panel_opens(own_page, until):
    page = own_page
    page.evaluate("FrameAtlas.state.set({ p: '', f: null })")
    page.evaluate("FrameAtlas.hits.show('like', '20')")
    until(page, "FrameAtlas.hits.list().length > 1")
    page.evaluate("FrameAtlas.map.show(FrameAtlas.hits.list().map((hit) => hit.place), 9, true)")
    seen = "FrameAtlas.hits.list().every((hit) => FrameAtlas.map.sees(hit.place))"
    until(page, seen)
    page.evaluate("FrameAtlas.drawer.open('selection')")
    until(page, seen)
    page.evaluate("FrameAtlas.hits.clear()")


def test_a_filter_without_hits_says_so_and_is_cleared(own_page, until):
    page = own_page
    page.evaluate("FrameAtlas.state.set({ p: '', v: [1], from: 9999 }, true)")
    page.wait_for_selector(".fa-empty:visible")
    assert "No frame matches" in page.inner_text(".fa-empty")
    assert page.inner_text("#fa-count") == "0 of 120 frames"
    page.click("#fa-clear-filters")
    page.wait_for_selector(".fa-empty", state="hidden")
    until(page, "document.querySelector('#fa-count').textContent === '120 frames'")
    page.evaluate("FrameAtlas.state.set({ v: [1] })")
    until(page, "document.querySelector('#fa-count').textContent === '36 of 120 frames'")
    page.evaluate("FrameAtlas.state.set({ v: [] })")


def test_zooming_into_a_hole_lands_on_the_nearest_frames(own_page, until):
    page = own_page
    page.evaluate("FrameAtlas.state.set({ v: [3] })")  # the last rows of the map
    page.evaluate("FrameAtlas.map.fly(0, 0.9, 6, true)")
    until(page, "(FrameAtlas.view.facts() || {}).inside > 0 && FrameAtlas.state.value.y < 0.5")
    page.evaluate("FrameAtlas.state.set({ v: [] })")


def test_a_click_beside_the_pictures_says_what_a_click_does(own_page, until):
    page = own_page
    page.evaluate("FrameAtlas.state.set({ v: [3], p: '', f: null })")
    page.evaluate("FrameAtlas.map.whole(true)")
    until(page, "document.querySelector('#fa-count').textContent.startsWith('24')")
    page.mouse.click(700, 120)
    page.wait_for_selector(".fa-toast:has-text('No picture is here')")
    page.click(".fa-toast button")
    until(page, "FrameAtlas.state.value.f >= 96")
    page.evaluate("FrameAtlas.state.set({ v: [], p: '', f: null })")


@pytest.mark.parametrize(
    ("what", "act", "text"),
    [
        (r"/api/frame/33", "FrameAtlas.openFrame(33)", "Opening the frame"),
        (r"/api/nearest/34", "FrameAtlas.openFrame(34)", "Comparing with all frames"),
        (r"/api/similar/3", "FrameAtlas.openVideo(3)", "Comparing its way"),
        (r"/api/find", "FrameAtlas.search.byText('mp4')", "Searching names"),
        (r"/api/trust", "FrameAtlas.overlays.toggle('trust', true)", "Comparing neighbours"),
    ],
)
def test_what_takes_longer_than_a_blink_says_what_it_is(open_page, site, until, what, act, text):
    page = open_page(reduced_motion="reduce")
    page.goto(site + "#/0,0,1")
    page.wait_for_selector("body.fa-ready")
    page.evaluate(
        """([what]) => {
            const ask = window.fetch;
            const late = new RegExp(what);
            window.fetch = async (url, options) => {
                if (late.test(url)) await new Promise((done) => setTimeout(done, 1500));
                return ask(url, options);
            };
        }""",
        [what],
    )
    page.evaluate(act)
    page.wait_for_selector(f"[role=status]:visible:has-text('{text}')")
    gone = f"[role=status]:visible:has-text('{text}')"
    page.wait_for_selector(gone, state="detached", timeout=60_000)


def test_tiles_that_are_late_are_waited_for_with_a_word(own_page, until):
    page, held = own_page, []

    def hold(route):
        held.append(route)

    page.route(re.compile("/tiles/"), hold)
    page.evaluate("FrameAtlas.state.set({ v: [2], p: '' })")
    page.wait_for_selector("#fa-busy:has-text('Drawing the map')")
    page.unroute_all(behavior="ignoreErrors")
    page.evaluate("FrameAtlas.map.refresh()")  # those that were held are lost with their holder
    page.wait_for_selector("#fa-busy", state="hidden")
    page.evaluate("FrameAtlas.state.set({ v: [] })")


def test_three_lines_greet_who_is_new_and_are_put_away_for_good(open_page, site):
    page = open_page(reduced_motion="reduce")
    page.goto(site)
    page.wait_for_selector("#fa-first")
    assert page.locator("#fa-first li").count() == 3
    page.locator("#fa-first li button").first.click()
    assert page.locator("#fa-first li").count() == 2
    page.click("#fa-got-it")
    page.reload()
    page.wait_for_selector("body.fa-ready")
    assert page.locator("#fa-first").count() == 0
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    assert page.locator("#fa-keys section").count() >= 4, "help is by task"
    page.click("dialog button:has-text('first steps')")
    assert page.locator("#fa-first li").count() == 3


def test_a_picture_says_how_many_more_are_behind_it(visit, until):
    page = visit("#/0,0,0")
    until(page, "FrameAtlas.view.facts().level === 3")
    cells = page.evaluate("[...FrameAtlas.view.facts().cells]")
    counts = cells[2::3]
    assert counts
    assert min(counts) >= 2
    shown = page.evaluate("FrameAtlas.view.facts().inside")
    single = 120 - sum(counts)
    assert shown == 120
    assert 0 <= single < 120
