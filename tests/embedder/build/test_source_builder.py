"""A source under construction survives being interrupted and comes out whole."""

import json
import threading
from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np
import pytest

from frameatlas.embedder.build import frame_writer
from frameatlas.embedder.build.source_builder import SourceBuilder, find_finished_source
from frameatlas.errors import InterruptedIndexError
from frameatlas.store.manifest import Made, Source

MADE = Made(3.0, 4, "w", "fake", 8)
SOURCE = Source("abc", "/films/a.mp4", "video", "ok", "", "d")


def picture(index: int) -> bytes:
    return bytes([index % 256]) * (4 * 6 * 3)


def fill(builder: SourceBuilder, start: int, stop: int) -> None:
    builder.frames.begin(6, 4, Fraction(1, 30))
    for index in range(start, stop):
        builder.frames.append(picture(index), 10 * index, (0, 0, 6, 4))


def crash(builder: SourceBuilder) -> None:
    """Let go of the files as a killed process does: nothing is said or written any more."""
    builder._features.close()
    builder.frames._names.close()


def describe_all(builder: SourceBuilder) -> None:
    while (block := builder.next_block(0.01)) not in (None, (0, 0)):
        pixels, boxes = builder.read(*block)
        assert boxes.tolist() == [[0, 0, 6, 4]] * len(pixels)
        builder.add_features(np.repeat(pixels[:, 0, 0, :1].astype(np.float16), 8, axis=1))


def test_a_source_is_published_whole(tmp_path: Path) -> None:
    builder = SourceBuilder(tmp_path, "abc", "key", 8)
    fill(builder, 0, 70)
    builder.frames.finish()
    describe_all(builder)
    assert not (tmp_path / "abc").exists()
    record = builder.publish(SOURCE, MADE, [])
    assert record.frames == 70
    assert sorted(p.name for p in (tmp_path / "abc").iterdir()) == [
        "features.h5",
        "frames.npy",
        "source.json",
    ]
    frames = np.load(tmp_path / "abc" / "frames.npy", mmap_mode="r", allow_pickle=False)
    assert frames.shape == (70, 4, 6, 3)
    assert frames[:, 0, 0, 0].tolist() == list(range(70))
    with h5py.File(tmp_path / "abc" / "features.h5") as file:
        assert file["features"].dtype == np.float16
        assert file["features"][:, 3].tolist() == list(range(70))
        assert file["pts"][5] == 50
        assert file["seconds"][5] == pytest.approx(50 / 30)
        assert file.attrs["time_base"].tolist() == [1, 30]
    assert find_finished_source(tmp_path, "abc", MADE) == record
    assert find_finished_source(tmp_path, "abc", Made(5.0, 4, "w", "fake", 8)) is None


def test_an_interrupted_source_goes_on_where_the_disk_is_sure(tmp_path: Path) -> None:
    builder = SourceBuilder(tmp_path, "abc", "key", 8)
    fill(builder, 0, 40)
    describe_all(builder)
    builder.checkpoint()
    fill(builder, 40, 50)  # after the checkpoint: a crash may or may not keep these
    crash(builder)
    again = SourceBuilder(tmp_path, "abc", "key", 8)
    assert again.frames.count == 40
    assert again.frames.described == 32
    assert again.next_block(0.01) == (0, 0)  # not before it is sure that the frames stay
    fill(again, 40, 70)
    again.frames.finish()
    describe_all(again)
    again.publish(SOURCE, MADE, [])
    frames = np.load(tmp_path / "abc" / "frames.npy", allow_pickle=False)
    assert frames[:, 1, 1, 1].tolist() == list(range(70))
    with h5py.File(tmp_path / "abc" / "features.h5") as file:
        assert file["features"][:, 0].tolist() == list(range(70))


@pytest.mark.parametrize("spoil", ["other key", "short frames", "no json", "short features"])
def test_work_that_cannot_be_trusted_is_done_again(tmp_path: Path, spoil: str) -> None:
    builder = SourceBuilder(tmp_path, "abc", "key", 8)
    fill(builder, 0, 64)
    describe_all(builder)
    builder.close()
    folder = tmp_path / ".building-abc"
    if spoil == "short frames":
        with (folder / "frames.npy").open("r+b") as file:
            file.truncate(100)
    if spoil == "no json":
        (folder / "progress.json").write_text("{", encoding="utf-8")
    if spoil == "short features":
        with (folder / "features.bin").open("r+b") as file:
            file.truncate(33 * 16)
    again = SourceBuilder(tmp_path, "abc", "other" if spoil == "other key" else "key", 8)
    counts = (again.frames.count, again.frames.described)
    crash(again)
    assert counts == ((64, 32) if spoil == "short features" else (0, 0))


def test_another_frame_shape_starts_over(tmp_path: Path) -> None:
    builder = SourceBuilder(tmp_path, "abc", "key", 8)
    fill(builder, 0, 40)
    builder.close()
    again = SourceBuilder(tmp_path, "abc", "key", 8)
    again.frames.begin(8, 4, Fraction(1, 30))
    assert again.frames.count == 0
    crash(again)


def test_decoding_waits_for_describing_and_can_be_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_writer, "AHEAD", 40)
    builder = SourceBuilder(tmp_path, "abc", "key", 8)
    ended = threading.Event()

    def decode() -> None:
        with pytest.raises(InterruptedIndexError):
            fill(builder, 0, 1000)
        ended.set()

    thread = threading.Thread(target=decode)
    thread.start()
    assert not ended.wait(0.2)
    assert builder.frames.count == 40
    builder.frames.abandon()
    thread.join(5)
    assert ended.is_set()
    crash(builder)


def test_photo_names_and_digests_are_kept(tmp_path: Path) -> None:
    builder = SourceBuilder(tmp_path, "abc", "key", 8)
    builder.frames.begin(6, 4, Fraction(1))
    for index, name in enumerate(["Ärger.jpg", "b\n.jpg"]):
        builder.frames.append(picture(index), index, (0, 0, 6, 4), name)
    builder.frames.finish()
    describe_all(builder)
    builder.publish(SOURCE, MADE, ["11", "22"])
    with h5py.File(tmp_path / "abc" / "features.h5") as file:
        assert [name.decode() for name in file["names"]] == ["Ärger.jpg", "b\n.jpg"]
        assert [digest.decode() for digest in file["digests"]] == ["11", "22"]
    content = json.loads((tmp_path / "abc" / "source.json").read_text(encoding="utf-8"))
    assert content["source"]["frames"] == 2
