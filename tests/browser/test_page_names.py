"""Names of regions in a real Chromium: on two pages at once, by zoom, in the menu, on the site."""

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.store.notes.names_file import NAMES_FILE, read_names

NO_FIRST_STEPS = "localStorage.setItem('frameatlas:first-steps', 'look,closer,open')"
BOXES = """() => [...document.querySelectorAll(".fa-cluster")].map((one) => {
    const {left, right, top, bottom} = one.getBoundingClientRect();
    return [left, right, top, bottom];
})"""

CORNER = """() => [...document.querySelectorAll("#fa-corner > *")].map((one) => {
    const {left, right, top, bottom} = one.getBoundingClientRect();
    return [left, right, top, bottom];
}).filter(([left, right]) => right > left)"""
WINDOW = """() => {
    const {left, right, top, bottom} = document.getElementById("fa-map").getBoundingClientRect();
    return [left, right, top, bottom];
}"""
ROWS = """() => [...document.querySelectorAll(".fa-region")].map((row) => {
    const across = (one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().right];
    const parts = ["small", ".fa-tiny"].map((one) => across(row.querySelector(one)));
    return [[...parts, across(row)], across(row.closest(".fa-menu"))];
})"""


@pytest.fixture(scope="module")
def mapped(synthetic_atlas, tmp_path_factory):
    """Six spots of fifty frames; each of five spots that lie near."""
    rng = np.random.default_rng(0)
    spots = np.array([(x, y) for x in (-0.75, 0, 0.75) for y in (-0.55, 0.55)])
    near = 0.16 * np.array([(0, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)])
    places = (spots[:, None] + near[None]).reshape(-1, 2).repeat(10, axis=0)
    folder = tmp_path_factory.mktemp("named") / "spots.atlas"
    return synthetic_atlas(
        folder,
        sources=[("video", 50)] * 6,
        size=(160, 90),
        dimension=16,
        coordinates=places + rng.normal(0, 0.015, places.shape),
    )


@pytest.fixture(scope="module")
def served(mapped, serving, tmp_path_factory):
    from frameatlas.browser import make_app

    with serving(make_app(mapped, cache=tmp_path_factory.mktemp("names-cache"))) as address:
        yield address


@pytest.fixture
def page(open_page, served, mapped):
    (mapped.folder / NAMES_FILE).unlink(missing_ok=True)
    return opened(open_page, served)


def opened(open_page, served, address="#/o=clusters/groups=6", **options):
    page = open_page(reduced_motion="reduce", **options)
    page.add_init_script(NO_FIRST_STEPS)
    page.goto(served + address)
    page.wait_for_selector("body.fa-ready")
    page.wait_for_selector(".fa-cluster", timeout=60_000)
    return page


def write(page, number, text):
    page.locator(".fa-cluster .fa-tiny").nth(number).click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def names(page):
    return [text for text in page.locator(".fa-cluster span").all_inner_texts() if text]


def test_a_name_reaches_another_browser(page, open_page, served, mapped, until):
    other = opened(open_page, served)
    write(page, 0, "The sea")
    page.wait_for_selector(".fa-cluster span >> text='The sea'")
    assert [one.name for one in read_names(mapped.folder)] == ["The sea"]
    assert names(other) == []
    other.evaluate("FrameAtlas.clusters.heard('another')")  # what the page hears when it asks
    other.wait_for_selector(".fa-cluster span >> text='The sea'")
    third = opened(open_page, served, "#/o=clusters")
    third.wait_for_selector(".fa-cluster span >> text='The sea'")


def test_two_pages_that_name_one_region_lose_nothing(page, open_page, served, mapped):
    other = opened(open_page, served)
    other.tolerated.append("503")
    other.evaluate("FrameAtlas.clusters.heard = () => {}")  # it does not know when it writes
    write(page, 0, "The sea")
    page.wait_for_selector(".fa-cluster span >> text='The sea'")
    write(other, 0, "A lake")
    other.wait_for_selector("text=another page has given it")
    assert [one.name for one in read_names(mapped.folder)] == ["The sea"]
    other.wait_for_selector(".fa-cluster input")
    assert other.input_value(".fa-cluster input") == "A lake"  # what was written is not lost
    other.keyboard.press("Enter")
    other.wait_for_selector(".fa-cluster span >> text='A lake'")
    assert [one.name for one in read_names(mapped.folder)] == ["A lake"]


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_labels_never_lie_over_one_another(page, step):
    x, y = page.evaluate("FrameAtlas.clusters.all().then((all) => all[0].place)")
    fly = "([x, y, z]) => FrameAtlas.map.fly(x, y, FrameAtlas.map.leaflet.getZoom() + z)"
    page.evaluate(fly, [x, y, step])
    page.wait_for_timeout(200)
    boxes = page.evaluate(BOXES)
    assert boxes
    corner = page.evaluate(CORNER)
    around = page.evaluate(WINDOW)
    for left, right, top, bottom in boxes:
        assert around[0] <= left
        assert right <= around[1]
        assert around[2] <= top
        assert bottom <= around[3], "no label is cut off"
    boxes += corner
    for n, (left, right, top, bottom) in enumerate(boxes):
        for its_left, its_right, its_top, its_bottom in boxes[:n]:
            assert left >= its_right or its_left >= right or top >= its_bottom or its_top >= bottom


