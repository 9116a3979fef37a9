"""Corrections written into a file that a person may have written too: what stays, stays as it is.

Lines of entries that are gone are taken out, new ones are put in, and no comment is lost. A library
that keeps comments (ruamel.yaml) ties each to what stands before it, and loses it with that.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from frameatlas.players.yaml_entries import Entry, Place, Section, read_sections

Row = tuple[tuple[str, ...], str]
"""The values of an entry, and the line that says them."""

_PLAIN = re.compile(r"[^\W_](?:[\w.:@ -]*[\w.@-])?")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_LONGEST_WRITTEN = 9_000
"""Characters of a list on one line: releases before December 2026 read lines of 10,000."""


def rows_text(rows: dict[str, list[Row]]) -> str:
    """A file of these rows alone, by heading."""
    return "".join(line for name, some in rows.items() if some for line in _block(name, some))


def edited_text(place: Place, rows: dict[str, list[Row]]) -> str:
    """The text of a file, changed so that it says these rows and nothing else.

    Args:
        place: A file of corrections that can be read.
        rows: What it has to say, by heading; in the order that reading gives again.
    """
    lines = place.text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += "\n"
    sections = read_sections(place, tuple(rows))
    for name, section in sorted(sections.items(), key=lambda item: -item[1].line):
        _edit_section(lines, name, section, rows[name])
    for name, some in rows.items():
        if some and name not in sections:
            lines += _block(name, some)
    return "".join(lines)


def list_row(names: tuple[str, ...]) -> Row:
    """A list of names."""
    return names, f"  - [{', '.join(map(_quote, names))}]\n"


def pair_row(name: str, value: str) -> Row:
    """A name, and what belongs to it."""
    return (name, value), f"  {_quote(name)}: {_quote(value)}\n"


def short_lists(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """One person's names, some a line: each list begins with the same, which holds them all."""
    most = max(2, _LONGEST_WRITTEN // (max(map(len, names)) + 4))
    rest = names[1:]
    count = max(1, -(-len(rest) // most))
    return [(names[0], *rest[number::count]) for number in range(count)]


def _block(name: str, rows: Sequence[Row]) -> list[str]:
    return [f"{name}:\n", *(line for _, line in rows)]


def _edit_section(lines: list[str], name: str, section: Section, rows: Sequence[Row]) -> None:
    """Change a section's lines; those before it stay, and those behind it have been changed."""
    if [entry.values for entry in section.entries] == [values for values, _ in rows]:
        return
    if not section.entries or not _stands_on_lines(lines, section):
        stop = section.stop[0] + 1
        kept = list(_comments(lines[section.line : stop]))
        lines[section.line : stop] = [*kept, *(_block(name, rows) if rows else ())]
        return
    old = [entry.values for entry in section.entries]
    changes = SequenceMatcher(None, old, [values for values, _ in rows], autojunk=False)
    for what, first, last, start, stop in reversed(changes.get_opcodes()):
        if what == "equal":
            continue
        behind = section.entries[first].start[0] if first < len(old) else section.stop[0] + 1
        kept = []
        for entry in reversed(section.entries[first:last]):
            span = slice(entry.start[0], entry.stop[0] + 1)
            kept = list(_comments(lines[span], entry))
            lines[span] = kept
        lines[behind:behind] = [line for _, line in rows[start:stop]]
    if not rows:
        lines[section.line : section.line + 1] = _comments(lines[section.line : section.line + 1])


def _stands_on_lines(lines: Sequence[str], section: Section) -> bool:
    """Whether each entry has lines of its own, so that they can be taken out."""
    before = section.line
    for entry in section.entries:
        (first, column), (last, end) = entry.start, entry.stop
        ahead = lines[first][:column].strip()
        if first <= before or ahead != ("" if section.kind == "pairs" else "-"):
            return False
        rest = lines[last][end:].strip()
        if rest and not rest.startswith("#"):
            return False
        before = last
    return True


def _comments(lines: Sequence[str], entry: Entry | None = None) -> Iterator[str]:
    """The comments of lines that go, each on a line of its own.

    Of an entry of several lines, what looks like a comment within quotes is kept as well.
    """
    one = entry is not None and entry.start[0] == entry.stop[0]
    for line in lines:
        found = _COMMENT.search(line, entry.stop[1] if one and entry else 0)
        if found:
            yield f"  {found[0].rstrip()}\n"


def _quote(name: str) -> str:
    if _PLAIN.fullmatch(name) and ": " not in name:
        return name
    if name.isprintable() and "\\" not in name and not ("'" in name and '"' in name):
        mark = "'" if '"' in name else '"'
        return f"{mark}{name}{mark}"
    import yaml

    written: str = yaml.dump(name, default_style='"', width=float("inf"), allow_unicode=True)
    return written.rstrip("\n")
