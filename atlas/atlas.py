"""Atlas: everything that indexing made, opened read-only."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import DamagedAtlasError, FormatError, NoAtlasError
from frameatlas.geometry.cell_size import CellSize, common_size
from frameatlas.plurals import count_of
from frameatlas.store.column_rules import check_column
from frameatlas.store.frame_origin import Origin, photo_name
from frameatlas.store.frame_rows import AtlasFrames
from frameatlas.store.hdf5_reader import Hdf5Rows, read_column, read_ratio
from frameatlas.store.manifest import Manifest, Source
from frameatlas.store.map_integrity import map_error, verify_file
from frameatlas.store.notes.names_file import NAMES_FILE
from frameatlas.store.notes.photo_notes import PHOTOS_FILE
from frameatlas.store.notes.run_state import refuse_unfinished
from frameatlas.store.notes.vocabulary_file import VOCABULARY_FILE
from frameatlas.store.pictures.raw_file import NPY_ERRORS
from frameatlas.store.rows import ConcatenatedRows
from frameatlas.store.shot_table import SHOTS_FILE
from frameatlas.store.source_record import METADATA_FILE, SOURCE_FILE, SUBTITLES_FILE
from frameatlas.store.symlinks import refuse_links

MANIFEST = "atlas.json"
COLUMNS_FILE, BINS_FILE = "columns.h5", "bins.json"

LARGEST_MANIFEST = 128 << 20
"""Bytes of ``atlas.json``. Parsing takes twenty times as many, if whoever wrote it means harm."""

MOST_COMPONENTS = 4096
"""Numbers of a frame's scores, at most: as many as it has features."""

_SCORES_AT_ONCE = 1 << 16

MAP_FILES = (
    *("fitted_codes.npy", "fitted_scores.npy", "fitted_crowding.npy"),
    *("scores.npy", "components.h5", "coordinates.h5", "stretch.h5", "layout.json"),
    *("map.json", "quality.json", "encoder.weights.h5", "decoder.weights.h5"),
)
"""Files of a map's folder."""


