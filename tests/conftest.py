"""Fixtures that several folders of tests share."""

import importlib
import importlib.util
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import click
import numpy as np
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

SHIRTS = ((200, 30, 30), (30, 60, 200), (230, 230, 60))


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
        config.option.loadscopereorder = False  # the order is ours: see _long_files_first
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
        _long_files_first(items)


def _long_files_first(items: list[pytest.Item]) -> None:
    """Whole files go to one process: none is to be left alone with a long one at the end."""
    number = Counter(item.path for item in items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, -number[item.path]))


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

    def loaded(path: Path, *, known: bool = True) -> ModuleType:
        name = "_".join(("frameatlas", *path.relative_to(ROOT).with_suffix("").parts))
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        if known:
            sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    return loaded


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


@pytest.fixture
def plain_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Layouts are trained in five steps, one operation after the other.

    Compiling takes longer than they do: for tests of what is around training.
    That compiled ones train, and to the same bytes, ``embedder/layout/test_training.py`` shows.
    """
    import tensorflow as tf

    from frameatlas.embedder.layout import atlas, training

    monkeypatch.setattr(training, "CHUNK", 1)
    monkeypatch.setattr(training, "plan_steps", lambda _: 5)
    monkeypatch.setattr(atlas, "STEPS", 5)
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


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
def game_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A video of 60 frames and its tracks: three people, seen twice each, ids 1 to 6.

    People 1 to 3 walk in frames 1 to 25, and again as tracks 4 to 6 in frames 31 to 55.
    """
    import av

    folder = tmp_path_factory.mktemp("game")
    video, tracks = folder / "game.mp4", folder / "game.txt"
    lines = []
    rng = np.random.default_rng(0)
    with av.open(str(video), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.bit_rate = 8_000_000
        for number in range(1, 61):
            picture = np.full((240, 320, 3), 90, np.uint8)
            picture += rng.integers(0, 12, picture.shape, np.uint8)
            half = 0 if number <= 25 else 1
            if number <= 25 or 31 <= number <= 55:
                for person, colour in enumerate(SHIRTS):
                    x, y = 20 + 100 * person + number % 30, 60
                    picture[y : y + 100, x : x + 40] = colour
                    picture[y + 60 : y + 100, x : x + 40] = (40, 40, 60)
                    lines.append(
                        f"{number},{person + 1 + 3 * half},{x + 1},{y + 1},40,100,1,-1,-1,-1"
                    )
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    tracks.write_text("\n".join(lines) + "\n")
    return video, tracks


@pytest.fixture(autouse=True, scope="session")
def no_look_at_boxes() -> Iterator[None]:
    """Drawn people are no people to a detector: nobody loads one to find that out."""
    from frameatlas.cli.tracks import check_boxes

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check_boxes, "look", lambda *_: None)
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
