"""What MkDocs does not find in ``docs/``: README and its like, the menu, a page of the whole API.

GitHub shows the same files, so their links are written for it; here they are turned to the site's
pages. MkDocs calls the functions named ``on_…`` (its hooks).
"""

import ast
import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

ABOVE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",
    "LICENSE": "licence.md",
    "examples/README.md": "examples.md",
}
"""Files beside ``docs/``, and the pages that they become."""

API = "api.md"
PACKAGES = {
    "frameatlas": "atlas",
    "frameatlas.embedder": "embedder",
    "frameatlas.poster": "poster",
    "frameatlas.browser": "browser",
    "frameatlas.reid": "reid",
}
FIRST = (
    "commands.md",
    "python.md",
    API,
    "players.md",
    "editors.md",
    "researchers.md",
    "videos.md",
    "scaling.md",
)
LAST = ("architecture.md", "format.md", "benchmarks.md", "security.md", "dependencies.md")

_WHOLE = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s#]+)[^)]*\)")
_LINK = re.compile(r"(\]\()([^)\s#]+)([^)]*\))|((?:src|srcset|href)=\")([^\"#]+)(\")")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are not in ``docs/``."""
    from mkdocs.structure.files import File

    for name, page in ABOVE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        folder = posixpath.dirname(name) or "."
        files.append(File.generated(config, page, content=site_links(text, folder, page)))
    files.append(File.generated(config, API, content=api_page()))
    return files


def on_config(config: Any) -> Any:
    """Make the menu: what a visitor asks first, then the rest of ``docs/``, then the decisions."""
    there = {path.name for path in (ROOT / "docs").glob("*.md")} | {API}
    others = sorted(there - {*FIRST, *LAST})
    decisions = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    config["nav"] = [
        {"Home": "index.md"},
        *(name for name in (*FIRST, *others) if name in there),
        {"Inside": [*(name for name in LAST if name in there), *list(ABOVE.values())[1:]]},
        {"Decisions": [f"decisions/{path.name}" for path in decisions]},
    ]
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn the links of a page of ``docs/`` to the pages of the site."""
    source = page.file.src_uri
    if source in {*ABOVE.values(), API}:
        return markdown
    return site_links(markdown, posixpath.join("docs", posixpath.dirname(source)), source)


def site_links(text: str, folder: str, page: str) -> str:
    """Text with its relative links changed from the repository's files to the site's pages.

    Args:
        text: Markdown.
        folder: Where the file lies, relative to the repository.
        page: Name of the page that it becomes, relative to the site.
    """
    plain = _WHOLE.sub(lambda found: _without_stray(found, folder), text)
    return _LINK.sub(lambda found: _turned(found, folder, page), plain)


def _without_stray(found: re.Match[str], folder: str) -> str:
    """The label alone of a link to a file that is no page of the site, such as a program."""
    target = posixpath.normpath(posixpath.join(folder, found[2]))
    stray = not re.match(r"\w+:", found[2]) and target not in ABOVE
    return found[1] if stray and not target.startswith("docs/") else found[0]


def _turned(found: re.Match[str], folder: str, page: str) -> str:
    before, link, after = found.groups()[:3] if found[1] else found.groups()[3:]
    if re.match(r"\w+:", link):
        return found[0]
    target = posixpath.normpath(posixpath.join(folder, link))
    if target in ABOVE:
        to = ABOVE[target]
    elif target.startswith("docs/"):
        to = target.removeprefix("docs/")
    else:
        return found[0]
    return f"{before}{posixpath.relpath(to, posixpath.dirname(page) or '.')}{after}"


def api_page() -> str:
    """Every public name of every package, as its docstring explains it."""
    parts = ["# API\n\nEvery public name, with what its docstring says.\n"]
    for package, folder in PACKAGES.items():
        names = public_names(ROOT / folder / "__init__.py")
        if names:
            parts.append(f"## {package}\n")
            parts += [f"::: {package}.{name}\n" for name in names]
    return "\n".join(parts)


def public_names(path: Path) -> list[str]:
    """What a package offers: as its stub says, where it has one, else as ``__all__`` lists it."""
    stub = path.with_suffix(".pyi")
    if stub.exists():
        return sorted(
            re.findall(r"(?m)^from \S+ import (\w+) as", stub.read_text(encoding="utf-8"))
        )
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    return []
