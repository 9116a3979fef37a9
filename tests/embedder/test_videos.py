import stat
import sys
import threading
import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import psutil
import pytest

from frameatlas.embedder import videos
from frameatlas.embedder.ffmpeg import find_ffmpeg, inspect_ffmpeg
from frameatlas.embedder.frame_sink import FrameSettings
from frameatlas.embedder.probe import probe_video
from frameatlas.errors import InterruptedIndexError, SourceError


def decode(path, sink, *, fps=3.0, height=300, stopped=lambda: False, **options):
    settings = FrameSettings(fps, height)
    return videos.decode_video(path, probe_video(path), settings, sink, stopped=stopped, **options)


def seconds(sink):
    return [round(float(pts * sink.shape[2]), 3) for pts in sink.pts]


def grey(sink, index):
    """The number of the frame in a counting video that this picture shows."""
    level = float(np.median(sink.picture(index)))
    return round(level * 219 / 255 / 2)


QUADRANTS = (
    "color=red:s=160x90:d=0.2,drawbox=x=80:w=80:h=45:c=lime:t=fill,"
    "drawbox=y=45:w=80:h=45:c=blue:t=fill,drawbox=x=80:y=45:w=80:h=45:c=white:t=fill"
)
RED, LIME, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def corners(picture):
    height, width, _ = picture.shape
    return [
        tuple(int(v) for v in picture[y, x])
        for y in (height // 4, 3 * height // 4)
        for x in (width // 4, 3 * width // 4)
    ]


def assert_colours(found, expected):
    assert np.abs(np.array(found, int) - np.array(expected)).max() <= 6, found


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "webm", "mpg", "ts", "gif", "flv"])
def test_every_container(counting_video, sink, suffix):
    outcome = decode(counting_video(f"a.{suffix}", 60, 30), sink)
    assert outcome.status == "ok", outcome
    assert sink.count == 6
    assert sink.shape[:2] == (300, 300)
    assert set(sink.boxes) == {(0, 0, 300, 300)}
    assert np.allclose(np.diff(seconds(sink)), 1 / 3, atol=0.06)


@pytest.mark.parametrize(("frames", "rate"), [(1, 30), (4, 30), (31, 30), (47, 25), (100, 60)])
@pytest.mark.parametrize("fps", [1, 3, 7.5])
def test_the_number_of_frames_is_duration_times_fps(counting_video, sink, frames, rate, fps):
    outcome = decode(counting_video("a.mp4", frames, rate), sink, fps=fps, height=32)
    assert outcome.status == "ok"
    assert outcome.duration == pytest.approx(frames / rate, abs=0.001)
    assert abs(sink.count - max(1, frames / rate * fps)) <= 0.5


def test_each_frame_has_its_own_time(counting_video, sink):
    decode(counting_video("a.mp4", 60, 30), sink)
    assert [grey(sink, i) for i in range(sink.count)] == [0, 10, 20, 30, 40, 50]
    assert seconds(sink) == [0, 0.333, 0.667, 1, 1.333, 1.667]


def test_a_start_offset_is_kept(counting_video, run_ffmpeg, sink):
    plain = counting_video("p.mkv", 60, 30)
    late = run_ffmpeg("late.mkv", "-itsoffset", "5", "-i", str(plain), "-c", "copy")
    decode(late, sink)
    assert seconds(sink) == [5, 5.333, 5.667, 6, 6.333, 6.667]
    assert [grey(sink, i) for i in range(3)] == [0, 10, 20]


def test_an_edit_list_hides_the_beginning(counting_video, run_ffmpeg, sink):
    plain = counting_video("p.mp4", 60, 30, "-g", "60", "-bf", "0")
    cut = run_ffmpeg("cut.mp4", "-ss", "1", "-i", str(plain), "-c", "copy")
    decode(cut, sink)
    assert [grey(sink, i) for i in range(sink.count)] == [30, 40, 50]


def test_variable_rate_keeps_what_stands_still(make_video, sink):
    # Ten frames in a third of a second, then the last of them for nine seconds, then two more.
    times = "if(lt(N,8),N/30,9+N/30)/TB"
    drawing = f"nullsrc=s=64x64:r=30,geq=lum='16+2*N':cb=128:cr=128,setpts='{times}'"
    path = make_video("v.mkv", drawing, "-frames:v", "12", "-fps_mode", "passthrough")
    outcome = decode(path, sink)
    assert outcome.status == "ok"
    assert [grey(sink, i) for i in range(sink.count)] == [0, 7, 8]
    assert seconds(sink) == [0, 0.233, 9.267]


