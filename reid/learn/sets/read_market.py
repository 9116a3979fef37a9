"""Market-1501, and every set that is laid out as it is."""

from pathlib import Path

import numpy as np

from frameatlas.errors import InputError
from frameatlas.reid.learn.sets.attributes_beside import with_attributes
from frameatlas.reid.learn.sets.people_set import PeopleSet, people_set
from frameatlas.reid.learn.sets.picture_files import holding, pictures_in
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.ranking.names import DUKE, MARKET, NEW_CUHK03, left_out_note, read_names

PARTS = ("bounding_box_train", "query", "bounding_box_test")


def read_market(root: Path) -> PeopleSet | None:
    """A copy of Market-1501, its root or the folder above; None where the three folders are not.

    CUHK03 in its newer split is often laid out this way too, and called what it is.

    Raises:
        InputError: The folders are there and hold no picture named as they should be.
    """
    found = holding(root, PARTS)
    if found is None:
        return None
    paths = [path for part in PARTS for path in pictures_in(found / part)]
    if paths and sum(bool(DUKE.match(path.name)) for path in paths) > len(paths) // 2:
        return None
    return _read(found, paths)


def _read(root: Path, paths: list[Path]) -> PeopleSet:
    named = read_names(paths, MARKET)
    if not named.paths:
        raise InputError(
            f"Expected names such as 0002_c1s1_000451_03.jpg in {root}. Received: "
            f"{paths[0].name if paths else 'no picture'}."
        )
    place = np.array([path.relative_to(root).parts[0] for path in named.paths])
    camera, sequence = np.array(named.numbers(1)), np.array(named.numbers(2))
    person = np.array(named.numbers(0))
    # A run of one person's pictures in one sequence of one camera is as good as a tracklet.
    track = np.unique(np.stack([person, camera, sequence]), axis=1, return_inverse=True)[1]
    newer = sum(bool(NEW_CUHK03.match(path.name)) for path in named.paths)
    found = people_set(
        "cuhk03" if newer > len(named.paths) // 2 else "market",
        root.name,
        named.paths,
        {"person": person.tolist(), "camera": camera.tolist(), "tracklet": track.ravel().tolist()},
        {
            "train": (place == PARTS[0]) & (person > 0),
            "query": place == PARTS[1],
            "gallery": (place == PARTS[2]) & (person >= 0),
        },
        PROTOCOLS["market"],
        left_out_note(named, "Market-1501"),
    )
    return found if found.kind == "cuhk03" else with_attributes(found, root)
