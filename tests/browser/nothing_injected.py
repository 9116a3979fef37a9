"""What no page may hold, whatever it was given to show."""

INJECTED = """() => [
    ...document.querySelectorAll("script:not([src], #fa-facts), [onerror], [onload]")]
    .map((one) => one.outerHTML.slice(0, 200)).concat(
    [...document.querySelectorAll("img")].map((one) => one.getAttribute("src"))
    .filter((src) => src === "x"))"""
WIDER = """() => {
    const wide = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")].filter((one) => {
        const box = one.getBoundingClientRect();
        const scrolled = one.closest("#fa-map, .leaflet-container, .fa-sr-only, svg, canvas");
        return box.width && !scrolled && (box.right > wide + 1 || box.left < -1)
            && getComputedStyle(one).visibility !== "hidden"
            && !hiddenBy(one);
    }).map((one) => `${one.tagName}.${one.className}#${one.id}`);
    function hiddenBy(one) {
        for (let above = one.parentElement; above; above = above.parentElement) {
            const {overflowX} = getComputedStyle(above);
            if (overflowX !== "visible" && above.getBoundingClientRect().right <= wide + 1)
                return true;
        }
        return false;
    }
}"""


def look(page):
    """Nothing that was shown became markup, and nothing is wider than the page."""
    assert page.evaluate(INJECTED) == []
    assert page.evaluate(WIDER) == []
