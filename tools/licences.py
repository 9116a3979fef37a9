"""Writes the tables of docs/dependencies.md: what an installation brings, and under which licence.

    python tools/licences.py            print them
    python tools/licences.py --write    put them into docs/dependencies.md

It reads what the installed packages say of themselves, so run it where frameatlas is installed
with its extras.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "dependencies.md"
BEGIN, END = "<!-- begin: tools/licences.py -->", "<!-- end: tools/licences.py -->"

FOR_DEVELOPERS = frozenset({"dev", "bench", "docs"})
"""Extras that no user installs."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST = 60
_FAMILIES = (
    ("MIT-CMU", "MIT-CMU"),
    (r"\bMIT\b", "MIT"),
    (r"Apache", "Apache-2.0"),
    (r"Zope|ZPL", "ZPL-2.1"),
    (r"Python Software|PSF", "PSF-2.0"),
    (r"\bMPL|Mozilla", "MPL-2.0"),
    (r"3-Clause|Redistributions of source|BSD-3", "BSD-3-Clause"),
    (r"BSD-2", "BSD-2-Clause"),
    (r"BSD", "BSD"),
    (r"ISC", "ISC"),
    (r"Unlicense", "Unlicense"),
)


def direct() -> dict[str, str]:
    """Packages that pyproject.toml asks for at run time, and for which extra; "" for all."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"": project["dependencies"], **project["optional-dependencies"]}
    found: dict[str, str] = {}
    for extra, lines in wanted.items():
        if extra not in FOR_DEVELOPERS:
            for line in lines:
                found.setdefault(normal(line), extra)
    return found


def normal(requirement: str) -> str:
    """The name of a requirement, as package indexes compare names."""
    match = _NAME.match(requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def licence_of(name: str) -> str:
    """What a package says of its licence, as a short identifier where one is known."""
    try:
        facts = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if "License-Expression" in facts:
        return facts["License-Expression"]
    classified = [c for c in facts.get_all("Classifier") or [] if c.startswith("License ::")]
    text = (facts["License"] if "License" in facts else "") or "not told"  # noqa: SIM401 - no dict
    for texts in (classified, [text]):  # a whole licence's text may name others
        for pattern, identifier in _FAMILIES:
            if any(re.search(pattern, one) for one in texts):
                return identifier
    return text.splitlines()[0][:_LONGEST]


def brought_by(names: set[str]) -> dict[str, set[str]]:
    """Every installed package that some others need, and which of ``names`` it comes with."""
    found: dict[str, set[str]] = {}
    for name in names:
        waiting, seen = [name], {name}
        while waiting:
            for inner in _needs(waiting.pop()):
                if inner not in seen:
                    seen.add(inner)
                    waiting.append(inner)
        for inner in seen - names:
            found.setdefault(inner, set()).add(name)
    return found


def _needs(name: str) -> Iterator[str]:
    """What a package needs without any of its extras, where that is installed."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for line in lines:
        inner = normal(line)
        if "extra ==" not in line and _version(inner):
            yield inner


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def tables() -> str:
    """Both tables, as Markdown."""
    asked = direct()
    lines = ["| package | installed with | licence |", "|---|---|---|"]
    for name, extra in sorted(asked.items()):
        how = f"`frameatlas[{extra}]`" if extra else "frameatlas"
        lines.append(f"| {name} | {how} | {licence_of(name) or _told_before(name)} |")
    lines += ["", "These bring with them:", ""]
    lines += ["| package | comes with | licence |", "|---|---|---|"]
    for name, owners in sorted(brought_by(set(asked)).items()):
        lines.append(f"| {name} | {', '.join(sorted(owners)[:3])} | {licence_of(name)} |")
    return "\n".join(lines)


def _told_before(name: str) -> str:
    """What the page says of a package that is not installed here."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    match = re.search(rf"^\| {re.escape(name)} \| [^|]* \| ([^|]+) \|$", text, re.MULTILINE)
    return match[1] if match else "not installed where this was written"


def main() -> None:
    """Print the tables, or write them into their page."""
    text = tables()
    if "--write" not in sys.argv[1:]:
        print(text)
        return
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
