"""Videos that go or are replaced while they are read; FFmpegs that are killed or strange."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

import imageio_ffmpeg
import psutil
import pytest

from frameatlas import open_atlas

REAL = imageio_ffmpeg.get_ffmpeg_exe()
LONG = ("testsrc2=s=64x48:r=12", 90)


def until(condition, seconds=60.0):
    """Wait for something to be so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


@pytest.fixture
def given(tmp_path, videos, film):
    """Two videos: one takes a while, one is quick."""
    folder = tmp_path / "given"
    folder.mkdir()
    film(folder / "a-long.mp4", *LONG)
    shutil.copy(videos / "b.avi", folder / "b.avi")
    return folder


def started(commands, given, atlas, **options):
    """An index run that has begun to store frames; it describes slowly."""
    running = commands.start("index", given, "-o", atlas, "--height", "32", delay=0.4, **options)
    until(lambda: any(p.stat().st_size > 10_000 for p in atlas.glob("sources/.b*/frames.npy")))
    return running


def test_a_video_that_is_replaced_midway_is_refused_and_read_by_the_next_run(
    tmp_path, commands, given, film, said
):
    atlas = tmp_path / "a.atlas"
    film(tmp_path / "other.mp4", "mandelbrot=s=64x48:r=12", 5)
    running = started(commands, given, atlas)
    (tmp_path / "other.mp4").replace(given / "a-long.mp4")
    ended = running.wait()
    assert ended.code == 1, ended.errors
    assert "changed while it was read" in ended.output + ended.errors
    again = commands.run("index", given, "-o", atlas, "--height", "32")
    assert again.code == 0, again.errors
    assert [source.frames for source in open_atlas(atlas).sources if source.status == "ok"]
    fresh = commands.run("index", given, "-o", tmp_path / "b.atlas", "--height", "32")
    assert fresh.code == 0
    frames = [{s.digest: s.frames for s in open_atlas(tmp_path / n).sources} for n in
              ("a.atlas", "b.atlas")]  # fmt: skip
    assert frames[0] == frames[1]


def test_a_video_that_goes_midway_is_kept_as_far_as_it_was_read_whole(tmp_path, commands, given):
    atlas = tmp_path / "a.atlas"
    running = started(commands, given, atlas)
    (given / "a-long.mp4").unlink()
    ended = running.wait()
    assert ended.code in (0, 1), ended.errors
    assert "fault of its own" not in ended.errors
    assert any(source.frames for source in open_atlas(atlas).sources)
    assert commands.run("check", atlas).code == 0


def test_an_ffmpeg_that_is_killed_costs_its_video_only(tmp_path, commands, given, trees):
    atlas = tmp_path / "a.atlas"
    running = commands.start("index", given, "-o", atlas, "--height", "32", delay=0.2)
    killed = []

    def kill_one():
        for child in psutil.Process(running.process).children(recursive=True):
            try:
                if "a-long" in " ".join(child.cmdline()):
                    child.send_signal(signal.SIGKILL)
                    killed.append(child.pid)
            except psutil.Error:
                pass
        return killed or atlas.joinpath("maps").exists()

    until(kill_one)
    ended = running.wait()
    assert ended.code in (0, 1), ended.errors
    assert "b.avi" in ended.errors
    if ended.code:
        assert "FFmpeg crashed" in ended.output + ended.errors
    names = {Path(s.path).name: s for s in open_atlas(atlas).manifest.sources}
    assert names["b.avi"].status == "ok"
    assert not trees.processes_about(str(given))


HEAD = f"#!{sys.executable}\nimport os, sys, subprocess, time\nreal = {REAL!r}\n"
DECODING = 'rawvideo = "rawvideo" in sys.argv\nlong = any("a-long" in a for a in sys.argv)\n'
ELSE = "\nelse:\n    os.execv(real, [real, *sys.argv[1:]])"
STRANGE = {
    "garbage": "os.write(1, os.urandom(100_001)); os.write(2, os.urandom(5000)); sys.exit(0)",
    "nothing": "sys.exit(0)",
    "fails": 'print("no such codec", file=sys.stderr); sys.exit(3)',
    "too few bytes": "out = subprocess.run([real, *sys.argv[1:]], capture_output=True);"
    "os.write(2, out.stderr); os.write(1, out.stdout[: len(out.stdout) // 2 - 7])",
}


