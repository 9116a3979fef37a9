"""The page as it is sent: one script, one style sheet, and the HTML that names them.

What lies in the folders of ``assets/`` is put together in order, so that a new panel or overlay is
one new file. Nothing is built beforehand: the files are read once, when the server starts.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template

from frameatlas.store.digests import text_digest

ASSETS = Path(__file__).parents[1] / "assets"

FIRST = (
    "base/dom",
    "base/icons",
    "base/theme",
    "base/palette",
    "base/parts",
    "base/state",
    "base/address",
    "base/connection",
    "base/waiting",
    "base/api",
    "base/when",
    "base/fields",
    "leaflet/leaflet",
)
"""Scripts that others need when they are loaded, each after those that it needs."""

FOLDERS = ("map", "overlays", "panels", "players", "bar")
"""Folders whose scripts come after, in the order of their names: they only register themselves."""

STYLES = ("leaflet/leaflet", "style/colours", "style/page")
"""Style sheets that others build on."""

LEVEL = 9
"""Of gzip: the bundle is compressed once, and sent with every first visit."""


@dataclass(frozen=True)
class Bundle:
    """One file that the page loads.

    Attributes:
        name: What it is called in addresses.
        media_type: Of its content.
        content: Its bytes.
        packed: The same, gzipped.
        digest: Changes with the content, so that browsers keep it for good.
    """

    name: str
    media_type: str
    content: bytes
    packed: bytes
    digest: str

    @classmethod
    def of(cls, name: str, media_type: str, paths: list[Path]) -> "Bundle":
        """Files one after the other."""
        text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
        content = text.encode()
        digest = text_digest(text)[:16]
        return cls(name, media_type, content, gzip.compress(content, LEVEL, mtime=0), digest)

    @property
    def address(self) -> str:
        """Where the server has it."""
        return f"/page/{self.digest}/{self.name}"


def scripts() -> list[Path]:
    """The scripts of the page, in order."""
    listed = [ASSETS / f"{name}.js" for name in FIRST]
    rest = [path for folder in FOLDERS for path in sorted((ASSETS / folder).glob("*.js"))]
    return [*listed, *rest, ASSETS / "start.js"]


def styles() -> list[Path]:
    """The style sheets of the page, in order."""
    listed = [ASSETS / f"{name}.css" for name in STYLES]
    return [
        *listed,
        *(path for path in sorted((ASSETS / "style").glob("*.css")) if path not in listed),
    ]


def bundles() -> tuple[Bundle, Bundle]:
    """Script and style sheet of the page."""
    return (
        Bundle.of("frameatlas.js", "text/javascript", scripts()),
        Bundle.of("frameatlas.css", "text/css", styles()),
    )


def page_html(script: Bundle, style: Bundle) -> Callable[[str], str]:
    """Makes the page of facts as JSON, "" where it has to ask for them."""
    template = (ASSETS / "index.html").read_text(encoding="utf-8")
    before, after = (
        Template(part).substitute(script=script.address, style=style.address)
        for part in template.split("$facts")
    )

    def filled(facts: str) -> str:
        # What an HTML parser would take for the script's end is written as JSON may write it.
        return before + facts.replace("<", "\\u003c") + after

    return filled
