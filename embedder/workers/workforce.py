"""Who does the work of an index run: this process, processes of this machine, or a cluster.

The cluster is dask.distributed's, an existing engine: it finds out which worker is free, notices
which one has died, and hands its work to another. What is ours is what the work is.
"""

import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from frameatlas.atlas import Atlas
from frameatlas.embedder.build.pipeline import BuildContext
from frameatlas.embedder.components.covariance import Covariance
from frameatlas.embedder.describe.engine import is_installed
from frameatlas.embedder.sources.tasks import Task
from frameatlas.embedder.workers.covariance import chunks_by_workers
from frameatlas.embedder.workers.presence import WorkerWatch
from frameatlas.embedder.workers.scheduler import ClusterScheduler
from frameatlas.embedder.workers.this_process import ThisProcess, Workforce
from frameatlas.embedder.workers.worker import LOCKS
from frameatlas.embedder.workers.worker_engine import SHARES
from frameatlas.errors import ClusterError, InterruptedIndexError, MissingExtraError
from frameatlas.options import IndexOptions
from frameatlas.progress import Progress, Stopped
from frameatlas.store.atomic import remove_folder, translate_os_errors
from frameatlas.store.manifest import Source

CONNECT_SECONDS = 10
"""How long a scheduler may take to answer."""

START_SECONDS = 60.0
"""Seconds without any worker of ``--workers`` after which a run ends: Dask starts them again, but
not where they die while starting."""

_DEATHS = 1
"""Workers of ``--workers`` that may die under a source before it is set aside and tried alone."""

_TOKEN = ".cluster-"  # noqa: S105 - a file's name
_LOGGERS = ("distributed", "distributed.client", "tornado.application")


@contextmanager
def workforce(options: IndexOptions, progress: Progress, stopped: Stopped) -> Iterator[Workforce]:
    """Whoever is to do the work; a cluster is connected to, or started, and left again.

    Args:
        options: Its scheduler, workers and weights are looked at.
        progress: Is told where Dask's dashboard is, if there is one.
        stopped: True once the user wants the run to stop.

    Raises:
        MissingExtraError: dask.distributed is not installed.
        ClusterError: There is no scheduler at that address.
    """
    if options.scheduler is None and options.workers is None:
        yield ThisProcess()
        return
    if not is_installed("distributed"):
        raise MissingExtraError(
            "Expected dask.distributed for --scheduler or --workers. Received: it is not "
            "installed; pip install 'frameatlas[cluster]'."
        )
    with _quiet_dask(), ExitStack() as stack:
        address = options.scheduler or stack.enter_context(_processes(options.workers or 1))
        client = stack.enter_context(_connect(address))
        if link := _dashboard(client):
            progress.note(f"Dask's dashboard: {link}")
        ours = options.scheduler is None
        timeout = START_SECONDS if ours else options.worker_timeout
        watch = WorkerWatch(progress, timeout, from_the_first=ours)
        yield Cluster(client, stopped, watch)


class Cluster:
    """A ``Workforce`` of Dask's workers.

    Args:
        client: Dask's client.
        stopped: True once the user wants the run to stop.
        watch: Ends a run that has been without workers for too long.
    """

    def __init__(self, client: Any, stopped: Stopped, watch: WorkerWatch) -> None:
        self._client, self._stopped, self._watch = client, stopped, watch

    def build(
        self, tasks: Sequence[Task], shop: BuildContext, progress: Progress
    ) -> Iterator[Source]:
        """Have sources read and described by workers; yields each as it is finished."""
        if not tasks:
            return
        with token_in(shop.sources.parent) as token:
            source = shop.network.source if shop.network else None
            scheduler = ClusterScheduler(
                client=self._client,
                tasks=tasks,
                shop=shop,
                weights=str(source.absolute()) if source else None,
                token=token,
                progress=progress,
                watch=self._watch,
            )
            yield from scheduler.run()
        remove_folder(shop.sources / LOCKS)

    def chunks(self, atlas: Atlas, first: int) -> Iterator[Covariance]:
        """Have whole chunks of features counted by workers; see ``covariance_of_workers``."""
        with token_in(atlas.folder) as token:
            yield from chunks_by_workers(self._client, atlas, first, token, self._check)

    def _check(self) -> None:
        if self._stopped():
            raise InterruptedIndexError("The run was stopped.")


@contextmanager
def token_in(output: Path) -> Iterator[tuple[str, str]]:
    """A small file in the atlas: a worker that can read it sees the same folder.

    Yields:
        Its name and its content.
    """
    with translate_os_errors(output):
        for left in output.glob(f"{_TOKEN}*"):  # of a run that was killed
            left.unlink()
        path = output / f"{_TOKEN}{secrets.token_hex(8)}"
        content = secrets.token_hex(16)
        path.write_text(content, encoding="utf-8")
    try:
        yield path.name, content
    finally:
        with suppress(OSError):
            path.unlink()


@contextmanager
def _processes(number: int) -> Iterator[str]:
    """A cluster of processes of this machine, on the loopback only; gives its address.

    Dask would kill a worker above its share of the memory. Ours needs a fixed amount, so on a
    small machine that limit would only stop what works.

    Raises:
        ClusterError: They cannot be started.
    """
    import dask
    import distributed

    start: Any = distributed.LocalCluster  # its arguments bear no types
    ours = "frameatlas.embedder.workers.worker_engine"
    with dask.config.set({"distributed.scheduler.allowed-failures": _DEATHS}):
        try:
            cluster = start(
                n_workers=number,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                memory_limit=0,
                silence_logs=logging.CRITICAL,
                preload=[*dask.config.get("distributed.worker.preload"), ours],
                env={SHARES: str(number)},
            )
        except (OSError, RuntimeError) as error:
            raise ClusterError(
                f"Expected to start the {number} processes of --workers. Received: "
                f"{_reason(error)}. Ask for fewer, or leave the option out."
            ) from error
        with cluster:
            yield str(cluster.scheduler_address)


@contextmanager
def _connect(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address."""
    import distributed

    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=CONNECT_SECONDS, set_as_default=False, name="frameatlas")
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ClusterError(
            f"Expected a Dask scheduler at {address}, as tcp://host:8786. Received: "
            f"{_reason(error)}. Start one with `dask scheduler`, or look at its address."
        ) from error
    with client:
        yield client


def _reason(error: Exception) -> str:
    """The first line of what Dask says, without a full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _dashboard(client: Any) -> str | None:
    """Address of the page on which Dask shows what it does; None where there is none."""
    if not is_installed("bokeh") and client.cluster is None:
        return None
    try:
        return client.dashboard_link or None
    except (KeyError, AttributeError, ValueError):
        return None


@contextmanager
def _quiet_dask() -> Iterator[None]:
    """Keep Dask's log to itself: we say in a sentence what matters; FRAMEATLAS_DEBUG=1 shows it."""
    if os.environ.get("FRAMEATLAS_DEBUG"):
        yield
        return
    import distributed  # noqa: F401 - it sets its loggers up when it is imported

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
