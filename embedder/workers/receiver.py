"""The indexer's side of a finished source: a worker's report, checked, and its files taken in."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from frameatlas.embedder.build.pipeline import BuildContext
from frameatlas.embedder.build.source_builder import find_finished_source
from frameatlas.embedder.sources.tasks import Task
from frameatlas.embedder.workers.messages import Report
from frameatlas.embedder.workers.transfer import LostFolderError, fetch_source
from frameatlas.embedder.workers.worker import why_unseen
from frameatlas.errors import ClusterError
from frameatlas.progress import Progress
from frameatlas.store.manifest import Source

LOOK_SECONDS = 0.1

VISIBLE_SECONDS = 90.0
"""How long a network's file system may take to show here what a worker has written there."""


class ReportReceiver:
    """Takes in what workers have built.

    Args:
        client: Dask's client.
        shop: Where sources are put, and how they are made.
        progress: Is told where workers describe with different engines.
        check: Called while something is awaited; raises where there is no going on.
    """

    def __init__(
        self, client: Any, shop: BuildContext, progress: Progress, check: Callable[[], None]
    ) -> None:
        self._client, self._shop, self._progress, self._check = client, shop, progress, check
        self._engines: set[str] = set()

    def receive(self, task: Task, report: Report) -> Source:
        """The record of a source, once its files are in their place.

        Raises:
            LostFolderError: What the worker built did not arrive.
            ClusterError: The worker does not see the videos.
            FrameatlasError: What the worker could not go on with.
        """
        if report.unseen and (missing := why_unseen(task)):  # type: ignore[arg-type]
            return replace(
                task.source, status="failed", reason=missing.partition(": ")[2] or missing
            )
        if report.unseen:
            raise ClusterError(
                f"Expected every worker to see the videos under the same paths as this machine. "
                f"Received: {report.refusal[1]}, on worker {report.worker}. Share their folder "
                "with all workers, then give the same command again: what is done is kept."
            )
        if report.source is None:
            raise report.error()
        self._note_engine(report.engine)
        if report.folder:
            fetch_source(
                self._client,
                report.worker,
                report.folder,
                report.source,
                self._shop.made,
                self._shop.sources,
                self._check,
            )
        elif report.source.frames:
            self._await_visible(report.source)
        return replace(report.source, path=task.source.path)

    def _await_visible(self, source: Source) -> None:
        """Wait until this machine too sees what a worker has put in its place."""
        until = time.monotonic() + VISIBLE_SECONDS
        while find_finished_source(self._shop.sources, source.id, self._shop.made) != source:
            self._check()
            if time.monotonic() > until:
                raise LostFolderError("what a worker wrote did not become visible here")
            # Listing a folder has a network's file system look again at what it remembers of it.
            list(self._shop.sources.iterdir())
            time.sleep(LOOK_SECONDS)

    def _note_engine(self, identity: str) -> None:
        if identity and self._engines and identity not in self._engines:
            first = min(self._engines)
            self._progress.note(
                f"Workers describe with {first} and with {identity}: features of equal frames "
                "agree within rounding, not in every bit."
            )
        if identity:
            self._engines.add(identity)
