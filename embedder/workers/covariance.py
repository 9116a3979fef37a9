"""Moments of features, counted by workers where the features lie, merged by the indexer in order.

A chunk is the same rows and the same blocks whoever counts it, and chunks are merged in their
order: so the components do not depend on how many workers there are, nor on who was first.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.embedder.components import chunked_covariance as counting
from frameatlas.embedder.components.covariance import Covariance
from frameatlas.embedder.workers.worker import shares_output
from frameatlas.store.rows import ConcatenatedRows, blocks

LOOK_SECONDS = 0.1
COUNT_SECONDS = 5.0
"""How often it is looked whether there are workers at all."""


def count_chunk(text: str) -> NDArray[np.float64] | None:
    """On the worker: the moments of some rows, packed; None where it does not see the atlas.

    Args:
        text: JSON: the atlas' folder, the token that shows it is the same, the dimension, the
            rows a block, and from each source its id and the first and last of its rows.
    """
    import h5py

    order = json.loads(text)
    output = Path(order["output"])
    if not shares_output(output, tuple(order["token"])):
        return None
    dimension = int(order["dimension"])
    counted = Covariance.empty(dimension)
    with ExitStack() as files:
        try:
            parts = []
            for source, start, stop in order["parts"]:
                place = output / "sources" / source / "features.h5"
                file = files.enter_context(h5py.File(place, "r"))
                parts.append(_Part(file["features"], start, stop))
            rows = ConcatenatedRows(parts, (dimension,), np.dtype(np.float16))
            for block in blocks(rows, int(order["block"])):
                counted.add(block)
        except OSError:
            return None
    return pack(counted)


class _Part:
    """Some rows of a table on disk, as ``Rows``."""

    def __init__(self, table: Any, start: int, stop: int) -> None:
        self._table, self._start = table, start
        self.shape = (stop - start, table.shape[1])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        start, stop, _ = rows.indices(len(self))
        return np.asarray(self._table[self._start + start : self._start + stop])


def chunks_by_workers(
    client: Any, atlas: Atlas, first: int, token: tuple[str, str], check: Callable[[], None]
) -> Iterator[Covariance]:
    """Moments of the whole chunks from number ``first`` on, in order.

    Ends early where workers cannot count: whoever asks counts the rest itself.

    Args:
        client: Dask's client.
        atlas: The atlas; its manifest names all sources.
        first: Number of the first chunk that is asked for.
        token: Name and content of the file by which workers know the output folder.
        check: Called while waiting; raises to stop.
    """
    whole = len(atlas) // counting.CHUNK
    ahead: deque[Any] = deque()
    numbers = iter(range(first, whole))
    try:
        width = sum(client.nthreads().values()) + 1
        while True:
            while len(ahead) < width and (number := next(numbers, None)) is not None:
                order = _order(atlas, number, token)
                ahead.append(client.submit(count_chunk, order, pure=False))
            if not ahead:
                return
            result = _wait_for(client, ahead.popleft(), check)
            if result is None:
                return
            yield unpack(result, atlas.manifest.made.dimension)
    except (OSError, TimeoutError, CancelledError):  # the scheduler has gone: go on here
        return
    finally:
        with suppress(Exception):
            client.cancel(list(ahead), force=True)


def _wait_for(client: Any, future: Any, check: Callable[[], None]) -> NDArray[np.float64] | None:
    """What a worker counted; None where it could not, or where no worker is left that could."""
    looked = time.monotonic()
    while not future.done():
        check()
        time.sleep(LOOK_SECONDS)
        if time.monotonic() - looked > COUNT_SECONDS:
            looked = time.monotonic()
            if not client.nthreads():
                return None
    found: NDArray[np.float64] | None = future.result() if future.status == "finished" else None
    return found


def _order(atlas: Atlas, number: int, token: tuple[str, str]) -> str:
    start, stop = number * counting.CHUNK, (number + 1) * counting.CHUNK
    parts = []
    for source, low, high in zip(atlas.sources, atlas.offsets[:-1], atlas.offsets[1:], strict=True):
        begin, end = max(start, int(low)), min(stop, int(high))
        if begin < end:
            parts.append((source.id, begin - int(low), end - int(low)))
    return json.dumps(
        {
            "output": str(atlas.folder),
            "token": token,
            "dimension": atlas.manifest.made.dimension,
            "block": counting.BLOCK,
            "parts": parts,
        }
    )


def pack(counted: Covariance) -> NDArray[np.float64]:
    """Count, mean and the upper triangle of the scatter: float64 of shape (1 + d + d(d + 1)/2,)."""
    d = len(counted.mean)
    triangle = [counted.scatter[row, row:] for row in range(d)]
    return np.concatenate([np.array([float(counted.count)]), counted.mean, *triangle])


def unpack(values: NDArray[np.float64], dimension: int) -> Covariance:
    """The inverse of ``packed``; below the diagonal the scatter is 0, where nobody looks."""
    counted = Covariance.empty(dimension)
    counted.count = int(values[0])
    counted.mean[:] = values[1 : 1 + dimension]
    at = 1 + dimension
    for row in range(dimension):
        counted.scatter[row, row:] = values[at : at + dimension - row]
        at += dimension - row
    return counted
