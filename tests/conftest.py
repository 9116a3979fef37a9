"""Fixtures that several folders of tests share."""

import gc
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner
from hypothesis import settings

from frameatlas import Atlas, open_atlas

# The same examples in every run, however slow the machine: a test fails for a reason.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SHARED = ROOT.parent / "shared"
MOST_SECONDS = {"slow": 1800, "faults": 3600}
"""How long a marked test may take; others have ``timeout`` of ``pyproject.toml``."""


def _module_at(path: Path, *, known: bool = True) -> ModuleType:
    name = "_".join(("frameatlas", *path.relative_to(ROOT).with_suffix("").parts))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    if known:
        sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


PLAIN = _module_at(TESTS / "plain_training.py")
SHARING = _module_at(TESTS / "sharing.py")
TIMED = importlib.util.find_spec("pytest_timeout") is not None
SECOND_TRY = importlib.util.find_spec("pytest_rerunfailures") is not None
LATE = ("TimeoutError", "did not come true")
"""What a page that is only slow fails with: on a machine with no time left it gets a second try."""
PROCESSES = ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system")
NETWORKS = ("tensorflow", "keras", "keras_hub", "openvino")
DRAWN = {"run_ffmpeg", "make_video", "counting_video", "draw", "secret", "commands", "page"}
DRAWN |= {"chromium", "clips"}
"""Fixtures that start a process: whoever asks for them is marked so."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--quick``; and the time limit's name where pytest-timeout, which keeps it, is missing."""
    parser.addoption(
        "--quick", action="store_true", help="only what needs no process, browser or network"
    )
    if not TIMED:
        parser.addini("timeout", "seconds that a test may take; needs pytest-timeout")


