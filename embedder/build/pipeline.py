"""Decoding and describing at the same time: several sources decode while one is described.

Frames wait on disk, not in memory. Sources are described in their order; those behind are decoded
ahead of that, as far as ``frame_writer.AHEAD`` allows each.
"""

import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.build.source_builder import SourceBuilder, described_before
from frameatlas.embedder.describe.descriptor import Descriptor, Network
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.embedder.describe.repeats import described_in_place
from frameatlas.embedder.describe.vectors import Vectors
from frameatlas.embedder.media.frame_sink import FrameSettings, Outcome
from frameatlas.embedder.sources.given_task import GivenTask
from frameatlas.embedder.sources.tasks import Task, VideoTask
from frameatlas.errors import FrameatlasError, InterruptedIndexError, SourceError
from frameatlas.processors import available_processors
from frameatlas.progress import Progress, Stopped
from frameatlas.store.manifest import Made, Source

_LOOK_SECONDS = 0.2
"""How often a waiting run looks whether it was stopped."""


@dataclass(frozen=True)
class BuildContext:
    """Where and with what sources are built.

    Attributes:
        sources: The atlas' ``sources`` folder.
        settings: How sources become frames.
        made: How frames and features are made.
        key: What must agree for an interrupted run's work to be taken over.
        open_engine: Opens the network, when the first frames are there.
        jobs: Sources decoded at the same time.
        stopped: True once the user wants the run to stop.
        vectors: What takes the place of a network.
        network: Which network it is, for workers that open it by themselves.
    """

    sources: Path
    settings: FrameSettings
    made: Made
    key: str
    open_engine: Callable[[], Descriptor]
    jobs: int
    stopped: Stopped
    vectors: Vectors | None = None
    network: Network | None = None


def build_sources(
    tasks: Sequence[Task], shop: BuildContext, progress: Progress
) -> Iterator[Source]:
    """Read and describe sources; yields each one's record, in order, as it is published.

    Raises:
        InterruptedIndexError: The user stopped the run; what is done is kept.
        SpaceError: The disk is full; what is done is kept.
    """
    left = kept_frames(tasks, shop)
    described = 0
    if any(left):
        progress.step(sum(left))
    crew = _DecodePool(tasks, shop)
    network = _Network(shop)
    try:
        for number, task in enumerate(tasks):
            job = crew.job(number)
            try:
                while (block := job.builder.next_block(_LOOK_SECONDS)) is not None:
                    crew.check()
                    if block[0] == block[1]:
                        continue
                    job.builder.add_features(network.features(job, block))
                    done = job.builder.frames.described + sum(left[number + 1 :])
                    progress.step(described + done, task.label)
            except SourceError as error:  # of vectors that are not there
                yield crew.give_up(number, str(error))
                continue
            described += job.builder.frames.described
            yield crew.finish(number)
    finally:
        crew.dismiss()
        network.close()


def kept_frames(tasks: Sequence[Task], shop: BuildContext) -> list[int]:
    """Frames of each source that an interrupted run has described."""
    return [described_before(shop.sources, task.id, source_key(shop.key, task)) for task in tasks]


class _Network:
    """What describes blocks: a network, opened for the first one, or the user's vectors."""

    def __init__(self, shop: BuildContext) -> None:
        self._shop = shop
        self._opened: Descriptor | None = None

    def features(self, job: "_Job", block: tuple[int, int]) -> NDArray[np.float16]:
        """Features of a block of a job's frames."""
        shop = self._shop
        if shop.vectors is not None:
            seconds, names = job.builder.moments(*block)
            return shop.vectors.features(job.task.source, seconds, names, 1 / shop.settings.fps)
        known = job.task.known(*block) if isinstance(job.task, GivenTask) else None
        features = np.empty((block[1] - block[0], shop.made.dimension), np.float16)
        mask = np.zeros(len(features), bool) if known is None else known[0]
        if known is not None:
            features[mask] = known[1]
        if not mask.all():
            self._opened = self._opened or shop.open_engine()
            pixels, boxes = job.builder.read(*block)
            pixels, boxes = pixels[~mask], boxes[~mask]
            places = np.arange(len(pixels))
            if isinstance(job.task, VideoTask):
                places = described_in_place(pixels, boxes)
            own, rows = np.unique(places, return_inverse=True)
            features[~mask] = describe_frames(self._opened, pixels[own], boxes[own])[rows]
        return features

    def close(self) -> None:
        """Give the network's memory back."""
        if self._opened is not None:
            self._opened.close()


