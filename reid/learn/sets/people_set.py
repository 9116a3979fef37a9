"""A set of pictures of people as one value, whatever it was read from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.reid.learn.sets.protocol import Protocol

JUNK, DISTRACTOR = -1, 0
"""Numbers of the person on pictures that are left out, and on those of nobody who is asked for."""

Rows = NDArray[np.int64]

KINDS = {
    "market": "Market-1501",
    "duke": "DukeMTMC-reID",
    "cuhk03": "CUHK03",
    "msmt17": "MSMT17",
    "mars": "MARS",
    "soccernet": "SoccerNet-ReID",
    "folders": "a folder for each person",
    "named": "pictures named as Market-1501's",
    "players": "a game",
    "drawn": "drawn people",
}
"""What a set was read as, in words for the user."""


@dataclass(frozen=True, eq=False)
class PeopleSet:
    """n pictures of people.

    Attributes:
        kind: What it was read as: "market", "folders", ….
        name: Name of its folder, for people to read.
        paths: Where each picture is; of an atlas' crops ATLAS/NUMBER, see ``open_picture``.
        person: int64 of shape (n,): 1, 2, …; ``JUNK`` or ``DISTRACTOR``.
        camera: int64 of shape (n,).
        tracklet: int64 of shape (n,): pictures of one number follow each other in time; one of
            its own for each picture where nothing is known.
        action: int64 of shape (n,); 0 where there are none.
        train: int64: rows to learn from.
        query: int64: rows that are asked for.
        gallery: int64: rows that are searched.
        protocol: How it is usually scored.
        attributes: int64 of shape (n, 12), classes of ``market_attributes``, -1 where they are
            not known; or None.
        notes: What the user should know of how it was read, one sentence each.
        certain: bool of shape (n,), or None where all are: whether the person is known; pictures
            of a tracklet whose person is not known are different from those in ``together`` only.
        together: (tracklet, tracklet) that were seen at one time and are two people for sure.
        named: (person, name) of people whom the user named; never written anywhere.
    """

    kind: str
    name: str
    paths: tuple[Path, ...]
    person: Rows
    camera: Rows
    tracklet: Rows
    action: Rows
    train: Rows
    query: Rows
    gallery: Rows
    protocol: Protocol
    attributes: Rows | None = None
    notes: tuple[str, ...] = ()
    certain: NDArray[np.bool_] | None = None
    together: tuple[tuple[int, int], ...] = ()
    named: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, key)) for key in ("person", "camera", "tracklet", "action")}
        if lengths != {len(self.paths)}:
            raise ValueError(f"{len(self.paths)} pictures, columns of {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def title(self) -> str:
        """What it is and its folder's name: "DukeMTMC-reID (my-duke)"."""
        kinds = (KINDS.get(kind, kind) for kind in self.kind.split("+"))
        return f"{' + '.join(kinds)} ({self.name})"

    def people(self, rows: Rows) -> int:
        """Number of different people on some pictures."""
        return len(np.unique(self.person[rows][self.person[rows] > 0]))

    def only(self, kept: NDArray[np.bool_]) -> "PeopleSet":
        """The set without some of its pictures.

        Args:
            kept: bool of shape (n,).
        """
        place = np.cumsum(kept) - 1

        def moved(rows: Rows) -> Rows:
            return np.asarray(place[rows[kept[rows]]], np.int64)

        return replace(
            self,
            paths=tuple(path for path, keep in zip(self.paths, kept, strict=True) if keep),
            person=self.person[kept],
            camera=self.camera[kept],
            tracklet=self.tracklet[kept],
            action=self.action[kept],
            train=moved(self.train),
            query=moved(self.query),
            gallery=moved(self.gallery),
            attributes=None if self.attributes is None else self.attributes[kept],
            certain=None if self.certain is None else self.certain[kept],
        )


