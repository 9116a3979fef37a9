import threading

import numpy as np
import pytest

from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import probe_video
from frameatlas.errors import InterruptedIndexError

CODECS = {
    "h264.mp4": ("-c:v", "libx264", "-g", "60", "-bf", "3"),
    "h264-open.mkv": ("-c:v", "libx264", "-g", "30", "-x264opts", "open-gop=1:bframes=4"),
    "mpeg4.avi": ("-c:v", "mpeg4", "-g", "50", "-bf", "2"),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-g", "45", "-deadline", "realtime", "-cpu-used", "8"),
    "mpeg2.ts": ("-c:v", "mpeg2video", "-g", "15", "-bf", "2"),
    "mpeg1.mpg": ("-c:v", "mpeg1video", "-g", "15"),
    "one-key-frame.mp4": ("-c:v", "libx264", "-g", "9999", "-keyint_min", "9999"),
}
DRAWING = "testsrc2=s=160x90:r=30:d=12"


def decode(path, sink, stopped=lambda: False):
    return decode_video(path, probe_video(path), FrameSettings(3, 60), sink, stopped=stopped)


@pytest.mark.parametrize("name", CODECS)
def test_an_interrupted_run_ends_as_an_undisturbed_one(make_video, new_sink, name):
    path = make_video(name, DRAWING, *CODECS[name])
    whole = new_sink()
    expected = decode(path, whole)
    assert expected.status == "ok"
    assert whole.count == 36
    for count in (1, 2, 3, 17, 35, 36):
        resumed = whole.cut(count)
        assert decode(path, resumed) == expected
        assert resumed.same_as(whole), (name, count)


@pytest.mark.parametrize("count", [5, 20, 34])
def test_continuing_repeats_nothing_and_seeks(make_video, new_sink, count):
    path = make_video("a.mp4", DRAWING, *CODECS["h264.mp4"])
    whole = new_sink()
    decode(path, whole)
    resumed = whole.cut(count)
    decode(path, resumed)
    assert resumed.restarts == 0
    assert resumed.appended == 36 - count


def test_stopped_again_and_again(make_video, new_sink):
    path = make_video("a.mkv", DRAWING, *CODECS["h264-open.mkv"])
    whole, sink = new_sink(), new_sink()
    decode(path, whole)
    for _ in range(10):
        stop = threading.Event()
        goal = sink.count + 4
        sink.on_append = lambda stop=stop, goal=goal: stop.set() if sink.count == goal else None
        try:
            decode(path, sink, stop.is_set)
            break
        except InterruptedIndexError:
            assert sink.count == goal
    assert sink.same_as(whole)


def test_other_pixels_mean_a_new_beginning(make_video, new_sink):
    path = make_video("a.mp4", DRAWING, *CODECS["h264.mp4"])
    whole = new_sink()
    decode(path, whole)
    altered = whole.cut(20)
    picture = np.array(altered.picture(18))
    picture[0, 0, 0] ^= 1
    altered.frames[18] = picture.tobytes()
    decode(path, altered)
    assert altered.restarts == 1
    assert altered.same_as(whole)


def test_another_frame_rate_means_a_new_beginning(make_video, new_sink):
    path = make_video("a.mp4", DRAWING, *CODECS["h264.mp4"])
    sink, expected = new_sink(), new_sink()
    settings = FrameSettings(2, 60)
    probe = probe_video(path)
    decode_video(path, probe, settings, expected, stopped=lambda: False)
    decode(path, sink)
    resumed = sink.cut(10)
    decode_video(path, probe, settings, resumed, stopped=lambda: False)
    assert resumed.restarts == 1
    assert resumed.same_as(expected)


def test_a_damaged_video_is_continued_too(make_video, new_sink):
    path = make_video("a.mkv", DRAWING, *CODECS["h264.mp4"])
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    whole = new_sink()
    expected = decode(path, whole)
    assert expected.status == "damaged"
    for count in (2, 10, whole.count):
        resumed = whole.cut(count)
        assert decode(path, resumed) == expected
        assert resumed.same_as(whole)
