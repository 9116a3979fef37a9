"""Small games made on the spot: features of made-up people."""

import shutil
from collections.abc import Callable
from contextlib import contextmanager
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas.cli.main import cli
from frameatlas.embedder import index as indexing
from frameatlas.reid.tracks.mot import Tracks
from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets


@pytest.fixture(scope="session")
def made_up_game() -> Callable[..., tuple[TrackletFeatures, np.ndarray]]:
    """``made_up_game(people, shifts, seed=0, spread=0.3, crops=12)``: features and true persons.

    In each shift everybody is seen at the same time, by one tracklet each.
    """

    def make(
        people=6, shifts=5, *, seed=0, spread=0.35, crops=12, cameras=1, shift=0.0, order=None
    ):
        rng = np.random.default_rng(seed)
        centre = rng.normal(size=(people, 32))
        colour = np.abs(rng.normal(size=(people, 12)))
        cast = shift * rng.normal(size=(cameras, 32))
        length = 5 * crops
        rows, features, colours, person = [], [], [], []
        for tracklet in range(people * shifts):
            who, when = tracklet % people, tracklet // people
            begin = 1 + when * (length + 3)
            for frame in range(begin, begin + length):
                rows.append((frame, tracklet, 100.0 * who, 50.0, 40.0, 90.0))
            own = centre[who] + spread * rng.normal(size=32)
            features.append(own + cast[when % cameras] + 0.7 * rng.normal(size=(crops, 32)))
            colours.append(np.abs(colour[who] + 0.1 * rng.normal(size=(crops, 12))))
            person.append(who)
        order = np.arange(people * shifts) if order is None else np.asarray(order)
        return _game(np.array(rows), features, colours, np.array(person), order, people, cameras)

    return make


def _game(rows, features, colours, person, order, people, cameras):
    """The made-up game with its tracklets numbered in another order."""
    place = np.argsort(order)
    crops = len(features[0])
    files = []
    for camera in range(cameras):
        own = rows[(rows[:, 1].astype(int) // people) % cameras == camera]
        files.append(_tracks(own, place, f"camera {camera}"))
    tracklets = Tracklets.of(files)
    ids = np.array([int(name.split(":")[-1]) - 1 for name in tracklets.names])
    original = order[ids]
    begin = np.array([rows[rows[:, 1] == t][0, 0] for t in original])
    frame = (begin[:, None] + 5 * np.arange(crops)).ravel().astype(np.int64)
    crops_of = np.repeat(np.arange(len(ids)), crops)
    game = TrackletFeatures(
        tracklets,
        crops_of,
        frame,
        np.concatenate([features[t] for t in original]).astype(np.float32),
        np.concatenate([colours[t] for t in original]).astype(np.float32),
        np.full(len(frame), 0.8, np.float32),
    )
    return game, person[original]


def _tracks(rows, place, camera):
    track = place[rows[:, 1].astype(int)] + 1
    order = np.lexsort((track, rows[:, 0]))
    return Tracks(
        rows[order, 0].astype(np.int64),
        track[order].astype(np.int64),
        rows[order, 2:6],
        np.ones(len(rows), np.float32),
        camera,
    )


@pytest.fixture
def tracks_of() -> Callable[..., Tracks]:
    """``tracks_of((frame, track, x, y, w, h), …)``: tracks of a few boxes."""

    def make(*rows, camera="a", confidence=1.0):
        table = np.array(rows, np.float64).reshape(-1, 6)
        return Tracks(
            table[:, 0].astype(np.int64),
            table[:, 1].astype(np.int64),
            table[:, 2:],
            np.full(len(table), confidence, np.float32),
            camera,
        )

    return make


class MemorySink:
    """A sink that keeps crops in memory, and can be cut short as a killed run would leave it."""

    def __init__(self) -> None:
        self.crops: list[bytes] = []
        self.pts: list[int] = []
        self.names: list[str] = []
        self.boxes: list[tuple[int, int, int, int]] = []
        self.shape: tuple[int, int, Fraction] | None = None
        self.restarts = 0

    @property
    def count(self) -> int:
        return len(self.crops)

    def begin(self, width, height, time_base):
        self.shape = (width, height, time_base)

    def append(self, pixels, pts, box, name=""):
        self.crops.append(bytes(pixels))
        self.pts.append(pts)
        self.boxes.append(box)
        self.names.append(name)

    def stored(self, index):
        width, height, _ = self.shape
        return np.frombuffer(self.crops[index], np.uint8).reshape(height, width, 3), self.pts[index]

    def restart(self):
        self.restarts += 1
        self.crops, self.pts, self.boxes, self.names = [], [], [], []

    def cut(self, count):
        self.crops, self.pts = self.crops[:count], self.pts[:count]
        self.boxes, self.names = self.boxes[:count], self.names[:count]
        return self


@pytest.fixture
def memory_sink() -> MemorySink:
    """A sink that keeps crops in memory."""
    return MemorySink()


class ColourEngine:
    """Describes a square by its mean colours: enough to tell red from blue."""

    name = "tensorflow"
    identity = "colour"
    batch = 16

    def describe(self, crops):
        small = crops[:, 20::60, 20::60].reshape(len(crops), -1).astype(np.float32) / 255
        rows = np.zeros((len(crops), 2048), np.float32)
        rows[:, : small.shape[1]] = small
        return rows

    def close(self):
        pass


@pytest.fixture
def players(monkeypatch, tmp_path):
    """``players(*arguments)``: run the command in a folder of its own."""
    opened = []
    monkeypatch.setattr(indexing, "open_engine", lambda *_: opened.append(1) or ColourEngine())
    monkeypatch.chdir(tmp_path)

    def run(*arguments, fails=False):
        result = CliRunner().invoke(cli, ["players", *map(str, arguments)])
        if not fails and result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        result.engines = len(opened)
        return result

    return run


@pytest.fixture
def patched():
    """``with patched(module, name, value):`` for a while, another value."""

    @contextmanager
    def patching(module, name, value):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, value)
            yield

    return patching


@pytest.fixture(scope="module")
def made(tmp_path_factory, game_file):
    """The players of the small game; tests copy it, as describing is done once."""
    folder = tmp_path_factory.mktemp("made") / "game.players"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "open_engine", lambda *_: ColourEngine())
        arguments = [str(game_file[0]), "--tracks", str(game_file[1]), "-o", str(folder)]
        said = CliRunner().invoke(cli, ["players", *arguments])
    assert said.exit_code == 0, said.output
    return folder, said.output


@pytest.fixture
def known(made, tmp_path):
    """A folder of players of that game in this test's folder."""
    return shutil.copytree(made[0], tmp_path / "game.players")
