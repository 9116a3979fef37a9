"""The long way: workers killed again and again, and the indexer itself, in every moment.

Each time the atlas has to come out as one process makes it, byte for byte.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from frameatlas import IndexOptions
from frameatlas.embedder import index as indexing
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.verify import check_atlas

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems"),
]


@pytest.fixture
def index(
    stand_in: ModuleType, child: ModuleType, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """``index(output, scheduler=…)`` indexes the clips; gives the manifest."""
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: stand_in.ExactEngine())
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)

    def run(output: Path, **given: Any) -> Any:
        options = IndexOptions(height=48, engine="tensorflow", **given)
        done = index_videos([clips], output, options=options)
        assert not done.failed
        assert check_atlas(output) == []
        return json.loads((output / "atlas.json").read_text(encoding="utf-8"))

    return run


@pytest.mark.parametrize("elsewhere", ["", "1"], ids=["shared", "pushed back"])
def test_workers_killed_again_and_again_lose_nothing(
    index: Callable[..., Any], stand_in: ModuleType, tmp_path: Path, elsewhere: str
) -> None:
    alone = index(tmp_path / "alone.atlas")
    moments, over = random.Random(3), threading.Event()
    kills: list[int] = []
    # As many deaths as there may be kills: here no source is to be blamed for them.
    with stand_in.processes(3, DELAY="0.5", ELSEWHERE=elsewhere) as made:
        made.scheduler.allowed_failures = 100

        def kill_now_and_then() -> None:
            while not over.wait(0.5 + 2.5 * moments.random()) and len(kills) < 12:
                alive = stand_in.pids(made)
                if len(alive) > 1:
                    kills.append(moments.choice(alive))
                    with suppress(ProcessLookupError):
                        os.kill(kills[-1], signal.SIGKILL)

        killer = threading.Thread(target=kill_now_and_then)
        killer.start()
        try:
            shared = index(tmp_path / "shared.atlas", scheduler=made.scheduler_address)
        finally:
            over.set()
            killer.join()
    assert len(kills) >= 2
    assert shared == alone


def test_an_indexer_that_is_killed_leaves_workers_that_stop_and_an_atlas_that_goes_on(
    index: Callable[..., Any], stand_in: ModuleType, clips: Path, tmp_path: Path
) -> None:
    alone = index(tmp_path / "alone.atlas")
    moments, output = random.Random(5), tmp_path / "shared.atlas"
    say = "from frameatlas.cli.main import main; import sys; sys.argv[0] = 'frameatlas'; main()"
    with stand_in.processes(2, DELAY="1.5") as made:
        options = ["--height", "48", "--engine", "tensorflow"]
        options += ["--scheduler", made.scheduler_address]
        command = [sys.executable, "-c", say, "index", str(clips), "-o", str(output), *options]
        kills = 0
        while len(list(output.glob("sources/[0-9a-f]*"))) < 3 and kills < 6:
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            until = time.monotonic() + 60
            while not list(output.glob("sources/.building-*")) and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(moments.random())
            process.kill()
            process.wait()
            kills += 1
        assert kills
        # Workers may be at it still: whoever is alone now must not be disturbed by them.
        assert index(output) == alone
