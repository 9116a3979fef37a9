"""Sentences that a static site carries: a byte of heat a frame, and the page that offers them."""

import base64
import json
import re

import numpy as np
import pytest

from frameatlas.browser import SiteOptions, export_site


@pytest.fixture
def site(tmp_atlas, tmp_path):
    heat = np.linspace(0, 1, len(tmp_atlas)).astype(np.float32)
    said = (("a beach </script>", heat), ("night", heat[::-1]))
    return export_site(tmp_atlas, SiteOptions(tmp_path / "site", said=said)).output


def test_each_sentence_has_a_byte_for_each_frame(site, tmp_atlas):
    text = (site / "data" / "said-1.js").read_text()
    number, packed = re.fullmatch(r'FrameSite\.said\((\d+),"([^"]*)"\);\n', text).groups()
    shades = np.frombuffer(base64.b64decode(packed), np.uint8)
    assert number == "1"
    assert len(shades) == len(tmp_atlas)
    assert (shades[0], shades[-1]) == (255, 0)
    about = (site / "data" / "atlas.js").read_text().removeprefix("FrameSite.atlas(")
    assert json.loads(about.rstrip(");\n"))["said"] == ["a beach </script>", "night"]


def test_a_site_without_sentences_offers_none(tmp_atlas, tmp_path):
    site = export_site(tmp_atlas, SiteOptions(tmp_path / "plain")).output
    assert not list((site / "data").glob("said-*"))


def test_the_page_lights_up_and_goes_out(site, chromium_page, tmp_atlas):
    page = chromium_page
    page.goto(f"file://{site}/index.html")
    page.wait_for_selector("#said button")
    assert page.locator("#said button").all_inner_texts() == ["a beach </script>", "night"]
    page.click("#said button >> nth=1")
    page.wait_for_selector("body.lit")
    assert page.get_attribute("#said button >> nth=1", "aria-pressed") == "true"
    page.wait_for_selector(".leaflet-overlay-pane canvas")
    page.click("#said button >> nth=1")
    page.wait_for_selector("body:not(.lit)")
    assert page.get_attribute("#said button >> nth=1", "aria-pressed") == "false"
