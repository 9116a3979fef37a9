"""The panels in a real Chromium: frame, film, search, selection, poster, charts."""

import json
import re

import pytest

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c636060600000000400015e3f0a2a0000000049454e44ae426082"
)


def state(page):
    return page.evaluate("({...FrameAtlas.state.value})")


def box_of(page):
    """Where the map is free of bar and drawer: its middle, in pixels of the window."""
    return page.evaluate(
        """() => {
            const {x, y} = FrameAtlas.map.seen();
            const p = FrameAtlas.map.leaflet.latLngToContainerPoint(FrameAtlas.map.toLatLng(x, y));
            return [p.x, p.y];
        }"""
    )


def test_a_frame_is_shown_with_its_video_time_and_neighbours(visit, until):
    page = visit("#/0,0,2/f=20/p=frame")
    until(page, "document.querySelectorAll('#fa-panel-frame .fa-thumb').length > 1")
    text = page.inner_text("#fa-panel-frame")
    assert "film <b>one<b>.webm" in text
    assert "0:06.7" in text
    assert "poster of this view" in text
    page.click("[aria-label='Next frame ( ] )']")
    until(page, "FrameAtlas.state.value.f === 21")
    with page.expect_response(re.compile(r"/api/nearest/21\?.*apart=1")):
        page.check("#fa-apart")
    list_ = "document.querySelector('#fa-panel-frame section')"
    until(page, f"!{list_}.innerText.includes('Comparing')")
    thumbs = "[...document.querySelectorAll('#fa-panel-frame .fa-thumb')]"
    until(page, f"{thumbs}.every((one) => Number(one.dataset.frame) >= 48)")
    shown = page.eval_on_selector_all(
        "#fa-panel-frame .fa-thumb", "all => all.map(one => Number(one.dataset.frame))"
    )
    assert min(shown, default=48) >= 48
    assert shown or "No frame of another video" in page.inner_text("#fa-panel-frame")
    page.uncheck("#fa-apart")
    page.click("button:has-text('Show them on the map')")
    until(page, "FrameAtlas.hits.list().length === 25")


def test_link_and_moment_are_copied(visit, until):
    page = visit("#/f=20/p=frame", permissions=["clipboard-read", "clipboard-write"])
    page.click("#fa-copy-address")
    until(page, "navigator.clipboard.readText().then((t) => t.endsWith('.webm@6.667'))")
    page.click("[aria-label='Copy the link to this view']")
    until(page, "navigator.clipboard.readText().then((t) => t === location.href)")


def test_a_film_plays_from_a_few_seconds_before_and_shows_where_it_is(visit, until):
    page = visit("#/f=20/p=frame")
    until(page, "document.querySelector('#fa-panel-frame').innerText.includes('0:06.7')")
    assert page.inner_text("#fa-play") == "Play from 0:04"
    with page.expect_request(re.compile(r"/video/0\?")) as asked:
        page.click("#fa-play")
    assert "range" in asked.value.all_headers()
    until(page, "(document.querySelector('video') || {}).currentTime > 3.4")
    assert page.evaluate("document.querySelector('video').currentTime") < 8
    until(page, "document.querySelector('#fa-panel-frame .fa-time').textContent !== '0:06.7'")
    page.keyboard.press("Escape")
    until(page, "document.querySelector('video') === null")


def test_a_video_that_was_moved_says_where_it_was_expected(visit, until):
    page = visit("#/f=60/p=frame")
    until(page, "document.querySelector('#fa-panel-frame').innerText.includes('/videos/1.mp4')")
    assert "not where it was" in page.inner_text("#fa-panel-frame")
    assert page.locator("#fa-play").count() == 0


def test_a_way_is_scrubbed_and_compared_with_another(visit, until):
    page = visit("#/p=video")
    page.select_option("#fa-choose-video", "0")
    until(page, "FrameAtlas.state.value.way.join() === '0'")
    page.fill("#fa-scrub", "30")
    until(page, "document.querySelector('#fa-panel-video output').textContent === '0:10.0'")
    page.locator("button:has-text('Compare')").first.click()
    until(page, "FrameAtlas.state.value.way.length === 2")
    assert page.locator(".fa-beside canvas").count() == 2


