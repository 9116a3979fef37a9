"""Scripts, styles and the page of a static site: some of its own, some of the browser's."""

from html import escape
from pathlib import Path
from string import Template

ASSETS = Path(__file__).parents[1] / "assets"

_SHARED = (
    "map/atlas-grid.js",
    "map/atlas-map.js",
    "map/atlas-wheel.js",
    "map/labels.js",
    "base/palette.js",
)
_FOLDERS = ("leaflet", "site")


def site_assets() -> list[Path]:
    """Files of ``ASSETS`` that every site has, with Leaflet's licence; the page is not one."""
    folders = (path for name in _FOLDERS for path in (ASSETS / name).rglob("*"))
    own = (path for path in folders if path.is_file() and path.suffix != ".html")
    return sorted([*own, *(ASSETS / name for name in _SHARED)])


def page_of(title: str) -> str:
    """The page's HTML.

    Args:
        title: Any text; it is shown as it is.
    """
    template = (ASSETS / "site" / "index.html").read_text(encoding="utf-8")
    return Template(template).substitute(title=escape(title))


def bytes_of_page() -> int:
    """Size of page and assets."""
    return len(page_of("").encode()) + sum(path.stat().st_size for path in site_assets())
