"""One map of an atlas, and what the server derives from it when it is first asked for."""

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.browser.caching.lazy_value import Once
from frameatlas.browser.players.store import Players
from frameatlas.browser.view.known.known_columns import KnownColumns
from frameatlas.browser.view.known.known_shots import KnownShots
from frameatlas.browser.view.known.source_folders import SourceFolders
from frameatlas.browser.view.trust import Trust, order_of, trust_of
from frameatlas.drawing.tiles import pyramid_of, tile_size
from frameatlas.geometry.cell_size import CellSize
from frameatlas.geometry.pyramid import Pyramid
from frameatlas.regions.clusters import Clustering, Clusters, cluster_map
from frameatlas.regions.hierarchy import Level, nested_regions
from frameatlas.regions.regions import Suggestions
from frameatlas.regions.suggest import suggested_names
from frameatlas.store.digests import text_digest
from frameatlas.store.manifest import Manifest, Source

KEPT_MASKS = 16
"""Filters whose masks are kept: a million frames take a megabyte each."""

KEPT_PYRAMIDS = 4
"""Filters whose pyramids are kept: a million frames take 21 MB each."""

KEPT_CLUSTERINGS = 3
"""Numbers of clusters for which all is kept: a million frames take 13 MB each."""

Mask = NDArray[np.bool_]
Result = TypeVar("Result")


