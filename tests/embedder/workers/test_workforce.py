"""Indexing with a real cluster of processes: the same atlas as alone, whoever dies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

from frameatlas import ClusterError, IndexOptions, InterruptedIndexError, WeightsError
from frameatlas.embedder import index as indexing
from frameatlas.embedder.build.indexed import Indexed
from frameatlas.embedder.describe import networks
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.embedder.workers import (
    messages as cluster_order,
)
from frameatlas.embedder.workers import (
    scheduler as cluster_build,
)
from frameatlas.embedder.workers import (
    workforce as cluster,
)
from frameatlas.progress import NullProgress
from frameatlas.store.manifest import Source
from frameatlas.verify import check_atlas

pytestmark = pytest.mark.process


class Notes(NullProgress):
    """Keeps what it is told."""

    def __init__(self, on_step: Callable[[int], None] = lambda _: None) -> None:
        self.notes: list[str] = []
        self.steps: list[int] = []
        self.sources: list[Source] = []
        self.on_step = on_step

    def step(self, done: int, current: str = "") -> None:
        self.steps.append(done)
        self.on_step(done)

    def expect(self, total: int) -> None:
        del total

    def note(self, text: str) -> None:
        self.notes.append(text)

    def source(self, source: Source) -> None:
        self.sources.append(source)


@pytest.fixture(scope="module")
def scheduler(stand_in: ModuleType) -> Iterator[str]:
    """Address of a calm cluster that several tests share."""
    with stand_in.processes(DELAY="0.2") as made:
        yield made.scheduler_address


@pytest.fixture(autouse=True)
def quick_map(child: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)


@pytest.fixture(scope="module")
def alone(
    tmp_path_factory: pytest.TempPathFactory, clips: Path, stand_in: ModuleType, child: ModuleType
) -> Path:
    """The atlas that one process makes of ``clips``."""
    output = tmp_path_factory.mktemp("alone") / "x.atlas"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "open_engine", lambda *_, **__: stand_in.ExactEngine())
        patch.setattr(few_frames, "FEWEST", child.FEWEST)
        index(clips, output)
    return output


def index(paths: Path, output: Path, progress: Any = None, **given: Any) -> Indexed:
    stopped = given.pop("stopped", lambda: False)
    options = IndexOptions(height=48, engine="tensorflow", **given)
    return index_videos([paths], output, options=options, progress=progress, stopped=stopped)


def stored(folder: Path) -> Any:
    """The manifest, which has digests of all files: equal where every stored byte is."""
    manifest = json.loads((folder / "atlas.json").read_text(encoding="utf-8"))
    for source in manifest["sources"]:
        # HDF5 notes nothing of when it was written, so that even tables can be compared.
        assert set(source["files"]) == {"features.h5", "frames.npy"}
    return manifest


def leftovers(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob(".*")]


def test_workers_make_the_same_atlas(
    alone: Path, clips: Path, scheduler: str, tmp_path: Path
) -> None:
    notes = Notes()
    done = index(clips, tmp_path / "y.atlas", notes, scheduler=scheduler)
    assert [Path(s.path).name for s in done.added] == ["a.mp4", "b.mp4", "c.avi", "d.mp4"]
    assert len(notes.sources) == 4
    assert any(0 < step < len(done.atlas) for step in notes.steps)
    assert stored(tmp_path / "y.atlas") == stored(alone)
    assert check_atlas(tmp_path / "y.atlas") == []
    assert leftovers(tmp_path) == []
    again = index(clips, tmp_path / "y.atlas", scheduler=scheduler)
    assert (again.known, len(again.added)) == (4, 0)


def test_workers_elsewhere_push_their_folders_back(
    alone: Path,
    clips: Path,
    stand_in: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from frameatlas.embedder.workers import transfer as cluster_return

    monkeypatch.setattr(cluster_return, "PIECE", 100_000)
    pieces: list[int] = []
    ask = cluster_return._ask
    spoilt: list[bool] = []

    def counted(client: Any, worker: str, function: Any, *values: Any) -> Any:
        answer = ask(client, worker, function, *values)
        if isinstance(answer, bytes):
            pieces.append(len(answer))
            if not spoilt and len(pieces) == 3:  # a bit that the network turns is noticed
                spoilt.append(True)
                return bytes([answer[0] ^ 1]) + answer[1:]
        return answer

    monkeypatch.setattr(cluster_return, "_ask", counted)
    with stand_in.processes(ELSEWHERE="1") as made:
        index(clips, tmp_path / "y.atlas", scheduler=made.scheduler_address)
        held = [p for n in made.workers.values() for p in Path(n.local_directory).rglob("*.npy")]
    assert stored(tmp_path / "y.atlas") == stored(alone)
    assert max(pieces) == 100_000
    assert spoilt
    assert held == []
    assert leftovers(tmp_path) == []


def test_photos_and_bad_files_go_to_workers_too(scheduler: str, tmp_path: Path) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    for number in range(3):
        Image.new("RGB", (90, 60), (40 * number, 90, 200)).save(folder / f"{number}.png")
    (folder / "broken.mp4").write_bytes(b"not a video at all" * 100)
    done = index(folder, tmp_path / "x.atlas", scheduler=scheduler)
    assert [(s.kind, s.frames) for s in done.added if s.frames] == [("photos", 3)]
    assert [(Path(s.path).name, s.status) for s in done.failed] == [("broken.mp4", "failed")]
    assert done.failed[0].reason


def test_a_killed_worker_loses_nothing(
    alone: Path, clips: Path, stand_in: ModuleType, tmp_path: Path
) -> None:
    with stand_in.processes(DELAY="0.4") as made:
        killed: list[int] = []

        def kill_one(done: int) -> None:
            if done and not killed:
                killed.append(stand_in.pids(made)[0])
                os.kill(killed[0], signal.SIGKILL)

        notes = Notes(kill_one)
        done = index(clips, tmp_path / "y.atlas", notes, scheduler=made.scheduler_address)
    assert killed
    assert not done.failed
    assert stored(tmp_path / "y.atlas") == stored(alone)
    assert leftovers(tmp_path) == []


def test_a_source_that_kills_every_worker_is_reported_and_others_go_on(
    alone: Path, clips: Path, stand_in: ModuleType, tmp_path: Path
) -> None:
    # Four may die of it, and on a busy machine Dask does not start them all again: one is left all
    # the same. Were there none, the run would end.
    with stand_in.processes(5, DEADLY="c.avi") as made:
        given = {"scheduler": made.scheduler_address, "worker_timeout": 60}
        done = index(clips, tmp_path / "y.atlas", **given)
    assert [(Path(s.path).name, s.status) for s in done.failed] == [("c.avi", "failed")]
    assert "died" in done.failed[0].reason
    assert [Path(s.path).name for s in done.added if s.frames] == ["a.mp4", "b.mp4", "d.mp4"]
    assert check_atlas(tmp_path / "y.atlas") == []


def test_a_stopped_run_keeps_what_is_done_and_goes_on(
    alone: Path, clips: Path, scheduler: str, tmp_path: Path
) -> None:
    notes = Notes()

    def stopped() -> bool:
        return bool(notes.sources)

    with pytest.raises(InterruptedIndexError):
        index(clips, tmp_path / "y.atlas", notes, scheduler=scheduler, stopped=stopped)
    seen = Notes()
    index(clips, tmp_path / "y.atlas", seen, scheduler=scheduler)
    assert any("interrupted run had finished" in note for note in seen.notes)
    assert len(seen.sources) < 4
    assert stored(tmp_path / "y.atlas") == stored(alone)


def test_another_release_or_other_weights_are_refused_in_a_sentence(
    clips: Path, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(cluster_build, "our_version", lambda: "9.9")
        with pytest.raises(ClusterError, match=r"Expected frameatlas 9\.9 on every worker"):
            index(clips, tmp_path / "x.atlas", scheduler=scheduler)
    monkeypatch.setattr(networks, "weights_digest", lambda _: "0" * 64)
    with pytest.raises(WeightsError, match="as on the indexer"):
        index(clips, tmp_path / "y.atlas", scheduler=scheduler)


def test_a_video_that_workers_do_not_see_stops_the_run_in_a_sentence(
    clips: Path, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = cluster_order.task_values

    def elsewhere(task: Any) -> Any:
        found = values(task)
        return {**found, "source": {**found["source"], "path": "/nowhere/a.mp4"}}

    monkeypatch.setattr(cluster_build, "task_values", elsewhere)
    with pytest.raises(ClusterError, match="no longer there, on worker tcp"):
        index(clips, tmp_path / "x.atlas", scheduler=scheduler)


def test_no_scheduler_is_said_in_a_sentence(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense", "carrier-pigeon://127.0.0.1:1", "::::"):
        started = time.monotonic()
        with pytest.raises(ClusterError, match="Expected a Dask scheduler at") as caught:
            index(clips, tmp_path / "x.atlas", scheduler=address)
        assert time.monotonic() - started < 60
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "x.atlas").exists()


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C reaches process groups of POSIX systems")
def test_ctrl_c_stops_all_processes_cleanly(clips: Path, tmp_path: Path) -> None:
    preload = {
        "DASK_DISTRIBUTED__WORKER__PRELOAD": json.dumps(
            [str(Path(__file__).parents[1] / "cluster_stand_in.py")]
        ),
        "DELAY": "1",
    }
    say = "from frameatlas.cli.main import main; import sys; sys.argv[0] = 'frameatlas'; main()"
    options = ["--workers", "2", "--height", "48", "--engine", "tensorflow", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-c", say, "index", str(clips), "-o", str(tmp_path / "x.atlas"), *options],
        env={**os.environ, **preload},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "source":
            break
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert "give the same command again" in errors
    until = time.monotonic() + 20
    while alive(process.pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive(process.pid), "a process of the run is left"
    assert [p for p in (tmp_path / "x.atlas/sources").iterdir() if p.name[0] != "."]
