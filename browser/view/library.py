"""The open atlas as the server sees it: its newest map, and those that pages still look at."""

import time
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from frameatlas.atlas import MANIFEST, Atlas, read_manifest
from frameatlas.browser.players.store import Players
from frameatlas.browser.view.index_status import Indexing, indexing
from frameatlas.browser.view.open_map import OpenMap, display_name
from frameatlas.browser.view.wing_tools import BrowserTools
from frameatlas.errors import FrameatlasError, InputError, NoAtlasError
from frameatlas.store.manifest import Manifest

MOST_MAPS = 3
"""Maps that are kept open: the newest, and older ones that pages may still show."""

LOOK_AGAIN = 1.0
"""Seconds for which the manifest on disk is taken to be as it was."""


class Library:
    """One atlas folder, its maps by id. Safe to use from many threads.

    Args:
        atlas: The atlas.
        tools: What other wings do for the page.
    """

    def __init__(self, atlas: Atlas, tools: BrowserTools | None = None) -> None:
        self.folder: Path = atlas.folder
        self.tools = tools or BrowserTools()
        self.players = Players(atlas.folder)
        self._lock = Lock()
        self._maps: OrderedDict[str, OpenMap] = OrderedDict()
        self._manifest: Manifest | None = atlas.manifest
        self._seen = self._stamp()
        self._looked = time.monotonic()
        self._error: FrameatlasError | None = None
        if atlas.manifest.map is not None:
            self._maps[atlas.manifest.map.id] = OpenMap(atlas, self.players)

    def begin(self) -> None:
        """Have other threads make what the first page needs."""
        for opened in list(self._maps.values()):
            opened.begin()

    @property
    def name(self) -> str:
        """The folder's name without its ending."""
        return display_name(self.folder.resolve().name.removesuffix(".atlas"))

    def newest(self) -> OpenMap:
        """The map that the manifest on disk names.

        Raises:
            NoAtlasError: There is no map yet, or no atlas any more.
            FormatError: The manifest is damaged.
        """
        with self._lock:
            self._look()
            if self._error is not None:
                raise self._error
            assert self._manifest is not None
            record = self._manifest.map
            if record is None:
                raise NoAtlasError(
                    "Expected a map to show. Received: an atlas whose indexing is not finished; "
                    "this page comes to life when it is."
                )
            return self._opened(self._manifest, record.id)

    def map_of(self, map_id: str | None) -> OpenMap:
        """A map by its id; the newest for None.

        Raises:
            InputError: There is no such map, or not any more.
        """
        if map_id is None:
            return self.newest()
        with self._lock:
            found = self._maps.get(map_id)
            if found is not None:
                return found
        newest = self.newest()
        if newest.id != map_id:
            raise InputError(
                "Expected the id of a map of this atlas. Received: one that is not there, or not "
                "any more; load the page again to see the newest map."
            )
        return newest

    def newest_id(self) -> str | None:
        """Id of the newest map on disk; None where there is none or it cannot be read."""
        with self._lock:
            self._look()
            record = self._manifest.map if self._manifest and not self._error else None
            return record.id if record else None

    def takes_sentences(self, map_id: str | None) -> bool:
        """Whether frames of an open map are found by what they show."""
        with self._lock:
            opened = self._maps.get(map_id or "")
        return opened is not None and self.tools.take_sentences(opened.atlas)

    def known_of(self, map_id: str | None) -> tuple[str | None, str | None]:
        """Revisions of an open map's shots and columns; None each where there are none."""
        with self._lock:
            opened = self._maps.get(map_id or "")
        if opened is None:
            return None, None
        return opened.known_shots.revision, opened.known.revision

    def indexing(self) -> Indexing | None:
        """The run by which another process writes the atlas; None where there is none."""
        return indexing(self.folder, self._manifest)

    def _look(self) -> None:
        """Read the manifest again where it has changed; holds the lock already."""
        now = time.monotonic()
        if now - self._looked < LOOK_AGAIN:
            return
        self._looked = now
        stamp = self._stamp()
        if stamp == self._seen and self._error is None:
            return
        try:
            self._manifest, self._error = read_manifest(self.folder), None
            self._seen = stamp
            record = self._manifest.map
            if record and record.id in self._maps:
                self._maps[record.id].learn(self._manifest)
        except FrameatlasError as error:
            self._error = error

    def _opened(self, manifest: Manifest, map_id: str) -> OpenMap:
        if map_id not in self._maps:
            opened = OpenMap(Atlas(self.folder, manifest), self.players)
            opened.begin()
            self._maps[map_id] = opened
            while len(self._maps) > MOST_MAPS:
                self._maps.popitem(last=False)
        return self._maps[map_id]

    def _stamp(self) -> tuple[int, int]:
        """Changes whenever the manifest is replaced."""
        try:
            found = (self.folder / MANIFEST).stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)