def test_a_label_is_moved_into_the_window_and_away_from_what_lies_on_it(page):
    plain = {"level": 0, "leaf": True, "named": True, "frames": 9, "spread": 200, "around": 0}
    plain |= {"width": 100, "height": 40}
    places = {"edge": (10, 300), "beyond": (-120, 500), "far": (-200, 100), "under": (750, 550)}
    labels = [plain | {"x": x, "y": y} for x, y in places.values()]
    labels += [plain | {"x": -20, "y": 200, "named": False}]
    under = {"x": 760, "y": 560, "width": 80, "height": 80}
    chosen = page.evaluate(
        "([labels, under]) => [...AtlasLabels.choose(labels, {x: 800, y: 600}, [under])]",
        [labels, under],
    )
    assert {n: (one["dx"], one["dy"]) for n, one in chosen} == {0: (44, 0), 1: (174, 0)}


def test_near_parts_have_labels_and_far_only_the_groups(page, until):
    assert page.locator(".fa-cluster").count() == 6
    x, y = page.evaluate("FrameAtlas.clusters.all().then((all) => all[0].place)")
    page.evaluate(
        "([x, y]) => FrameAtlas.map.fly(x, y, FrameAtlas.map.leaflet.getZoom() + 2.5)", [x, y]
    )
    until(page, "document.querySelectorAll('.fa-cluster.fa-part').length >= 2")
    assert page.locator(".fa-cluster.fa-part").count() >= 2


def test_the_number_is_a_control_and_in_the_address(page, until):
    page.click("#fa-overlays")
    page.locator("#fa-groups").fill("3")
    until(page, "location.hash.includes('groups=3')")
    until(page, "document.querySelectorAll('.fa-cluster:not(.fa-part)').length === 3")


def test_the_menu_shows_picture_count_and_a_name_of_its_own(page, until):
    page.click("#fa-chip-k")
    page.wait_for_selector(".fa-region")
    rows = page.locator(".fa-region").all_inner_texts()
    assert len(rows) == len(set(rows)) == 6
    assert all("50" in row for row in rows)
    assert page.locator(".fa-region img").count() == 6
    for (number, pencil, row), menu in page.evaluate(ROWS):
        assert number[1] <= pencil[0], "the number lies beside the pencil"
        assert row[1] - pencil[1] < 12, "the row fills the menu"
        assert menu[1] - row[1] < 40
    page.locator(".fa-region .fa-tiny").first.click()
    page.keyboard.type("Harbour")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fa-region-name >> text='Harbour'")
    page.wait_for_selector(".fa-cluster span >> text='Harbour'")
    page.locator(".fa-region input").first.check()
    until(page, "document.getElementById('fa-count').textContent.startsWith('50 of')")


def test_a_filter_by_group_holds_at_another_number(page, until):
    page.evaluate("FrameAtlas.state.set({groups: 3, k: [1]}, true)")
    until(page, "/^\\d+ of/.test(document.getElementById('fa-count').textContent)")
    shown = int(page.inner_text("#fa-count").split()[0])
    sizes = page.evaluate("FrameAtlas.clusters.first().then((all) => all.map((one) => one.frames))")
    assert shown == sizes[1]


def test_the_static_site_shows_the_names(page, mapped, open_page, tmp_path, until):
    from frameatlas.browser import SiteOptions, export_site

    write(page, 0, "The <b>sea")
    page.wait_for_selector(".fa-cluster span >> text='The <b>sea'")
    site = export_site(open_atlas(mapped.folder), SiteOptions(tmp_path / "site", depth=2)).output
    other = open_page()
    other.goto(f"file://{site}/index.html")
    other.wait_for_selector("body[data-ready]")
    other.wait_for_selector(".region")
    assert other.locator(".region").all_inner_texts() == ["The <b>sea"]
    other.click("#names")
    until(other, "!document.querySelector('.region:not([hidden])')")
    other.keyboard.press("n")
    until(other, "document.querySelector('.region:not([hidden])')")
