"""Sentences in a real Chromium, by a tiny CLIP that was trained here on drawn shapes."""

import numpy as np
import pytest
from PIL import Image

from frameatlas import IndexOptions
from frameatlas.browser import BrowserTools, make_app
from frameatlas.cli.browse import KeptSentences
from frameatlas.embedder.describe_words import describe_words
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames

EACH = 4
OPENING = 240_000
"""Milliseconds for a network to open on a busy machine."""


@pytest.fixture
def drawn(tiny_networks, trained_clip, tmp_path, monkeypatch):
    """An atlas of drawn shapes that has words, on a map that no network has drawn."""
    monkeypatch.setenv("FRAMEATLAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(few_frames, "FEWEST", 10**6)
    random = np.random.default_rng(5)
    for colour in tiny_networks.COLOURS:
        place = tmp_path / "photos" / colour
        place.mkdir(parents=True)
        for number in range(EACH * len(tiny_networks.SHAPES)):
            shape = tiny_networks.SHAPES[number % len(tiny_networks.SHAPES)]
            picture = tiny_networks.drawn(colour, shape, random, (64, 64))
            Image.fromarray(picture).save(place / f"{number}.png")
    count = EACH * len(tiny_networks.SHAPES) * len(tiny_networks.COLOURS)
    np.save(tmp_path / "v.npy", random.normal(size=(count, 16)))
    options = IndexOptions(vectors=tmp_path / "v.npy", height=64)
    atlas = index_videos([tmp_path / "photos"], tmp_path / "drawn.atlas", options=options).atlas
    return describe_words(atlas.folder, trained_clip)


def test_red_finds_red_frames_first_and_lights_them_up(drawn, serving, open_page, tmp_path):
    tools = BrowserTools(describe_texts=KeptSentences())
    red = {n for n in range(len(drawn)) if drawn.origins[n].path.parent.name == "red"}
    with serving(make_app(drawn, tools, cache=tmp_path / "page")) as address:
        page = open_page(reduced_motion="reduce")
        page.add_init_script("localStorage.setItem('frameatlas:first-steps', 'look,closer,open')")
        page.goto(address)
        page.wait_for_selector("body.fa-ready")
        page.fill("#fa-search", "red")
        page.wait_for_selector("#fa-said .fa-thumb", timeout=OPENING)
        page.wait_for_selector("body.fa-heated", timeout=OPENING)
        found = page.evaluate("FrameAtlas.words.hits().map((hit) => hit.frame)")
        heat = page.evaluate(
            """() => {
                const {values, rows} = FrameAtlas.words.heat();
                const frames = new Uint32Array(values.buffer);
                return Array.from({length: rows}, (_, i) => [frames[4 * i], values[4 * i + 3]]);
            }"""
        )
    assert set(found[:5]) <= red
    hottest = sorted(heat, key=lambda one: -one[1])[: len(red)]
    assert len({frame for frame, _ in hottest} & red) >= 0.9 * len(red)
