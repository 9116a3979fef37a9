"""The page in a real Chromium, without a screen: first picture, panning, memory, bytes."""

import shutil
import time
from typing import Any

import numpy as np

DRAGS = 12
"""Times that the map is dragged to and fro."""

ZOOMS, NOTCHES = 3, 6
"""Times that the wheel is turned in and out again, and notches of each turn."""

_TILE = "img.leaflet-tile"
_FRAMES = """() => { window.frameTimes = []; let last = performance.now();
  const step = now => { window.frameTimes.push(now - last); last = now;
                        window.frameLoop = requestAnimationFrame(step); };
  window.frameLoop = requestAnimationFrame(step); }"""
_SHOWN = f"""() => [...document.querySelectorAll('{_TILE}')].some(
  tile => tile.complete && tile.naturalWidth > 1)"""


def page_figures(address: str) -> dict[str, Any]:
    """What a person with this page would notice; nothing where there is no Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {"page": "Playwright is not installed"}
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return {"page": "Chromium is not installed"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            return _measured(browser, address)
        finally:
            browser.close()


def _measured(browser: Any, address: str) -> dict[str, Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Performance.enable")
    sent: list[int] = []
    session.on("Network.loadingFinished", lambda said: sent.append(int(said["encodedDataLength"])))
    cancelled: list[str] = []
    session.on("Network.loadingFailed", lambda said: cancelled.append(said["requestId"]))
    begun = time.perf_counter()
    page.goto(
        address, wait_until="commit"
    )  # its load event waits for all pictures, not for the first
    page.wait_for_function(_SHOWN, timeout=60_000)
    first, before = time.perf_counter() - begun, sum(sent)
    page.wait_for_load_state("networkidle")
    overview = sum(sent)
    cancelled.clear()
    zoomed = _zoomed(page)
    lost = len(cancelled)
    frames = _panned(page)
    page.wait_for_timeout(1_000)
    metrics = session.send("Performance.getMetrics")["metrics"]
    heap = {metric["name"]: metric["value"] for metric in metrics}["JSHeapUsedSize"]
    return {
        "first_picture_seconds": round(first, 2),
        "first_picture_kilobytes": round(before / 1000, 1),
        "zooming_frame_p95_ms": round(float(np.percentile(zoomed, 95)), 1),
        "zooming_tiles_cancelled": round(lost / (2 * ZOOMS), 1),
        "page_kilobytes": round(overview / 1000, 1),
        "page_and_panning_kilobytes": round(sum(sent) / 1000, 1),
        "panning_frame_p95_ms": round(float(np.percentile(frames, 95)), 1),
        "page_heap_megabytes": round(heap / 1e6, 1),
    }


def _zoomed(page: Any) -> list[float]:
    """Milliseconds between pictures of the screen while the wheel turns in and out again."""
    page.mouse.move(640, 420)
    page.evaluate(_FRAMES)
    for _ in range(ZOOMS):
        for turn in (-100, 100):
            for _ in range(NOTCHES):
                page.mouse.wheel(0, turn)
                page.wait_for_timeout(60)
            page.wait_for_timeout(700)
    times = page.evaluate("() => { cancelAnimationFrame(frameLoop); return frameTimes; }")
    return [float(value) for value in times[5:]]


def _panned(page: Any) -> list[float]:
    """Milliseconds between pictures of the screen while the map is dragged, one zoom closer."""
    page.mouse.move(640, 400)
    page.mouse.wheel(0, -240)
    page.wait_for_timeout(1_500)
    page.evaluate(_FRAMES)
    for number in range(DRAGS):
        step = 260 if number % 2 else -260
        page.mouse.move(640 - step / 2, 400)
        page.mouse.down()
        for part in range(30):
            page.mouse.move(640 - step / 2 + step * (part + 1) / 30, 400 + 3 * part)
            page.wait_for_timeout(8)
        page.mouse.up()
    times = page.evaluate("() => { cancelAnimationFrame(frameLoop); return frameTimes; }")
    return [float(value) for value in times[5:]]
