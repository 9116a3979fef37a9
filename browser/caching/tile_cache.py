"""Tiles that were drawn: in memory for the next moment, in a folder for the next day."""

import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from frameatlas.browser.caching.file_cache import FileCache

IN_MEMORY = 64_000_000
"""Bytes of tiles that are kept in memory: about 8,000."""

UNWRITTEN = 1_000
"""Tiles that may wait for the disk; what is more is drawn again some day."""

QUIET = 0.25
"""Seconds without a question after which tiles are written: who waits for one goes first."""


class KeptTiles:
    """Encoded tiles by key. Nobody waits for the disk: a thread of its own writes when nobody asks.

    While it writes, drawing takes longer: it holds Python's lock in between. It writes all the
    same once every second place of those that may wait is taken, and before the process ends.

    Args:
        files: The folder.
        limit: Bytes that are kept in memory.
    """

    def __init__(self, files: FileCache, limit: int = IN_MEMORY) -> None:
        self._files = files
        self._limit = limit
        self._lock = Lock()
        self._tiles: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._bytes = 0
        # Python waits for such a thread before it ends, until what was handed over is written.
        self._writer = ThreadPoolExecutor(1, "frameatlas-tiles")
        self._unwritten: set[Future[None]] = set()
        self._asked = 0.0

    def in_memory(self, key: str, ending: str) -> bytes | None:
        """A tile that was asked for not long ago, or None."""
        with self._lock:
            found = self._tiles.get((key, ending))
            if found is not None:
                self._tiles.move_to_end((key, ending))
            return found

    def get(self, key: str, ending: str) -> bytes | None:
        """A tile that was put, by this process or an earlier one, or None."""
        self._asked = time.monotonic()
        found = self.in_memory(key, ending)
        if found is None:
            found = self._files.get(key, ending)
            if found is not None:
                self._remember(key, ending, found)
        return found

    def put(self, key: str, ending: str, content: bytes) -> None:
        """Keep a tile; it reaches the disk when nobody asks any more."""
        self._asked = time.monotonic()
        self._remember(key, ending, content)
        with self._lock:
            if len(self._unwritten) >= UNWRITTEN:
                return
            try:
                write = self._writer.submit(self._write, key, ending, content)
            except RuntimeError:  # Python is ending, and takes no more work
                return
            self._unwritten.add(write)
        write.add_done_callback(self._written)

    @property
    def held(self) -> int:
        """How much is in memory."""
        return self._bytes

    def _remember(self, key: str, ending: str, content: bytes) -> None:
        with self._lock:
            old = self._tiles.pop((key, ending), b"")
            self._tiles[key, ending] = content
            self._bytes += len(content) - len(old)
            while self._bytes > self._limit and self._tiles:
                self._bytes -= len(self._tiles.popitem(last=False)[1])

    def _write(self, key: str, ending: str, content: bytes) -> None:
        # The process' end needs no word: nobody asks any more then.
        while len(self._unwritten) <= UNWRITTEN // 2:
            left = self._asked + QUIET - time.monotonic()
            if left <= 0:
                break
            time.sleep(left)
        self._files.put(key, ending, content)

    def _written(self, write: Future[None]) -> None:
        with self._lock:
            self._unwritten.discard(write)
