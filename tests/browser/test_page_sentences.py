"""Sentences in a real Chromium: hits below the names, and a map that lights up where frames fit."""

import shutil
from dataclasses import replace

import h5py
import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.store.atomic import describe_files
from frameatlas.store.words_record import WordsRecord

KNOWN = ("red", "green", "blue", "night")


def describe_texts(atlas, texts):
    """In the place of a network: each known word is an axis."""
    del atlas
    known = {word: number for number, word in enumerate(KNOWN)}
    return np.stack([np.eye(5, dtype=np.float32)[known.get(text.strip(), 4)] for text in texts])


@pytest.fixture(scope="module")
def worded(pictured, tmp_path_factory):
    """The drawn atlas; its first thirty frames, which lie in the upper rows, are red, and so on."""
    folder = shutil.copytree(pictured.folder, tmp_path_factory.mktemp("worded") / "said.atlas")
    files = {}
    for number, source in enumerate(pictured.sources):
        rows = np.eye(5)[np.array(list(pictured.range_of(number))) // 30]
        place = folder / "sources" / source.id
        with h5py.File(place / "words.h5", "w") as file:
            file["words"] = rows.astype(np.float16)
        files[source.id] = describe_files(place, ["words.h5"])["words.h5"]
    record = WordsRecord("CLIPBackbone", "0" * 64, 5, 1, files)
    text = replace(pictured.manifest, words=record).to_json()
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return open_atlas(folder)


@pytest.fixture(scope="module")
def said_site(worded, serving, tmp_path_factory):
    from frameatlas.browser import BrowserTools, make_app

    tools = BrowserTools(describe_texts=describe_texts)
    with serving(make_app(worded, tools, cache=tmp_path_factory.mktemp("said-cache"))) as address:
        yield address


@pytest.fixture
def page(said_site, open_page):
    page = open_page(reduced_motion="reduce")
    page.add_init_script("localStorage.setItem('frameatlas:first-steps', 'look,closer,open')")
    page.goto(said_site)
    page.wait_for_selector("body.fa-ready")
    return page


def test_what_is_typed_finds_frames_and_lights_the_map_up(page, until):
    page.fill("#fa-search", "red")
    page.wait_for_selector("#fa-said .fa-thumb")
    found = page.evaluate("FrameAtlas.words.hits().map((hit) => hit.frame)")
    assert found
    assert all(frame < 30 for frame in found)
    assert page.locator("#fa-said .fa-fit").count() == len(found)
    until(page, "FrameAtlas.words.heat() !== null")
    page.wait_for_selector("body.fa-heated")
    hot = page.evaluate(
        """() => {
            const {values, rows} = FrameAtlas.words.heat();
            const frames = new Uint32Array(values.buffer);
            const list = Array.from({length: rows}, (_, i) => [frames[4 * i], values[4 * i + 3]]);
            return list.filter(([, heat]) => heat > 0.5).map(([frame]) => frame);
        }"""
    )
    assert sorted(hot) == list(range(30))


def test_the_heat_is_painted_where_the_frames_are(page, until):
    page.fill("#fa-search", "night")
    page.wait_for_selector("body.fa-heated")
    shares = """() => {
        const canvas = document.querySelector("canvas.fa-canvas");
        const context = canvas.getContext("2d");
        const map = document.getElementById("fa-map").getBoundingClientRect();
        const own = canvas.getBoundingClientRect();
        const scale = canvas.width / own.width;
        const painted = (from, to) => {
            const top = Math.round((map.top - own.top + from * map.height) * scale);
            const height = Math.round((to - from) * map.height * scale);
            const data = context.getImageData(0, top, canvas.width, height).data;
            let count = 0;
            for (let i = 3; i < data.length; i += 4) count += data[i] > 40 ? 1 : 0;
            return count;
        };
        return [painted(0, 0.4), painted(0.6, 1)];
    }"""
    until(page, f"(({shares})()[1]) > 200")
    upper, lower = page.evaluate(shares)
    assert lower > 20 * max(1, upper)  # the last frames lie in the lowest rows


def test_the_heat_can_be_hidden_and_goes_with_the_text(page):
    page.fill("#fa-search", "blue")
    page.wait_for_selector("body.fa-heated")
    page.click("#fa-heat")
    page.wait_for_selector("body:not(.fa-heated)")
    page.click("#fa-heat")
    page.wait_for_selector("body.fa-heated")
    page.fill("#fa-search", "")
    page.wait_for_selector("body:not(.fa-heated)")
    assert page.locator("#fa-said .fa-thumb").count() == 0


def test_a_minus_says_what_frames_are_not_to_show(page):
    page.fill("#fa-search", "red -green")
    page.wait_for_selector("#fa-said >> text=rather than")
    found = page.evaluate("FrameAtlas.words.hits().map((hit) => hit.frame)")
    assert found[0] < 30


def test_the_search_box_says_what_it_takes(page, visit):
    box = page.locator("#fa-search")
    assert "a red car" in box.get_attribute("placeholder")
    assert "what frames show" in box.get_attribute("aria-label")
    page.click("#fa-help")
    assert "a red car at night" in page.inner_text("#fa-keys")
    plain = visit("#/p=search", viewport={"width": 1280, "height": 800})
    box = plain.locator("#fa-search")
    assert box.get_attribute("placeholder") == "Search names, or name@1:20"
    assert "show" not in box.get_attribute("aria-label")
    assert "red car" not in plain.inner_text("#fa-how-to-type")
    plain.click("#fa-help")
    assert "red car" not in plain.inner_text("#fa-keys")
    # Words that the atlas is given meanwhile are heard of.
    plain.evaluate("FrameAtlas.words.heard(true)")
    assert "a red car" in box.get_attribute("placeholder")
    assert "red car" in plain.inner_text("#fa-how-to-type")


def test_an_atlas_without_words_says_how_to_get_them(visit):
    page = visit("#/find=film/p=search", viewport={"width": 1280, "height": 800})
    page.wait_for_selector("#fa-no-words")
    assert "frameatlas words" in page.inner_text("#fa-no-words")