class Atlas:
    """An atlas, read-only. Arrays are memory-mapped or read as they are asked for.

    Frames are numbered through all sources that are on the map, in the manifest's order.

    Attributes:
        folder: Where it is on disk.
        manifest: What it holds and how it was made.
        sources: The sources on the map, in the order of their frames; failed ones have no frames.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        on_map = manifest.map.sources if manifest.map else len(manifest.sources)
        self.sources: tuple[Source, ...] = manifest.sources[:on_map]
        self.offsets: NDArray[np.int64] = np.concatenate(
            [[0], np.cumsum([s.frames for s in self.sources], dtype=np.int64)]
        ).astype(np.int64)
        """int64 of shape (sources + 1,): the number of each source's first frame, and their sum."""
        refuse_links(self._stored_paths())

    def __len__(self) -> int:
        """Number of frames."""
        return int(self.offsets[-1])

    def __repr__(self) -> str:
        held = f"{count_of(len(self), 'frame')} from {count_of(len(self.sources), 'source')}"
        return f"<Atlas {self.folder} of {held}>"

    @cached_property
    def frames(self) -> AtlasFrames:
        """All pictures; ``atlas.frames[i]`` is uint8 of shape (height, width, 3), RGB."""
        return AtlasFrames.of(self.folder / "sources", self._filled, self.manifest.made)

    @cached_property
    def features(self) -> ConcatenatedRows:
        """float16 of shape (n, 4096), read a slice at a time."""
        return self._table("features", (self.manifest.made.dimension,), np.dtype(np.float16))

    @cached_property
    def boxes(self) -> NDArray[np.int32]:
        """int32 of shape (n, 4): x, y, width, height in pixels of the picture in each frame."""
        return self._table("box", (4,), np.dtype(np.int32))[:]

    @cached_property
    def frame_size(self) -> CellSize:
        """Size of most frames among those of the most common aspect: the shape of every cell."""
        return common_size(self.boxes)

    @cached_property
    def seconds(self) -> NDArray[np.float64]:
        """float64 of shape (n,): presentation times in seconds; photos count 0, 1, 2, …."""
        return self._table("seconds", (), np.dtype(np.float64))[:]

    @cached_property
    def pts(self) -> NDArray[np.int64]:
        """int64 of shape (n,): presentation times in units of each source's own time base."""
        return self._table("pts", (), np.dtype(np.int64))[:]

    @cached_property
    def source_numbers(self) -> NDArray[np.int32]:
        """int32 of shape (n,): for each frame, the position of its source in ``sources``."""
        counts = [s.frames for s in self.sources]
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    @cached_property
    def scores(self) -> NDArray[np.float16]:
        """float16 of shape (n, components), memory-mapped: PCA scores over their overall RMS."""
        try:
            with np.errstate(over="ignore"):  # a shape that is too large is refused right after
                scores = np.load(self.map_folder / "scores.npy", mmap_mode="r", allow_pickle=False)
        except NPY_ERRORS as error:
            raise map_error(self.map_folder / "scores.npy", str(error)) from error
        if scores.ndim != 2 or not 1 <= scores.shape[1] <= MOST_COMPONENTS:
            raise map_error(self.map_folder / "scores.npy", f"an array of shape {scores.shape}")
        for start in range(0, len(scores), _SCORES_AT_ONCE):
            check_column(
                scores[start : start + _SCORES_AT_ONCE], "scores", self.map_folder / "scores.npy"
            )
        return self._checked(scores, "scores.npy")

    @cached_property
    def coordinates(self) -> NDArray[np.float64]:
        """float64 of shape (n, 2): x and y in [-1, 1], after rotation and stretch."""
        return self._checked(self._map_column("coordinates"), "coordinates.h5")

    @cached_property
    def code(self) -> NDArray[np.float64]:
        """float64 of shape (n, 2): the encoder's raw output, before rotation and stretch."""
        return self._checked(self._map_column("code"), "coordinates.h5")

    @cached_property
    def origins(self) -> "Origins":
        """Where and when each frame comes from; ``atlas.origins[i]`` is an ``Origin``."""
        return Origins(self)

    @property
    def map_folder(self) -> Path:
        """The folder of the current map.

        Raises:
            NoAtlasError: No map was drawn yet.
        """
        if self.manifest.map is None:
            refuse_unfinished(self.folder)
            raise NoAtlasError(
                f"Expected a map in {self.folder}. Received: an atlas whose indexing is not "
                "finished: run `frameatlas index` on the same videos again."
            )
        return self.folder / "maps" / self.manifest.map.id

    def show(self, *, selection: Any = (), height: int = 520) -> Any:
        """The map as a widget of a notebook; arguments, result and errors: ``frameatlas.show``."""
        from frameatlas import show  # the package knows where: the core imports no wing

        return show(cast("Any", self), selection=selection, height=height)

    def range_of(self, number: int) -> range:
        """The frames of one source, by its position in ``sources``."""
        return range(int(self.offsets[number]), int(self.offsets[number + 1]))

    @property
    def _filled(self) -> list[Source]:
        return [source for source in self.sources if source.frames]

    def _stored_paths(self) -> Iterator[Path]:
        """Everything that is read of the folder, and the folders around it."""
        for name in ("sources", "maps", COLUMNS_FILE, BINS_FILE, NAMES_FILE, VOCABULARY_FILE):
            yield self.folder / name
        for source in self.manifest.sources:
            place = self._path(source, "")
            names = {
                *("frames.npy", "frames.jpeg", "features.h5", "words.h5", SHOTS_FILE, SOURCE_FILE),
                *(METADATA_FILE, SUBTITLES_FILE, PHOTOS_FILE),
                *source.files,
            }
            yield from (place, *(place / name for name in names))
        if self.manifest.map is not None:
            yield self.map_folder
            yield from (self.map_folder / name for name in {*MAP_FILES, *self.manifest.map.files})

    def _path(self, source: Source, name: str) -> Path:
        return self.folder / "sources" / source.id / name

    def _table(
        self, name: str, row_shape: tuple[int, ...], dtype: np.dtype[np.generic]
    ) -> ConcatenatedRows:
        parts = [
            Hdf5Rows(self._path(s, "features.h5"), name, (s.frames, *row_shape))
            for s in self._filled
        ]
        return ConcatenatedRows(parts, row_shape, dtype)

    def _map_column(self, name: str) -> NDArray[np.float64]:
        return read_column(verify_file(self.map_folder, self.manifest.map, "coordinates.h5"), name)

    def _checked(self, array: NDArray[np.generic], name: str) -> NDArray:  # type: ignore[type-arg]
        if len(array) != len(self):
            raise DamagedAtlasError(
                f"Expected {len(self)} rows in {self.map_folder / name}. Received: {len(array)}. "
                "Run `frameatlas index --refit` on the same videos to draw the map again."
            )
        return array


