"""Command lines that are killed, starved and misled, on three small videos."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import imageio_ffmpeg
import pytest

HERE = Path(__file__).parent
VIDEOS = {
    "a.mp4": ("testsrc2=s=64x48:r=12", 12),
    "b.avi": ("life=s=48x48:r=12:seed=1:ratio=0.3", 4),
    "c.mp4": ("mandelbrot=s=64x48:r=12", 1),
}
HEIGHT = ("--height", "32")


@pytest.fixture(scope="session")
def commands(
    tmp_path_factory: pytest.TempPathFactory, module_at: Callable[..., ModuleType]
) -> Iterator[Any]:
    """``commands.run("index", …)``: command lines as processes; see ``commands.py``."""
    if os.name != "posix":
        pytest.skip("signals, limits and other users are those of POSIX systems")
    folder = tmp_path_factory.mktemp("commands")
    folder.chmod(0o777)
    started = module_at(HERE / "commands.py").Commands(folder)
    yield started
    started.close()


@pytest.fixture(scope="session")
def trees(module_at: Callable[..., ModuleType]) -> ModuleType:
    """The module ``trees.py``: folders compared byte for byte."""
    return module_at(HERE / "trees.py")


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three videos: 36 frames that are two blocks, 12, and 3."""
    folder = tmp_path_factory.mktemp("filmed") / "videos"
    folder.mkdir()
    for name, (drawing, seconds) in VIDEOS.items():
        draw(folder / name, drawing, seconds)
    return folder


def draw(path: Path, drawing: str, seconds: float) -> None:
    """Film one of FFmpeg's drawings."""
    quiet = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-f", "lavfi"]
    target = ["-t", str(seconds), "-vcodec", "mpeg4", "-q:v", "4", str(path)]
    subprocess.run([*quiet, "-i", drawing, *target], check=True)


@pytest.fixture
def film() -> Callable[..., None]:
    """``film(path, drawing, seconds)``: make a video."""
    return draw


@pytest.fixture(scope="session")
def calm(commands: Any, videos: Path, trees: ModuleType) -> SimpleNamespace:
    """The atlas of a run that nothing disturbed: ``folder``, its ``tree``, and its ``events``."""
    folder = videos.parent / "calm.atlas"
    ended = commands.run("index", videos, "-o", folder, *HEIGHT, watched="calm.atlas")
    assert ended.code == 0, ended.errors
    return SimpleNamespace(folder=folder, tree=trees.tree(folder), events=ended.events)


@pytest.fixture(scope="session")
def game(
    tmp_path_factory: pytest.TempPathFactory,
    commands: Any,
    trees: ModuleType,
    game_file: tuple[Path, Path],
) -> SimpleNamespace:
    """Players of a run that nothing disturbed, and of a second one with corrections."""
    video, tracks = game_file
    notes = tmp_path_factory.mktemp("notes") / "players.yaml"
    notes.write_text("rename:\n  1: Anna\n")
    place = tmp_path_factory.mktemp("calm")
    first, second = place / "calm.players", place / "named.players"
    order = ("players", video, "--tracks", tracks)
    ended = commands.run(*order, "-o", first, watched=first.name)
    assert ended.code == 0, ended.errors
    shutil.copytree(first, second)
    named = (*order, "--corrections", notes)
    again = commands.run(*named, "-o", second, watched=second.name)
    assert again.code == 0, again.errors
    return SimpleNamespace(
        order=order,
        named=named,
        calm=SimpleNamespace(folder=first, tree=trees.tree(first), events=ended.events),
        corrected=SimpleNamespace(folder=second, tree=trees.tree(second), events=again.events),
    )


@pytest.fixture
def index(commands: Any, videos: Path) -> Callable[..., Any]:
    """``index(folder, **options)``: index the videos into an atlas."""

    def run(folder: Path, *more: str | Path, **options: Any) -> Any:
        return commands.run("index", videos, "-o", folder, *HEIGHT, *more, **options)

    return run


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Chance that repeats: seeded by the test's name."""
    return random.Random(request.node.name)


@pytest.fixture
def said() -> Callable[[Any], None]:
    """``said(ended)``: the command was refused in one sentence, and met no fault of its own."""

    def check(ended: Any) -> None:
        assert ended.code in (1, 2), (ended.code, ended.errors)
        assert "fault of its own" not in ended.errors, ended.errors
        assert "Traceback" not in ended.errors, ended.errors
        assert "Expected" in ended.errors + ended.output, ended.errors

    return check


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """``small_disk(bytes)``: a file system of so many bytes, or as many from now on."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def sized(size: int) -> Path:
        nonlocal mounted
        options = f"{'remount,' if mounted else ''}size={size // 4096 * 4096 + 4096}"
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(place)]
        if subprocess.run(command, capture_output=True, check=mounted).returncode:
            pytest.skip("only root may mount a small file system here")
        mounted = True
        return place

    yield sized
    if mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def forbid() -> Iterator[Callable[[Path], Path]]:
    """``forbid(folder)``: nobody without a superuser's powers may write it or what is in it."""
    shut: list[Path] = []

    def closed(folder: Path) -> Path:
        shut.append(folder)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        return folder

    yield closed
    for folder in shut:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture(scope="session")
def said_address() -> Callable[[Any], str]:
    """``said_address(running)``: a page's address, once ``browse`` has said it."""

    def address(running: Any) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for word in running.errors().split():
                if word.startswith("http://"):
                    return str(word.rstrip("/"))
            time.sleep(0.05)
        raise AssertionError(running.errors())

    return address
