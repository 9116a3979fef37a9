"""Corrections as a file that people write: a small, strict part of YAML, and nothing else of it.

    merge:                  # one person
      - [3, 17, 22]
    not-same:               # all different people
      - [4, 9]
    split:                  # somebody else from this frame on
      4: 230
    rename:                 # what to call the player whom the tracklet shows
      3: Anna

A library for all of YAML would be one more dependency for four headings, and it would silently
read much that cannot be meant (``no`` as false, ``1_0`` as ten).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from frameatlas.errors import InputError
from frameatlas.store.atomic import write_text

HEADINGS = ("merge", "not-same", "split", "rename")

_QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'"
_START = r"[^\s\[\]{},#&*!|>%@`\"'?-]"
_INNER = rf"{_START}[^\[\]{{}},\"']*?"
_ITEM = re.compile(rf"\s*({_QUOTED}|{_INNER})\s*(?:,|$)")
_LIST = re.compile(r"-\s*\[(.*)\]")
_PAIR = re.compile(rf"({_QUOTED}|{_START}.*?)\s*:\s+({_QUOTED}|{_START}[^\"]*)")
_COMMENT = re.compile(rf"((?:(?<=[\s\[,:])(?:{_QUOTED})|.)*?)(?:(?:^|\s)#.*)?")
_PLAIN = re.compile(r"[^\W_](?:[\w.:@ -]*[\w.@-])?")


@dataclass(frozen=True)
class Corrections:
    """What the user knows better, by the tracklets' names as in ``players.csv``.

    Attributes:
        merge: Groups of tracklets that are one person.
        not_same: Groups of tracklets that are all different people.
        split: (tracklet, frame): another person from this frame on.
        rename: (tracklet, name): what to call the player whom this tracklet shows.
    """

    merge: tuple[tuple[str, ...], ...] = ()
    not_same: tuple[tuple[str, ...], ...] = ()
    split: tuple[tuple[str, int], ...] = ()
    rename: tuple[tuple[str, str], ...] = ()

    def names_of(self, player_of: Callable[[str], int | None]) -> dict[int, str]:
        """The user's name of each player who has one.

        Args:
            player_of: Number of the player whom a tracklet shows; None where it shows none.

        Raises:
            InputError: One player has two names, or two players have one.
        """
        names: dict[int, str] = {}
        for tracklet, name in self.rename:
            number = player_of(tracklet)
            if number is None:
                continue
            if names.get(number, name) != name or (name in names.values() and number not in names):
                raise InputError(
                    f"Expected each name to be one player's. Received: {name!r} for the player of "
                    f"{tracklet}, which has another name or whose name another player has; merge "
                    "their tracklets, or mend rename."
                )
            names[number] = name
        return names


_LONGEST_LINE = 10_000
_LONGEST_WRITTEN = 9_000
"""Characters of a list that is written on one line: what is written can be read."""


@dataclass(frozen=True)
class _Line:
    number: int
    text: str
    place: str

    def wrong(self, expected: str) -> InputError:
        """What to say of a line that cannot be meant."""
        return InputError(
            f"Expected {self.place}, line {self.number}, to be {expected}. Received: "
            f"{self.text.strip()[:60]!r}; mend that line."
        )


def read_corrections(path: Path) -> Corrections:
    """Read a file of corrections.

    Raises:
        InputError: It cannot be read, or a line of it cannot be meant.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"Expected corrections in {path}. Received: {getattr(error, 'strerror', None) or error}"
            "; name a text file with merge, not-same, split or rename."
        ) from error
    return parse_corrections(text, str(path))


def parse_corrections(text: str, place: str = "corrections") -> Corrections:
    """The corrections that a text holds; see ``read_corrections``."""
    found: dict[str, list[_Line]] = {}
    heading = ""
    for line in _lines(text, place):
        if line.text[0] != " ":
            heading = _heading(line, found)
        elif not heading:
            raise line.wrong("under one of " + ", ".join(HEADINGS))
        else:
            found[heading].append(line)
    pairs = {name: [_pair(line) for line in found.get(name, ())] for name in ("split", "rename")}
    return Corrections(
        tuple(_group(line) for line in found.get("merge", ())),
        tuple(_group(line) for line in found.get("not-same", ())),
        tuple((name, _frame(value, line)) for name, value, line in pairs["split"]),
        tuple((name, value) for name, value, _ in pairs["rename"]),
    )


