"""Small videos made on the spot, what decodes, describes and indexes them in tests."""

import subprocess
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from frameatlas import open_atlas
from frameatlas.embedder.decode import video as videos
from frameatlas.embedder.describe.engine import Engine, open_engine
from frameatlas.embedder.describe.features import square_crops
from frameatlas.embedder.describe.weights import load_xception
from frameatlas.embedder.media.frame_sink import Box, FrameSettings
from frameatlas.embedder.media.probe import probe_video

CHILD = Path(__file__).with_name("indexing_child.py")
STAND_IN = Path(__file__).with_name("cluster_stand_in.py")
CLIPS = {
    "a.mp4": ("testsrc2=s=128x72:r=12", 14),
    "b.mp4": ("mandelbrot=s=128x72:r=12", 5),
    "c.avi": ("life=s=96x96:r=12:seed=1:ratio=0.3", 4),
    "d.mp4": ("cellauto=s=96x72:r=12:seed=2", 3),
}
"""What FFmpeg draws, and for how many seconds: the first video is two blocks of frames."""


class MemorySink:
    """Keeps what it gets; can be cut short as a killed run would leave it."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.pts: list[int] = []
        self.boxes: list[Box] = []
        self.names: list[str] = []
        self.shape: tuple[int, int, Fraction] | None = None
        self.restarts = 0
        self.appended = 0
        self.on_append: Callable[[], None] = lambda: None

    @property
    def count(self) -> int:
        return len(self.frames)

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        if self.shape != (width, height, time_base):
            self._forget()
        self.shape = (width, height, time_base)

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        self.frames.append(bytes(pixels))
        self.pts.append(pts)
        self.boxes.append(box)
        self.names.append(name)
        self.appended += 1
        self.on_append()

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        return self.picture(index), self.pts[index]

    def restart(self) -> None:
        self.restarts += 1
        self._forget()

    def picture(self, index: int) -> NDArray[np.uint8]:
        assert self.shape is not None
        width, height, _ = self.shape
        return np.frombuffer(self.frames[index], np.uint8).reshape(height, width, 3)

    def cut(self, count: int) -> "MemorySink":
        """A sink as an interrupted run leaves it: the first ``count`` frames."""
        copy = MemorySink()
        copy.shape = self.shape
        copy.frames, copy.pts = self.frames[:count], self.pts[:count]
        copy.boxes, copy.names = self.boxes[:count], self.names[:count]
        return copy

    def same_as(self, other: "MemorySink") -> bool:
        return (self.frames, self.pts, self.boxes) == (other.frames, other.pts, other.boxes)

    def _forget(self) -> None:
        self.frames, self.pts, self.boxes, self.names = [], [], [], []


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture(scope="session")
def new_sink() -> Callable[[], MemorySink]:
    return MemorySink


@pytest.fixture
def run_ffmpeg(tmp_path: Path) -> Callable[..., Path]:
    """``run_ffmpeg("out.mp4", *arguments)`` writes a file with FFmpeg and returns its path."""

    def run(name: str, *arguments: str) -> Path:
        target = tmp_path / name
        # The shipped one draws, whatever the user's own knows; find_ffmpeg's is what is tested.
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-nostdin",
            "-y",
            "-loglevel",
            "error",
            *arguments,
        ]
        subprocess.run([*command, f"file:{target}"], check=True)
        return target

    return run


@pytest.fixture
def make_video(run_ffmpeg: Callable[..., Path]) -> Callable[..., Path]:
    """``make_video("a.mp4", "testsrc2=d=2", *options)`` draws a video with FFmpeg's lavfi."""

    def make(name: str, drawing: str = "testsrc2=s=160x90:r=30:d=2", *options: str) -> Path:
        return run_ffmpeg(name, "-f", "lavfi", "-i", drawing, *options)

    return make


@pytest.fixture
def counting_video(make_video: Callable[..., Path]) -> Callable[..., Path]:
    """A video whose frame number i is one grey: 16 + 2 i before conversion to RGB."""

    def make(name: str, frames: int = 60, rate: int = 30, *options: str) -> Path:
        drawing = f"nullsrc=s=64x64:r={rate},geq=lum='16+2*N':cb=128:cr=128"
        return make_video(name, drawing, "-frames:v", str(frames), *options)

    return make


# Decoding


@pytest.fixture(scope="session")
def decode() -> Callable[..., Any]:
    """``decode(path, sink, fps=…, height=…)`` decodes a video and says how it went."""

    def decoded(path, sink, *, fps=3.0, height=300, stopped=lambda: False, **options):
        given = (path, probe_video(path), FrameSettings(fps, height), sink)
        return videos.decode_video(*given, stopped=stopped, **options)

    return decoded


