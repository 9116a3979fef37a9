"""By date: how long the server needs to put frames into rows, and the page to draw and scroll them.

    python -m benchmark dates [--frames 100000] [--no-page] [--json]

A synthetic atlas whose videos of 1,000 frames were taken some hours apart. Processor seconds are
the server's own: unlike the clock's, they are much the same where other programs run.
"""

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.browser import Served, fetched, processor_seconds, served, wait_until_settled
from benchmark.large_atlas import large_atlas
from benchmark.machine import describe_machine
from benchmark.tables import markdown
from frameatlas import Atlas
from frameatlas.columns.column_file import write_columns
from frameatlas.columns.metadata import Metadata, metadata_table

SIZE = (96, 54)
"""Of a picture: small, as its bytes are not what is measured."""

BEGIN, HOURS = 1_500_000_000.0, 9
"""Seconds since 1970 of the first video, and hours between two."""

SCROLLS = 60
"""Steps of half a window by which the rows are scrolled."""

GOALS = {"server, again, processor s": 1.0, "server, first, processor s": 1.0}


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmark dates", description=__doc__)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--no-page", action="store_true", help="leave out what needs Chromium")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        atlas = large_atlas(Path(folder, "large.atlas"), options.frames, size=SIZE)
        put_dates(atlas)
        with served(atlas.folder, Path(folder)) as server:
            wait_until_settled(server)
            figures = answers(server)
            if not options.no_page and shutil.which("chromium"):
                figures |= page_figures(server.address)
    report = {
        "benchmark": "dates",
        "machine": describe_machine(),
        "frames": options.frames,
        "figures": figures,
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def table(report: dict[str, Any]) -> str:
    """What was measured, as Markdown."""
    rows = [[name, value, GOALS.get(name)] for name, value in report["figures"].items()]
    return markdown([f"{report['frames']:,} frames by date", "", "goal"], rows)


def put_dates(atlas: Atlas) -> None:
    """Give each video of an atlas a date."""
    for number, source in enumerate(atlas.sources):
        taken = Metadata(BEGIN + 3600.0 * HOURS * number, "container")
        place = atlas.folder / "sources" / source.id / "metadata.h5"
        write_columns(place, metadata_table(source, [taken]))


def answers(server: Served) -> dict[str, Any]:
    """Seconds of the server's first answer, and of one more; by the clock and of its processor."""
    found: dict[str, Any] = {}
    for name, step in (("first", "day"), ("again", "month")):
        spent, begun = processor_seconds(server.process), time.perf_counter()
        content = fetched(f"{server.address}/api/dates?step={step}&every=1")
        found[f"server, {name}, s"] = round(time.perf_counter() - begun, 2)
        spent = processor_seconds(server.process) - spent
        found[f"server, {name}, processor s"] = round(spent, 2)
    return found | {"kilobytes": round(len(content) / 1000)}


def page_figures(address: str) -> dict[str, Any]:
    """Seconds until rows are seen, and milliseconds between pictures of the screen on the way."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address, wait_until="commit")
        page.wait_for_selector("body.fa-ready", timeout=120_000)
        page.wait_for_timeout(2_000)
        begun = time.perf_counter()
        page.evaluate("() => FrameAtlas.dates.toggle()")
        page.wait_for_selector(".fa-dated", timeout=120_000)
        drawn = time.perf_counter() - begun
        steps = page.evaluate(_SCROLLED, SCROLLS)
        most = page.evaluate("() => document.querySelectorAll('.fa-dated').length")
        browser.close()
    return {
        "page, until rows are drawn, s": round(drawn, 2),
        "page, a step of scrolling, median ms": round(float(np.median(steps)), 1),
        "page, a step of scrolling, p95 ms": round(float(np.percentile(steps, 95)), 1),
        "pictures in the page": most,
    }


_SCROLLED = """async (steps) => {
  const box = document.getElementById('fa-date-box');
  const times = [];
  for (let k = 0; k < steps; k++) {
    const begun = performance.now();
    box.scrollTop = (k % 2 ? k / steps : 0) * box.scrollHeight + k * box.clientHeight / 2;
    box.dispatchEvent(new Event('scroll'));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    times.push(performance.now() - begun);
  }
  return times;
}"""
"""Milliseconds of each step: two pictures of the screen, rows made anew in between."""
