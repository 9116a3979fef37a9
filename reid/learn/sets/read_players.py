"""An atlas of players as a set: what its user merged, renamed and parted says who is who.

Positives are the tracklets of every player whom the user touched: what was merged, renamed, or left
in a player who was. Other players are taken too where their confidence reaches ``trust``. All
other tracklets are nobody that is known: they are only ever compared with those whom they were seen
together with, and with those that the user called different. A piece of a tracklet is a camera:
pictures of one and the same piece are too alike to learn from.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.players.corrections import Corrections, read_corrections
from frameatlas.players.tables import (
    CORRECTIONS,
    CropOwners,
    PlayerTables,
    holds_players,
    read_player_tables,
)
from frameatlas.plurals import count_of
from frameatlas.reid.learn.sets.people_set import PeopleSet
from frameatlas.reid.learn.sets.picture_files import crop_path
from frameatlas.reid.learn.sets.protocol import PROTOCOLS

HELD_OUT = 3
"""One player of so many is kept for scoring."""

Groups = NDArray[np.int64]


def holds_labels(path: Path) -> bool:
    """Whether a folder is an atlas of players."""
    return path.is_dir() and holds_players(path)


def read_players(folder: Path, trust: float | None = None) -> PeopleSet:
    """The crops of an atlas of players, labelled by what its user knows.

    Args:
        folder: The atlas.
        trust: Confidence from which on players count whom the user never touched; None: never.

    Raises:
        FormatError: The atlas is damaged.
    """
    tables = read_player_tables(folder)
    owners = tables.owners
    kept = folder / CORRECTIONS
    known = read_corrections(kept) if kept.exists() else tables.applied
    names = {name: piece for piece, name in enumerate(piece_names(owners))}
    group = _merged(owners, known, names)
    touched = _touched(owners, known, names, group)
    sure = _sure(owners, group) >= trust if trust is not None else np.zeros(len(group), bool)
    certain = (touched | sure) & (owners.segments["player"] >= 0) | touched
    pairs = sorted({*seen_together(owners), *_different(known, names)})
    named = _names(known, names, group)
    return _set(folder, tables, group, certain, pairs, named, int(touched.sum()))


def piece_names(owners: CropOwners) -> list[str]:
    """Names as corrections have them: "7", and "7@230" for what begins at frame 230."""
    names: list[str] = []
    before = -1
    for tracklet, first in zip(owners.segments["tracklet"], owners.segments["first"], strict=True):
        name = owners.tracklets[tracklet]
        names.append(name if tracklet != before else f"{name}@{first}")
        before = tracklet
    return names


def seen_together(owners: CropOwners) -> Iterator[tuple[int, int]]:
    """Pairs of pieces of one camera that both have two crops in the time that they share."""
    camera = owners.camera[owners.segments["tracklet"]]
    first, last = owners.segments["first"], owners.segments["last"]
    pictures = [np.sort(owners.picture[owners.segment == piece]) for piece in range(len(camera))]
    for one in range(len(camera)):
        later = np.arange(one + 1, len(camera))
        both = (camera[later] == camera[one]) & (first[later] <= last[one])
        both &= (last[later] >= first[one]) & (
            owners.segments["tracklet"][later] != owners.segments["tracklet"][one]
        )
        for other in later[both]:
            begin, end = max(first[one], first[other]), min(last[one], last[other])
            if all(_inside(pictures[piece], begin, end) >= 2 for piece in (one, int(other))):
                yield one, int(other)


def _inside(pictures: Groups, begin: int, end: int) -> int:
    return int(np.searchsorted(pictures, end, "right") - np.searchsorted(pictures, begin))


def _merged(owners: CropOwners, known: Corrections, names: dict[str, int]) -> Groups:
    """Number of the person of each piece: its player, what is merged, or a number of its own."""
    player = owners.segments["player"]
    alone = player.max(initial=-1) + 1 + np.arange(len(player))
    group = np.where(player >= 0, player, alone)
    for together in known.merge:
        own = [names[name] for name in together if name in names]
        if own:
            group[np.isin(group, group[own])] = group[own[0]]
    return np.asarray(group, np.int64)


def _touched(
    owners: CropOwners, known: Corrections, names: dict[str, int], group: Groups
) -> NDArray[np.bool_]:
    """Which pieces belong to somebody whom the user merged, renamed or split."""
    spoken = {name for merged in known.merge for name in merged}
    spoken |= {name for name, _ in known.rename}
    spoken |= {part for name, frame in known.split for part in (name, f"{name}@{frame}")}
    pieces = [names[name] for name in spoken if name in names]
    touched = np.isin(group, group[pieces]) if pieces else np.zeros(len(group), bool)
    for different in known.not_same:
        own = [names[name] for name in different if name in names]
        touched[own] |= owners.segments["player"][own] >= 0
    return np.asarray(touched, bool)


def _sure(owners: CropOwners, group: Groups) -> NDArray[np.float64]:
    """Confidence of each piece's player: the mean of its pieces by their crops."""
    crops = np.bincount(owners.segment, minlength=len(group)).astype(float)
    sums = np.bincount(group, crops * owners.confidence)
    return np.asarray((sums / np.maximum(np.bincount(group, crops), 1))[group])


def _different(known: Corrections, names: dict[str, int]) -> Iterator[tuple[int, int]]:
    for group in known.not_same:
        own = sorted(names[name] for name in group if name in names)
        yield from ((one, other) for place, one in enumerate(own) for other in own[place + 1 :])


def _names(known: Corrections, names: dict[str, int], group: Groups) -> tuple[tuple[int, str], ...]:
    pairs = {(int(group[names[n]]) + 1, called) for n, called in known.rename if n in names}
    return tuple(sorted(pairs))


def _set(
    folder: Path,
    tables: PlayerTables,
    group: Groups,
    certain: NDArray[np.bool_],
    pairs: list[tuple[int, int]],
    named: tuple[tuple[int, str], ...],
    touched: int,
) -> PeopleSet:
    owners = tables.owners
    useful = certain.copy()
    useful[list({piece for pair in pairs for piece in pair})] = True
    frames = np.flatnonzero(useful[owners.segment])
    piece = owners.segment[frames]
    person = group[piece] + 1
    sure = certain[piece]
    several = [
        p for p in np.unique(person[sure]) if len(np.unique(piece[sure & (person == p)])) > 1
    ]
    apart = np.isin(person, several[HELD_OUT - 1 :: HELD_OUT]) & sure
    people = len(np.unique(person[sure]))
    notes = [
        f"{folder.name} gives {count_of(people, 'player')}, of {count_of(touched, 'tracklet')} of "
        "players whom you "
        f"touched and {int(certain.sum()) - touched} that are trusted; "
        f"{len(group) - int(certain.sum())} tracklets are nobody's that is known"
    ]
    return PeopleSet(
        "players",
        folder.name,
        tuple(crop_path(folder, int(frame)) for frame in frames),
        person,
        piece,
        piece,
        np.zeros(len(frames), np.int64),
        np.flatnonzero(~apart),
        np.flatnonzero(apart),
        np.flatnonzero(apart),
        PROTOCOLS["tracklets"],
        notes=tuple(notes),
        certain=sure,
        together=tuple(pairs),
        named=named,
    )
