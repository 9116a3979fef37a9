"""Features that the user brings: one row of a table for each frame, joined by path and time.

A row belongs to a video by its path and to the frame nearest to its second, at most half a step
of the table's own away; to a photo by its path, or, in a table without paths, by its number.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError, MissingExtraError, SourceError
from frameatlas.plurals import count_of
from frameatlas.store.manifest import Source

SUFFIXES = (".npy", ".npz", ".parquet")
MOST_NUMBERS = 65_536
_NAMED = 3


class Vectors:
    """The rows of a table by path and second.

    Args:
        rows: float32 of shape (n, width), finite.
        paths: Path of each row.
        seconds: float64 of shape (n,), or None where all rows are of photos.
        file: Where they come from, for messages.
    """

    def __init__(
        self,
        rows: NDArray[np.float32],
        paths: Sequence[str],
        seconds: NDArray[np.float64] | None,
        file: Path,
    ) -> None:
        self._rows, self._seconds, self._file = rows, seconds, file
        self._of_path: dict[str, NDArray[np.int64]] = _grouped(paths)
        self._by_end: dict[str, list[str]] = {}
        for path in self._of_path:
            self._by_end.setdefault(Path(path).name, []).append(path)
        self._refuse_duplicates()

    @property
    def width(self) -> int:
        """Numbers of a row."""
        return int(self._rows.shape[1])

    def paths(self) -> list[str]:
        """The different paths of the table."""
        return list(self._of_path)

    def path_of(self, file: str) -> str | None:
        """The table's path that means a file: itself, or a relative one that it ends with."""
        if file in self._of_path:
            return file
        parts = Path(file).parts
        ends = [
            path
            for path in self._by_end.get(Path(file).name, ())
            if not os.path.isabs(path)  # noqa: PTH117 - texts of another program
            and parts[-len(Path(path).parts) :] == Path(path).parts
        ]
        return max(ends, key=lambda path: len(Path(path).parts), default=None)

    def features(
        self, source: Source, seconds: NDArray[np.float64], names: Sequence[str], step: float
    ) -> NDArray[np.float16]:
        """The rows of some frames of a source.

        Args:
            source: The source.
            seconds: float64 of shape (n,), the frames' times.
            names: Of photos, the files' names; else empty.
            step: Seconds between two frames of a video.

        Returns:
            float16 of shape (n, width).

        Raises:
            SourceError: A frame has no row, or a row does not fit float16.
        """
        if names:
            rows = [self._photo(str(Path(source.path, name)), name) for name in names]
        else:
            rows = self._video(source.path, seconds, step).tolist()
        with np.errstate(over="ignore"):
            found = self._rows[rows].astype(np.float16)
        if not np.isfinite(found).all():
            raise SourceError(f"a vector of {self._file.name} has numbers beyond 65,504")
        return found

    def _photo(self, file: str, name: str) -> int:
        path = self.path_of(file)
        if path is None:
            raise SourceError(f"{self._file.name} has no vector for {name}")
        return int(self._of_path[path][0])

    def _video(self, file: str, seconds: NDArray[np.float64], step: float) -> NDArray[np.int64]:
        path = self.path_of(file)
        if path is None:
            raise SourceError(f"{self._file.name} has no vector for it")
        rows = self._of_path[path]
        if self._seconds is None:
            raise SourceError(f"{self._file.name} has no seconds, which videos need")
        order = np.argsort(self._seconds[rows], kind="stable")
        rows, times = rows[order], self._seconds[rows][order]
        after = np.clip(np.searchsorted(times, seconds), 1, len(times) - 1) if len(times) > 1 else 0
        before = np.maximum(np.asarray(after) - 1, 0)
        nearest = np.where(seconds - times[before] <= times[after] - seconds, before, after)
        own = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
        away = np.abs(times[nearest] - seconds)
        lost = seconds[away > max(step, own) / 2 + 1e-3]
        if len(lost):
            raise SourceError(
                f"{self._file.name} has no vector near {len(lost)} of its frames, the first at "
                f"{lost[0]:.2f} s"
            )
        found: NDArray[np.int64] = rows[nearest]
        return found

    def _refuse_duplicates(self) -> None:
        for path, rows in self._of_path.items():
            seconds = np.zeros(len(rows)) if self._seconds is None else self._seconds[rows]
            if len(np.unique(seconds)) != len(rows):
                raise InputError(
                    f"Expected each frame once in {self._file}. Received: {path} twice at the same "
                    "time; leave one row out."
                )


