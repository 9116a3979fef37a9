"""Which frames of a video are kept, and at which times."""

from fractions import Fraction

import numpy as np
import pytest

from frameatlas.embedder.media.probe import probe_video


def grey(sink, index):
    """The number of the frame in a counting video that this picture shows."""
    level = float(np.median(sink.picture(index)))
    return round(level * 219 / 255 / 2)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "webm", "mpg", "ts", "gif", "flv"])
def test_every_container(decode, seconds, counting_video, sink, suffix):
    outcome = decode(counting_video(f"a.{suffix}", 60, 30), sink)
    assert outcome.status == "ok", outcome
    assert sink.count == 6
    assert sink.shape[:2] == (300, 300)
    assert set(sink.boxes) == {(0, 0, 300, 300)}
    assert np.allclose(np.diff(seconds(sink)), 1 / 3, atol=0.06)


@pytest.mark.parametrize(("frames", "rate"), [(1, 30), (4, 30), (31, 30), (47, 25), (100, 60)])
@pytest.mark.parametrize("fps", [1, 3, 7.5])
def test_the_number_of_frames_is_duration_times_fps(
    decode, counting_video, sink, frames, rate, fps
):
    outcome = decode(counting_video("a.mp4", frames, rate), sink, fps=fps, height=32)
    assert outcome.status == "ok"
    assert outcome.duration == pytest.approx(frames / rate, abs=0.001)
    assert abs(sink.count - max(1, frames / rate * fps)) <= 0.5


def test_each_frame_has_its_own_time(decode, seconds, counting_video, sink):
    decode(counting_video("a.mp4", 60, 30), sink)
    assert [grey(sink, i) for i in range(sink.count)] == [0, 10, 20, 30, 40, 50]
    assert seconds(sink) == [0, 0.333, 0.667, 1, 1.333, 1.667]


def test_a_start_offset_is_kept(decode, seconds, counting_video, run_ffmpeg, sink):
    plain = counting_video("p.mkv", 60, 30)
    late = run_ffmpeg("late.mkv", "-itsoffset", "5", "-i", str(plain), "-c", "copy")
    decode(late, sink)
    assert seconds(sink) == [5, 5.333, 5.667, 6, 6.333, 6.667]
    assert [grey(sink, i) for i in range(3)] == [0, 10, 20]


def test_an_edit_list_hides_the_beginning(decode, counting_video, run_ffmpeg, sink):
    plain = counting_video("p.mp4", 60, 30, "-g", "60", "-bf", "0")
    cut = run_ffmpeg("cut.mp4", "-ss", "1", "-i", str(plain), "-c", "copy")
    decode(cut, sink)
    assert [grey(sink, i) for i in range(sink.count)] == [30, 40, 50]


def test_variable_rate_keeps_what_stands_still(decode, seconds, make_video, sink):
    # Ten frames in a third of a second, then the last of them for nine seconds, then two more.
    times = "if(lt(N,8),N/30,9+N/30)/TB"
    drawing = f"nullsrc=s=64x64:r=30,geq=lum='16+2*N':cb=128:cr=128,setpts='{times}'"
    path = make_video("v.mkv", drawing, "-frames:v", "12", "-fps_mode", "passthrough")
    outcome = decode(path, sink)
    assert outcome.status == "ok"
    assert [grey(sink, i) for i in range(sink.count)] == [0, 7, 8]
    assert seconds(sink) == [0, 0.233, 9.267]


def test_two_frames_at_once_never_share_memory(decode, counting_video, new_sink):
    path = counting_video("a.mp4", 60, 30)
    first, second = new_sink(), new_sink()
    decode(path, first)
    decode(path, second)
    assert first.same_as(second)


def test_a_name_like_an_option_and_other_names(
    decode, counting_video, tmp_path, monkeypatch, new_sink
):
    content = counting_video("a.mp4", 30, 30).read_bytes()
    monkeypatch.chdir(tmp_path)
    for name in ("-x.mp4", "a b'c.mp4", "100%d.mp4", "x:y.mp4", "été\n.mp4", "pipe:1", "[v].txt"):
        path = tmp_path / name
        path.write_bytes(content)
        sink = new_sink()
        assert decode(path.relative_to(tmp_path), sink).status == "ok"
        assert sink.count == 3


def test_times_are_in_the_probes_time_base(decode, counting_video, sink):
    path = counting_video("a.mkv", 30, 30)
    decode(path, sink)
    assert sink.shape[2] == probe_video(path).time_base == Fraction(1, 1000)
