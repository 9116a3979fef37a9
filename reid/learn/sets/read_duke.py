"""DukeMTMC-reID: Market-1501's folders with names of its own. It was withdrawn; use your copy."""

from pathlib import Path

import numpy as np

from frameatlas.reid.learn.sets.people_set import PeopleSet, people_set
from frameatlas.reid.learn.sets.picture_files import holding, pictures_in
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.learn.sets.read_market import PARTS
from frameatlas.reid.ranking.names import DUKE, left_out_note, read_names


def read_duke(root: Path) -> PeopleSet | None:
    """A copy of DukeMTMC-reID, its root or the folder above; None where it is none."""
    found = holding(root, PARTS)
    if found is None:
        return None
    paths = [path for part in PARTS for path in pictures_in(found / part)]
    named = read_names(paths, DUKE)
    if not named.paths or len(named.paths) <= len(paths) // 2:
        return None
    place = np.array([path.relative_to(found).parts[0] for path in named.paths])
    person = np.array(named.numbers(0))
    camera = np.array(named.numbers(1))
    return people_set(
        "duke",
        found.name,
        named.paths,
        {
            "person": person.tolist(),
            "camera": camera.tolist(),
            "tracklet": np.unique(np.stack([person, camera]), axis=1, return_inverse=True)[1]
            .ravel()
            .tolist(),
        },
        {
            "train": (place == PARTS[0]) & (person > 0),
            "query": place == PARTS[1],
            "gallery": place == PARTS[2],
        },
        PROTOCOLS["market"],
        left_out_note(named, "DukeMTMC-reID"),
    )
