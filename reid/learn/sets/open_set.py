"""Opening a set of people: which kind it is says what is in it, never what its folder is called."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.reid.learn.sets.people_set import PeopleSet, people_set
from frameatlas.reid.learn.sets.picture_files import pictures_in
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.learn.sets.read_cuhk03 import read_cuhk03
from frameatlas.reid.learn.sets.read_duke import read_duke
from frameatlas.reid.learn.sets.read_folders import held_out, read_folders
from frameatlas.reid.learn.sets.read_market import read_market
from frameatlas.reid.learn.sets.read_mars import read_mars
from frameatlas.reid.learn.sets.read_msmt17 import read_msmt17
from frameatlas.reid.learn.sets.read_players import holds_labels, read_players
from frameatlas.reid.learn.sets.read_soccernet import read_soccernet
from frameatlas.reid.ranking.names import MARKET, left_out_note, read_names

READERS: tuple[Callable[[Path], PeopleSet | None], ...] = (
    read_msmt17,
    read_mars,
    read_duke,
    read_market,
    read_cuhk03,
)
"""Those that look for folders and lists of their own."""

SHAPES = (
    "a folder for each person (people/anna/1.jpg), a public set (Market-1501, DukeMTMC-reID, "
    "CUHK03, MSMT17, MARS or SoccerNet-ReID as it is unpacked), or the .players folder of a game"
)


def open_set(path: Path, *, trust: float | None = None) -> PeopleSet:
    """Open a set of people.

    Args:
        path: Its folder.
        trust: Of an atlas of players: players from this confidence on are learnt from too, though
            nobody has looked at them.

    Raises:
        InputError: It is no set that is known, or one without people.
    """
    if holds_labels(path):
        return _sound(read_players(path, trust))
    if not path.is_dir():
        raise InputError(f"Expected a folder of pictures of people: {SHAPES}. Received: {path}.")
    for read in READERS:
        found = read(path)
        if found is not None:
            return _sound(found)
    files = pictures_in(path)
    found = read_soccernet(path, files) or _named(path, files) or read_folders(path, files)
    if found is None:
        raise InputError(_unknown(path, files))
    return _sound(found)


def _named(root: Path, files: list[Path]) -> PeopleSet | None:
    """A flat folder of pictures that are named as Market-1501's."""
    named = read_names(files, MARKET)
    if not named.paths or len(named.paths) <= len(files) // 2:
        return None
    if any(path.parent != root for path in named.paths):
        return None
    person = np.array(named.numbers(0))
    parts, notes = held_out(person)
    return people_set(
        "named",
        root.name,
        named.paths,
        {"person": named.numbers(0), "camera": named.numbers(1)},
        parts,
        PROTOCOLS["market"],
        [*left_out_note(named, "Market-1501"), *notes],
    )


def _sound(found: PeopleSet) -> PeopleSet:
    """Refuse a set of nobody, and score one of a single camera by what it can tell."""
    if not found.people(np.arange(len(found))):
        raise InputError(
            f"Expected people in {found.name}. Received: {len(found)} pictures of nobody that is "
            f"named; it has to be {SHAPES}."
        )
    rows = np.union1d(found.query, found.gallery)
    cameras = len(np.unique(found.camera[rows]))
    if found.protocol.apart != "camera" or cameras > 1 or not len(rows):
        return found
    known = len(np.unique(found.tracklet[rows])) < len(rows)
    protocol = PROTOCOLS["tracklets" if known else "folders"]
    note = (
        "one camera only: without pictures of the same person from the same camera nothing would "
        f"be left to find, so the protocol is {protocol.name}"
    )
    return replace(found, protocol=protocol, notes=(*found.notes, note))


def _unknown(path: Path, files: list[Path]) -> str:
    if not files:
        held = sorted(p.name for p in path.iterdir())[:4]
        received = f"no picture, but {', '.join(held)}" if held else "an empty folder"
    else:
        received = f"{count_of(len(files), 'picture')} such as {files[0].relative_to(path)}"
    return f"Expected {path} to be {SHAPES}. Received: {received}."