class _Job:
    """A task whose decoding was started."""

    def __init__(self, task: Task, shop: BuildContext, pool: ThreadPoolExecutor) -> None:
        self.task = task
        key = source_key(shop.key, task)
        self.builder = SourceBuilder(
            shop.sources, task.id, key, shop.made.dimension, shop.made.store
        )
        self.stop = threading.Event()
        self.result: Future[tuple[Source, Outcome, list[str]]] = pool.submit(self._decode, shop)

    def _decode(self, shop: BuildContext) -> tuple[Source, Outcome, list[str]]:
        try:
            return self.task.read(
                shop.settings, self.builder.frames, lambda: self.stop.is_set() or shop.stopped()
            )
        except FrameatlasError:
            raise
        except Exception as error:
            # Whatever one source makes us run into, the others are read all the same.
            raise SourceError(fault_reason(error)) from error
        finally:
            self.builder.frames.finish()


def fault_reason(error: Exception) -> str:
    """What a user reads of a fault of our own in one source: its class and place."""
    if isinstance(error, MemoryError):
        return "not enough memory to decode it"
    steps = traceback.extract_tb(error.__traceback__)
    place = f", {Path(steps[-1].filename).name}:{steps[-1].lineno}" if steps else ""
    return f"frameatlas met a fault of its own ({type(error).__name__}{place}): please report it"


class _DecodePool:
    """The decoding threads and the jobs they are at."""

    def __init__(self, tasks: Sequence[Task], shop: BuildContext) -> None:
        self._tasks, self._shop = tasks, shop
        self._pool = ThreadPoolExecutor(shop.jobs, thread_name_prefix="decode")
        self._jobs: dict[int, _Job] = {}

    def job(self, number: int) -> _Job:
        """The job of a task; starts it and those that may run ahead of it."""
        for ahead in range(number, min(number + 2 * self._shop.jobs + 1, len(self._tasks))):
            if ahead not in self._jobs:
                self._jobs[ahead] = _Job(self._tasks[ahead], self._shop, self._pool)
        return self._jobs[number]

    def check(self) -> None:
        """Stop here if the user wants that."""
        if self._shop.stopped():
            raise InterruptedIndexError("The run was stopped.")

    def finish(self, number: int) -> Source:
        """Publish a source whose frames are all described, or note why there are none."""
        job = self._jobs[number]
        failed = replace(job.task.source, status="failed")
        try:
            source, outcome, digests = job.result.result()
        except SourceError as error:
            job.builder.discard()
            del self._jobs[number]
            return replace(failed, reason=str(error))
        if not job.builder.frames.count:
            job.builder.discard()
            del self._jobs[number]
            return replace(failed, reason=outcome.reason or "no picture could be decoded")
        record = job.builder.publish(_with_outcome(source, outcome), self._shop.made, digests)
        del self._jobs[number]
        return record

    def give_up(self, number: int, reason: str) -> Source:
        """Leave a source out that is decoded but cannot be described."""
        job = self._jobs.pop(number)
        job.stop.set()
        job.builder.frames.abandon()
        job.result.exception()  # its thread has to let go of the files
        job.builder.discard()
        return replace(job.task.source, status="failed", reason=reason)

    def dismiss(self) -> None:
        """End the decoding of whatever is not finished, keeping its work for the next run."""
        for job in self._jobs.values():
            job.stop.set()
            job.builder.frames.abandon()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for job in self._jobs.values():
            with suppress(OSError, FrameatlasError):
                job.builder.close()


def _with_outcome(source: Source, outcome: Outcome) -> Source:
    return replace(
        source,
        status=outcome.status,
        reason=outcome.reason,
        seconds_missing=round(outcome.seconds_missing, 3),
        duration=outcome.duration if outcome.duration is not None else source.duration,
    )


def default_jobs() -> int:
    """Videos decoded at the same time: describing needs most of the processors for itself."""
    return max(2, min(8, available_processors() // 4))


def source_key(key: str, task: Task) -> str:
    """A run's key for one source: what was made of key frames only is another thing."""
    return key if task.source.sample == "all" else f"{key} {task.source.sample}"


def build_key(made: Made) -> str:
    """What must agree for an interrupted run's work to be taken over."""
    key = f"{made.fps:g} {made.height} {made.weights} {made.engine}"
    key = key if made.precision == "auto" else f"{key} {made.precision}"
    key = key if made.crops == 2 else f"{key} {made.crops} {made.dimension}"
    return key if made.store == "raw" else f"{key} {made.store}"
