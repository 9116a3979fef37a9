"""axe-core in a real Chromium: no violation in any state of the page, light and dark."""

import pytest

STATES = {
    "first sight": "#/",
    "colours": "#/0,0,1/c=video",
    "groups": "#/o=clusters",
    "a frame": "#/f=20/p=frame",
    "a frame whose film was moved": "#/f=60/p=frame",
    "videos side by side": "#/way=0,1/p=video",
    "names found": "#/p=search/find=mp4",
    "hits": "#/like=20/p=search",
    "a selection": "#/p=selection/sel=+r-1,1,0,0",
    "charts": "#/way=0/p=charts",
    "a poster": "#/p=poster",
    "nothing found": "#/v=0/from=9999",
    "a hole": "#/0.999,0.9999,9",
    "help": "?",
    "adding a folder": "add",
    "a menu": "menu",
    "the server gone": "gone",
}

SAID = """(violations) => violations.map((one) =>
    `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)}`)"""


@pytest.fixture(scope="module", params=["light", "dark", "a phone"])
def themed(request, chromium, site, axe):
    """A page with axe in it, in one look."""
    phone = request.param == "a phone"
    how = {"viewport": {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}}
    if phone:
        how |= {"has_touch": True, "is_mobile": True}
    theme = "light" if phone else request.param
    context = chromium.new_context(color_scheme=theme, reduced_motion="reduce", **how)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(site)
    page.wait_for_selector("body.fa-ready")
    page.evaluate(axe)
    yield page
    context.close()


def bring(page, address):
    """Bring a page into a state, and take away what the one before it left."""
    page.context.set_offline(False)
    page.keyboard.press("Escape")
    page.evaluate("(a) => { location.hash = a; }", address if address.startswith("#") else "#/")
    page.evaluate("FrameAtlas.popover.shut(); FrameAtlas.state.reread()")
    if address == "?":
        page.evaluate("FrameAtlas.help.open()")
    elif address == "add":
        page.evaluate("FrameAtlas.addFolder.open('index')")
        page.wait_for_selector(".fa-folders button")
    elif address == "menu":
        page.click("#fa-chip-v")
    elif address == "gone":
        page.context.set_offline(True)
        page.evaluate("FrameAtlas.connection.failed()")
        page.wait_for_selector("#fa-lost")
    elif "charts" in address:
        page.wait_for_selector("#fa-charts .main-svg", timeout=60_000)
    elif "find=" in address:
        page.wait_for_selector("#fa-results li")
    page.wait_for_timeout(250)


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(themed, state):
    bring(themed, STATES[state])
    # Dark differs from light in its colours alone.
    dark = themed.get_attribute("html", "data-theme") == "dark"
    rules = "runOnly: ['color-contrast'], " if dark else ""
    found = themed.evaluate(f"axe.run(document, {{{rules}resultTypes: ['violations']}})")
    assert themed.evaluate(SAID, found["violations"]) == []
