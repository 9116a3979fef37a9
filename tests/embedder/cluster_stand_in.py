"""A quick stand-in for the network on workers, and the clusters of processes that run it.

Dask loads this file as a preload before a worker's first task. Environment variables have the
worker misbehave: ``DELAY`` seconds more for each block, ``DEADLY`` names a part of a video's path
under which the worker kills itself, ``ELSEWHERE`` has it not see the indexer's output folder.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import numpy as np
from distributed import LocalCluster
from numpy.typing import NDArray

from frameatlas.embedder.build import source_builder
from frameatlas.embedder.workers import worker as cluster_worker
from frameatlas.embedder.workers import worker_engine as cluster_engine

QUICKLY = {"distributed.worker.multiprocessing-method": "forkserver"} if os.name == "posix" else {}
"""Workers are forked from a process that has imported Dask once: each saves seconds."""


class ExactEngine:
    """Sums of whole numbers: equal bytes whatever order and however many threads sum them."""

    name = "tensorflow"
    identity = "exact"
    batch = 16

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        masks = np.random.default_rng(0).integers(-8, 9, (23 * 23 * 3, 2048))
        self.masks = masks.astype(np.float64)

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """float32 of shape (m, 2048)."""
        time.sleep(self.delay)
        small = crops[:, ::13, ::13].reshape(len(crops), -1).astype(np.float64)
        return np.asarray(small @ self.masks / 2**14, np.float32)

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def processes(number: int = 2, **env: str) -> Iterator[LocalCluster]:
    """A cluster on this machine's loopback, without a dashboard; each worker may die once."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1, **QUICKLY}),
        LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",  # None would still take port 8787
            silence_logs=60,
            memory_limit=0,
            preload=[__file__],
            env=env,
        ) as cluster,
    ):
        yield cluster


def pids(cluster: LocalCluster) -> list[int]:
    """Process ids of the workers that are alive; Dask gives up those that die while starting."""
    started = [
        n for n in cluster.workers.values() if n.process and n.process.status.name == "running"
    ]
    return [nanny.pid for nanny in started if nanny.pid is not None]


def dask_setup(worker: Any) -> None:
    """Put the stand-ins in place; Dask calls it on each worker."""
    del worker
    source_builder.CHECKPOINT_SECONDS = 0.05
    delay = float(os.environ.get("DELAY", "0"))
    vars(cluster_engine)["open_engine"] = lambda *_: ExactEngine(delay)
    if os.environ.get("ELSEWHERE"):
        vars(cluster_worker)["shares_output"] = lambda *_: False
    if deadly := os.environ.get("DEADLY"):
        look = cluster_worker.why_unseen

        def look_and_die(task: Any) -> str:
            if deadly in Path(task.source.path).name:
                os.kill(os.getpid(), signal.SIGKILL)
            return look(task)

        vars(cluster_worker)["why_unseen"] = look_and_die
