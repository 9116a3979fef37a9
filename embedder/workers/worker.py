"""On a worker of a cluster: read and describe one source, in its place or in a folder of its own.

The sources are built by the very code that builds them on one machine (``pipeline``), in blocks
that begin at each source's first frame: so the numbers do not depend on who made them.
"""

import time
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import Any

from frameatlas.embedder.build.pipeline import BuildContext, build_sources
from frameatlas.embedder.build.source_builder import find_finished_source
from frameatlas.embedder.describe.descriptor import Network
from frameatlas.embedder.describe.networks import find_network
from frameatlas.embedder.describe.weights import find_packaged_weights
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.tasks import PhotosTask, VideoTask
from frameatlas.embedder.workers.messages import Order, Report, task_of
from frameatlas.embedder.workers.worker_engine import get_engine, identity_of
from frameatlas.errors import FrameatlasError, InterruptedIndexError, SourceError, WeightsError
from frameatlas.progress import NullProgress, Stopped
from frameatlas.store.atomic import translate_os_errors
from frameatlas.store.content_digest import content_digest
from frameatlas.store.lock import lock_atlas

LOCKS = ".locks"
"""Folder beside the sources: a worker that was given up, but still lives, keeps its source."""

_TELL_SECONDS = 0.5


def run_order(text: str) -> str:
    """Read and describe the source of an order; gives the report. Both are JSON.

    Raises:
        InterruptedIndexError: The order was called off; what is done is kept for the next one.
    """
    from distributed import get_worker

    worker = get_worker()
    address = str(worker.address)
    try:
        order = Order.from_json(text)
        network = _agree(order)
        task = task_of(order.task)
        if unseen := why_unseen(task):
            return Report(address, refusal=("SourceError", unseen), unseen=True).to_json()
        return _build(order, task, network, worker).to_json()
    except InterruptedIndexError:
        raise
    except FrameatlasError as error:
        return Report(address, refusal=(type(error).__name__, str(error))).to_json()


def why_unseen(task: VideoTask | PhotosTask) -> str:
    """Why the source's own file cannot be read here, or is another one; "" where all is well."""
    if isinstance(task, VideoTask):
        named = [(Path(task.source.path), task.source.digest)]
    else:
        # A folder that holds the first and the last of its photos is taken for the same folder.
        ends = slice(None, None, max(1, len(task.digests) - 1))
        named = list(zip(task.photos.files[ends], task.digests[ends], strict=True))
    for path, digest in named:
        try:
            if content_digest(path) != digest:
                return f"{path} has other content here"
        except SourceError as error:
            return f"{path}: {error}"
    return ""


def _agree(order: Order) -> Network:
    """See that this worker describes with the atlas' own network; gives it."""
    made = order.made
    network = _network(made.descriptor, order.weights, made.crops, made.precision)
    if network.digest != made.weights:
        raise WeightsError(
            f"Expected weights with SHA-256 {made.weights[:16]}…, as on the indexer. Received: "
            f"{network.digest[:16]}… in {order.weights or find_packaged_weights()}; give every "
            "worker the same file."
        )
    return network


@cache
def _network(name: str, source: str | None, crops: int, precision: str) -> Network:
    place = Path(source) if source else None
    if place is not None and place.is_dir():
        return find_network(source, None, crops, precision)
    return find_network(name, place, crops, precision)


def _build(order: Order, task: VideoTask | PhotosTask, network: Network, worker: Any) -> Report:
    """Build the source where the atlas is, or in this worker's own folder."""
    made = order.made
    with ExitStack() as held:
        sources, shared = _place(order, task.id, own_folder(worker, order), held)
        source = find_finished_source(sources, task.id, made, task.source.sample)
        if source is None:
            shop = BuildContext(
                sources=sources,
                settings=FrameSettings(made.fps, made.height),
                made=made,
                key=order.key,
                open_engine=lambda: get_engine(made.engine, network),
                jobs=1,
                stopped=is_called_off(worker),
            )
            (source,) = build_sources([task], shop, _Telling(worker, order.topic, task.id))
        away = "" if shared or not source.frames else str(sources / task.id)
        engine = identity_of(made.engine, network)
        return Report(str(worker.address), source, away, engine)


def own_folder(worker: Any, order: Order) -> Path:
    """Where this worker builds what it cannot build in its place; Dask removes it in the end."""
    return Path(worker.local_directory) / "frameatlas" / order.token[0].strip(".")


def _place(order: Order, source_id: str, own: Path, held: ExitStack) -> tuple[Path, bool]:
    """The folder to build in, and whether it is the atlas' own.

    One worker at a time builds a source there. Another one may still be alive where the scheduler
    has given it up; then, and where the disk knows no locks, the folder is pushed back.
    """
    sources = Path(order.output) / "sources"
    if shares_output(Path(order.output), order.token):
        with suppress(FrameatlasError, OSError):
            lock = sources / LOCKS / source_id
            lock.mkdir(parents=True, exist_ok=True)
            held.enter_context(lock_atlas(lock))
            return sources, True
    with translate_os_errors(own):
        own.mkdir(parents=True, exist_ok=True)
    return own, False


def shares_output(output: Path, token: tuple[str, str]) -> bool:
    """Whether this machine sees the indexer's output folder under the same path."""
    name, content = token
    try:
        return (output / Path(name).name).read_text(encoding="utf-8") == content
    except (OSError, UnicodeDecodeError):
        return False


def is_called_off(worker: Any) -> Stopped:
    """Whether the task that this thread runs is no longer wanted, or its worker is closing.

    Dask cannot end a thread. It only stops counting on it: the user pressed Ctrl-C, or the indexer
    has died, or another worker has taken the source over.
    """
    key = worker.get_current_task()

    def stopped() -> bool:
        task = worker.state.tasks.get(key)
        wanted = task is not None and task.state in ("executing", "long-running")
        return not wanted or worker.status.name not in ("running", "paused")

    return stopped


class _Telling(NullProgress):
    """The ``Progress`` of a worker: tells the indexer now and then how many frames are described.

    Args:
        worker: Dask's worker.
        topic: What the indexer listens to.
        source_id: Id of the source.
    """

    def __init__(self, worker: Any, topic: str, source_id: str) -> None:
        self._worker, self._topic, self._id = worker, topic, source_id
        self._told = 0.0

    def step(self, done: int, current: str = "") -> None:
        """Tell it, if the last time is long enough ago."""
        if time.monotonic() - self._told > _TELL_SECONDS:
            self._told = time.monotonic()
            event = {"id": self._id, "described": done, "label": current}
            self._worker.log_event(self._topic, event)
