"""MARS: tracklets of people; a tracklet of each person and camera is asked for."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.reid.learn.sets.people_set import JUNK, PeopleSet, people_set
from frameatlas.reid.learn.sets.picture_files import holding, pictures_in
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.ranking.names import MARS, Named, left_out_note, read_names

PARTS = ("bbox_train", "bbox_test")


def read_mars(root: Path) -> PeopleSet | None:
    """A copy of MARS, its root or the folder above; None where it is none.

    ``info/tracks_test_info.mat`` and ``info/query_IDX.mat`` say which tracklets are asked for;
    without them it is the first one of each person and camera, and a note says so.
    """
    found = holding(root, PARTS)
    if found is None:
        return None
    named = read_names([path for part in PARTS for path in pictures_in(found / part)], MARS)
    if not named.paths:
        return None
    place = np.array([path.relative_to(found).parts[0] for path in named.paths])
    person = np.array([JUNK if f[0] == "00-1" else int(f[0]) for f in named.fields])
    camera, track = np.array(named.numbers(1)), np.array(named.numbers(2))
    key = np.stack([person, camera, track, (place == PARTS[1]).astype(np.int64)])
    tracklet = np.unique(key, axis=1, return_inverse=True)[1].ravel()
    tested = (place == PARTS[1]) & (person != JUNK)
    asked, notes = _asked(found, named, tested, person, camera, tracklet)
    return people_set(
        "mars",
        found.name,
        named.paths,
        {"person": person.tolist(), "camera": camera.tolist(), "tracklet": tracklet.tolist()},
        {"train": (place == PARTS[0]) & (person > 0), "query": asked, "gallery": tested},
        PROTOCOLS["mars"],
        [*left_out_note(named, "MARS"), *notes],
    )


def _asked(
    root: Path,
    named: Named,
    tested: NDArray[np.bool_],
    person: NDArray[np.int64],
    camera: NDArray[np.int64],
    tracklet: NDArray[np.int64],
) -> tuple[NDArray[np.bool_], list[str]]:
    """Which pictures belong to a tracklet that is asked for."""
    info = root / "info"
    if (info / "tracks_test_info.mat").exists() and (info / "query_IDX.mat").exists():
        rows = np.asarray(_table(info / "tracks_test_info.mat", "track_test_info"), np.int64)
        chosen = np.asarray(_table(info / "query_IDX.mat", "query_IDX"), np.int64).ravel() - 1
        names = (info / "test_name.txt").read_text(encoding="utf-8").split()
        asked = {name for start, end, *_ in rows[chosen] for name in names[start - 1 : end]}
        return np.array([path.name in asked for path in named.paths]), []
    own = np.flatnonzero(tested & (person > 0))
    first = np.unique(np.stack([person[own], camera[own]]), axis=1, return_index=True)[1]
    return np.isin(tracklet, tracklet[own[first]]) & tested, [
        "without info/tracks_test_info.mat the first tracklet of each person and camera is asked "
        "for"
    ]


def _table(path: Path, key: str) -> Any:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        return loadmat(path)[key]
    except (KeyError, ValueError, TypeError, MatReadError, NotImplementedError, OSError) as error:
        raise InputError(
            f"Expected {key} of MARS in {path}. Received: {type(error).__name__}; take the file "
            "that the set came with, or remove it."
        ) from error
