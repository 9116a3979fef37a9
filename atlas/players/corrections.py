"""Corrections as a file that people write: lists and pairs of YAML, and nothing else of it.

    merge:                  # one person
      - [3, 17, 22]
    not-same:               # all different people
      - [4, 9]
    split:                  # somebody else from this frame on
      4: 230
    rename:                 # what to call the player whom the tracklet shows
      3: Anna
    role:                   # player, goalkeeper, referee, ball or bench
      8: referee
    ignore:                 # in no player, sheet, count or statistic
      - [12, 40]

Every scalar is text as it was written (``no``, ``1_0``); a person's comments stay.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from frameatlas.errors import InputError
from frameatlas.players.corrections_text import (
    Row,
    edited_text,
    list_row,
    pair_row,
    rows_text,
    short_lists,
)
from frameatlas.players.yaml_entries import Place, Section, read_sections
from frameatlas.store.atomic import write_text

HEADINGS = ("merge", "not-same", "split", "rename", "role", "ignore")

ROLES = ("player", "goalkeeper", "referee", "ball", "bench")
"""What somebody in a game can be."""


@dataclass(frozen=True)
class Corrections:
    """What the user knows better, by the tracklets' names as in ``players.csv``.

    Attributes:
        merge: Groups of tracklets that are one person.
        not_same: Groups of tracklets that are all different people.
        split: (tracklet, frame): another person from this frame on.
        rename: (tracklet, name): what to call the player whom this tracklet shows.
        role: (tracklet, one of ``ROLES``): what the player does whom this tracklet shows.
        ignore: Tracklets that are nobody's.
    """

    merge: tuple[tuple[str, ...], ...] = ()
    not_same: tuple[tuple[str, ...], ...] = ()
    split: tuple[tuple[str, int], ...] = ()
    rename: tuple[tuple[str, str], ...] = ()
    role: tuple[tuple[str, str], ...] = ()
    ignore: tuple[str, ...] = ()

    def roles_of(self, player_of: Callable[[str], int | None]) -> dict[int, str]:
        """The role of each player who has one.

        Args:
            player_of: Number of the player whom a tracklet shows; None where it shows none.

        Raises:
            InputError: One player has two roles.
        """
        roles: dict[int, str] = {}
        for tracklet, role in self.role:
            number = player_of(tracklet)
            if number is None:
                continue
            if roles.setdefault(number, role) != role:
                raise InputError(
                    f"Expected each player to have one role. Received: {role!r} for the player of "
                    f"{tracklet}, who is {roles[number]!r} already; mend role."
                )
        return roles

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
            "; name a text file with merge, not-same, split, rename, role or ignore."
        ) from error
    return parse_corrections(text, str(path))


def parse_corrections(text: str, place: str = "corrections") -> Corrections:
    """The corrections that a text holds; see ``read_corrections``."""
    written = Place(text, place)
    sections = read_sections(written, HEADINGS)
    merge, apart = (tuple(_groups(written, sections.get(n))) for n in ("merge", "not-same"))
    split = tuple(
        (name, _frame(written, frame, line))
        for name, frame, line in _pairs(written, sections.get("split"))
    )
    rename = tuple((name, to) for name, to, _ in _pairs(written, sections.get("rename")))
    role = tuple(
        (name, _role(written, to, line)) for name, to, line in _pairs(written, sections.get("role"))
    )
    ignore = tuple(dict.fromkeys(_names(written, sections.get("ignore"))))
    return Corrections(merge, apart, split, rename, role, ignore)


def write_corrections(path: Path, corrections: Corrections) -> None:
    """Write corrections so that ``read_corrections`` gives them again.

    What a person wrote into the file stays as it is where it still holds, and every comment stays.
    """
    rows = _rows(corrections)
    try:
        place = Place(path.read_text(encoding="utf-8-sig"), str(path))
    except FileNotFoundError:
        place = Place("", str(path))
    write_text(path, edited_text(place, rows))


def corrections_text(corrections: Corrections) -> str:
    """The text of a file of corrections."""
    return rows_text(_rows(corrections))


def _rows(corrections: Corrections) -> dict[str, list[Row]]:
    return {
        "merge": [list_row(part) for group in corrections.merge for part in short_lists(group)],
        "not-same": [list_row(group) for group in corrections.not_same],
        "split": [pair_row(name, str(frame)) for name, frame in corrections.split],
        "rename": [pair_row(name, to) for name, to in corrections.rename],
        "role": [pair_row(name, role) for name, role in corrections.role],
        "ignore": [list_row((name,)) for name in corrections.ignore],
    }


def _groups(place: Place, section: Section | None) -> Iterator[tuple[str, ...]]:
    for entry in section.entries if section else ():
        names = entry.values
        line = entry.start[0]
        if entry.kind != "list" or section is None or section.kind != "list":
            raise place.wrong(line, "a list of tracklets, such as - [3, 17]")
        if len(names) < 2 or len(set(names)) != len(names) or not all(names):
            raise place.wrong(line, "a list of two or more different tracklets, such as - [3, 17]")
        yield names


def _pairs(place: Place, section: Section | None) -> Iterator[tuple[str, str, int]]:
    for entry in section.entries if section else ():
        line = entry.start[0]
        if entry.kind != "pair" or not all(entry.values):
            raise place.wrong(line, "a tracklet and what becomes of it, such as 4: 230 or 3: Anna")
        yield *entry.values, line  # type: ignore[misc]


def _names(place: Place, section: Section | None) -> Iterator[str]:
    """Tracklets, one or several in an entry."""
    for entry in section.entries if section else ():
        whole = entry.kind in ("list", "text") and section is not None and section.kind == "list"
        if not whole or not entry.values or not all(entry.values):
            raise place.wrong(entry.start[0], "a list of tracklets, such as - [12, 40]")
        yield from entry.values


def _role(place: Place, value: str, line: int) -> str:
    if value not in ROLES:
        raise place.wrong(line, f"a tracklet and one of {', '.join(ROLES)}, such as 8: referee")
    return value


def _frame(place: Place, value: str, line: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise place.wrong(line, "a tracklet and a frame's number, such as 4: 230")
    return int(value)
