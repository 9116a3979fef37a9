"""The indexer's side of a cluster: hands out sources, listens, takes them in, and tries again."""

import itertools
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from frameatlas.embedder.build.pipeline import BuildContext
from frameatlas.embedder.build.source_builder import find_finished_source
from frameatlas.embedder.sources.tasks import Task
from frameatlas.embedder.workers.messages import Order, Report, our_version, task_values
from frameatlas.embedder.workers.presence import WorkerWatch
from frameatlas.embedder.workers.transfer import LostFolderError, fetch_source
from frameatlas.embedder.workers.worker import run_order, why_unseen
from frameatlas.errors import ClusterError, InterruptedIndexError
from frameatlas.progress import Progress
from frameatlas.store.manifest import Source

ATTEMPTS = 3
"""Times that a source is handed out where a worker failed in some way without dying."""

LOOK_SECONDS = 0.1
COUNT_SECONDS = 5.0
"""How often workers are counted: some may come later, and some may go."""

VISIBLE_SECONDS = 90.0
"""How long a network's file system may take to show here what a worker has written there."""


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
        client: Any,
        tasks: Sequence[Task],
        shop: BuildContext,
        weights: str | None,
        token: tuple[str, str],
        progress: Progress,
        watch: WorkerWatch,
    ) -> None:
        self._client, self._shop, self._weights, self._token = client, shop, weights, token
        self._progress = progress
        self._topic = f"frameatlas-{secrets.token_hex(8)}"
        self._todo, self._alone = deque(tasks), deque[Task]()
        self._lonely: set[str] = set()
        self._handed: dict[str, _Handed] = {}
        self._attempts: dict[str, int] = {}
        self._numbers = itertools.count()
        self._done_frames = 0
        self._told: dict[str, tuple[int, str]] = {}
        self._telling = threading.Lock()
        self._threads, self._counted = 0, -COUNT_SECONDS
        self._watch = watch
        self._engines: set[str] = set()

    def run(self) -> Iterator[Source]:
        """Yield each source's record as it is finished.

        Raises:
            InterruptedIndexError: The user stopped the run; what is done is kept.
            ClusterError: The scheduler is gone, or a worker cannot do this work.
        """
        self._client.subscribe_topic(self._topic, self._hear)
        try:
            while self._todo or self._alone or self._handed:
                self.check()
                if self._client.status == "connecting":
                    self._lose_all()
                    continue
                self._hand_out()
                ended = [h for h in self._handed.values() if h.future.done()]
                for handed in ended:
                    yield from self._take(handed)
                self._tell()
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
            self._attempts[handed.task.id] -= 1
            (self._alone if handed.task.id in self._lonely else self._todo).append(handed.task)
        self._handed.clear()
        time.sleep(LOOK_SECONDS)

    def _hand_out(self) -> None:
        self._count_workers()
        room = max(2, 2 * self._threads) - len(self._handed)
        while self._todo and room > 0:
            self._hand(self._todo.popleft())
            room -= 1
        if not self._todo and not self._handed and self._alone:
            self._hand(self._alone.popleft())

    def _hand(self, task: Task) -> None:
        self._attempts[task.id] = self._attempts.get(task.id, 0) + 1
        order = Order(
            our_version(),
            self._shop.made,
            self._shop.key,
            self._weights,
            str(self._shop.sources.parent),
            self._token,
            self._topic,
            task_values(task),
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
        with self._telling:
            self._told.pop(task.id, None)
        if record is not None:
            self._done_frames += record.frames
            yield record

    def _received(self, task: Task, report: Report) -> Source | None:
        try:
            return self._record(task, report)
        except LostFolderError as error:
            return self._again(task, str(error))

    def _record(self, task: Task, report: Report) -> Source:
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
                self.check,
            )
        elif report.source.frames:
            self._await_visible(report.source)
        return replace(report.source, path=task.source.path)

    def _await_visible(self, source: Source) -> None:
        """Wait until this machine too sees what a worker has put in its place."""
        until = time.monotonic() + VISIBLE_SECONDS
        while find_finished_source(self._shop.sources, source.id, self._shop.made) != source:
            self.check()
            if time.monotonic() > until:
                raise LostFolderError("what a worker wrote did not become visible here")
            # Listing a folder has a network's file system look again at what it remembers of it.
            list(self._shop.sources.iterdir())
            time.sleep(LOOK_SECONDS)

    def _missed(self, task: Task, error: BaseException | None) -> Source | None:
        """A source that came back without a report."""
        from distributed import KilledWorker

        self.check()
        if isinstance(error, KilledWorker):
            if task.id in self._lonely:
                return replace(
                    task.source,
                    status="failed",
                    reason="each worker that read it died; their logs may say why",
                )
            self._lonely.add(task.id)
            self._alone.append(task)
            return None
        if isinstance(error, ImportError):
            raise ClusterError(
                f"Expected frameatlas {our_version()} on every worker. Received: {error}. Install "
                "the same release there, then give the same command again: what is done is kept."
            ) from error
        return self._again(task, f"{type(error).__name__}: {error}" if error else "it was lost")

    def _again(self, task: Task, reason: str) -> Source | None:
        if self._attempts[task.id] < ATTEMPTS:
            self._todo.append(task)
            return None
        return replace(task.source, status="failed", reason=f"no worker finished it ({reason})")

    def _note_engine(self, identity: str) -> None:
        if identity and self._engines and identity not in self._engines:
            first = min(self._engines)
            self._progress.note(
                f"Workers describe with {first} and with {identity}: features of equal frames "
                "agree within rounding, not in every bit."
            )
        if identity:
            self._engines.add(identity)

    def _hear(self, event: tuple[float, Any]) -> None:
        """A worker's word on how far it is; comes in Dask's own thread."""
        _, told = event
        with self._telling, suppress(KeyError, TypeError, ValueError):
            self._told[str(told["id"])] = int(told["described"]), str(told["label"])

    def _tell(self) -> None:
        with self._telling:
            now = [told for key, told in self._told.items() if key in self._handed]
        label = now[0][1] if now else ""
        if len(now) > 1:
            label += f" and {len(now) - 1} more"
        self._progress.step(self._done_frames + sum(done for done, _ in now), label)

    def _call_off(self) -> None:
        """Nobody waits for what is still handed out; workers notice and keep what they have."""
        futures = [handed.future for handed in self._handed.values()]
        with suppress(Exception):  # the scheduler may have gone before
            self._client.cancel(futures, force=True)
            self._client.unsubscribe_topic(self._topic)
