"""A real Chromium for the tests of pages: watched, so that a page's complaints fail its test."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from frameatlas import open_atlas
from frameatlas.store.content_digest import content_digest

STOPPED: set[str] = set()  # what a page says of a server that its test has stopped
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HERE = ("file:", "data:", "blob:", "about:")
PATIENCE = 60.0
"""Seconds that a page may take for what it does in a tenth of one on a quiet machine."""
NO_FIRST_STEPS = "localStorage.setItem('frameatlas:first-steps', 'look,closer,open')"
"""Puts away what only newcomers see: it lies over the map."""
LOOPBACK = ("http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:", "ws://127.0.0.1:")


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium; tests that need one are skipped where none is installed."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no Chromium is installed ({', '.join(BROWSERS)})")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium) -> Iterator[Callable[..., Any]]:
    """``open_page(**options)``: a page in a context of its own, as ``Browser.new_context`` takes.

    When the test is over it fails if a page complained; see ``watched_pages``.
    """
    yield from watched_pages(chromium)


def watched_pages(chromium) -> Iterator[Callable[..., Any]]:
    """Opens pages, each in a context of its own, and closes them.

    In the end it fails if a page logged an error, threw one, or asked for anything
    that is not on this machine. ``page.tolerated`` is a list of texts that may occur in errors.
    """
    contexts, complaints = [], []

    def open_one(**options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(1_000 * PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.tolerated = []

        def complain(text):
            complaints.append((page, text))

        def asked(request):
            if not request.url.startswith(HERE + LOOPBACK):
                complain(f"asked for {request.url[:200]}")

        def said(message):
            if message.type == "error":
                where = message.location.get("url", "")
                complain(f"console: {message.text} {where}")

        page.on("request", asked)
        page.on("console", said)
        page.on("pageerror", lambda error: complain(f"threw {error}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    left = [
        text for page, text in complaints if not any(t in text for t in (*page.tolerated, *STOPPED))
    ]
    assert not left, "\n".join(left)


@pytest.fixture
def chromium_page(open_page):
    """One page of 1280 × 800 pixels, watched as ``open_page`` says."""
    return open_page()


@pytest.fixture(scope="session")
def pictured(tmp_path_factory, synthetic_atlas):
    """120 frames of three videos and photos in rows on the map; the first video can be played."""
    import imageio_ffmpeg

    folder = tmp_path_factory.mktemp("pictured")
    film = folder / "film <b>one<b>.webm"
    drawing = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=12:d=16", "-c:v", "libvpx", "-b:v", "80k"]
    quiet = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error"]
    subprocess.run([*quiet, *drawing, "-deadline", "realtime", str(film)], check=True)
    sources = (("video", 48), ("video", 36), ("photos", 12), ("video", 24))
    rows = np.stack([np.arange(120) % 12, np.arange(120) // 12], axis=1) / (5.5, 4.5) - 1
    atlas = synthetic_atlas(
        folder / "pictured.atlas",
        sources=sources,
        size=(160, 90),
        dimension=64,
        coordinates=0.9 * rows * (1, -1),
    )
    found = {"path": str(film), "codec": "vp8", "digest": content_digest(film)}
    first = replace(atlas.manifest.sources[0], **found)
    manifest = replace(atlas.manifest, sources=(first, *atlas.manifest.sources[1:]))
    (atlas.folder / "atlas.json").write_text(manifest.to_json())
    return open_atlas(atlas.folder)


@pytest.fixture(scope="session")
def serving() -> Callable[..., AbstractContextManager[str]]:
    """``with serving(app) as address:`` a server that shows an app on a free port meanwhile."""
    import waitress
    from waitress import wasyncore

    @contextmanager
    def started(app):
        server = waitress.create_server(app.server, host="127.0.0.1", port=0, threads=8)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.effective_port}/"
        gone = {f"net::ERR_{why} {address}" for why in ("CONNECTION_REFUSED", "EMPTY_RESPONSE")}
        STOPPED.difference_update(gone)
        try:
            yield address
        finally:
            STOPPED.update(gone)
            # Workers end first, and sockets are closed by the thread that watches them: otherwise
            # somebody still writes to, or closes, a number that is another file's by then.
            server.task_dispatcher.shutdown(timeout=PATIENCE)
            server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
            thread.join(PATIENCE)
            assert not thread.is_alive()

    return started


@pytest.fixture(scope="session")
def site(pictured, serving, tmp_path_factory) -> Iterator[str]:
    """The address of a server that shows ``pictured``; what other wings do is played to it."""
    from frameatlas.browser import BrowserTools, make_app

    def describe_image(atlas, data):
        assert data.startswith(b"\x89PNG")
        return SimpleNamespace(
            scores=np.asarray(atlas.scores[30:31], np.float32), coordinates=np.array([[0.1, 0.4]])
        )

    def render_poster(atlas, order, path, on_cell):
        Image.new("RGB", (64, 36), "teal").save(path)
        on_cell(3, 3)
        return "A poster of 3 frames."

    def run_command(arguments, on_event, stopped):
        on_event({"event": "step", "stage": "describing", "done": 1, "total": 2, "unit": "frames"})
        return {"event": "done", "failed": 0}

    tools = BrowserTools(
        describe_image=describe_image, render_poster=render_poster, run_command=run_command
    )
    with serving(make_app(pictured, tools, cache=tmp_path_factory.mktemp("cache"))) as address:
        yield address


@pytest.fixture(scope="module")
def kept_page(chromium, site):
    """One page for the tests of a file, as loading it is most of their time."""
    for open_one in watched_pages(chromium):
        page = open_one(reduced_motion="reduce", accept_downloads=True)
        page.add_init_script(NO_FIRST_STEPS)
        page.goto(site)
        page.wait_for_selector("body.fa-ready")
        yield page


@pytest.fixture
def visit(site, open_page, request):
    """``visit("#/…")``: the page at an address, ready; with options of a context, a new one."""

    def go(address="#/", **options):
        if not options:
            page = request.getfixturevalue("kept_page")
            page.evaluate("FrameAtlas.popover.shut()")
            page.mouse.move(0, 0)
            page.evaluate("(address) => { location.hash = address; }", address)
            page.evaluate("FrameAtlas.state.reread()")
            return page
        page = open_page(reduced_motion="reduce", **options)
        page.add_init_script(NO_FIRST_STEPS)
        page.goto(site + address)
        page.wait_for_selector("body.fa-ready")
        return page

    return go


@pytest.fixture
def until():
    """``until(page, expression)``: waits until it is true; Playwright's own wait needs ``eval``."""

    def wait(page, expression, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not page.evaluate(expression):
            assert time.monotonic() < end, f"{expression} did not come true"
            page.wait_for_timeout(30)

    return wait


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    package = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    return Path(package.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def violations(axe):
    """``violations(page)``: what axe-core finds in it, a line a rule."""

    def look(page):
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]

    return look


class ShirtEngine:
    """Describes a square by its mean colours: enough to tell red from blue."""

    name = "tensorflow"
    identity = "shirts"
    batch = 16

    def describe(self, crops):
        small = crops[:, 20::60, 20::60].reshape(len(crops), -1).astype(np.float32) / 255
        rows = np.zeros((len(crops), 2048), np.float32)
        rows[:, : small.shape[1]] = small
        return rows

    def close(self):
        pass


@pytest.fixture(scope="session")
def find_players() -> Callable[..., str]:
    """``find_players(*arguments)``: runs ``frameatlas players`` with a network of a few lines."""
    from click.testing import CliRunner

    from frameatlas.cli.main import cli
    from frameatlas.embedder import index as indexing

    def run(*arguments):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(indexing, "open_engine", lambda *_: ShirtEngine())
            said = CliRunner().invoke(cli, ["players", *map(str, arguments)])
        assert said.exit_code == 0, said.output
        return said.output

    return run


@pytest.fixture(scope="session")
def found_players(tmp_path_factory, game_file, find_players):
    """The players of the small game, 3 people in 6 tracklets; tests copy the folder."""
    folder = tmp_path_factory.mktemp("found") / "game.players"
    find_players(game_file[0], "--tracks", game_file[1], "-o", folder)
    return folder


@pytest.fixture(scope="session")
def look(module_at):
    """``look(page)``: nothing that was shown became markup, and nothing is wider than the page."""
    return module_at(Path(__file__).parent / "nothing_injected.py").look
