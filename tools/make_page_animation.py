"""Make README's animation of the page: a served atlas, driven in Chromium, as a looping WebP.

frameatlas demo demo/ && frameatlas browse demo/*.atlas --no-open --port 8050 &
python tools/make_page_animation.py http://127.0.0.1:8050/ docs/images/page.webp
"""

import argparse
import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

WIDTH, HEIGHT = 1040, 650
MOST_BYTES = 2_000_000
STEP_MILLISECONDS, REST_MILLISECONDS = 90, 1_400
ZOOM_STEPS = 24
QUALITIES = (70, 55, 40, 25)

_READY = """() => !document.querySelector('.leaflet-tile:not(.leaflet-tile-loaded)')
  && document.querySelector('#fa-busy').hidden"""


def main(argv: list[str]) -> int:
    """Drive the page, write the file; the exit code is 1 where it would be too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="where `frameatlas browse` serves the demo")
    parser.add_argument("output", type=Path, help="the WebP file")
    options = parser.parse_args(argv)
    frames = list(_record(options.address))
    pictures = [picture for picture, _ in frames]
    times = [time for _, time in frames]
    for quality in QUALITIES:
        buffer = io.BytesIO()
        pictures[0].save(
            buffer,
            "WEBP",
            save_all=True,
            append_images=pictures[1:],
            duration=times,
            loop=0,
            quality=quality,
            method=4,
        )
        if buffer.tell() < MOST_BYTES:
            options.output.write_bytes(buffer.getvalue())
            return 0
    return 1


def _record(address: str) -> Iterator[tuple[Image.Image, int]]:
    """Pictures of the page and how many milliseconds each is shown."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        window: Any = {"width": WIDTH, "height": HEIGHT}
        page = browser.new_page(viewport=window, reduced_motion="reduce")
        page.add_init_script("localStorage.setItem('frameatlas:first-steps', 'look,closer,open')")
        page.goto(address)
        page.wait_for_selector("body.fa-ready")
        page.add_style_tag(content=".fa-path { display: none; }")  # folders of whoever makes this
        yield from _story(page)
        browser.close()


def _story(page: Any) -> Iterator[tuple[Image.Image, int]]:
    """The whole map, closer to one frame, that frame open, what is like it, and colours."""
    yield _seen(page), REST_MILLISECONDS
    frame = page.evaluate("Math.floor(FrameAtlas.atlas.frames * 0.4)")
    asked = "(f) => FrameAtlas.api.json('/api/frame/' + f).then((answer) => answer.place)"
    place = page.evaluate(asked, frame)
    deep = page.evaluate("FrameAtlas.atlas.deepest - 1")
    start = page.evaluate("FrameAtlas.map.wholeZoom()")
    for step in range(1, ZOOM_STEPS + 1):
        share = step / ZOOM_STEPS
        where = [share * place[0], share * place[1], start + share * (deep - start)]
        page.evaluate("([x, y, z]) => FrameAtlas.map.fly(x, y, z, true)", where)
        yield _seen(page), STEP_MILLISECONDS
    page.evaluate("(f) => FrameAtlas.openFrame(f)", frame)
    page.wait_for_selector("#fa-panel-frame .fa-thumb")
    yield _seen(page), REST_MILLISECONDS
    page.evaluate("(f) => FrameAtlas.hits.show('like', String(f))", frame)
    page.wait_for_selector("#fa-clear-hits")
    page.evaluate("FrameAtlas.map.whole(true)")
    yield _seen(page), REST_MILLISECONDS
    page.evaluate("FrameAtlas.hits.clear(); FrameAtlas.state.set({ p: '', f: null, c: 'video' })")
    page.wait_for_selector("#fa-legend li")
    yield _seen(page), REST_MILLISECONDS


def _seen(page: Any) -> Image.Image:
    """The page when its tiles are there."""
    page.wait_for_timeout(300)
    page.wait_for_function(_READY)
    page.wait_for_timeout(150)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