@pytest.fixture
def strange_ffmpeg(tmp_path):
    """``strange_ffmpeg(code)``: an FFmpeg first in PATH that does so with the long video."""

    def make(code, when="rawvideo and long"):
        place = tmp_path / "bin"
        place.mkdir()
        body = "\n".join(f"    {line}" for line in code.split("\n"))
        script = place / "ffmpeg"
        script.write_text(HEAD + DECODING + f"if {when}:\n{body}{ELSE}\n")
        script.chmod(0o755)
        return {"PATH": f"{place}{os.pathsep}{os.environ['PATH']}"}

    return make


@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_ffmpeg_costs_its_video_only(
    tmp_path, commands, given, trees, strange_ffmpeg, kind
):
    atlas = tmp_path / "a.atlas"
    strange = strange_ffmpeg(STRANGE[kind])
    began = time.monotonic()
    arguments = ("index", given, "-o", atlas, "--height", "32")
    ended = commands.run(*arguments, environment=strange, stall=5.0)
    assert time.monotonic() - began < 60
    assert ended.code == 1, (ended.code, ended.errors)
    assert "fault of its own" not in ended.errors
    names = {Path(s.path).name: s for s in open_atlas(atlas).manifest.sources}
    assert names["b.avi"].status == "ok"
    assert names["a-long.mp4"].status in ("failed", "damaged")
    assert names["a-long.mp4"].reason
    assert not trees.processes_about(str(given))


@pytest.mark.faults
@pytest.mark.parametrize(
    "code",
    [
        "subprocess.run([real, *sys.argv[1:]]); os.write(1, bytes(64 * 32 * 3 * 3))",
        "subprocess.run([real, *sys.argv[1:]])\nwhile True: os.write(1, bytes(100_000))",
        'while True: os.write(2, b"[info] nonsense\\n" * 1000)',
        "while True: os.write(2, bytes(100_000))",
        "time.sleep(1000)",
    ],
    ids=["too many bytes", "endless bytes", "endless words", "an endless word", "hangs"],
)
def test_an_ffmpeg_that_does_not_end_is_given_up(
    tmp_path, commands, given, trees, strange_ffmpeg, code
):
    atlas = tmp_path / "a.atlas"
    arguments = ("index", given, "-o", atlas, "--height", "32")
    running = commands.start(*arguments, environment=strange_ffmpeg(code), stall=2.0)
    memory = 0
    deadline = time.monotonic() + 110
    process = psutil.Process(running.process)
    while process.is_running() and process.status() != "zombie" and time.monotonic() < deadline:
        memory = max(memory, process.memory_info().rss)
        time.sleep(0.2)
    ended = running.wait()
    assert ended.code in (0, 1), (ended.code, ended.errors[-2000:])
    assert memory < 2 << 30
    names = {Path(s.path).name: s for s in open_atlas(atlas).manifest.sources}
    assert names["b.avi"].status == "ok"
    assert not trees.processes_about(str(given))


@pytest.mark.parametrize(
    "code", ["sys.exit(1)", 'print("hello" * 10_000)', "os.kill(os.getpid(), 9)"]
)
def test_an_ffmpeg_that_is_none_is_said(tmp_path, commands, given, strange_ffmpeg, code):
    strange = strange_ffmpeg(code, when="True")
    ended = commands.run("index", given, "-o", tmp_path / "a.atlas", environment=strange)
    assert ended.code in (1, 2), ended.errors
    assert "fault of its own" not in ended.errors
    assert "FFmpeg" in ended.errors + ended.output, ended.errors
