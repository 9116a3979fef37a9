"""A source stored as JPEG: described by the very pixels of a raw one, whatever interrupts it."""

import functools
import threading
from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np
import pytest

from frameatlas.embedder.build.jpeg_writer import WAITING
from frameatlas.embedder.build.source_builder import SourceBuilder
from frameatlas.embedder.media.frame_sink import is_stored
from frameatlas.store.frame_rows import AtlasFrames
from frameatlas.store.manifest import Made, Source

MADE = Made(3.0, 24, "w", "fake", 8, store="jpeg")
SOURCE = Source("abc", "/films/a.mp4", "video", "ok", "", "d")
WIDTH, HEIGHT = 40, 24


@functools.cache
def picture(index: int) -> bytes:
    """Noise on a level: JPEG changes some of it."""
    rng = np.random.default_rng(index)
    noise = rng.integers(0, 9, (HEIGHT, WIDTH, 3), np.uint8)
    return bytes((noise + np.uint8(index % 200)).tobytes())


def builder_in(place: Path, store: str = "jpeg") -> SourceBuilder:
    return SourceBuilder(place, "abc", "key", 8, store)


def fill(builder: SourceBuilder, start: int, stop: int) -> None:
    builder.frames.begin(WIDTH, HEIGHT, Fraction(1, 30))
    for index in range(start, stop):
        builder.frames.append(picture(index), 10 * index, (0, 0, WIDTH, HEIGHT))


def crash(builder: SourceBuilder) -> None:
    """Let go of the files as a killed process does: nothing is said or written any more."""
    builder._features.close()
    builder.frames._names.close()


def describe_all(builder: SourceBuilder) -> None:
    """Features that tell every pixel from every other."""
    while (block := builder.next_block(0.01)) not in (None, (0, 0)):
        pixels, _ = builder.read(*block)
        rows = pixels.reshape(len(pixels), 8, -1).astype(np.float64)
        builder.add_features((rows * np.arange(1, rows.shape[2] + 1)).mean(axis=2).astype("f2"))


def built(place: Path, count: int, store: str = "jpeg") -> Path:
    builder = builder_in(place, store)
    fill(builder, 0, count)
    builder.frames.finish()
    describe_all(builder)
    builder.publish(SOURCE, MADE, [])
    return place / "abc"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("whole"), 100)


def same_files(one: Path, other: Path) -> bool:
    names = [sorted(path.name for path in place.iterdir()) for place in (one, other)]
    return names[0] == names[1] and all(
        (one / name).read_bytes() == (other / name).read_bytes() for name in names[0]
    )


def test_it_is_published_whole_and_described_as_a_raw_one(whole: Path, tmp_path: Path) -> None:
    names = ["features.h5", "frames.jpeg", "source.json"]
    assert sorted(path.name for path in whole.iterdir()) == names
    raw = built(tmp_path, 100, "raw")
    assert (raw / "features.h5").read_bytes() == (whole / "features.h5").read_bytes()
    pictures = AtlasFrames([raw / "frames.npy"], [100])
    frames = AtlasFrames([whole / "frames.jpeg"], [100])
    for one, other in zip(pictures, frames, strict=True):
        assert np.abs(one.astype(int) - other).mean() < 3
    assert (whole / "frames.jpeg").stat().st_size < (raw / "frames.npy").stat().st_size


@pytest.mark.parametrize("described", [0, 40, 70])
@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_an_interrupted_one_goes_on_to_the_same_bytes(
    whole: Path, tmp_path: Path, described: int, how: str
) -> None:
    builder = builder_in(tmp_path)
    fill(builder, 0, described)
    describe_all(builder)
    builder.checkpoint()
    fill(builder, described, 90)  # what waits for its description is read again
    if how == "killed":
        crash(builder)
    else:
        builder.close()
    again = builder_in(tmp_path)
    kept = described // 32 * 32
    assert again.frames.count == again.frames.described == kept
    if kept:
        assert is_stored(again.frames, kept - 1, picture(kept - 1))
        assert not is_stored(again.frames, kept - 1, picture(kept))
        assert again.frames.stored(kept - 1)[1] == 10 * (kept - 1)
    fill(again, kept, 100)
    again.frames.finish()
    describe_all(again)
    again.publish(SOURCE, MADE, [])
    assert same_files(whole, tmp_path / "abc")


@pytest.mark.parametrize("spoil", ["short frames", "short ends", "no ends", "other store"])
def test_work_that_cannot_be_trusted_is_done_again(tmp_path: Path, spoil: str) -> None:
    builder = builder_in(tmp_path)
    fill(builder, 0, 64)
    describe_all(builder)
    builder.close()
    folder = tmp_path / ".building-abc"
    if spoil == "short frames":
        with (folder / "frames.jpeg").open("r+b") as file:
            file.truncate(1000)
    if spoil == "short ends":
        with (folder / "ends.bin").open("r+b") as file:
            file.truncate(60 * 8)
    if spoil == "no ends":
        (folder / "ends.bin").unlink()
    key = "another key, as of raw frames" if spoil == "other store" else "key"
    again = SourceBuilder(tmp_path, "abc", key, 8, "jpeg")
    assert (again.frames.count, again.frames.described) == (0, 0)
    crash(again)


def test_starting_over_leaves_nothing_of_before(whole: Path, tmp_path: Path) -> None:
    builder = builder_in(tmp_path)
    fill(builder, 7, 60)
    builder.frames.restart()
    fill(builder, 0, 100)
    builder.frames.finish()
    describe_all(builder)
    builder.publish(SOURCE, MADE, [])
    assert same_files(whole, tmp_path / "abc")


def test_decoding_waits_before_it_writes_over_what_is_not_described(tmp_path: Path) -> None:
    count = 2 * WAITING + 40
    builder = builder_in(tmp_path)

    def decode() -> None:
        fill(builder, 0, count)
        builder.frames.finish()

    thread = threading.Thread(target=decode)
    thread.start()
    thread.join(0.5)
    assert builder.frames.count <= WAITING
    while (block := builder.next_block(5.0)) is not None:
        pixels, _ = builder.read(*block)
        for index, pixel in zip(range(*block), pixels, strict=True):
            assert pixel.tobytes() == picture(index)
        builder.add_features(np.zeros((len(pixels), 8), np.float16))
    thread.join()
    waiting = tmp_path / ".building-abc" / "waiting.bin"
    assert waiting.stat().st_size == WAITING * WIDTH * HEIGHT * 3
    assert builder.publish(SOURCE, MADE, []).frames == count


def test_two_threads_read_at_once(tmp_path: Path) -> None:
    """Shots of key frames are looked for while frames are described."""
    for store in ("raw", "jpeg"):
        builder = builder_in(tmp_path / store, store)
        fill(builder, 0, 60)
        wrong: list[int] = []

        def look(builder: SourceBuilder = builder, wrong: list[int] = wrong) -> None:
            for _ in range(40):
                for index in range(60):
                    pixels, _ = builder.read(index, index + 1)
                    if pixels.tobytes() != picture(index):
                        wrong.append(index)

        threads = [threading.Thread(target=look) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong, store
        crash(builder)


def test_the_table_of_features_is_a_raw_ones(whole: Path) -> None:
    with h5py.File(whole / "features.h5") as file:
        assert file["features"].shape == (100, 8)
        assert file["pts"][5] == 50