@pytest.mark.parametrize(
    ("degrees", "expected", "size"),
    [
        (0, [RED, LIME, BLUE, WHITE], (534, 300)),
        (90, [LIME, WHITE, RED, BLUE], (300, 534)),
        (180, [WHITE, BLUE, LIME, RED], (534, 300)),
        (270, [BLUE, RED, WHITE, LIME], (300, 534)),
    ],
)
def test_rotation_flags(make_video, run_ffmpeg, sink, degrees, expected, size):
    plain = make_video("p.mp4", QUADRANTS, "-pix_fmt", "yuv444p")
    turned = run_ffmpeg("t.mp4", "-display_rotation", str(degrees), "-i", str(plain), "-c", "copy")
    decode(turned, sink)
    assert sink.shape[:2] == size
    assert_colours(corners(sink.picture(0)), expected)


@pytest.mark.parametrize(
    "options",
    [
        ("-pix_fmt", "yuv420p"),
        ("-pix_fmt", "yuvj420p"),
        ("-pix_fmt", "yuv420p10le"),
        ("-pix_fmt", "yuv444p", "-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709"),
        ("-c:v", "libx264rgb", "-pix_fmt", "rgb24"),
        ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p"),
        ("-c:v", "ffv1", "-pix_fmt", "gbrp12le"),
    ],
)
def test_colours_are_right_in_every_pixel_format(make_video, sink, options):
    decode(make_video("a.mkv", QUADRANTS, *options), sink)
    assert_colours(corners(sink.picture(0)), [RED, LIME, BLUE, WHITE])


def test_unspecified_colours_of_high_definition_are_bt709(make_video, sink):
    drawing = "color=red:s=1280x720:d=0.1,format=gbrp,scale=out_color_matrix=bt709,format=yuv444p"
    path = make_video("a.avi", drawing, "-c:v", "ffv1")
    assert probe_video(path).colour_space == 2
    decode(path, sink)
    assert_colours(corners(sink.picture(0)), [RED] * 4)


def test_sample_aspect(make_video, sink):
    decode(make_video("a.mp4", "testsrc2=s=120x90:d=0.2,setsar=4/3"), sink)
    assert sink.shape[:2] == (534, 300)


@pytest.mark.parametrize("size", ["1x1", "2x2", "17x31", "101x99", "640x2", "3x500"])
def test_odd_sizes(make_video, sink, size):
    path = make_video("a.mkv", f"color=red:s={size}:d=0.2", "-c:v", "ffv1", "-pix_fmt", "gbrp")
    decode(path, sink)
    width, height, _ = sink.shape
    assert min(width, height) == 300 or max(width, height) == 4096
    assert_colours(corners(sink.picture(0)), [RED] * 4)


def test_a_size_that_changes_midway_is_fitted_and_boxed(make_video, run_ffmpeg, tmp_path, sink):
    wide = make_video("wide.ts", "color=red:s=320x180:r=30:d=1")
    tall = make_video("tall.ts", "color=lime:s=90x180:r=30:d=1", "-output_ts_offset", "1")
    both = tmp_path / "both.ts"
    both.write_bytes(wide.read_bytes() + tall.read_bytes())
    outcome = decode(both, sink)
    assert sink.shape[:2] == (534, 300)
    assert sink.count == 6, outcome
    assert sink.boxes[:3] == [(0, 0, 534, 300)] * 3
    assert sink.boxes[-1] == (192, 0, 150, 300)
    assert_colours([sink.picture(5)[150, 267], sink.picture(5)[150, 10]], [LIME, (0, 0, 0)])


def test_interlaced_video_is_deinterlaced(make_video, sink):
    # A bar that moves fast: between the fields it combs, line by line.
    drawing = "color=black:s=320x240:r=60:d=1[b];color=white:s=40x240:r=60:d=1[w];"
    drawing += "[b][w]overlay=x='mod(n*20,280)',tinterlace=4,fieldorder=tff,format=yuv420p"
    options = ("-flags", "+ildct+ilme", "-x264opts", "tff=1")
    path = make_video("i.mp4", drawing, *options)
    assert probe_video(path).interlaced
    decode(path, sink, height=240)
    picture = sink.picture(1).astype(int)
    combs = np.abs(picture[1:-1] - (picture[:-2] + picture[2:]) / 2).mean()
    assert combs < 2


def test_high_dynamic_range_is_tone_mapped(make_video, sink):
    # Diffuse white, 203 cd/m², is 58 % of PQ's range: displayed raw, a middle grey.
    drawing = "color=0x949494:s=160x90:d=0.1,format=yuv420p10le"
    params = "log-level=none:transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc"
    path = make_video("h.mp4", drawing, "-c:v", "libx265", "-x265-params", params)
    decode(path, sink)
    assert 190 < sink.picture(0).mean() < 245


def test_tone_mapping_without_zscale(make_video, monkeypatch, sink):
    real = find_ffmpeg()
    monkeypatch.setattr(
        videos, "find_ffmpeg", lambda: replace(real, filters=real.filters - {"zscale"})
    )
    test_high_dynamic_range_is_tone_mapped(make_video, sink)


