"""The indexer's side of a cluster: hands sources out, waits for them, and tries again."""

import itertools
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from frameatlas.embedder.build.pipeline import BuildContext
from frameatlas.embedder.sources.tasks import Task
from frameatlas.embedder.workers.cluster_progress import ClusterProgress
from frameatlas.embedder.workers.messages import Order, Report, our_version, task_values
from frameatlas.embedder.workers.presence import WorkerWatch
from frameatlas.embedder.workers.receiver import LOOK_SECONDS, ReportReceiver
from frameatlas.embedder.workers.task_queue import TaskQueue
from frameatlas.embedder.workers.transfer import LostFolderError
from frameatlas.embedder.workers.worker import run_order
from frameatlas.errors import ClusterError, InterruptedIndexError
from frameatlas.progress import Progress
from frameatlas.store.manifest import Source

COUNT_SECONDS = 5.0
"""How often workers are counted: some may come later, and some may go."""


@dataclass
class _Handed:
    """A source that was handed out, and Dask's future of it."""

    task: Task
    future: Any


class ClusterScheduler:
    """One round of building on a cluster.

    Sources are handed out in order, two for each thread of the workers, so that none waits and a
    worker's disk holds few that the indexer has not fetched. Where workers die, Dask hands their
    sources to others; a source under which several died is tried once more, alone, so that it
    cannot take others down with it, and is then reported as failed.

    Args:
        client: Dask's client.
        tasks: What is to be built.
        shop: Where and how.
        weights: Path of the weights file, None for the packaged one.
        token: Name and content of the file by which workers know the output folder.
        progress: Is told what happens.
        watch: Is told how many threads all workers have.
    """

    def __init__(
        self,
        *,
        client: Any,
        tasks: Sequence[Task],
        shop: BuildContext,
        weights: str | None,
        token: tuple[str, str],
        progress: Progress,
        watch: WorkerWatch,
    ) -> None:
        self._client, self._shop, self._weights, self._token = client, shop, weights, token
        self._topic = f"frameatlas-{secrets.token_hex(8)}"
        self._queue = TaskQueue(tasks)
        self._handed: dict[str, _Handed] = {}
        self._numbers = itertools.count()
        self._progress = ClusterProgress(progress)
        self._receiver = ReportReceiver(client, shop, progress, self.check)
        self._threads, self._counted = 0, -COUNT_SECONDS
        self._watch = watch

    def run(self) -> Iterator[Source]:
        """Yield each source's record as it is finished.

        Raises:
            InterruptedIndexError: The user stopped the run; what is done is kept.
            ClusterError: The scheduler is gone, or a worker cannot do this work.
        """
        self._client.subscribe_topic(self._topic, self._progress.hear)
        try:
            while self._queue or self._handed:
                self.check()
                if self._client.status == "connecting":
                    self._lose_all()
                    continue
                self._hand_out()
                ended = [h for h in self._handed.values() if h.future.done()]
                for handed in ended:
                    yield from self._take(handed)
                self._progress.step(set(self._handed))
                if not ended:
                    time.sleep(LOOK_SECONDS)
        finally:
            self._call_off()

    def check(self) -> None:
        """Stop here if the user wants that, or if nobody is there to go on with."""
        if self._shop.stopped():
            raise InterruptedIndexError("The run was stopped.")
        if self._client.status not in ("running", "connecting"):
            raise ClusterError(
                "Expected the scheduler to stay until all sources are described. Received: it "
                "has gone. What is done is kept: start it and give the same command again."
            )

    def _lose_all(self) -> None:
        """The scheduler is away: what it had is handed out again when it is back."""
        for handed in self._handed.values():
            self._queue.give_back(handed.task)
        self._handed.clear()
        time.sleep(LOOK_SECONDS)

    def _hand_out(self) -> None:
        self._count_workers()
        most = max(2, 2 * self._threads)
        while (task := self._queue.next(len(self._handed), most)) is not None:
            self._hand(task)

    def _hand(self, task: Task) -> None:
        order = Order(
            version=our_version(),
            made=self._shop.made,
            key=self._shop.key,
            weights=self._weights,
            output=str(self._shop.sources.parent),
            token=self._token,
            topic=self._topic,
            task=task_values(task),
        )
        key = f"{self._topic}-{task.id}-{next(self._numbers)}"
        future = self._client.submit(run_order, order.to_json(), key=key, pure=False)
        self._handed[task.id] = _Handed(task, future)

    def _count_workers(self) -> None:
        if time.monotonic() - self._counted < COUNT_SECONDS:
            return
        self._counted = time.monotonic()
        try:
            self._threads = sum(self._client.nthreads().values())
        except (OSError, TimeoutError) as error:
            if self._client.status == "connecting":
                return  # it may come back
            raise ClusterError(
                f"Expected the scheduler to answer. Received: {error}. What is done is kept: "
                "start it and give the same command again."
            ) from error
        self._watch.count(self._threads)

    def _take(self, handed: _Handed) -> Iterator[Source]:
        """What became of one that has ended: a record, or another attempt."""
        task, future = handed.task, handed.future
        del self._handed[task.id]
        try:
            answer = future.result()
        except Exception as error:  # the worker's; or Dask's, of an answer lost with its worker
            record = self._missed(task, error if future.status == "error" else None)
        else:
            record = self._received(task, Report.from_json(answer))
        future.release()
        self._progress.forget(task.id)
        if record is not None:
            self._progress.finish(record.frames)
            yield record

    def _received(self, task: Task, report: Report) -> Source | None:
        try:
            return self._receiver.receive(task, report)
        except LostFolderError as error:
            return self._again(task, str(error))

    def _missed(self, task: Task, error: BaseException | None) -> Source | None:
        """A source that came back without a report."""
        from distributed import KilledWorker

        self.check()
        if isinstance(error, KilledWorker):
            if self._queue.set_apart(task):
                return None
            return replace(
                task.source,
                status="failed",
                reason="each worker that read it died; their logs may say why",
            )
        if isinstance(error, ImportError):
            raise ClusterError(
                f"Expected frameatlas {our_version()} on every worker. Received: {error}. Install "
                "the same release there, then give the same command again: what is done is kept."
            ) from error
        return self._again(task, f"{type(error).__name__}: {error}" if error else "it was lost")

    def _again(self, task: Task, reason: str) -> Source | None:
        if self._queue.retry(task):
            return None
        return replace(task.source, status="failed", reason=f"no worker finished it ({reason})")

    def _call_off(self) -> None:
        """Nobody waits for what is still handed out; workers notice and keep what they have."""
        futures = [handed.future for handed in self._handed.values()]
        with suppress(Exception):  # the scheduler may have gone before
            self._client.cancel(futures, force=True)
            self._client.unsubscribe_topic(self._topic)
