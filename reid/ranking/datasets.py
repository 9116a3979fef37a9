"""Folders of pictures of people, and what their names tell of who is on them.

Sets are told apart by the names of their pictures: Market-1501's (``0002_c1s1_000451_03.jpg``:
person 2, camera 1) and those that are scored as it is, SoccerNet's (eight fields, ranked inside one
action), and a folder for each person. Of pictures with any other names only a ranking can be had,
no scores.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from frameatlas.errors import InputError
from frameatlas.reid.ranking.cmc_map import Labels
from frameatlas.reid.ranking.names import (
    DUKE,
    MARKET,
    MARS,
    MSMT17,
    NEW_CUHK03,
    SOCCERNET,
    read_names,
)
from frameatlas.store.atomic import translate_os_errors

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")

_CAMERAS = (
    "every query against the gallery without pictures of the same person from the same camera"
)

PROTOCOLS = {
    "market": (
        "Market-1501: every query against the gallery without junk (-1) and without pictures of "
        "the same person from the same camera; 0000 stays in to distract"
    ),
    "duke": f"DukeMTMC-reID: {_CAMERAS}",
    "cuhk03": f"CUHK03, its newer split: {_CAMERAS}",
    "msmt17": f"MSMT17: {_CAMERAS}",
    "mars": f"MARS, picture by picture instead of by tracklets: {_CAMERAS}",
    "soccernet": "SoccerNet-ReID: every query against the pictures of its own action",
    "folders": "a folder for each person: every query against all pictures but itself",
    "unnamed": "the names do not tell who is on a picture: ranked, not scored",
}
"""What is compared with what, in words for the user."""

_OF_CAMERAS: dict[str, tuple[re.Pattern[str], int, int, bool]] = {
    "duke": (DUKE, 0, 1, True),
    "cuhk03": (NEW_CUHK03, 0, 1, True),
    "mars": (MARS, 0, 1, False),
    "msmt17": (MSMT17, 0, 2, False),
    "market": (MARKET, 0, 1, True),
}
"""Sets whose names tell person and camera: which parts of the name these are, and whether all
pictures lie in one folder. Market-1501's names are the least strict and so come last."""


@dataclass(frozen=True)
class PeopleFolder:
    """The pictures of a folder.

    Attributes:
        kind: One of ``PROTOCOLS``.
        paths: The pictures, sorted by name.
        people: Name of the person on each; "" where it is not known.
        person: Number of the person on each picture; -1 junk, 0 nobody that is searched for.
        camera: Number of the camera; 0 where it is not known.
        action: Number of the action; 0 where there are none.
    """

    kind: str
    paths: tuple[Path, ...]
    people: tuple[str, ...]
    person: tuple[int, ...]
    camera: tuple[int, ...]
    action: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.paths)


