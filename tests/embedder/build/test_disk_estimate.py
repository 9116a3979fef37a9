"""The disk is looked at before a run begins."""

import shutil
from pathlib import Path

import pytest

from frameatlas import SpaceError
from frameatlas.embedder.build.disk_estimate import Estimate, check_space, estimate
from frameatlas.embedder.decode.photos import PhotoFolder
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.tasks import PhotosTask, VideoTask
from frameatlas.store.manifest import Source

SOURCE = Source("a", "/nowhere/a.mp4", "video", "ok", "", "d")


def photos(count: int) -> PhotosTask:
    files = tuple(Path(f"/album/{n}.jpg") for n in range(count))
    return PhotosTask(SOURCE, PhotoFolder(Path("/album"), files), ("d",) * count)


def test_photos_count_by_their_number() -> None:
    one, ten = (estimate([photos(n)], FrameSettings()).total for n in (1, 10))
    assert ten.frames == 10 * one.frames == 10
    assert ten.bytes == 10 * one.bytes
    assert 400_000 < one.bytes < 450_000  # 450 × 300 pixels and what stands beside them


def test_a_lower_height_needs_less() -> None:
    high, low = (estimate([photos(5)], FrameSettings(height=h)).total.bytes for h in (600, 150))
    assert high > 10 * low


def test_what_cannot_be_probed_counts_nothing() -> None:
    assert estimate([VideoTask(SOURCE)], FrameSettings()).total.bytes == 0


def test_a_full_disk_is_refused_unless_forced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=5 * 10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    place = tmp_path / "not" / "yet" / "there"
    assert "4.9 GB" in check_space(Estimate(1, 4.9e9), place, force=False)
    with pytest.raises(SpaceError, match=r"about 6\.0 GB.*5\.0 GB.*--force"):
        check_space(Estimate(1, 6e9), place, force=False)
    assert "6.0 GB" in check_space(Estimate(1, 6e9), place, force=True)
