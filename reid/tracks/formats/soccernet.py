"""SoccerNet tracking: ``gameinfo.ini``, which says who each track is."""

import configparser
import re
from collections.abc import Mapping
from pathlib import Path

from frameatlas.reid.tracks.formats.table import Person

_NAME = "gameinfo.ini"
_ROLES = {"player": "player", "goalkeeper": "goalkeeper", "goalkeepers": "goalkeeper"}
_ROLES |= {"referee": "referee", "ball": "ball", "other": "other"}


def find_gameinfo(tracks: Path) -> Path | None:
    """The ``gameinfo.ini`` of a file of tracks: above ``gt/``, beside it, or called as it is."""
    for folder in (tracks.parent, tracks.parent.parent):
        if (folder / _NAME).is_file():
            return folder / _NAME
    for other in sorted(tracks.parent.glob(f"*{_NAME}")):
        prefix = other.name.removesuffix(_NAME)
        if prefix and tracks.name.startswith(prefix):
            return other
    return None


def read_gameinfo(path: Path) -> dict[int, Person]:
    """Who each track is; nothing where the file cannot be read."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8-sig", errors="replace"))
    except (OSError, configparser.Error):
        return {}
    found = {}
    for section in parser.values():
        found.update(_people(section))
    return found


def _people(section: Mapping[str, str]) -> dict[int, Person]:
    people = {}
    for key, value in section.items():
        track = re.fullmatch(r"trackletid_(\d{1,9})", key.lower())
        if track:
            people[int(track[1])] = person_of(value)
    return people


def person_of(text: str) -> Person:
    """``player team left;10`` as a person: role, team and number."""
    what, _, number = (part.strip() for part in text.partition(";"))
    words = what.lower().split()
    role = _ROLES.get(words[0], words[0]) if words else ""
    team = " ".join(words[words.index("team") + 1 :]) if "team" in words else ""
    plays = role in ("player", "goalkeeper")
    return Person(role, team, number if plays and number.isdigit() else "")