def pytest_configure(config: pytest.Config) -> None:
    """With ``--quick`` a test that starts a process all the same, or a network, is skipped."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # the order is ours: see sharing.py
    starts_workers = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if config.getoption("quick") and not starts_workers:
        sys.addaudithook(_stay_inside)


def _stay_inside(event: str, arguments: tuple[object, ...]) -> None:
    if event in PROCESSES:
        pytest.skip("starts a process", allow_module_level=True)
    if event == "import" and arguments[0] in NETWORKS:
        pytest.skip("trains or runs a network", allow_module_level=True)
    if event == "socket.connect" and str(arguments[1])[:6] not in ("('127.", "('::1'"):
        pytest.skip("looks at the network")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is read in stays to the end: looking for garbage among it costs seconds."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what starts processes, give marked tests their longer time, choose the quick ones."""
    for item in items:
        if DRAWN & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.process)
        if SECOND_TRY and "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=list(LATE)))
        most = [most for mark, most in MOST_SECONDS.items() if item.get_closest_marker(mark)]
        if TIMED and most and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(max(most)))
    if config.getoption("quick"):
        slow = [i for i in items if any(i.get_closest_marker(m) for m in ("process", "slow"))]
        config.hook.pytest_deselected(items=slow)
        gone = set(slow)
        items[:] = [item for item in items if item not in gone]
    if hasattr(config, "workerinput"):
        SHARING.groups_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """With ``--dist loadfile`` whole groups of files go to one process: see ``sharing.py``."""
    return SHARING.scheduler(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def root() -> Path:
    """The clone's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The project's shared clips and weights, which a fresh clone does not have."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the project's shared clips are not beside this clone (../shared/data)")
    return SHARED


@pytest.fixture(scope="session")
def module_at() -> Callable[..., ModuleType]:
    """``module_at(path)``: a module beside tests, which importlib mode does not let them import.

    With ``known=False`` it cannot be looked up by its name: Dask then sends what it holds whole.
    """

    return _module_at


@pytest.fixture(scope="session")
def from_root() -> Callable[[str], ModuleType]:
    """``from_root("benchmark.map")``: a module of a folder that is not installed."""

    def imported(name: str) -> ModuleType:
        sys.path.insert(0, str(ROOT))
        try:
            return importlib.import_module(name)
        finally:
            sys.path.remove(str(ROOT))

    return imported


class Program(click.Command):
    """``frameatlas`` as it is started: its ``main``, with the exit code that this chooses."""

    def main(self, args=None, prog_name=None, **_):
        """Stand in for ``click.Command.main``, which a runner calls."""
        from frameatlas.cli.main import main

        del prog_name
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["frameatlas", *args])
            main()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """``typed(folder, *words, **environment)``: what the program says, and how it ends.

    It runs in this process, a second faster than in one of its own. What the system does to a
    program, its signals, pipes and encodings, needs a process.
    """

    def run(folder, *words, **environment):
        monkeypatch.chdir(folder)
        given = [str(word) for word in words]
        done = CliRunner().invoke(Program("frameatlas"), given, env=environment)
        if not isinstance(done.exception, SystemExit | None):
            raise done.exception
        assert "Traceback" not in done.stdout + done.stderr
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def trained_plainly() -> Callable[[], AbstractContextManager[None]]:
    """``with trained_plainly():`` as ``plain_steps``, for what several tests look at."""
    plainly: Callable[[], AbstractContextManager[None]] = PLAIN.trained_plainly
    return plainly


@pytest.fixture
def plain_steps(trained_plainly: Callable[..., AbstractContextManager[None]]) -> Iterator[None]:
    """Layouts are arranged in forty steps and trained in five, one operation after the other.

    Compiling takes longer than they do: for tests of what is around training.
    That compiled ones train, and to the same bytes, ``embedder/layout/test_training.py`` shows.
    """
    with trained_plainly():
        yield


@pytest.fixture(scope="session")
def tiny_networks(module_at: Callable[..., ModuleType]) -> ModuleType:
    """The module ``tests/tiny_networks.py``; skips where keras_hub is not installed."""
    pytest.importorskip("keras_hub", reason="keras-hub (the extra words) is not installed")
    return module_at(TESTS / "tiny_networks.py")


@pytest.fixture(scope="session")
def trained_clip(tiny_networks: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The preset of a CLIP that was trained here on drawn colours and shapes."""
    folder: Path = tiny_networks.clip_of_this_run(tmp_path_factory.getbasetemp())
    return folder


@pytest.fixture(scope="session")
def synthetic(module_at: Callable[..., ModuleType]) -> ModuleType:
    """The module ``tests/synthetic.py``."""
    return module_at(TESTS / "synthetic.py")


@pytest.fixture(scope="session")
def synthetic_atlas(synthetic: ModuleType) -> Callable[..., Atlas]:
    """``synthetic_atlas(folder, sources=…, seed=…)``: writes a small valid atlas and opens it."""
    build: Callable[..., Atlas] = synthetic.synthetic_atlas
    return build


@pytest.fixture(scope="session")
def atlas_to_copy(
    tmp_path_factory: pytest.TempPathFactory, synthetic_atlas: Callable[..., Atlas]
) -> Atlas:
    """The one that ``tmp_atlas`` copies: making it takes ten times as long."""
    return synthetic_atlas(tmp_path_factory.mktemp("synthetic") / "synthetic.atlas")


@pytest.fixture
def tmp_atlas(tmp_path: Path, atlas_to_copy: Atlas) -> Atlas:
    """A small valid atlas for one test: 28 frames of two videos, photos and a damaged video."""
    return open_atlas(shutil.copytree(atlas_to_copy.folder, tmp_path / "synthetic.atlas"))


@pytest.fixture(scope="session")
def game_file(tmp_path_factory: pytest.TempPathFactory, synthetic: ModuleType) -> tuple[Path, Path]:
    """A video of 60 frames and its tracks: three people, seen twice each, ids 1 to 6.

    People 1 to 3 walk in frames 1 to 25, and again as tracks 4 to 6 in frames 31 to 55.
    """
    folder = tmp_path_factory.mktemp("game")
    drawn: tuple[Path, Path] = synthetic.draw_game(folder / "game.mp4", folder / "game.txt")
    return drawn


@pytest.fixture(autouse=True, scope="session")
def no_look_at_boxes() -> Iterator[None]:
    """Drawn people are no people to a detector: nobody loads one to find that out."""
    from frameatlas.cli.tracks import check_boxes

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check_boxes, "look", lambda *_: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_wait_for_the_disk() -> Iterator[None]:
    """No test pulls the plug: what is written need not have reached the disk before it goes on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def soon():
    """``soon(condition)``: whether it comes true within ten seconds, as another thread's work."""

    def wait(condition, seconds=10.0):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True

    return wait