def test_search_by_picture_flies_to_its_place(visit, until):
    page = visit("#/p=search")
    page.set_input_files("#fa-file", {"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    until(page, "document.querySelectorAll('#fa-results .fa-thumb').length === 24")
    assert page.get_attribute("#fa-results .fa-thumb", "data-frame") == "30"
    until(page, "FrameAtlas.hits.list().some((hit) => hit.query)")
    until(page, "FrameAtlas.hits.list().every((hit) => FrameAtlas.map.sees(hit.place))")


def test_a_link_to_a_search_by_picture_shows_its_hits_while_the_server_lives(visit, until):
    page = visit("#/p=search")
    page.set_input_files("#fa-file", {"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    until(page, "location.hash.includes('/q=')")
    address = page.evaluate("location.hash")
    other = visit(address, viewport={"width": 1280, "height": 800})
    until(other, "document.querySelectorAll('#fa-results .fa-thumb').length === 24")
    assert other.evaluate("FrameAtlas.hits.list().some((hit) => hit.query)")
    other.tolerated.append("/api/jobs/gone-gone-gone")
    other.evaluate("location.hash = '#/p=search/q=gone-gone-gone'; FrameAtlas.state.reread()")
    until(other, "document.querySelector('#fa-results').innerText.includes('not kept any more')")


def test_a_picture_is_dropped_anywhere(visit, until):
    page = visit("#/")
    page.evaluate(
        """(bytes) => {
            const held = new DataTransfer();
            held.items.add(new File([new Uint8Array(bytes)], "a.png", {type: "image/png"}));
            for (const kind of ["dragenter", "dragover", "drop"]) {
                const how = {dataTransfer: held, bubbles: true, cancelable: true};
                const event = new DragEvent(kind, how);
                document.querySelector("#fa-map").dispatchEvent(event);
            }
        }""",
        list(PNG),
    )
    until(page, "document.querySelectorAll('#fa-results .fa-thumb').length === 24")


def test_names_and_times_are_found(visit, until):
    page = visit("#/")
    page.fill("#fa-search", "1.mp4")
    page.keyboard.press("Enter")
    page.wait_for_selector("#fa-results .fa-list li")
    assert page.locator("#fa-results .fa-list li").count() == 1
    page.fill("#fa-search", "film@0:05")
    page.keyboard.press("Enter")
    until(page, "FrameAtlas.state.value.f === 15")
    page.fill("#fa-search", "no such <name>")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#fa-results').innerText.includes('<name>')")


def drag(page, points, key=None):
    if key:
        page.keyboard.down(key)
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=3)
    page.mouse.up()
    if key:
        page.keyboard.up(key)


COUNT = "parseInt((document.querySelector('#fa-selected h2') || {textContent: '0'}).textContent)"


def test_rectangle_and_lasso_add_and_take_away(visit, until):
    page = visit("#/p=selection")
    x, y = box_of(page)
    page.click("[data-tool=rectangle]")
    drag(page, [(x - 200, y - 100), (x + 100, y + 100)])
    until(page, f"{COUNT} > 5")
    first = page.evaluate(COUNT)
    page.click("[data-tool=lasso]")
    far = [(x + 120, y - 60), (x + 320, y - 80), (x + 300, y + 90), (x + 130, y + 70)]
    drag(page, far, "Shift")
    until(page, f"{COUNT} > {first}")
    more = page.evaluate(COUNT)
    drag(page, [(x - 100, y - 60), (x, y - 60), (x, y + 60), (x - 100, y + 60)], "Alt")
    until(page, f"{COUNT} < {more}")
    assert [one["kind"] for one in state(page)["sel"]] == ["rectangle", "polygon", "polygon"]
    assert [one["subtract"] for one in state(page)["sel"]] == [False, False, True]
    page.keyboard.press("Escape")
    assert not page.evaluate("FrameAtlas.select.active()")
    page.click("#fa-clear")
    until(page, "FrameAtlas.state.value.sel.length === 0")


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        *(("csv", b"frame"), ("zip", b"PK"), ("edl", b"TITLE"), ("concat", b"ffconcat")),
        *(("otio", b"Timeline.1"), ("fcpxml", b"<fcpxml"), ("llc", b"PK")),
    ],
)
def test_what_is_selected_is_exported(visit, kind, begins):
    page = visit("#/p=selection/sel=+r-1,1,0,0")
    page.wait_for_selector("#fa-selected .fa-thumb")
    with page.expect_download() as taken:
        page.click(f"#fa-export-{kind}")
    assert begins.lower() in taken.value.path().read_bytes()[:300].lower()


def test_what_a_search_finds_and_videos_alike_are_cut_with_handles(visit):
    page = visit("#/like=3/p=search")
    page.wait_for_selector("#fa-found-otio")
    page.fill("#fa-results .fa-cuts input[type=number] >> nth=0", "0.5")
    page.keyboard.press("Tab")
    with page.expect_download() as taken:
        page.click("#fa-found-otio")
    clips = json.loads(taken.value.path().read_text())["tracks"]["children"][0]["children"]
    assert clips
    assert all(clip["source_range"]["duration"]["value"] > 10 for clip in clips)
    page.evaluate("FrameAtlas.openVideo(0)")
    page.wait_for_selector("#fa-alike-edl")
    with page.expect_download() as taken:
        page.click("#fa-alike-edl")
    assert taken.value.path().read_text().count("FROM CLIP NAME") == 2


def test_a_poster_of_the_view_is_ordered_rendered_and_taken(visit, until):
    page = visit("#/0,0,4/p=poster")
    page.fill("#fa-poster-columns", "7")
    until(page, "document.querySelector('#fa-command').textContent.includes('--grid 7x')")
    assert page.inner_text("#fa-command").startswith("frameatlas poster")
    until(page, "document.querySelector('#fa-preview').naturalWidth === 64")
    page.click("#fa-render")
    page.wait_for_selector("#fa-download")
    assert "A poster of 3 frames." in page.inner_text("#fa-panel-poster")
    with page.expect_download() as taken:
        page.click("#fa-download")
    assert taken.value.path().read_bytes().startswith(b"\x89PNG")


def test_charts_are_drawn_without_anything_from_outside(visit, until):
    page = visit("#/way=0/p=charts")
    page.wait_for_selector("#fa-panel-charts .fa-skeleton:has-text('Loading the charts')")
    until(page, "document.querySelectorAll('#fa-charts .main-svg').length >= 3", 60)
    until(page, "document.querySelector('#fa-panel-charts .fa-skeleton') === null")
    assert "New along film" in page.inner_text("#fa-chart-novelty")


def test_a_press_on_a_chart_opens_the_moment(visit, until):
    page = visit("#/way=0/p=charts")
    until(page, "document.querySelector('[data-pressable]') !== null", 60)
    page.locator("#fa-chart-novelty .nsewdrag").click(position={"x": 100, "y": 40})
    until(page, "FrameAtlas.state.value.p === 'frame'")
    assert 0 < state(page)["f"] < 48


def test_a_photo_is_called_by_its_name(visit, until):
    page = visit("#/f=85/p=frame")
    until(page, "document.querySelector('#fa-panel-frame').innerText.includes('photo 1.jpg')")
    assert page.locator("#fa-play").count() == 0


def test_a_long_picture_can_be_read(open_page, serving, synthetic_atlas, tmp_path, until):
    """A panorama in the panel is a line; a button shows it as it is, to be scrolled."""
    from frameatlas.browser import make_app

    atlas = synthetic_atlas(tmp_path / "long.atlas", sources=(("photos", 4),), size=(2400, 80))
    with serving(make_app(atlas, cache=tmp_path / "cache")) as address:
        page = open_page(reduced_motion="reduce")
        page.goto(f"{address}#/f=1/p=frame")
        image = "document.querySelector('#fa-panel-frame .fa-stage img')"
        until(page, "FrameAtlas.byId('fa-closer')?.hidden === false")
        assert page.evaluate(f"{image}.getBoundingClientRect().height") < 40
        page.click("#fa-closer")
        assert page.evaluate(f"{image}.getBoundingClientRect().height") == 80
        stage = "document.querySelector('#fa-panel-frame .fa-stage')"
        assert page.evaluate(f"{stage}.scrollWidth > {stage}.clientWidth")
        page.focus("#fa-panel-frame .fa-stage")
        page.keyboard.press("ArrowRight")
        until(page, f"{stage}.scrollLeft > 0")
        page.click("#fa-closer")
        assert page.evaluate(f"{image}.getBoundingClientRect().height") < 40


def test_an_ordinary_picture_needs_no_such_button(visit, until):
    page = visit("#/f=20/p=frame")
    until(page, "document.querySelector('#fa-panel-frame .fa-stage img')?.complete")
    assert page.is_hidden("#fa-closer")
