"""Videos that are damaged, an FFmpeg that fails, runs that are stopped."""

import stat
import sys
import threading
import time
from dataclasses import replace

import psutil
import pytest

from frameatlas.embedder.decode import decoder
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg, inspect_ffmpeg
from frameatlas.errors import InterruptedIndexError, SourceError


def test_a_cut_off_video_gives_what_came_before(decode, make_video, sink):
    path = make_video("a.mkv", "testsrc2=s=320x180:r=30:d=10", "-g", "30")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    outcome = decode(path, sink)
    assert outcome.status == "damaged"
    assert outcome.reason
    assert 8 < sink.count < 22
    assert outcome.seconds_missing == pytest.approx(10 - sink.count / 3, abs=1)


def test_damage_in_the_middle_is_passed_over(decode, seconds, make_video, sink):
    path = make_video("a.ts", "testsrc2=s=320x180:r=30:d=10", "-g", "30", "-b:v", "400k")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 30_000] = bytes(30_000)
    path.write_bytes(content)
    outcome = decode(path, sink)
    assert outcome.status == "damaged"
    assert seconds(sink)[-1] - seconds(sink)[0] > 9
    assert sink.count >= 25


def test_a_video_without_one_whole_picture_fails_with_a_reason(decode, make_video, sink):
    path = make_video("a.mkv", "testsrc2=s=320x180:r=30:d=1", "-g", "30")
    content = bytearray(path.read_bytes())
    content[900:] = bytes(x % 251 for x in range(len(content) - 900))
    path.write_bytes(content)
    with pytest.raises(SourceError):
        decode(path, sink)


def fake_ffmpeg(tmp_path, monkeypatch, code):
    """Put a program in FFmpeg's place that answers questions and then does what ``code`` says."""
    real = inspect_ffmpeg(find_ffmpeg().path)
    script = tmp_path / "fake" / "ffmpeg"
    script.parent.mkdir()
    head = f"#!{sys.executable}\nimport os, subprocess, sys, time\nreal = {real.path!r}\n"
    script.write_text(head + code)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    fake = replace(real, path=str(script))
    monkeypatch.setattr(decoder, "find_ffmpeg", lambda: fake)


def test_an_ffmpeg_that_hangs_midway_is_given_up(
    decode, counting_video, tmp_path, monkeypatch, sink
):
    path = counting_video("a.mp4", 60, 30)
    code = """
real = subprocess.Popen([real, *sys.argv[1:]], stdout=subprocess.PIPE)
sys.stdout.buffer.write(real.stdout.read(300 * 300 * 3 * 4)); sys.stdout.flush()
time.sleep(100)"""
    fake_ffmpeg(tmp_path, monkeypatch, code)
    before = time.monotonic()
    outcome = decode(path, sink, stall_seconds=4)
    assert time.monotonic() - before < 60
    assert outcome.status == "damaged"
    assert "no progress" in outcome.reason
    assert sink.count == 4


def test_an_ffmpeg_that_never_begins_fails_with_the_reason(
    decode, counting_video, tmp_path, monkeypatch, sink
):
    path = counting_video("a.mp4", 60, 30)
    fake_ffmpeg(tmp_path, monkeypatch, "time.sleep(100)")
    with pytest.raises(SourceError, match="no progress"):
        decode(path, sink, stall_seconds=0.5)


def test_an_ffmpeg_that_crashes(decode, counting_video, tmp_path, monkeypatch, sink):
    path = counting_video("a.mp4", 60, 30)
    fake_ffmpeg(tmp_path, monkeypatch, "os.kill(os.getpid(), 11)")
    with pytest.raises(SourceError, match="crashed"):
        decode(path, sink)


def test_hardware_decoding_that_fails_falls_back(
    decode, counting_video, tmp_path, monkeypatch, sink
):
    path = counting_video("a.mp4", 60, 30)
    code = """
if "-hwaccel" in sys.argv:
    os.kill(os.getpid(), 11)
os.execv(real, [real, *sys.argv[1:]])"""
    fake_ffmpeg(tmp_path, monkeypatch, code)
    assert decode(path, sink, hwaccel="auto").status == "ok"
    assert sink.count == 6


def test_a_stop_is_obeyed(decode, counting_video, sink):
    path = counting_video("a.mp4", 120, 30)
    stop = threading.Event()
    sink.on_append = lambda: stop.set() if sink.count == 3 else None
    with pytest.raises(InterruptedIndexError):
        decode(path, sink, stopped=stop.is_set)
    assert sink.count == 3


def test_an_error_of_the_sink_ends_ffmpeg(decode, counting_video, sink):
    def full():
        raise OSError(28, "No space left on device")

    sink.on_append = full
    with pytest.raises(OSError, match="No space"):
        decode(counting_video("a.mp4", 120, 30), sink)
    assert "ffmpeg" not in str([thread.name for thread in threading.enumerate()])


def test_no_process_is_left(decode, counting_video, sink):
    decode(counting_video("a.mp4", 30, 30), sink)
    names = [child.name() for child in psutil.Process().children(recursive=True)]
    assert not [name for name in names if "ffmpeg" in name]
