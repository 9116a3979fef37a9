"""MSMT17: four lists of pictures with the person of each."""

from pathlib import Path

import numpy as np

from frameatlas.errors import InputError
from frameatlas.reid.learn.sets.people_set import PeopleSet, people_set
from frameatlas.reid.learn.sets.picture_files import holding
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.ranking.names import MSMT17
from frameatlas.store.atomic import translate_os_errors

LISTS = {"list_train.txt": "train", "list_query.txt": "query", "list_gallery.txt": "gallery"}
_FOLDERS = {"train": ("train", "mask_train_v2"), "query": ("test", "mask_test_v2")}


def read_msmt17(root: Path) -> PeopleSet | None:
    """A copy of MSMT17, version 1 or 2, its root or the folder above; None where it is none.

    ``list_val.txt``, where there is one, belongs to what is trained on, as in published tables.

    Raises:
        InputError: A list names no pictures, or their folder is not there.
    """
    found = holding(root, LISTS)
    if found is None:
        return None
    paths: list[Path] = []
    person: list[int] = []
    parts: list[str] = []
    lists = {**LISTS, "list_val.txt": "train"} if (found / "list_val.txt").exists() else LISTS
    # People of the test lists are counted from 0 again: they are other people.
    for name, part in lists.items():
        inside = _folder(found, part)
        for relative, number in _rows(found / name):
            paths.append(inside / relative)
            person.append(number + 1 + (0 if part == "train" else 1_000_000))
            parts.append(part)
    place = np.array(parts)
    return people_set(
        "msmt17",
        found.name,
        paths,
        {"person": person, "camera": [_camera(path) for path in paths]},
        {part: place == part for part in ("train", "query", "gallery")},
        PROTOCOLS["market"],
    )


def _folder(root: Path, part: str) -> Path:
    names = _FOLDERS["train" if part == "train" else "query"]
    for name in names:
        if (root / name).is_dir():
            return root / name
    raise InputError(f"Expected the folder {' or '.join(names)} in {root}. Received: neither.")


def _rows(path: Path) -> list[tuple[str, int]]:
    with translate_os_errors(path):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [line.rsplit(maxsplit=1) for line in lines if line.strip()]
    try:
        pairs = [(name, int(number)) for name, number in rows]
    except ValueError as error:
        raise InputError(
            f"Expected lines such as 0000/0000_000_01_0303morning_0015_0.jpg 0 in {path}. "
            f"Received: {error}."
        ) from error
    climbing = [name for name, _ in pairs if Path(name).is_absolute() or ".." in Path(name).parts]
    if not pairs or climbing:
        raise InputError(
            f"Expected pictures inside the set in {path}. Received: "
            f"{climbing[0] if climbing else 'none'}."
        )
    return pairs


def _camera(path: Path) -> int:
    match = MSMT17.fullmatch(path.name)
    if match is None:
        raise InputError(
            "Expected MSMT17's names, such as 0000_000_01_0303morning_0015_0.jpg. Received: "
            f"{path.name}."
        )
    return int(match[3])
