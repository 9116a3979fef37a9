"""Hits, colours and posters in a real Chromium: what they show, and how one gets rid of it."""

import re

import pytest


def state(page):
    return page.evaluate("({...FrameAtlas.state.value})")


def test_hits_are_in_the_address_replace_each_other_and_back_brings_them_again(visit, until):
    page = visit("#/f=20/p=frame")
    page.click("button:has-text('Show them on the map')")
    until(page, "location.hash.includes('like=20')")
    until(page, "FrameAtlas.hits.list().length > 1")
    first = page.evaluate("FrameAtlas.hits.list().map((hit) => hit.frame)")
    page.evaluate("FrameAtlas.hits.show('like', '90')")
    until(page, "FrameAtlas.hits.list().some((hit) => hit.query)")
    until(page, f"String(FrameAtlas.hits.list().map((hit) => hit.frame)) !== '{first}'")
    page.go_back()
    until(page, "location.hash.includes('like=20')")
    same = ",".join("" if one is None else str(one) for one in first)
    until(page, f"String(FrameAtlas.hits.list().map((hit) => hit.frame)) === '{same}'")
    page.click("#fa-clear-hits")
    until(page, "FrameAtlas.hits.list().length === 0")
    assert "like=" not in page.evaluate("location.hash")


def test_a_search_for_names_takes_old_hits_away_and_is_in_the_address(visit, until):
    page = visit("#/like=20")
    until(page, "FrameAtlas.hits.list().length > 1")
    page.fill("#fa-search", "1.mp4")
    page.keyboard.press("Enter")
    page.wait_for_selector("#fa-results .fa-list li")
    assert page.evaluate("FrameAtlas.hits.list().length") == 0
    until(page, "location.hash.includes('find=1.mp4')")
    page.go_back()
    until(page, "FrameAtlas.hits.list().length > 1")


def test_frames_like_this_end_where_likeness_ends(visit):
    page = visit("#/")
    kept = page.evaluate(
        "FrameAtlas.alike([0.8, 0.6, 0.41, 0.39, 0.1, -0.01].map((similarity) => ({similarity})))"
    )
    assert [one["similarity"] for one in kept] == [0.8, 0.6, 0.41]


def test_twelve_colours_go_to_the_largest_and_a_grey_one_may_have_one(visit):
    page = visit("#/")
    colours = page.evaluate(
        """() => {
            const list = Array.from({length: 20}, (_, n) => ({n, name: String(n), size: n}));
            const plain = [...FrameAtlas.colour.assign(list, [])];
            return [plain, [...FrameAtlas.colour.assign(list, [3])]];
        }"""
    )
    plain, tinted = (dict(map(tuple, one)) for one in colours)
    assert sorted(plain) == list(range(8, 20))
    assert len(set(plain.values())) == 12
    assert 3 in tinted
    assert 8 not in tinted
    assert {n: plain[n] for n in plain if n != 8} == {n: c for n, c in tinted.items() if n != 3}


def test_the_legend_sorts_by_what_is_seen_isolates_and_folds(visit, until):
    page = visit("#/0,0,1/c=video")
    page.wait_for_selector("#fa-legend li")
    counts = [int(text) for text in page.locator("#fa-legend small").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 48
    page.locator("#fa-legend .fa-alone").first.click()
    until(page, "FrameAtlas.state.value.v.join() === '0'")
    page.wait_for_selector("#fa-legend .fa-alone[aria-pressed=true]")
    page.locator("#fa-legend .fa-alone").first.click()
    until(page, "FrameAtlas.state.value.v.length === 0")
    page.click(".fa-legend-head")
    page.wait_for_selector("#fa-legend ul", state="detached")
    page.click(".fa-legend-head")
    page.wait_for_selector("#fa-legend ul")


def test_colour_by_folder_is_offered_where_there_are_folders(visit):
    page = visit("#/")
    page.click("#fa-chip-c")
    folders = page.evaluate("FrameAtlas.atlas.folders.length")
    offered = page.locator(".fa-menu label:has-text('by folder')").count()
    assert offered == (1 if folders > 1 else 0)
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("columns", "rows"), [("", ""), ("40", ""), ("200", "200"), ("3", "150")])
def test_a_poster_never_has_more_cells_than_there_are_frames(visit, until, columns, rows):
    page = visit("#/p=poster")
    page.fill("#fa-poster-columns", columns or "18")
    with page.expect_response(re.compile(r"/api/poster/command")) as answer:
        page.fill("#fa-poster-rows", rows or "1")
        page.fill("#fa-poster-rows", rows)
    grid = re.search(r"grid=(\d+)x(\d+)", answer.value.url)
    assert 0 < int(grid[1]) * int(grid[2]) <= 120
    text = page.inner_text("#fa-panel-poster")
    assert "--count" not in text
    if columns:
        assert "There are 120 frames" in text
    page.fill("#fa-poster-columns", "18")
    page.fill("#fa-poster-rows", "")
