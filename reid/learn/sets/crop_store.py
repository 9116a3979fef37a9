"""Pictures decoded once: a memory-mapped array beside the run, which every epoch reads."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas.errors import InputError, SourceError
from frameatlas.reid.learn.sets.people_set import PeopleSet
from frameatlas.reid.learn.sets.picture_files import read_picture, stamp
from frameatlas.store.atomic import translate_os_errors, write_text
from frameatlas.store.atomic_file import fresh_file
from frameatlas.store.digests import text_digest

SIZE = (256, 128)
"""Height and width in pixels: the usual proportions of people in identification."""


@dataclass(frozen=True)
class Problem:
    """A picture that was left out.

    Attributes:
        path: The picture.
        reason: Why.
    """

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}."


@dataclass(frozen=True, eq=False)
class CropStore:
    """Pictures of a set, all of one size.

    Attributes:
        people: The set, without what could not be decoded.
        pixels: uint8 of shape (n, height, width, 3), RGB; memory-mapped where there is a folder.
        digests: Of each picture's pixels: equal ones are the same picture.
        problems: What was left out.
    """

    people: PeopleSet
    pixels: NDArray[np.uint8]
    digests: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that stand for all pictures and who is on them."""
        people = self.people
        columns = (people.person, people.train, people.query, people.gallery)
        who = text_digest(" ".join(column.astype("<i8").tobytes().hex() for column in columns))
        return text_digest("\n".join([who, *self.digests]))


def open_store(
    people: PeopleSet,
    folder: Path | None = None,
    size: tuple[int, int] = SIZE,
    progress: Callable[[int], None] | None = None,
) -> CropStore:
    """Decode the pictures of a set, or find them decoded.

    Args:
        people: The set.
        folder: Where to keep them; None keeps them in memory.
        size: Height and width; pictures are stretched to it, as all of the field does.
        progress: Told how many are done.

    Raises:
        InputError: Not one picture can be used.
    """
    key = text_digest("\n".join([f"{size} 1", *map(stamp, people.paths)]))
    if folder is not None:
        found = _kept(people, folder, key, size)
        if found is not None:
            return found
    store = _decoded(people, folder, key, size, progress)
    if not len(store.people):
        shown = "; ".join(map(str, store.problems[:3]))
        raise InputError(
            f"Expected pictures in {people.name}. Received: none that can be used: {shown}"
        )
    return store


def overlap(store: CropStore) -> list[tuple[Path, Path]]:
    """Pictures that are both learnt from and scored, though different rows: (learnt, scored)."""
    people = store.people
    learnt = {store.digests[row]: row for row in people.train}
    scored = np.setdiff1d(np.union1d(people.query, people.gallery), people.train)
    return [
        (people.paths[learnt[store.digests[row]]], people.paths[row])
        for row in scored
        if store.digests[row] in learnt
    ]


def fitted(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture stretched to a height and width."""
    if pixels.shape[:2] == size:
        return pixels
    image = Image.fromarray(pixels).resize((size[1], size[0]), Image.Resampling.BICUBIC)
    return np.asarray(image, np.uint8)


def _decoded(
    people: PeopleSet,
    folder: Path | None,
    key: str,
    size: tuple[int, int],
    progress: Callable[[int], None] | None,
) -> CropStore:
    shape = (len(people), *size, 3)
    if folder is None:
        pixels = np.zeros(shape, np.uint8)
        kept, digests, problems = _fill(people, pixels, size, progress)
        return CropStore(people.only(kept), pixels[: int(kept.sum())], digests, problems)
    with translate_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with fresh_file(_pixels(folder, key)) as file:
            size_in_bytes = int(np.prod(shape))
            file.truncate(size_in_bytes)
            mapped = np.memmap(file, np.uint8, "r+", shape=shape) if len(people) else None
            pixels = np.zeros(shape, np.uint8) if mapped is None else mapped
            kept, digests, problems = _fill(people, pixels, size, progress)
            if mapped is not None:
                mapped.flush()
                del mapped, pixels
    record = {
        "kept": np.flatnonzero(kept).tolist(),
        "digests": digests,
        "problems": [[str(p.path), p.reason] for p in problems],
    }
    write_text(_record(folder, key), json.dumps(record))
    found = _kept(people, folder, key, size)
    assert found is not None
    return found


def _fill(
    people: PeopleSet,
    pixels: NDArray[np.uint8],
    size: tuple[int, int],
    progress: Callable[[int], None] | None,
) -> tuple[NDArray[np.bool_], tuple[str, ...], tuple[Problem, ...]]:
    """Decode into an array, those that can be used one after the other."""
    kept = np.zeros(len(people), bool)
    digests: list[str] = []
    problems: list[Problem] = []
    for row, path in enumerate(people.paths):
        try:
            picture = fitted(read_picture(path), size)
        except SourceError as error:
            problems.append(Problem(path, str(error)))
        else:
            pixels[len(digests)] = picture
            digests.append(text_digest(picture.tobytes().hex()))
            kept[row] = True
        if progress and (row + 1) % 256 == 0:
            progress(row + 1)
    return kept, tuple(digests), tuple(problems)


def _kept(people: PeopleSet, folder: Path, key: str, size: tuple[int, int]) -> CropStore | None:
    """What an earlier run decoded; None where it is not whole."""
    path = _pixels(folder, key)
    try:
        record: dict[str, Any] = json.loads(_record(folder, key).read_text(encoding="utf-8"))
        rows, digests = record["kept"], tuple(map(str, record["digests"]))
        problems = tuple(Problem(Path(p), str(reason)) for p, reason in record["problems"])
        kept = np.zeros(len(people), bool)
        kept[rows] = True
        if path.stat().st_size != len(people) * size[0] * size[1] * 3 or len(digests) != len(rows):
            return None
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    if not len(rows):
        return CropStore(people.only(kept), np.zeros((0, *size, 3), np.uint8), digests, problems)
    mapped = np.memmap(path, np.uint8, "r", shape=(len(people), *size, 3))
    return CropStore(people.only(kept), mapped[: len(rows)], digests, problems)


def _pixels(folder: Path, key: str) -> Path:
    return folder / f"crops-{key[:16]}.rgb"


def _record(folder: Path, key: str) -> Path:
    return folder / f"crops-{key[:16]}.json"


def several(problems: Sequence[Problem], most: int = 5) -> list[str]:
    """What to say of pictures that were left out, the first of them by name."""
    lines = [f"left out: {problem}" for problem in problems[:most]]
    if len(problems) > most:
        lines.append(f"left out: {len(problems) - most} more.")
    return lines
