"""A real Chromium for the tests of pages: watched, so that a page's complaints fail its test."""

import shutil
from collections.abc import Callable, Iterator

import pytest

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
def open_page(chromium) -> Iterator[Callable]:
    """``open_page(**options)``: a page in a context of its own, as ``Browser.new_context`` takes.

    When the test is over it fails if a page logged an error, threw one, or asked for anything
    that is not on this machine. ``page.tolerated`` is a list of texts that may occur in errors.
    """
    contexts, complaints = [], []

    def open_one(**options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(10_000)
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
    left = [text for page, text in complaints if not any(t in text for t in page.tolerated)]
    assert not left, "\n".join(left)


@pytest.fixture
def chromium_page(open_page):
    """One page of 1280 × 800 pixels, watched as ``open_page`` says."""
    return open_page()
