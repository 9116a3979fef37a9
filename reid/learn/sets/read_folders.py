"""A folder for each person, and in it, where there are several cameras, one for each of those.

people/anna/1.jpg                  who is on the picture
people/anna/west/1.jpg             and which camera took it
people/train/anna/1.jpg            three parts, where somebody has made them:
people/query/ben/1.jpg             train, query, and gallery or test
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.learn.sets.people_set import PeopleSet, people_set
from frameatlas.reid.learn.sets.picture_files import pictures_in
from frameatlas.reid.learn.sets.protocol import PROTOCOLS

PARTS = {"train": "train", "query": "query", "gallery": "gallery", "test": "gallery"}

HELD_OUT = 5
"""One person of so many is kept for scoring, where nobody has made parts."""

FEWEST_TO_HOLD_OUT = 10


def read_folders(root: Path, paths: list[Path] | None = None) -> PeopleSet | None:
    """A folder for each person; None where pictures lie in the folder itself or there are none."""
    files = pictures_in(root) if paths is None else paths
    parts = [path.relative_to(root).parts for path in files]
    if not files or any(len(part) < 2 for part in parts):
        return None
    split = _split(root, parts)
    inner = [part[1:] if split else part for part in parts]
    if any(len(part) < 2 for part in inner):
        return None
    names = sorted({part[0] for part in inner})
    number = {name: place + 1 for place, name in enumerate(names)}
    person = np.array([number[part[0]] for part in inner])
    cameras = sorted({part[1] if len(part) > 2 else "" for part in inner})
    camera = np.array([cameras.index(part[1] if len(part) > 2 else "") for part in inner])
    if split:
        place = np.array([PARTS[part[0]] for part in parts])
        chosen = {part: place == part for part in ("train", "query", "gallery")}
        if not chosen["query"].any():
            chosen["query"] = chosen["gallery"]
        notes: list[str] = []
    else:
        chosen, notes = held_out(person)
    protocol, said = _protocol(camera, cameras)
    return people_set(
        "folders",
        root.name,
        files,
        {"person": person.tolist(), "camera": camera.tolist()},
        chosen,
        PROTOCOLS[protocol],
        [*said, *notes],
    )


def held_out(person: NDArray[np.int64]) -> tuple[dict[str, NDArray[np.bool_]], list[str]]:
    """One of five people kept apart for scoring, always the same ones; all of few people are not.

    Args:
        person: int64 of shape (n,): 1, 2, ….
    """
    everybody = np.unique(person[person > 0])
    if len(everybody) < FEWEST_TO_HOLD_OUT:
        everything = person > 0
        return {"train": everything, "query": everything, "gallery": everything}, [
            f"{len(everybody)} people are too few to keep some apart: scores are on the people "
            "that were learnt, and flatter"
        ]
    apart = np.isin(person, everybody[HELD_OUT - 1 :: HELD_OUT])
    return {"train": ~apart & (person > 0), "query": apart, "gallery": apart}, [
        f"{len(everybody[HELD_OUT - 1 :: HELD_OUT])} of {len(everybody)} people are kept apart "
        "for scoring"
    ]


def _split(root: Path, parts: list[tuple[str, ...]]) -> bool:
    """Whether the first folders are parts of a set and not people."""
    first = {part[0] for part in parts}
    del root
    return first <= set(PARTS) and "train" in first and bool({"gallery", "test"} & first)


def _protocol(camera: NDArray[np.int64], cameras: list[str]) -> tuple[str, list[str]]:
    del camera
    if len(cameras) > 1 and "" not in cameras:
        return "market", [f"{len(cameras)} cameras, by the folders inside those of people"]
    return "folders", [
        "no cameras are named, so that a picture is searched among all others, its like taken a "
        "moment later among them: scores are higher than between cameras"
    ]
