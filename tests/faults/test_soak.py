"""An hour's worth of requests in minutes: memory flat, no thread, file or process left over."""

import json
import os
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from frameatlas.store.content_digest import content_digest

SERVER = Path(__file__).with_name("browse_server.py")
SECONDS = 40
"""Of the films that clips are cut from."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it reads what Linux tells")


@dataclass(frozen=True)
class Held:
    """What a process holds: its own bytes of memory, threads, open files, child processes."""

    memory: int
    threads: int
    files: int
    children: tuple[str, ...]

    @classmethod
    def by(cls, process):
        children = process.children(recursive=True)
        return cls(
            process.memory_full_info().uss,
            process.num_threads(),
            process.num_fds(),
            tuple(f"{child.name()} {child.status()}" for child in children),
        )


@pytest.fixture(scope="module")
def visited(module_at):
    """The function of ``visitors.py``."""
    return module_at(Path(__file__).with_name("visitors.py")).visited


@pytest.fixture
def atlas(tmp_path, synthetic_atlas):
    """Three videos and photos; the first is a film that no web browser plays, the second one is."""
    films = [filmed(tmp_path / "film.avi", "mpeg4"), filmed(tmp_path / "film.webm", "vp8")]
    rng = np.random.default_rng(0)
    made = synthetic_atlas(
        tmp_path / "soak.atlas",
        sources=(("video", 120), ("video", 300), ("photos", 60), ("video", 20)),
        size=(160, 90),
        dimension=64,
        coordinates=rng.uniform(-1, 1, (500, 2)),
    )
    old = made.manifest.sources
    sources = (replace(old[0], **films[0]), replace(old[1], **films[1]), *old[2:])
    (made.folder / "atlas.json").write_text(replace(made.manifest, sources=sources).to_json())
    return made.folder


def filmed(path, codec):
    """Draw a video; what a manifest says of it."""
    import imageio_ffmpeg

    encoder = ["-c:v", {"vp8": "libvpx"}.get(codec, codec), "-b:v", "80k"]
    drawing = ["-f", "lavfi", "-i", f"testsrc2=s=160x90:r=10:d={SECONDS}", *encoder]
    quiet = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error"]
    subprocess.run([*quiet, *drawing, "-deadline", "realtime", str(path)], check=True)
    return {"path": str(path), "codec": codec, "digest": content_digest(path)}


@pytest.fixture
def server(atlas, tmp_path):
    """A served atlas: its process, address, and what it says of itself."""
    command = [sys.executable, str(SERVER), str(atlas), str(tmp_path / "cache")]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "MALLOC_ARENA_MAX": "4"}
    )
    try:
        address = running.stdout.readline().split("//")[1].split("/")[0]
        with urllib.request.urlopen(f"http://{address}/api/atlas") as answer:
            facts = json.load(answer)
        yield psutil.Process(running.pid), address, facts
    finally:
        running.terminate()
        ended = running.wait(timeout=300)
        running.stdout.close()
    assert ended == 0


def soak(server, soon, visited, cache, *, warm, requests, seconds, growth):
    """Compare what the server holds after its first visitors and after many more."""
    process, address, facts = server
    visited(address, facts, requests=warm, seconds=seconds / 4, seed="warm", clips=20)
    assert soon(lambda: not Held.by(process).children)
    before = Held.by(process)
    answers = visited(address, facts, requests=requests, seconds=seconds, seed="soak")
    assert soon(lambda: not Held.by(process).children), Held.by(process)
    # A connection whose other end hung up is noticed by and by.
    assert soon(lambda: Held.by(process).files <= before.files + 2), (before, Held.by(process))
    after = Held.by(process)
    print(f"{sum(answers.values())} answers {answers}; before {before}, after {after}")
    assert after.threads <= before.threads
    assert after.memory - before.memory < growth, (before, after)
    assert answers[200] > 10 * answers.get(404, 0)
    assert {200, 206, 400, 404} <= set(answers)
    assert len(list(cache.glob("clips/??/*.clip"))) > requests / 300, "FFmpeg had work to do"


def test_a_crowd_leaves_nothing_behind(server, soon, visited, tmp_path):
    some = {"warm": 400, "requests": 600, "seconds": 120}
    soak(server, soon, visited, tmp_path / "cache", **some, growth=40_000_000)


@pytest.mark.faults
def test_an_hour_of_visitors_leaves_nothing_behind(server, soon, visited, tmp_path):
    many = {"warm": 3_000, "requests": 18_000, "seconds": 90}
    soak(server, soon, visited, tmp_path / "cache", **many, growth=25_000_000)