def read_people(folder: Path) -> PeopleFolder:
    """The pictures of a folder, whichever kind it is.

    Raises:
        InputError: There is no such folder, or no picture in it.
    """
    with translate_os_errors(folder):
        if not folder.is_dir():
            raise InputError(
                f"Expected a folder of pictures. Received: {folder}, which is none; name one that "
                "is there."
            )
        paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
    if not paths:
        raise InputError(
            f"Expected pictures ({', '.join(ENDINGS)}) in {folder}. Received: none; name the "
            "folder that holds them."
        )
    flat = all(path.parent == folder for path in paths)
    for kind, (pattern, _, _, one_folder) in _OF_CAMERAS.items():
        named = sum(bool(pattern.match(path.name)) for path in paths)
        if (flat or not one_folder) and (named > len(paths) // 2 or (named and kind == "market")):
            return _with_cameras(kind, paths)
    if flat and all(SOCCERNET.fullmatch(path.name) for path in paths):
        return _soccernet(paths)
    return _name_by_folder(paths) if flat else _by_folder(folder, paths)


@dataclass(frozen=True)
class Market1501:
    """The three parts of the benchmark.

    Attributes:
        train: Pictures to learn from, people numbered from 0 in the order of their ids.
        query: One picture for each person and camera.
        gallery: What is searched, junk left out.
    """

    train: PeopleFolder
    query: PeopleFolder
    gallery: PeopleFolder


def read_market(root: Path) -> Market1501:
    """The user's own copy of Market-1501: its folder, or the one above.

    Raises:
        InputError: The three folders are not there.
    """
    parts = ("bounding_box_train", "query", "bounding_box_test")
    with translate_os_errors(root):
        places = [root, *sorted(p for p in root.glob("*") if p.is_dir())]
    found = next((p for p in places if all((p / part).is_dir() for part in parts)), None)
    if found is None:
        raise InputError(f"Expected the folders {', '.join(parts)} in {root}. Received: not these.")
    train, query, gallery = (read_people(found / part) for part in parts)
    known = {person: number for number, person in enumerate(sorted(set(train.person) - {-1}))}
    relabelled = _only(train, [person in known for person in train.person])
    numbers = tuple(known[person] for person in relabelled.person)
    return Market1501(
        PeopleFolder(
            train.kind,
            relabelled.paths,
            relabelled.people,
            numbers,
            relabelled.camera,
            relabelled.action,
        ),
        query,
        _only(gallery, [person != -1 for person in gallery.person]),
    )


def labels_of(query: PeopleFolder, gallery: PeopleFolder) -> tuple[Labels, Labels] | None:
    """What scoring wants of both folders; None where their names do not tell who is who.

    Raises:
        InputError: The two folders are of different kinds.
    """
    if "unnamed" in (query.kind, gallery.kind):
        return None
    if query.kind != gallery.kind:
        raise InputError(
            f"Expected queries and gallery named in the same way. Received: {query.kind} and "
            f"{gallery.kind}; give two folders of one set."
        )
    if query.kind in _OF_CAMERAS:
        return Labels.of(query.person, query.camera), Labels.of(gallery.person, gallery.camera)
    names = {name: number for number, name in enumerate(sorted({*query.people, *gallery.people}))}
    files = {
        path: number
        for number, path in enumerate(sorted({p.resolve() for p in (*query.paths, *gallery.paths)}))
    }

    def of(folder: PeopleFolder) -> Labels:
        # From 1: 0 is nobody, and -1 is junk. A picture is a group of its own, so that it is not
        # found as its own match where one folder is both queries and gallery.
        person = np.array([names[name] + 1 for name in folder.people])
        group = np.array([files[path.resolve()] for path in folder.paths])
        return Labels.of(person, group, folder.action if folder.kind == "soccernet" else None)

    return of(query), of(gallery)


def _with_cameras(kind: str, paths: list[Path]) -> PeopleFolder:
    """Pictures whose names begin as a set's; what else lies there (Thumbs.db) is left out."""
    pattern, who, where, _ = _OF_CAMERAS[kind]
    named = read_names(paths, pattern)
    people = tuple(fields[who] for fields in named.fields)
    return PeopleFolder(
        kind,
        named.paths,
        people,
        tuple(-1 if person == "00-1" else int(person) for person in people),
        tuple(named.numbers(where)),
        (0,) * len(people),
    )


def _soccernet(paths: list[Path]) -> PeopleFolder:
    fields = [re.split(r"[-_]", path.stem) for path in paths]
    # A person's number is unique inside one action only.
    people = tuple(f"{action}/{person}" for _, action, person, *_ in fields)
    actions = tuple(int(action) for _, action, *_ in fields)
    zeros = (0,) * len(paths)
    return PeopleFolder("soccernet", tuple(paths), people, zeros, zeros, actions)


def _by_folder(folder: Path, paths: list[Path]) -> PeopleFolder:
    inside = [path for path in paths if path.parent != folder]
    people = tuple(path.relative_to(folder).parts[0] for path in inside)
    zeros = (0,) * len(inside)
    return PeopleFolder("folders", tuple(inside), people, zeros, zeros, zeros)


def _name_by_folder(paths: list[Path]) -> PeopleFolder:
    zeros = (0,) * len(paths)
    return PeopleFolder("unnamed", tuple(paths), ("",) * len(paths), zeros, zeros, zeros)


def _only(folder: PeopleFolder, kept: list[bool]) -> PeopleFolder:
    rows = [row for row, keep in enumerate(kept) if keep]
    return PeopleFolder(
        folder.kind,
        tuple(folder.paths[row] for row in rows),
        tuple(folder.people[row] for row in rows),
        tuple(folder.person[row] for row in rows),
        tuple(folder.camera[row] for row in rows),
        tuple(folder.action[row] for row in rows),
    )
