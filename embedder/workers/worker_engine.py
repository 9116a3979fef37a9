"""On a worker: the engine, opened once for each process, and the processors that it may use."""

import os
import signal
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.descriptor import Descriptor, Network
from frameatlas.embedder.describe.engine import open_engine
from frameatlas.embedder.describe.networks import open_network
from frameatlas.errors import FrameatlasError, MissingExtraError

SHARES = "FRAMEATLAS_SHARES"
"""Environment variable: how many workers share this machine's processors."""

_opened: "dict[tuple[str, Network], KeptEngine]" = {}
_opening = threading.Lock()


class KeptEngine:
    """A network that outlives the source it was opened for; one caller at a time.

    A worker that runs several orders at once (``--nthreads`` above 1) decodes them at the same
    time and describes them in turn.

    Args:
        engine: What is kept.
    """

    def __init__(self, engine: Descriptor) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self.name, self.identity, self.digest = engine.name, engine.identity, engine.digest
        self.side, self.width, self.crops = engine.side, engine.width, engine.crops

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of crops: uint8 (m, side, side, 3), RGB → float32 (m, width)."""
        with self._turn:
            return self._engine.describe(crops)

    def close(self) -> None:
        """Nothing: the next source is described by the same engine."""


def get_engine(name: str, network: Network) -> KeptEngine:
    """This process' network; the first call opens it.

    Args:
        name: "tensorflow" or "openvino".
        network: Which network.

    Raises:
        MissingExtraError: This machine does not have the engine.
        WeightsError: The weights cannot be used.
    """
    key = (name, network)
    with _opening:
        if key not in _opened:
            try:
                engine = open_network(network, name, open_engine)
            except FrameatlasError:
                raise
            except ImportError as error:
                raise MissingExtraError(
                    f"Expected the {name} engine on every worker. Received: {error}; install "
                    "frameatlas there as it is on the indexer."
                ) from error
            _opened[key] = KeptEngine(engine)
        return _opened[key]


def identity_of(name: str, network: Network) -> str:
    """Identity of the engine, where this process has opened it; else ""."""
    kept = _opened.get((name, network))
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