@pytest.fixture(scope="session")
def seconds() -> Callable[[MemorySink], list[float]]:
    """``seconds(sink)``: the times of the frames."""

    def times(sink):
        return [round(float(pts * sink.shape[2]), 3) for pts in sink.pts]

    return times


# Describing


@pytest.fixture(scope="session")
def pictures() -> Callable[[int], NDArray[np.uint8]]:
    """Smooth colours, edges and texture: more like a photograph than noise is."""

    def drawn(count):
        random = np.random.default_rng(3)
        frames = np.empty((count, 300, 534, 3), np.uint8)
        for frame in frames:
            mixed = np.zeros((300, 534, 3))
            for cells, share in ((4, 0.5), (16, 0.3), (64, 0.2)):
                noise = random.integers(0, 256, (cells, 2 * cells, 3), dtype=np.uint8)
                mixed += share * np.asarray(Image.fromarray(noise).resize((534, 300)))
            frame[:] = mixed.round()
            x, y = random.integers(0, 250, 2)
            frame[y : y + 40, x : x + 200] = random.integers(0, 256, 3)
        return frames

    return drawn


@pytest.fixture(scope="session")
def cosines() -> Callable[..., NDArray[np.float64]]:
    """``cosines(one, other)``: row by row."""

    def between(one, other):
        a, b = one.astype(np.float64), other.astype(np.float64)
        return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)

    return between


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def cache(cache_folder: Path) -> Iterator[Path]:
    """A cache of its own for OpenVINO's model, so that no earlier run helps or harms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMEATLAS_CACHE", str(cache_folder))
        yield cache_folder


@pytest.fixture(scope="session")
def opened(cache_folder: Path) -> Iterator[Callable[[str], Engine]]:
    """Each engine, opened once for all tests of a process."""
    engines = {}

    def get(name):
        if name not in engines:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("FRAMEATLAS_CACHE", str(cache_folder))
                engines[name] = open_engine(name)
        return engines[name]

    yield get
    for engine in engines.values():
        engine.close()


@pytest.fixture(scope="session")
def crops(pictures: Callable[[int], NDArray[np.uint8]]) -> NDArray[np.uint8]:
    frames = pictures(2)
    boxes = np.tile(np.array([[0, 0, 534, 300]], np.int32), (2, 1))
    return square_crops(frames, boxes)[0]


@pytest.fixture(scope="session")
def keras_model() -> Any:
    return load_xception()


@pytest.fixture(scope="session")
def reference(keras_model: Any, crops: NDArray[np.uint8]) -> Any:
    """Keras' own float32 features; its ``predict`` would compile the network for four crops."""
    return np.asarray(keras_model(crops.astype(np.float32) / 127.5 - 1, training=False))


# Indexing


@pytest.fixture(scope="session")
def child(module_at: Callable[..., ModuleType]) -> ModuleType:
    """The module ``indexing_child.py``."""
    return module_at(CHILD)


@pytest.fixture(scope="session")
def clip_lengths() -> dict[str, float]:
    """The names of the videos in ``clips`` and how many seconds each lasts."""
    return {name: seconds for name, (_, seconds) in CLIPS.items()}


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four videos; tests only read it."""
    folder = tmp_path_factory.mktemp("clips")
    for name, (drawing, length) in CLIPS.items():
        quiet = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error"]
        source = ["-f", "lavfi", "-i", drawing, "-t", str(length)]
        target = ["-vcodec", "mpeg4", "-q:v", "4", str(folder / name)]
        subprocess.run([*quiet, *source, *target], check=True)
    return folder


@pytest.fixture(scope="session")
def arrays() -> Callable[[Path], tuple[bytes, ...]]:
    """``arrays(folder)``: the bytes of what an atlas says about its frames."""

    def content(folder: Path) -> tuple[bytes, ...]:
        atlas = open_atlas(folder)
        drawn = (atlas.coordinates, atlas.code, atlas.scores)
        parts = (*drawn, atlas.features[:], atlas.seconds)
        return tuple(np.ascontiguousarray(part).tobytes() for part in parts)

    return content


# Clusters


@pytest.fixture(scope="session")
def stand_in(module_at: Callable[..., ModuleType]) -> ModuleType:
    """The module ``cluster_stand_in.py``."""
    return module_at(STAND_IN, known=False)