def _grouped(paths: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = {}
    for row, path in enumerate(paths):
        found.setdefault(path, []).append(row)
    return {path: np.array(rows, np.int64) for path, rows in found.items()}


def read_vectors(file: Path, photos: Sequence[Path]) -> Vectors:
    """Read a table.

    Args:
        file: ``.npz`` of ``vectors``, ``paths`` and, for videos, ``seconds``; ``.parquet`` of the
            columns ``vector``, ``path`` and ``seconds``; or ``.npy`` of vectors alone, a row for
            each photo.
        photos: The photos that were given, in their order, for a table without paths.

    Raises:
        InputError: It cannot be read, or is not such a table.
        MissingExtraError: Parquet needs pyarrow.
    """
    if file.suffix.lower() not in SUFFIXES or not file.is_file():
        raise InputError(
            f"Expected --vectors as a file ending in {', '.join(SUFFIXES)}. Received: {file}"
            f"{'' if file.is_file() else ', which is no file'}."
        )
    reader = {".npy": _npy, ".npz": _npz, ".parquet": _parquet}[file.suffix.lower()]
    rows, paths, seconds = reader(file)
    rows = _checked(rows, file)
    if paths is None:
        if len(rows) != len(photos):
            raise InputError(
                f"Expected {file} to have a row for each of the {len(photos)} photos. Received: "
                f"{count_of(len(rows), 'row')}; videos need a table with paths and seconds "
                "(.npz, .parquet)."
            )
        paths = [str(path) for path in photos]
    seconds = None if seconds is None else np.asarray(seconds)
    if len(paths) != len(rows) or (seconds is not None and seconds.shape != (len(rows),)):
        raise InputError(
            f"Expected {file} to have a path, and for videos a time, for each of its {len(rows)} "
            f"vectors. Received: {len(paths)} paths"
            f"{'' if seconds is None else f' and times of shape {seconds.shape}'}."
        )
    return Vectors(rows, paths, _times(seconds, file), file)


def _times(seconds: NDArray[Any] | None, file: Path) -> NDArray[np.float64] | None:
    if seconds is None:
        return None
    if seconds.dtype.kind not in "fiu" or np.isinf(seconds.astype(np.float64)).any():
        raise InputError(f"Expected seconds of {file} to be numbers. Received: {seconds.dtype}.")
    return np.nan_to_num(seconds.astype(np.float64))  # photos of a mixed table have none


def _checked(rows: NDArray[Any], file: Path) -> NDArray[np.float32]:
    plain = rows.ndim == 2 and rows.dtype.kind in "fiu" and rows.dtype.itemsize <= 8
    if not plain or not len(rows) or not 2 <= rows.shape[1] <= MOST_NUMBERS:
        raise InputError(
            f"Expected {file} to hold vectors as numbers of shape (rows, 2 to {MOST_NUMBERS}). "
            f"Received: {rows.dtype} of shape {rows.shape}."
        )
    with np.errstate(over="ignore"):
        found = rows.astype(np.float32)
    wrong = np.flatnonzero(~np.isfinite(found).all(axis=1))
    if len(wrong):
        raise InputError(
            f"Expected finite vectors in {file}. Received: NaN or infinity in {len(wrong)} rows, "
            f"the first in row {wrong[0]} (counted from 0)."
        )
    return found


_Read = tuple[NDArray[Any], list[str] | None, NDArray[Any] | None]


def _npy(file: Path) -> _Read:
    try:
        return np.load(file, mmap_mode="r", allow_pickle=False), None, None
    except (OSError, ValueError, EOFError) as error:
        raise _unreadable(file, error) from error


def _npz(file: Path) -> _Read:
    try:
        with np.load(file, allow_pickle=False) as stored:
            if not isinstance(stored, np.lib.npyio.NpzFile) or "vectors" not in stored.files:
                raise ValueError("no array named vectors")
            paths = np.asarray(stored["paths"]) if "paths" in stored.files else None
            seconds = np.asarray(stored["seconds"]) if "seconds" in stored.files else None
            rows = np.asarray(stored["vectors"])
    except (OSError, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(file, error) from error
    if paths is not None and (paths.ndim != 1 or paths.dtype.kind not in "US"):
        raise _unreadable(file, ValueError(f"paths as {paths.dtype} of shape {paths.shape}"))
    texts = None if paths is None else [_text(path) for path in paths.tolist()]
    return rows, texts, seconds


def _text(path: str | bytes) -> str:
    return os.fsdecode(path)


def _parquet(file: Path) -> _Read:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError(
            "Expected pyarrow to read .parquet. Received: it is not installed; pip install "
            "'frameatlas[parquet]', or give the vectors as .npz."
        ) from error
    try:
        table = pq.read_table(str(file))
        names = table.column_names
        if "vector" not in names or "path" not in names:
            raise ValueError(f"columns {', '.join(names[:8])}; path and vector are needed")
        lists = table["vector"].combine_chunks()
        lengths = set(lists.value_lengths().to_pylist())
        if len(lengths) != 1 or None in lengths:
            raise ValueError("vectors of different lengths")
        flat = np.asarray(lists.flatten().to_numpy(zero_copy_only=False))
        rows = flat.reshape(len(table), -1)
        paths = [str(path) for path in table["path"].to_pylist()]
        seconds = (
            table["seconds"].combine_chunks().to_numpy(zero_copy_only=False)
            if "seconds" in names
            else None
        )
    except (OSError, ValueError, AttributeError, TypeError, pa.ArrowException) as error:
        raise _unreadable(file, error) from error
    return rows, paths, seconds


def _unreadable(file: Path, error: Exception) -> InputError:
    said = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
    if "pickle" in said or "Python object" in said:  # NumPy advises to load it all the same
        said = "Python's own objects, or a file of another kind, which is not opened"
    return InputError(
        f"Expected {file} to be a table of vectors. Received: {said}; docs/words.md shows how to "
        "write one."
    )


def unmatched(vectors: Vectors, sources: Sequence[Source], photos: Sequence[Path]) -> str:
    """A sentence on paths of the table that no source is; "" where all are."""
    used = {vectors.path_of(source.path) for source in sources}
    used |= {vectors.path_of(str(path)) for path in photos}
    left = [path for path in vectors.paths() if path not in used]
    if not left:
        return ""
    named = ", ".join(left[:_NAMED]) + (", …" if len(left) > _NAMED else "")
    return f"{len(left)} paths of the vectors matched no video or photo given: {named}."
