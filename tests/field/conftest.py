"""Inputs that strangers bring: those of the shared data, and others of the same kinds."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import probe_video


@pytest.fixture(scope="session")
def field(shared):
    """The inputs of the shared data, described in its README."""
    return shared / "data" / "field"


class Kept:
    """A sink in memory."""

    def __init__(self):
        self.pictures, self.pts, self.boxes, self.names = [], [], [], []

    @property
    def count(self):
        return len(self.pictures)

    def begin(self, width, height, time_base):
        self.size, self.base = (width, height), time_base

    def append(self, pixels, pts, box, name=""):
        width, height = self.size
        self.pictures.append(np.frombuffer(bytes(pixels), np.uint8).reshape(height, width, 3))
        self.pts.append(pts)
        self.boxes.append(tuple(box))
        self.names.append(name)

    def stored(self, index):
        return self.pictures[index], self.pts[index]

    def restart(self):
        self.pictures, self.pts, self.boxes, self.names = [], [], [], []

    @property
    def times(self):
        return [round(float(pts * self.base), 3) for pts in self.pts]


@pytest.fixture
def kept():
    """An empty sink."""
    return Kept()


@pytest.fixture
def decoded(kept):
    """``decoded(path, fps=3, height=96)``: outcome and frames of a video."""

    def decode(path, fps=3.0, height=96):
        settings = FrameSettings(fps, height)
        outcome = decode_video(path, probe_video(path), settings, kept, stopped=lambda: False)
        return outcome, kept

    return decode


@pytest.fixture
def ffmpeg(tmp_path):
    """``ffmpeg(name, *arguments)``: a file in the test's folder, made by FFmpeg."""

    def run(name, *arguments, given=b""):
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *map(str, arguments)]
        subprocess.run([*command, f"file:{tmp_path / name}"], input=given, check=True)
        return Path(tmp_path / name)

    return run


class Grey:
    """In the network's place: the mean colour of each crop, spread out."""

    name, identity, batch = "tensorflow", "grey", 8

    def describe(self, crops):
        means = crops.reshape(len(crops), -1, 3).mean(axis=1) / 255
        spread = np.random.default_rng(0).normal(size=(3, 2048))
        return np.abs(means @ spread).astype(np.float32)

    def close(self):
        """Nothing is held."""


@pytest.fixture(scope="session")
def grey():
    """The class ``Grey``."""
    return Grey


@pytest.fixture(scope="session")
def signed(module_at):
    """The module ``signed_tables.py``."""
    return module_at(Path(__file__).with_name("signed_tables.py"))
