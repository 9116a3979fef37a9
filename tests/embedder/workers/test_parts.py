"""What a cluster is made of: orders, shares of a machine, kept engines, lost schedulers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from frameatlas import ClusterError, IndexOptions, InputError, MissingExtraError
from frameatlas.embedder.decode.photos import PhotoFolder
from frameatlas.embedder.describe.descriptor import XceptionDescriptor
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.index_given import index_given
from frameatlas.embedder.layout import few_frames
from frameatlas.embedder.sources.given_task import GivenTask
from frameatlas.embedder.sources.tasks import PhotosTask, VideoTask
from frameatlas.embedder.workers import (
    receiver,
)
from frameatlas.embedder.workers import (
    scheduler as cluster_build,
)
from frameatlas.embedder.workers import (
    transfer as cluster_return,
)
from frameatlas.embedder.workers import (
    workforce as cluster,
)
from frameatlas.embedder.workers.messages import Order, Report, our_version, task_of, task_values
from frameatlas.embedder.workers.presence import WorkerWatch
from frameatlas.embedder.workers.scheduler import ClusterScheduler
from frameatlas.embedder.workers.task_queue import ATTEMPTS, TaskQueue
from frameatlas.embedder.workers.worker_engine import KeptEngine, share_of
from frameatlas.errors import SpaceError, WeightsError
from frameatlas.progress import NullProgress
from frameatlas.store.content_digest import content_digest
from frameatlas.store.lock import lock_atlas
from frameatlas.store.manifest import Made, Source
from frameatlas.verify import check_atlas

pytestmark = pytest.mark.process

ODD = os.fsdecode(b"/films/\xff caf\xc3\xa9.mp4")  # a name that is no UTF-8
SOURCE = Source("abc", ODD, "video", "ok", "", "d")
PHOTOS = PhotosTask(
    Source("def", "/photos", "photos", "ok", "", "e"),
    PhotoFolder(Path("/photos"), (Path("/photos/1.png"), Path(ODD))),
    ("f", "g"),
)


@pytest.fixture(scope="module")
def calm(stand_in: ModuleType) -> Iterator[str]:
    """Address of a cluster that several tests share."""
    with stand_in.processes() as made:
        yield made.scheduler_address


@pytest.fixture
def client(calm: str) -> Iterator[Any]:
    from distributed import Client  # a second and more, for whoever runs these tests alone

    with Client(calm, set_as_default=False) as ours:
        yield ours


def order(**other: Any) -> Order:
    values: dict[str, Any] = {
        "version": our_version(),
        "made": Made(3.0, 48, "w", "tensorflow"),
        "key": "k",
        "weights": None,
        "output": ODD,
        "token": (".cluster-a", "b"),
        "topic": "t",
        "task": task_values(VideoTask(SOURCE, "auto")),
    }
    return Order(**{**values, **other})


@pytest.mark.parametrize("task", [VideoTask(SOURCE, "auto"), PHOTOS], ids=["video", "photos"])
def test_orders_come_back_as_they_were(task: Any) -> None:
    sent = order(task=task_values(task))
    received = Order.from_json(sent.to_json())
    assert received == sent
    assert task_of(received.task) == task


def test_an_order_of_another_release_is_refused_before_it_is_read() -> None:
    with pytest.raises(ClusterError, match=r"Expected frameatlas 0\.0\.1 on every worker"):
        Order.from_json('{"version": "0.0.1", "something": "else"}')


def test_reports_carry_errors_of_our_own_only() -> None:
    report = Report("tcp://w", SOURCE, "/there", "openvino 1")
    assert Report.from_json(report.to_json()) == report
    for said, raised in (
        ("SpaceError", SpaceError),
        ("WeightsError", WeightsError),
        ("SystemExit", ClusterError),
        ("annotations", ClusterError),
    ):
        error = Report.from_json(Report("tcp://w", refusal=(said, "No.")).to_json()).error()
        assert type(error) is raised
        assert "tcp://w" in str(error)


def test_frames_that_this_process_makes_stay_here(tmp_path: Path) -> None:
    task = GivenTask(SOURCE, 1, 1, lambda *_: pytest.fail("read"))
    with pytest.raises(InputError, match="leave the option out"):
        task_values(task)
    for options in (IndexOptions(workers=2), IndexOptions(scheduler="tcp://127.0.0.1:1")):
        with pytest.raises(InputError, match="Leave the option out"):
            index_given([task], tmp_path / "x.atlas", options=options)


def test_wishes_that_cannot_be_meant() -> None:
    with pytest.raises(InputError, match="both"):
        IndexOptions(workers=2, scheduler="tcp://127.0.0.1:1")
    with pytest.raises(InputError, match="--workers between 1 and 256"):
        IndexOptions(workers=0)


def test_a_missing_extra_says_which_to_install(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "is_installed", lambda name: name != "distributed")
    with pytest.raises(MissingExtraError, match=r"pip install 'frameatlas\[cluster\]'"):
        index_videos([clips], tmp_path / "x.atlas", options=IndexOptions(workers=2))
    assert not (tmp_path / "x.atlas").exists()


def test_processes_that_cannot_be_started_are_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: Any) -> None:
        raise RuntimeError("Nanny failed to start.\nand a page of its insides")

    monkeypatch.setattr("distributed.LocalCluster", refuse)
    sentence = r"^Expected to start the 2 .*Received: Nanny failed to start\. Ask for fewer"
    options = IndexOptions(workers=2)
    with (
        pytest.raises(ClusterError, match=sentence) as said,
        cluster.workforce(options, NullProgress(), lambda: False),
    ):
        raise AssertionError("there is nobody")
    assert "insides" not in str(said.value)


def test_indexing_alone_does_not_load_dask() -> None:
    say = (
        "import sys, frameatlas.embedder as e; e.index_videos; "
        "print(sorted({n.split('.')[0] for n in sys.modules} & {'dask', 'distributed'}))"
    )
    shown = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(("processors", "shares"), [(8, 2), (8, 3), (7, 4), (4, 4), (2, 5), (1, 1)])
def test_workers_share_the_processors(processors: int, shares: int) -> None:
    ours = list(range(10, 10 + processors))
    parts = [share_of(ours, number, shares) for number in range(shares)]
    assert all(parts)
    assert {p for part in parts for p in part} == set(ours)
    if shares <= processors:
        assert sum(len(part) for part in parts) == processors
    assert share_of(ours, shares, shares) == parts[0]  # a worker that came later


def test_an_engine_is_kept_and_takes_one_caller_at_a_time(stand_in: ModuleType) -> None:
    kept = KeptEngine(XceptionDescriptor(stand_in.ExactEngine()))
    kept.close()
    crops = np.zeros((2, 299, 299, 3), np.uint8)
    assert kept.describe(crops).shape == (2, 2048)
    assert kept.identity == "exact"


def test_an_answer_that_is_lost_with_its_worker_is_asked_for_again(tmp_path: Path) -> None:
    def lost() -> str:
        raise OSError("the worker is gone")

    released: list[bool] = []
    future = SimpleNamespace(status="finished", result=lost, release=lambda: released.append(True))
    shop: Any = SimpleNamespace(sources=tmp_path, stopped=lambda: False)
    client: Any = SimpleNamespace(status="running")
    task = VideoTask(SOURCE)
    watch = WorkerWatch(NullProgress(), 1.0, from_the_first=True)
    scheduler: Any = ClusterScheduler(
        client=client,
        tasks=[task],
        shop=shop,
        weights=None,
        token=("a", "b"),
        progress=NullProgress(),
        watch=watch,
    )
    for attempt in range(1, ATTEMPTS + 1):
        assert scheduler._queue.next(0, 2) is task
        scheduler._handed[task.id] = handed = SimpleNamespace(task=task, future=future)
        given = list(scheduler._take(handed))
        assert (given == []) is (attempt < ATTEMPTS)
        assert len(scheduler._queue) == (attempt < ATTEMPTS)
    assert len(released) == ATTEMPTS
    assert given[0].status == "failed"


def test_a_source_under_which_workers_died_is_tried_alone_and_once() -> None:
    first, second = VideoTask(SOURCE), VideoTask(replace(SOURCE, id="other"))
    queue = TaskQueue([first, second])
    assert queue.next(0, 1) is first
    assert queue.next(1, 1) is None
    assert queue.set_apart(first)
    assert queue.next(0, 1) is second
    assert queue.next(1, 9) is None  # not beside another
    queue.give_back(second)
    assert [queue.next(0, 9), queue.next(0, 9)] == [second, first]
    assert not queue.set_apart(first)
    assert not queue


@pytest.fixture
def quick_map(child: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)


def test_where_a_worker_that_was_given_up_still_builds_another_pushes_back(
    calm: str, clips: Path, tmp_path: Path, quick_map: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, output = clips / "d.mp4", tmp_path / "x.atlas"
    fetched: list[str] = []
    fetch = cluster_return.fetch_source

    def noted(client: Any, worker: str, folder: str, *others: Any) -> None:
        fetched.append(folder)
        fetch(client, worker, folder, *others)

    monkeypatch.setattr(receiver, "fetch_source", noted)
    lock = output / "sources" / ".locks" / content_digest(video)[:16]
    lock.mkdir(parents=True)
    (output / "atlas.json").write_text("torn", encoding="utf-8")
    options = IndexOptions(height=48, engine="tensorflow", scheduler=calm)
    with lock_atlas(lock):
        done = index_videos([video], output, options=options)
    assert len(fetched) == 1
    assert [source.frames for source in done.added] == [9]
    assert check_atlas(output) == []


def test_a_scheduler_that_goes_away_is_said_in_a_sentence(
    clips: Path, stand_in: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dask

    with stand_in.processes(DELAY="0.4") as made, ExitStack() as impatience:

        class Closing(NullProgress):
            def step(self, done: int, current: str = "") -> None:
                if done:  # from here on nobody answers any more: no need to wait for long
                    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 2)
                    short = {"distributed.comm.timeouts.connect": "1s"}
                    impatience.enter_context(dask.config.set(short))
                    made.close()

        options = IndexOptions(height=48, engine="tensorflow", scheduler=made.scheduler_address)
        with pytest.raises(ClusterError, match="What is done is kept"):
            index_videos([clips], tmp_path / "x.atlas", options=options, progress=Closing())
    kept = {path.name for path in (tmp_path / "x.atlas" / "sources").iterdir()} - {".locks"}
    assert kept  # begun or finished


def test_workers_that_all_die_for_good_end_the_run_in_a_sentence(
    clips: Path, stand_in: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client

    monkeypatch.setattr(cluster_build, "COUNT_SECONDS", 0.1)
    with stand_in.processes(1) as made, Client(made.scheduler_address) as client:
        made.scale(0)
        shop: Any = SimpleNamespace(sources=tmp_path, stopped=lambda: False)
        watch = WorkerWatch(NullProgress(), 1.0, from_the_first=True)
        monkeypatch.setattr(ClusterScheduler, "_hand", lambda *_: None)
        scheduler: Any = ClusterScheduler(
            client=client,
            tasks=[VideoTask(SOURCE)],
            shop=shop,
            weights=None,
            token=("a", "b"),
            progress=NullProgress(),
            watch=watch,
        )
        scheduler._handed["abc"] = SimpleNamespace(future=SimpleNamespace(done=lambda: False))
        with pytest.raises(ClusterError, match="none is left"):
            list(scheduler.run())