def people_set(
    kind: str,
    name: str,
    paths: Sequence[Path],
    columns: dict[str, Sequence[int]],
    parts: dict[str, NDArray[np.bool_]],
    protocol: Protocol,
    notes: Sequence[str] = (),
) -> PeopleSet:
    """A set from columns as readers have them.

    Args:
        kind: See ``PeopleSet``, as the others.
        name: …
        paths: …
        columns: "person", and "camera", "tracklet" and "action" where they are known.
        parts: "train", "query" and "gallery", bool of shape (n,).
        protocol: …
        notes: …
    """
    number = len(paths)

    def column(key: str, default: Rows) -> Rows:
        return np.asarray(columns[key], np.int64) if key in columns else default

    zeros = np.zeros(number, np.int64)
    return PeopleSet(
        kind,
        name,
        tuple(paths),
        column("person", zeros),
        column("camera", zeros),
        column("tracklet", np.arange(number, dtype=np.int64)),
        column("action", zeros),
        train=np.flatnonzero(parts["train"]),
        query=np.flatnonzero(parts["query"]),
        gallery=np.flatnonzero(parts["gallery"]),
        protocol=protocol,
        notes=tuple(notes),
    )


def join_sets(sets: Sequence[PeopleSet], *, same_names: bool = False) -> PeopleSet:
    """Several sets as one; people, cameras and tracklets of two sets are different ones.

    It is scored as the last of the sets is, on that one's queries and gallery alone.

    Args:
        sets: The sets.
        same_names: Whether people whom the user gave one name in two sets are one person.

    Raises:
        InputError: There is none.
    """
    if not sets:
        raise InputError("Expected a set of pictures. Received: none; name its folder.")
    if len(sets) == 1:
        return sets[0]
    last = sets[-1]
    starts = np.cumsum([0, *(len(one) for one in sets[:-1])])
    shifted = {key: _shifted(sets, key) for key in ("person", "camera", "tracklet", "action")}
    moves = _moves(sets, "tracklet")
    named = tuple(
        (person + move, name)
        for part, move in zip(sets, _moves(sets, "person"), strict=True)
        for person, name in part.named
    )
    if same_names:
        shifted["person"] = _under_one_name(shifted["person"], named)
    attributes = [
        np.full((len(one), 12), -1) if one.attributes is None else one.attributes for one in sets
    ]
    known = [np.ones(len(one), bool) if one.certain is None else one.certain for one in sets]
    return PeopleSet(
        "+".join(dict.fromkeys(one.kind for one in sets)),
        "+".join(one.name for one in sets),
        tuple(path for one in sets for path in one.paths),
        **shifted,
        train=np.concatenate([one.train + start for one, start in zip(sets, starts, strict=True)]),
        query=last.query + starts[-1],
        gallery=last.gallery + starts[-1],
        protocol=last.protocol,
        attributes=(
            np.concatenate(attributes) if any(s.attributes is not None for s in sets) else None
        ),
        notes=tuple(note for one in sets for note in one.notes),
        certain=np.concatenate(known) if any(s.certain is not None for s in sets) else None,
        together=tuple(
            (one + move, other + move)
            for part, move in zip(sets, moves, strict=True)
            for one, other in part.together
        ),
        named=named,
    )


def _under_one_name(person: Rows, named: Sequence[tuple[int, str]]) -> Rows:
    first: dict[str, int] = {}
    for number, name in named:
        person = np.where(person == number, first.setdefault(name, number), person)
    return person


def _moves(sets: Sequence[PeopleSet], key: str) -> list[int]:
    """What to add to the numbers of each set, so that no two sets share one."""
    moves, most = [], 0
    for one in sets:
        moves.append(most)
        most += int(getattr(one, key).max(initial=0)) + 1
    return moves


def _shifted(sets: Sequence[PeopleSet], key: str) -> Rows:
    columns = []
    for one, move in zip(sets, _moves(sets, key), strict=True):
        values = getattr(one, key)
        # Nobody stays nobody: distractors and junk are the same in all sets.
        columns.append(
            np.where(values > 0, values + move, values) if key == "person" else values + move
        )
    return np.concatenate(columns)