def test_two_frames_at_once_never_share_memory(counting_video, new_sink):
    path = counting_video("a.mp4", 60, 30)
    first, second = new_sink(), new_sink()
    decode(path, first)
    decode(path, second)
    assert first.same_as(second)


def test_a_name_like_an_option_and_other_names(counting_video, tmp_path, monkeypatch, new_sink):
    content = counting_video("a.mp4", 30, 30).read_bytes()
    monkeypatch.chdir(tmp_path)
    for name in ("-x.mp4", "a b'c.mp4", "100%d.mp4", "x:y.mp4", "été\n.mp4", "pipe:1", "[v].txt"):
        path = tmp_path / name
        path.write_bytes(content)
        sink = new_sink()
        assert decode(path.relative_to(tmp_path), sink).status == "ok"
        assert sink.count == 3


def test_a_cut_off_video_gives_what_came_before(make_video, sink):
    path = make_video("a.mkv", "testsrc2=s=320x180:r=30:d=10", "-g", "30")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    outcome = decode(path, sink)
    assert outcome.status == "damaged"
    assert outcome.reason
    assert 8 < sink.count < 22
    assert outcome.seconds_missing == pytest.approx(10 - sink.count / 3, abs=1)


def test_damage_in_the_middle_is_passed_over(make_video, sink):
    path = make_video("a.ts", "testsrc2=s=320x180:r=30:d=10", "-g", "30", "-b:v", "400k")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 30_000] = bytes(30_000)
    path.write_bytes(content)
    outcome = decode(path, sink)
    assert outcome.status == "damaged"
    assert seconds(sink)[-1] - seconds(sink)[0] > 9
    assert sink.count >= 25


def test_a_video_without_one_whole_picture_fails_with_a_reason(make_video, sink):
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
    monkeypatch.setattr(videos, "find_ffmpeg", lambda: fake)


def test_an_ffmpeg_that_hangs_midway_is_given_up(counting_video, tmp_path, monkeypatch, sink):
    path = counting_video("a.mp4", 60, 30)
    code = """
real = subprocess.Popen([real, *sys.argv[1:]], stdout=subprocess.PIPE)
sys.stdout.buffer.write(real.stdout.read(300 * 300 * 3 * 4)); sys.stdout.flush()
time.sleep(100)"""
    fake_ffmpeg(tmp_path, monkeypatch, code)
    before = time.monotonic()
    outcome = decode(path, sink, stall_seconds=0.7)
    assert time.monotonic() - before < 5
    assert outcome.status == "damaged"
    assert "no progress" in outcome.reason
    assert sink.count == 4


def test_an_ffmpeg_that_never_begins_fails_with_the_reason(
    counting_video, tmp_path, monkeypatch, sink
):
    path = counting_video("a.mp4", 60, 30)
    fake_ffmpeg(tmp_path, monkeypatch, "time.sleep(100)")
    with pytest.raises(SourceError, match="no progress"):
        decode(path, sink, stall_seconds=0.5)


def test_an_ffmpeg_that_crashes(counting_video, tmp_path, monkeypatch, sink):
    path = counting_video("a.mp4", 60, 30)
    fake_ffmpeg(tmp_path, monkeypatch, "os.kill(os.getpid(), 11)")
    with pytest.raises(SourceError, match="crashed"):
        decode(path, sink)


def test_hardware_decoding_that_fails_falls_back(counting_video, tmp_path, monkeypatch, sink):
    path = counting_video("a.mp4", 60, 30)
    code = """
if "-hwaccel" in sys.argv:
    os.kill(os.getpid(), 11)
os.execv(real, [real, *sys.argv[1:]])"""
    fake_ffmpeg(tmp_path, monkeypatch, code)
    assert decode(path, sink, hwaccel="auto").status == "ok"
    assert sink.count == 6


def test_a_stop_is_obeyed(counting_video, sink):
    path = counting_video("a.mp4", 120, 30)
    stop = threading.Event()
    sink.on_append = lambda: stop.set() if sink.count == 3 else None
    with pytest.raises(InterruptedIndexError):
        decode(path, sink, stopped=stop.is_set)
    assert sink.count == 3


def test_an_error_of_the_sink_ends_ffmpeg(counting_video, sink):
    def full():
        raise OSError(28, "No space left on device")

    sink.on_append = full
    with pytest.raises(OSError, match="No space"):
        decode(counting_video("a.mp4", 120, 30), sink)
    assert "ffmpeg" not in str([thread.name for thread in threading.enumerate()])


def test_no_process_is_left(counting_video, sink):
    decode(counting_video("a.mp4", 30, 30), sink)
    names = [child.name() for child in psutil.Process().children(recursive=True)]
    assert not [name for name in names if "ffmpeg" in name]


def test_times_are_in_the_probes_time_base(counting_video, sink):
    path = counting_video("a.mkv", 30, 30)
    decode(path, sink)
    assert sink.shape[2] == probe_video(path).time_base == Fraction(1, 1000)