class Origins:
    """For each frame of an atlas, where and when it comes from."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._names: dict[int, list[str]] = {}
        self._pts: dict[int, tuple[NDArray[np.int64], Fraction]] = {}

    def __len__(self) -> int:
        return len(self._atlas)

    def __iter__(self) -> Iterator[Origin]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> Origin:
        if not -len(self) <= index < len(self):
            raise IndexError(f"Expected a frame below {len(self)}. Received: {index}.")
        atlas = self._atlas
        index %= len(self)
        number = int(atlas.source_numbers[index])
        row = index - int(atlas.offsets[number])
        pts, base = self._times(number)
        x, y, width, height = (int(value) for value in atlas.boxes[index])
        names = self._photo_names(number)
        name = names[row] if names else ""
        return Origin(atlas.sources[number], int(pts[row]), base, (x, y, width, height), name)

    def _times(self, number: int) -> tuple[NDArray[np.int64], Fraction]:
        if number not in self._pts:
            source = self._atlas.sources[number]
            path = self._atlas._path(source, "features.h5")
            pts = Hdf5Rows(path, "pts", (source.frames,))[:]
            self._pts[number] = (pts, read_ratio(path, "time_base"))
        return self._pts[number]

    def _photo_names(self, number: int) -> list[str]:
        if number not in self._names:
            source = self._atlas.sources[number]
            path = self._atlas._path(source, "features.h5")
            rows = Hdf5Rows(path, "names", (source.frames,))
            names = rows[:] if source.kind == "photos" else ()
            self._names[number] = [photo_name(name, path) for name in names]
        return self._names[number]


def open_atlas(folder: str | Path) -> Atlas:
    """Open an atlas read-only.

    Args:
        folder: The atlas' folder.

    Returns:
        The atlas; its arrays are read when they are first asked for.

    Raises:
        NoAtlasError: The folder does not exist or holds no atlas.
        NewerFormatError: A later frameatlas wrote it.
        FormatError: ``atlas.json`` is damaged; the message names the field.
    """
    folder = Path(folder)
    return Atlas(folder, read_manifest(folder))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an atlas' folder; errors as in ``open_atlas``."""
    path = folder / MANIFEST
    refuse_links([path])
    try:
        if path.stat().st_size > LARGEST_MANIFEST:
            raise FormatError(
                f"Expected {path} of at most {LARGEST_MANIFEST >> 20} MB, which hold 150,000 "
                "sources. Received: a larger file; split the atlas, or do not trust it."
            )
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"Expected {path} to be a UTF-8 text. Received: {error}.") from error
    except OSError as error:
        refuse_unfinished(folder)
        raise NoAtlasError(
            f"Expected an atlas in {folder}. Received: {error.strerror or error} for {MANIFEST}. "
            "Make one with `frameatlas index VIDEOS`."
        ) from error
    return Manifest.from_json(text, str(path))