class OpenMap:
    """An atlas at one of its maps. Nothing is read before it is asked for.

    Attributes:
        atlas: The atlas as the manifest said when the map was opened.
        id: Of the map.
        players: Who is who, where the atlas is one of players.
        known: Dates, bins, subtitles and the user's own columns.
        known_shots: The shots; also as ``shots()`` and ``shot_groups()``.
    """

    def __init__(self, atlas: Atlas, players: Players | None = None) -> None:
        self.atlas = atlas
        self.players = players or Players(atlas.folder)
        self.id = atlas.map_folder.name
        self.cell: Once[CellSize] = Once(lambda: _frame_size(atlas))
        self.tile: Once[CellSize] = Once(lambda: tile_size(atlas))
        self.pyramid: Once[Pyramid] = Once(lambda: pyramid_of(atlas))
        self.trust: Once[Trust] = Once(lambda: trust_of(atlas))
        self.order: Once[float | None] = Once(lambda: order_of(atlas))
        self.sources: tuple[Source, ...] = atlas.sources
        self.folders: Once[tuple[tuple[str, ...], NDArray[np.int32]]] = Once(self._folders)
        self.digest: Once[str] = Once(self._digest)
        """Tells this atlas' pictures from any other's, for caches on disk."""
        folders = SourceFolders(atlas)
        self.known = KnownColumns(atlas, folders)
        self.known_shots = KnownShots(atlas, folders)
        self.shots, self.shot_groups = self.known_shots.shots, self.known_shots.groups
        self._warm: Once[int] = Once(self._warmed)
        self._clusters: OrderedDict[Clustering, Once[Clusters]] = OrderedDict()
        self._levels: OrderedDict[Clustering, Once[tuple[list[Level], Suggestions]]] = OrderedDict()
        self._masks: OrderedDict[object, Mask] = OrderedDict()
        self._filtered: OrderedDict[object, Once[Pyramid]] = OrderedDict()
        self._lock = Lock()

    def learn(self, manifest: Manifest) -> None:
        """Take over what may change: where the sources lie now, and words of the frames."""
        if manifest.words != self.atlas.manifest.words:
            self.atlas.manifest = replace(self.atlas.manifest, words=manifest.words)
            with self._lock:
                self._levels.clear()  # names that were suggested before there were words
        here = manifest.sources[: len(self.sources)]
        if here != self.sources and [s.id for s in here] == [s.id for s in self.sources]:
            self.atlas.sources = self.sources = here
            self.folders = Once(self._folders)

    def begin(self) -> None:
        """Have another thread make what the first picture, tile and hover need, in this order."""
        self._warm.begin()

    def clusters(self, chosen: Clustering) -> Clusters:
        """The clusters of the map, kept for the next time."""
        with self._lock:
            found = self._clusters.setdefault(
                chosen, Once(lambda: cluster_map(self.atlas.coordinates, chosen))
            )
            self._clusters.move_to_end(chosen)
            while len(self._clusters) > KEPT_CLUSTERINGS:
                self._clusters.popitem(last=False)
        return found()

    def levels(self, chosen: Clustering) -> tuple[list[Level], Suggestions]:
        """The clusters, their parts, and names that would suit them; kept for the next time."""
        with self._lock:
            found = self._levels.setdefault(chosen, Once(lambda: self._nested(chosen)))
            self._levels.move_to_end(chosen)
            while len(self._levels) > KEPT_CLUSTERINGS:
                self._levels.popitem(last=False)
        return found()

    def _nested(self, chosen: Clustering) -> tuple[list[Level], Suggestions]:
        levels = nested_regions(self.atlas.coordinates, self.clusters(chosen))
        return levels, suggested_names(self.atlas, levels)

    def mask(self, key: object, work: Callable[[], Mask]) -> Mask:
        """Which frames a filter keeps, remembered for the next tile."""
        with self._lock:
            if key in self._masks:
                self._masks.move_to_end(key)
                return self._masks[key]
        made = work()
        made.setflags(write=False)
        with self._lock:
            self._masks[key] = made
            while len(self._masks) > KEPT_MASKS:
                self._masks.popitem(last=False)
        return made

    def shown(self, key: object, mask: Mask | None) -> Pyramid:
        """The pyramid of a filter's frames; of all of them without a mask."""
        whole = self.pyramid()
        if mask is None:
            return whole
        with self._lock:
            found = self._filtered.setdefault(key, Once(lambda: whole.filtered(mask)))
            self._filtered.move_to_end(key)
            while len(self._filtered) > KEPT_PYRAMIDS:
                self._filtered.popitem(last=False)
        return found()

    def folder_of(self, number: int) -> int:
        """Number of the folder that a source lies in."""
        return int(self.folders()[1][number])

    def name_of(self, number: int) -> str:
        """A source's file name."""
        return display_name(Path(self.sources[number].path).name)

    def address_of(self, number: int, seconds: float) -> str:
        """VIDEO@SECONDS as the command line takes it: the name, or the path where it is shared."""
        name = Path(self.sources[number].path).name
        unique = self._names()[name] == 1
        return f"{display_name(name if unique else self.sources[number].path)}@{seconds:.3f}"

    def _warmed(self) -> int:
        self.cell()
        self.pyramid()
        self.digest()
        return len(self.atlas.seconds)

    def _digest(self) -> str:
        ids = ",".join(source.id for source in self.sources)
        return text_digest(f"{self.atlas.folder.resolve()} {self.id} {ids}")[:24]

    def _names(self) -> Counter[str]:
        return Counter(Path(source.path).name for source in self.sources)

    def _folders(self) -> tuple[tuple[str, ...], NDArray[np.int32]]:
        """Names of all folders as the page shows them, and each source's."""
        paths = [_folder(source) for source in self.sources]
        unique = sorted(set(paths))
        number = {path: position for position, path in enumerate(unique)}
        names = _without_common_part(unique)
        return names, np.array([number[path] for path in paths], np.int32)


def _frame_size(atlas: Atlas) -> CellSize:
    return atlas.frame_size if len(atlas) else CellSize(16, 9)


def display_name(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8", "replace")


def _folder(source: Source) -> str:
    path = Path(source.path)
    return str(path if source.kind == "photos" else path.parent)


def _without_common_part(folders: list[str]) -> tuple[str, ...]:
    """Folders from where they differ on; a single one by its own name."""
    if not folders:
        return ()
    parts = [Path(folder).parts for folder in folders]
    shortest = min(len(part) for part in parts)
    common = 0
    while common < shortest - 1 and len({part[common] for part in parts}) == 1:
        common += 1
    return tuple(display_name(str(Path(*part[common:]))) for part in parts)
