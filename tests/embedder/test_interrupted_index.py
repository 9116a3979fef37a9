"""Indexing that is stopped or killed, and goes on to the same atlas."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from frameatlas import IndexOptions, InterruptedIndexError, WeightsError
from frameatlas.embedder import index as indexing
from frameatlas.embedder.describe.features import Crops
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.index_given import index_given
from frameatlas.embedder.layout import few_frames
from frameatlas.embedder.media.frame_sink import FrameSink, Outcome
from frameatlas.embedder.sources.given_task import GivenTask
from frameatlas.progress import NullProgress, Stopped
from frameatlas.store.manifest import Source
from frameatlas.verify import check_atlas


def test_a_stopped_run_says_so_and_goes_on(
    arrays: Callable[[Path], tuple[bytes, ...]],
    child: ModuleType,
    clips: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)
    options = IndexOptions(height=48)
    index_videos([clips], tmp_path / "x.atlas", options=options)
    for patience in (0, 2, 5, 9, 20):
        looks: list[None] = []

        def stopped(looks: list[None] = looks, patience: int = patience) -> bool:
            looks.append(None)
            return len(looks) > patience

        with pytest.raises(InterruptedIndexError):
            index_videos([clips], tmp_path / "y.atlas", options=options, stopped=stopped)
    index_videos([clips], tmp_path / "y.atlas", options=options)
    assert arrays(tmp_path / "x.atlas") == arrays(tmp_path / "y.atlas")


def test_progress_after_an_interruption_begins_where_the_run_ended(
    child: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is done counts as done at once: so the first number is no speed, and time left is."""

    class Steps(NullProgress):
        def __init__(self) -> None:
            self.done: list[int] = []
            self.kept = 0

        def stage(self, name: str, total: int | None, unit: str, kept: int = 0) -> None:
            self.kept = max(self.kept, kept)

        def step(self, done: int, current: str = "") -> None:
            self.done.append(done)

    def give(sink: FrameSink, stopped: Stopped) -> tuple[Outcome, list[str]]:
        sink.begin(64, 48, Fraction(1, 3))
        for number in range(sink.count, 100):
            sink.append(bytes([number]) * (64 * 48 * 3), number, (0, 0, 64, 48))
        return Outcome("ok"), []

    class Tired(child.MeanEngine):  # type: ignore[name-defined, misc]
        def describe(self, crops: Crops) -> NDArray[np.float32]:
            if len(first.done) == 2:
                raise InterruptedIndexError("enough")
            return super().describe(crops)  # type: ignore[no-any-return]

    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)
    source = Source("a" * 16, str(tmp_path / "a.mp4"), "video", "ok", "", "d" * 32)
    tasks = [GivenTask(source, 100, 64 * 48 * 3, give)]
    first, again = Steps(), Steps()
    options = IndexOptions(height=48)
    for engine, steps in ((Tired(), first), (child.MeanEngine(), again)):
        monkeypatch.setattr(indexing, "open_engine", lambda *_, e=engine, **__: e)
        with suppress(InterruptedIndexError):
            index_given(tasks, tmp_path / "x.atlas", options=options, progress=steps)
    assert first.done[:2] == [32, 64]
    assert again.done[:3] == [64, 96, 100]
    assert (first.kept, again.kept) == (0, 64)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
def test_killed_at_random_moments_the_atlas_is_the_same(
    arrays: Callable[[Path], tuple[bytes, ...]], child: ModuleType, clips: Path, tmp_path: Path
) -> None:
    def start(output: Path, delay: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(child.__file__), str(clips), str(output), delay]
        return subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)

    calm = start(tmp_path / "calm.atlas", "0")
    _, errors = calm.communicate(timeout=240)
    assert calm.returncode == 0, errors.decode()
    moments = random.Random(7)
    killed, kills = tmp_path / "killed.atlas", 0
    while kills < 6:
        process = start(killed, "0.8")
        while process.poll() is None and not killed.exists():  # Python starts, however slowly
            time.sleep(0.02)
        try:
            _, errors = process.communicate(timeout=3 * moments.random())
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
            continue
        # It came to its end between kills: begin another one to be killed.
        assert process.returncode == 0, errors.decode()
        assert arrays(tmp_path / "calm.atlas") == arrays(killed)
        shutil.rmtree(killed)
    last = start(tmp_path / "killed.atlas", "0")
    _, errors = last.communicate(timeout=240)
    assert last.returncode == 0, errors.decode()
    assert arrays(tmp_path / "calm.atlas") == arrays(tmp_path / "killed.atlas")
    assert check_atlas(tmp_path / "killed.atlas") == []


def test_a_run_that_made_nothing_binds_nobody_to_its_settings(
    child: ModuleType, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise WeightsError("Expected Xception's weights. Received: others; give those.")

    monkeypatch.setattr(indexing, "open_engine", refuse)
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)
    video = clips / "d.mp4"
    with pytest.raises(WeightsError):
        index_videos([video], tmp_path / "x.atlas", options=IndexOptions(height=48, fps=5))
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    done = index_videos([video], tmp_path / "x.atlas", options=IndexOptions(height=32))
    assert done.atlas.manifest.made.height == 32
    assert done.atlas.manifest.made.fps == 3.0