def write_corrections(path: Path, corrections: Corrections) -> None:
    """Write corrections so that ``read_corrections`` gives them again."""
    write_text(path, corrections_text(corrections))


def corrections_text(corrections: Corrections) -> str:
    """The text of a file of corrections."""
    lines = []
    merge = [part for group in corrections.merge for part in _parts(group)]
    for heading, groups in (("merge", merge), ("not-same", corrections.not_same)):
        if groups:
            lines.append(f"{heading}:")
            lines += [f"  - [{', '.join(_quote(name) for name in group)}]" for group in groups]
    if corrections.split:
        lines.append("split:")
        lines += [f"  {_quote(name)}: {frame}" for name, frame in corrections.split]
    if corrections.rename:
        lines.append("rename:")
        lines += [f"  {_quote(name)}: {_quote(to)}" for name, to in corrections.rename]
    return "\n".join(lines) + "\n" if lines else ""


def _parts(group: tuple[str, ...]) -> list[tuple[str, ...]]:
    """One person's tracklets, some a line: each line begins with the same, which holds them all."""
    most = max(2, _LONGEST_WRITTEN // (max(map(len, group)) + 4))
    rest = group[1:]
    count = max(1, -(-len(rest) // most))
    return [(group[0], *rest[number::count]) for number in range(count)]


def _lines(text: str, place: str) -> Iterator[_Line]:
    for number, raw in enumerate(text.splitlines(), 1):
        found = _COMMENT.fullmatch(raw)
        line = (found[1] if found else raw).rstrip()
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise _Line(number, line, place).wrong("indented by spaces, not tabs")
        if line and line != "---":
            if len(line) > _LONGEST_LINE:
                raise _Line(number, line, place).wrong(f"at most {_LONGEST_LINE} characters")
            yield _Line(number, line, place)


def _heading(line: _Line, found: dict[str, list[_Line]]) -> str:
    name, colon, rest = line.text.partition(":")
    name = name.strip()
    if name not in HEADINGS or not colon or rest.strip() not in ("", "[]", "{}"):
        raise line.wrong("one of " + ", ".join(f"{h}:" for h in HEADINGS))
    if name in found:
        raise line.wrong(f"the only {name}: of the file")
    found[name] = []
    return name


def _group(line: _Line) -> tuple[str, ...]:
    match = _LIST.fullmatch(line.text.strip())
    if not match:
        raise line.wrong("a list of tracklets, such as - [3, 17]")
    names, place, inner = [], 0, match[1]
    while item := _ITEM.match(inner, place):
        names.append(_bare(item[1]))
        place = item.end()
        if place == len(inner):
            break
    if place < len(inner.rstrip()) or len(names) < 2 or len(set(names)) != len(names):
        raise line.wrong("a list of two or more different tracklets, such as - [3, 17]")
    return tuple(names)


def _pair(line: _Line) -> tuple[str, str, _Line]:
    match = _PAIR.fullmatch(line.text.strip())
    if not match:
        raise line.wrong("a tracklet and what becomes of it, such as 4: 230 or 3: Anna")
    return _bare(match[1]), _bare(match[2]), line


def _frame(value: str, line: _Line) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise line.wrong("a tracklet and a frame's number, such as 4: 230")
    return int(value)


def _bare(scalar: str) -> str:
    scalar = scalar.strip()
    return scalar[1:-1] if scalar[0] in "\"'" else scalar


def _quote(name: str) -> str:
    if _PLAIN.fullmatch(name) and ": " not in name:
        return name
    mark = "'" if '"' in name else '"'
    return f"{mark}{name}{mark}"
