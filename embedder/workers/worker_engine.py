"""On a worker: the engine, opened once for each process, and the processors that it may use."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.engine import Engine, open_engine
from frameatlas.errors import FrameatlasError, MissingExtraError

SHARES = "FRAMEATLAS_SHARES"
"""Environment variable: how many workers share this machine's processors."""

_opened: "dict[tuple[str, str | None], KeptEngine]" = {}
_opening = threading.Lock()


class KeptEngine:
    """An engine that outlives the source it was opened for; one caller at a time.

    A worker that runs several orders at once (``--nthreads`` above 1) decodes them at the same
    time and describes them in turn.

    Args:
        engine: What is kept.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self.name, self.identity, self.batch = engine.name, engine.identity, engine.batch

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of crops: uint8 (m, 299, 299, 3), RGB → float32 (m, 2048)."""
        with self._turn:
            return self._engine.describe(crops)

    def close(self) -> None:
        """Nothing: the next source is described by the same engine."""


def get_engine(name: str, weights: str | None) -> KeptEngine:
    """This process' engine; the first call opens it.

    Args:
        name: "tensorflow" or "openvino".
        weights: Path of the weights, None for the packaged ones.

    Raises:
        MissingExtraError: This machine does not have the engine.
        WeightsError: The weights cannot be used.
    """
    with _opening:
        if (name, weights) not in _opened:
            try:
                engine = open_engine(name, Path(weights) if weights else None)
            except FrameatlasError:
                raise
            except ImportError as error:
                raise MissingExtraError(
                    f"Expected the {name} engine on every worker. Received: {error}; install "
                    "frameatlas there as it is on the indexer."
                ) from error
            _opened[name, weights] = KeptEngine(engine)
        return _opened[name, weights]


def identity_of(name: str, weights: str | None) -> str:
    """Identity of the engine, where this process has opened it; else ""."""
    kept = _opened.get((name, weights))
    return kept.identity if kept else ""


def dask_setup(worker: Any) -> None:
    """Prepare a process that ``--workers`` started; Dask calls it by this name.

    Ctrl-C reaches every process of a terminal: only the indexer answers it, and calls us off.
    Engine and FFmpeg take as many threads as they see processors, so each worker sees its share.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    shares = int(os.environ.get(SHARES, "1"))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, share_of(sorted(os.sched_getaffinity(0)), int(worker.name), shares))


def share_of(processors: list[int], number: int, shares: int) -> list[int]:
    """The processors of one of several workers: disjoint where there are enough of them."""
    number %= shares
    n = len(processors)
    mine = processors[number * n // shares : (number + 1) * n // shares]
    return mine or [processors[number % n]]
