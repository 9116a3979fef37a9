"""What a ranking described is kept beside it: the next one of these pictures needs no network."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import FrameatlasError
from frameatlas.reid.ranking.features import Describe, Described, describe_people, joined
from frameatlas.store.atomic import sync_file, translate_os_errors
from frameatlas.store.digests import text_digest
from frameatlas.store.hdf5_reader import dataset_of, open_table
from frameatlas.store.hdf5_writer import new_table

ENDING = ".features.h5"
"""What the file's name ends in, beside the ranking's own."""

SAVED_EVERY = 2048
"""Pictures after which what is described is written: minutes of work, and never an hour's."""


def keys_of(paths: Sequence[Path], network: str) -> list[str]:
    """A key for each picture: another file, another state of it or another network has another."""
    return [text_digest(f"{_stamp(path)} {network} 1") for path in paths]


def _stamp(path: Path) -> str:
    try:
        state = path.stat()
    except OSError:
        return f"{path.resolve()} gone"
    return f"{path.resolve()} {state.st_size} {state.st_mtime_ns}"


def describe_and_keep(
    paths: Sequence[Path],
    describe: Callable[[], Describe],
    network: str,
    file: Path | None,
    progress: Callable[[int], None] | None = None,
) -> Described:
    """Describe pictures of which nothing is kept, and take the rest from a file.

    Args:
        paths: Pictures of one person each.
        describe: Opens the network; called only where a picture has to be described.
        network: Stands for it, its weights and its engine.
        file: Where features are kept; None keeps none.
        progress: Told how many pictures are described.

    Raises:
        SourceError: One is no picture.
    """
    keys = keys_of(paths, network)
    known, rows = _read(file)
    place = {key: number for number, key in enumerate(known)}
    missing = [number for number, key in enumerate(keys) if key not in place]
    found = [rows] if rows is not None else []
    if missing:
        before = len(paths) - len(missing)
        tell = (lambda count: progress(before + count)) if progress else None
        new_keys = [keys[number] for number in missing]
        with _Saving(file, known, found, new_keys) as saving:
            chosen = [paths[number] for number in missing]
            found = [*found, describe_people(chosen, describe(), tell, saving.add)]
        place |= {key: len(known) + number for number, key in enumerate(new_keys)}
    whole = joined(found)
    order = np.array([place[key] for key in keys])
    taken = Described(whole.network[order], whole.colour[order])
    if missing and file is not None:
        _write(file, keys, taken)
    return taken


class _Saving:
    """Writes what is described now and then, and at the end where that is not the whole."""

    def __init__(
        self, file: Path | None, known: list[str], old: list[Described], keys: list[str]
    ) -> None:
        self._file, self._known, self._old, self._keys = file, known, old, keys
        self._new: list[Described] = []
        self._done = self._saved = 0

    def __enter__(self) -> "_Saving":
        return self

    def __exit__(self, *error: object) -> None:
        if self._done < len(self._keys):
            self._save()

    def add(self, block: Described) -> None:
        """Take a block."""
        self._new.append(block)
        self._done += len(block)
        if self._done - self._saved >= SAVED_EVERY:
            self._save()

    def _save(self) -> None:
        if self._file is None or not self._new:
            return
        self._saved = self._done
        keys = [*self._known, *self._keys[: self._done]]
        _write(self._file, keys, joined([*self._old, *self._new]))


def _write(file: Path, keys: Sequence[str], rows: Described) -> None:
    beside = file.with_name(f".{file.name}.new")
    with translate_os_errors(file):
        with new_table(beside) as table:
            table["keys"] = np.array(keys, "S32")
            table["network"], table["colour"] = rows.network, rows.colour
            table.attrs["digest"] = _digest(keys, rows)
        sync_file(beside)
        beside.replace(file)


def _read(file: Path | None) -> tuple[list[str], Described | None]:
    """What is kept; nothing where the file is not whole."""
    if file is None or not file.is_file():
        return [], None
    try:
        with open_table(file) as table:
            stored = np.asarray(dataset_of(table, "keys", file)[()], "S32")
            network = np.asarray(dataset_of(table, "network", file)[()], np.float16)
            colour = np.asarray(dataset_of(table, "colour", file)[()], np.float32)
            digest = str(table.attrs.get("digest"))
    except (FrameatlasError, OSError, RuntimeError, ValueError, TypeError):
        return [], None
    keys = [key.decode("ascii", "replace") for key in stored.ravel().tolist()]
    rows = Described(network, colour)
    sound = network.ndim == colour.ndim == 2 and len(keys) == len(network) == len(colour)
    return (keys, rows) if sound and keys and digest == _digest(keys, rows) else ([], None)


def _digest(keys: Sequence[str], rows: Described) -> str:
    digest = hashlib.blake2b(" ".join(keys).encode(), digest_size=16)
    for values in (rows.network, rows.colour):
        digest.update(f"{values.shape}".encode() + _bytes(values))
    return digest.hexdigest()


def _bytes(values: NDArray[np.floating]) -> bytes:
    return np.ascontiguousarray(values).tobytes()
