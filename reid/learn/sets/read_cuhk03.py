"""CUHK03 as pictures, in the split of 767 and 700 people or, without that file, one like it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.reid.learn.sets.people_set import PeopleSet, people_set
from frameatlas.reid.learn.sets.picture_files import folders_of, pictures_in
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.ranking.names import CUHK03, left_out_note, read_names

FOLDERS = ("images_labeled", "images_detected")
TRAINED = 767 / 1467
"""Share of people that the newer split trains on."""


def read_cuhk03(root: Path) -> PeopleSet | None:
    """A copy of CUHK03 as pictures, its root or the folder above; None where it is none.

    The hand-drawn boxes are taken where both are there. ``cuhk03_new_protocol_config_*.mat`` gives
    the split; without it people are trained on in the order of their numbers, and a note says so.
    """
    inside = next((p / f for p in folders_of(root) for f in FOLDERS if (p / f).is_dir()), None)
    if inside is None:
        return None
    named = read_names(pictures_in(inside), CUHK03)
    if not named.paths:
        return None
    pair, number, view = (np.array(named.numbers(group)) for group in range(3))
    person = 1 + np.unique(np.stack([pair, number]), axis=1, return_inverse=True)[1].ravel()
    camera = 2 * (pair - 1) + view
    kind = inside.name.removeprefix("images_")
    config = inside.parent / f"cuhk03_new_protocol_config_{kind}.mat"
    parts, notes = _parts(config, named.paths, person, camera)
    return people_set(
        "cuhk03",
        inside.parent.name,
        named.paths,
        {"person": person.tolist(), "camera": camera.tolist()},
        parts,
        PROTOCOLS["market"],
        [*left_out_note(named, "CUHK03"), *notes],
    )


def _parts(
    config: Path,
    paths: tuple[Path, ...],
    person: NDArray[np.int64],
    camera: NDArray[np.int64],
) -> tuple[dict[str, NDArray[np.bool_]], list[str]]:
    if config.exists():
        listed, indices = _config(config)
        names = np.array([path.name for path in paths])
        return {
            part: np.isin(names, listed[indices[part] - 1])
            for part in ("train", "query", "gallery")
        }, []
    train = person <= max(1, round(TRAINED * int(person.max())))
    first = np.unique(np.stack([person, camera]), axis=1, return_index=True)[1]
    asked = np.zeros(len(paths), bool)
    asked[first] = True
    return {"train": train, "query": asked & ~train, "gallery": ~train & ~asked}, [
        f"without {config.name} the first {TRAINED:.0%} of the people are trained on: not the "
        "published split"
    ]


def _config(path: Path) -> tuple[NDArray[np.str_], dict[str, NDArray[np.int64]]]:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        values: dict[str, Any] = loadmat(path)
        listed = np.array([str(np.asarray(cell).ravel()[0]) for cell in values["filelist"].ravel()])
        parts = {"train": "train_idx", "query": "query_idx", "gallery": "gallery_idx"}
        rows = {part: np.asarray(values[key], np.int64).ravel() for part, key in parts.items()}
        if any((r < 1).any() or (r > len(listed)).any() for r in rows.values()):
            raise ValueError("rows outside of its list of files")
    except (
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        MatReadError,
        NotImplementedError,
        OSError,
    ) as error:
        raise InputError(
            f"Expected CUHK03's split in {path}. Received: {error}; take the file that the new "
            "protocol came with, or remove it."
        ) from error
    return listed, rows
