"""From a video to its shots: in the same pass as its frames, after an interruption, and alone."""

import signal
import subprocess
from fractions import Fraction

import ffmpeg
import numpy as np
import pytest

from frameatlas.embedder.decode.ffmpeg.log import (
    FFmpegReport,
    damage_of_status,
    refuse_full_disk,
)
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.find_shots import sketch_video
from frameatlas.embedder.media.probe import probe_video
from frameatlas.embedder.shots.find_shots import find_shots, keep_shots
from frameatlas.embedder.shots.sketches import SKETCHES, Sketches, SketchFiles, sketch_output
from frameatlas.errors import InterruptedIndexError, SpaceError
from frameatlas.store.shot_table import read_shots

THREE = (
    "testsrc2=s=160x90:r=25:d=2[a];mandelbrot=s=160x90:r=25:end_pts=400,trim=duration=2[b];"
    "smptehdbars=s=160x90:r=25:d=2[c];[a][b][c]concat=n=3,setsar=1"
)


@pytest.fixture
def three(make_video):
    return make_video("three.mp4", THREE, "-pix_fmt", "yuv420p", "-bf", "0")


def test_frames_are_the_same_with_sketches_and_shots_come_beside(three, decode, new_sink, tmp_path):
    plain, sketched = new_sink(), new_sink()
    files = SketchFiles(tmp_path, probe_video(three).time_base)
    decode(three, plain)
    decode(three, sketched, sketches=files)
    assert plain.same_as(sketched)
    shots = find_shots(files.parts(), files.time_base, every_frame=files.every_frame)
    assert shots is not None
    assert (shots.first * float(shots.time_base)).tolist() == pytest.approx([0, 2, 4], abs=0.041)
    assert shots.kind.tolist() == [0, 1, 1]


def test_a_continued_run_gives_the_same_shots(three, decode, new_sink, tmp_path):
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    base = probe_video(three).time_base
    whole, cut = (SketchFiles(tmp_path / name, base) for name in ("whole", "cut"))
    every, sink = new_sink(), new_sink()
    decode(three, every, sketches=whole)
    with pytest.raises(InterruptedIndexError):
        decode(three, sink, sketches=cut, stopped=lambda: sink.count >= 13)
    decode(three, sink, sketches=cut)
    assert len(cut.paths) == 2
    assert every.same_as(sink)
    one, other = (find_shots(files.parts(), base) for files in (whole, cut))
    assert one is not None
    assert other is not None
    assert one.digest == other.digest


def test_where_an_earlier_run_left_no_sketches_all_is_decoded_again(
    three, decode, new_sink, tmp_path
):
    every, sink = new_sink(), new_sink()
    decode(three, every)
    with pytest.raises(InterruptedIndexError):
        decode(three, sink, stopped=lambda: sink.count >= 13)
    files = SketchFiles(tmp_path, probe_video(three).time_base)
    decode(three, sink, sketches=files)
    assert every.same_as(sink)
    shots = find_shots(files.parts(), files.time_base)
    assert shots is not None
    assert (shots.first * float(shots.time_base)).tolist() == pytest.approx([0, 2, 4], abs=0.041)


def test_runs_that_do_not_join_tell_of_no_shots(three, tmp_path):
    files = SketchFiles(tmp_path, probe_video(three).time_base)
    early, late = files.begin("default"), tmp_path / "sketches-1.nut"
    for path, select in ((early, "lt(n,40)"), (late, "gt(n,60)")):
        write_sketches(three, files.time_base, select, path)
    assert keep_shots(files) is None
    assert not (tmp_path / "shots.h5").exists()
    write_sketches(three, files.time_base, "gt(n,20)", late)
    assert keep_shots(files) is not None


def write_sketches(video, time_base, select, path):
    """Sketches of some frames of a video, as a run of FFmpeg leaves them."""
    frames = ffmpeg.input(str(video))["v:0"].filter("select", select)
    output = sketch_output(frames, time_base, "fps_mode")
    command = ffmpeg.compile(output, cmd=find_ffmpeg().path, overwrite_output=True)
    words = [str(path) if word == SKETCHES else word for word in command]
    subprocess.run([*words[:1], "-copyts", *words[1:]], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "[out#1/nut @ 0x1] [error] Error writing trailer: No space left on device",
            "none is left",
        ),
        ("[out#1/nut @ 0x1] [error] Error muxing a packet: File too large", "as large as"),
    ],
)
def test_a_disk_that_takes_no_sketches_is_no_damage_of_the_video(tmp_path, line, told):
    report = FFmpegReport(Fraction(1, 25))
    report.add(line)
    with pytest.raises(SpaceError, match=told):
        refuse_full_disk(report.damage, tmp_path)


def test_shots_alone_are_exact_and_leave_nothing_behind(three, tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    shots = sketch_video(three, place, lambda: False)
    assert shots is not None
    assert [round(t * 25 * float(shots.time_base)) for t in shots.first.tolist()] == [0, 50, 100]
    assert [round(t * 25 * float(shots.time_base)) for t in shots.last.tolist()] == [49, 99, 149]
    assert [path.name for path in place.iterdir()] == ["shots.h5"]
    stored = read_shots(place)
    assert stored is not None
    assert stored.digest == shots.digest
    assert stored.every_frame


def test_parts_of_any_size_give_the_same_shots():
    random = np.random.default_rng(0)
    looks = random.integers(30, 220, (40, 36, 64))
    looks = np.repeat(np.repeat(looks[:, ::9, ::8], 9, 1), 8, 2)
    lengths = random.integers(20, 90, 40)
    luma = np.repeat(looks, lengths, 0).astype(np.uint8)
    n = len(luma)
    whole = Sketches(luma, np.full((n, 2, 18, 32), 128, np.uint8), np.arange(n, dtype=np.int64))
    parts = [whole[k : k + 700] for k in range(0, n, 700)]
    one = find_shots([whole], Fraction(1, 25))
    other = find_shots(parts, Fraction(1, 25))
    assert one is not None
    assert other is not None
    assert one.first.tolist() == [0, *lengths.cumsum().tolist()[:-1]]
    assert one.digest == other.digest


def test_a_file_that_is_cut_off_ends_where_it_does(three, decode, new_sink, tmp_path):
    files = SketchFiles(tmp_path, probe_video(three).time_base)
    decode(three, new_sink(), sketches=files)
    (path,) = files.paths
    every = sum(len(part) for part in files.parts())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 0 < sum(len(part) for part in files.parts()) < every


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="this system limits no file")
def test_an_ffmpeg_whose_file_may_not_grow_says_nothing_of_the_video(tmp_path):
    with pytest.raises(SpaceError, match="as large as"):
        refuse_full_disk(damage_of_status(-signal.SIGXFSZ), tmp_path)
    assert "crashed" in damage_of_status(-signal.SIGSEGV)
