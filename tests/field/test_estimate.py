"""What is expected of a run: never more than there can be, and by name where it is much."""

import shutil
import struct

import pytest

from frameatlas.embedder.build.disk_estimate import check_space, estimate
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.tasks import VideoTask
from frameatlas.errors import SpaceError
from frameatlas.store.manifest import Source


def tasks_of(*paths):
    return [
        VideoTask(Source(f"id{n}", str(path), "video", "ok", "", "d"))
        for n, path in enumerate(paths)
    ]


def frames_of(*paths):
    return estimate(tasks_of(*paths), FrameSettings()).total.frames


@pytest.mark.parametrize(
    ("name", "least", "most"), [("03-clock-forward.ts", 15, 21), ("03-one-sample-30h.mp4", 8, 12)]
)
def test_clocks_and_samples_of_the_field(field, name, least, most):
    assert least <= frames_of(field / name) <= most


def test_a_day_at_a_tenth_of_a_frame(ffmpeg):
    path = ffmpeg(
        "slow.mp4",
        *("-f", "lavfi", "-i", "color=s=16x16:r=1:d=40"),
        *("-vf", "setpts=PTS*2000", "-fps_mode", "passthrough", "-c:v", "mpeg4"),
    )
    assert 30 <= frames_of(path) <= 45


def test_a_duration_that_no_file_of_this_size_can_have(ffmpeg):
    path = ffmpeg("a.mkv", "-f", "lavfi", "-i", "testsrc2=s=32x32:r=10:d=1", "-c:v", "mpeg4")
    data = bytearray(path.read_bytes())
    place = data.find(b"\x44\x89\x88")  # Matroska's Duration, eight bytes of floating point
    data[place + 3 : place + 11] = struct.pack(">d", 9e11)
    path.write_bytes(data)
    assert frames_of(path) <= 12


def test_what_is_no_video_counts_on_both_sides(ffmpeg, tmp_path):
    clip = ffmpeg("a.mp4", "-f", "lavfi", "-i", "testsrc2=s=32x32:r=10:d=2", "-c:v", "mpeg4")
    with (tmp_path / "image.iso").open("wb") as file:
        file.truncate(200 << 20)
    assert 5 <= frames_of(clip, tmp_path / "image.iso") <= 8


def test_what_needs_most_is_named(field, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    expected = estimate(tasks_of(field / "03-clock-forward.ts"), FrameSettings())
    with pytest.raises(SpaceError, match=r"most of it for 03-clock-forward\.ts"):
        check_space(expected.total, tmp_path, force=False)


def test_the_total_follows_what_sources_really_gave(ffmpeg):
    clip = ffmpeg("a.mp4", "-f", "lavfi", "-i", "testsrc2=s=32x32:r=10:d=4", "-c:v", "mpeg4")
    expected = estimate(tasks_of(clip, clip), FrameSettings())
    assert round(expected.total.frames) == 24
    assert expected.finished("id0", 2) == 14
    assert expected.finished("id1", 12) == 14
