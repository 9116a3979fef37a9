"""Key frames only: the same pictures at the same times as all frames give, and no long gap."""

import numpy as np
import pytest

from frameatlas.embedder.decode.key_gaps import GAP_SECONDS, Gap
from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.bounded_look import scan_within_limits
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import probe_video
from frameatlas.errors import InterruptedIndexError

DRAWING = "testsrc2=s=64x48:r=10:d={}"
ONE = ("-g", "9999", "-keyint_min", "9999", "-x264-params", "scenecut=0")
SPARSE = ("-force_key_frames", "0,1,1.1,22.5,23", "-g", "9999", "-x264-params", "scenecut=0")
EVERY = {
    "h264.mp4": ("-c:v", "libx264", "-g", "20", "-bf", "3"),
    "h264-open.mkv": ("-c:v", "libx264", "-x264-params", "open-gop=1:keyint=20:scenecut=0"),
    "hevc.mp4": ("-c:v", "libx265", "-x265-params", "log-level=0:keyint=20:scenecut=0"),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-g", "20", "-deadline", "realtime", "-cpu-used", "8"),
    "vp8.webm": ("-c:v", "libvpx", "-g", "20", "-deadline", "realtime", "-cpu-used", "8"),
    "mpeg2.ts": ("-c:v", "mpeg2video", "-r", "25", "-g", "20", "-bf", "2"),
    "mpeg4.avi": ("-c:v", "mpeg4", "-g", "20"),
    "turned.mp4": ("-c:v", "libx264", "-g", "20"),
}


def decode(path, sink, sample="key", fps=3, stopped=lambda: False):
    settings = FrameSettings(fps, 48)
    return decode_video(path, probe_video(path), settings, sink, stopped=stopped, sample=sample)


def seconds_of(path, sink):
    return np.array(sink.pts) * float(probe_video(path).time_base)


def assert_exact(path, sampled, whole):
    """Each sampled frame is, pixel for pixel, what a full decode shows at that time."""
    pictures = dict(zip(whole.pts, whole.frames, strict=True))
    assert [pictures[pts] for pts in sampled.pts] == sampled.frames


@pytest.mark.parametrize("name", EVERY)
def test_they_are_those_of_a_full_decode(make_video, run_ffmpeg, new_sink, name):
    path = make_video(name, DRAWING.format(8), *EVERY[name])
    if name.startswith("turned"):
        path = run_ffmpeg("t.mp4", "-display_rotation", "90", "-i", str(path), "-c", "copy")
    sampled, whole = new_sink(), new_sink()
    outcome = decode(path, sampled)
    assert (outcome.status, outcome.sample, outcome.reason) == ("ok", "key", "")
    decode(path, whole, "all", fps=25)
    assert_exact(path, sampled, whole)
    probe = probe_video(path)
    keys = scan_within_limits(path, probe, stopped=lambda: False).keys
    assert 2 <= len(keys) < whole.count / 4
    assert seconds_of(path, sampled) == pytest.approx(keys, abs=1e-4)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv"])
@pytest.mark.parametrize("options", [ONE, SPARSE], ids=["one", "sparse"])
def test_long_gaps_are_decoded(make_video, new_sink, name, options):
    path = make_video(name, DRAWING.format(48), "-c:v", "libx264", "-bf", "2", *options)
    sampled, whole = new_sink(), new_sink()
    assert decode(path, sampled).sample == "key"
    decode(path, whole, "all", fps=10)
    assert_exact(path, sampled, whole)
    times = seconds_of(path, sampled)
    assert np.diff([*times, times[0] + 48]).max() <= GAP_SECONDS + 1e-3
    assert np.diff(times).min() >= 1 / 3
    assert sampled.count == {True: 5, False: 8}[options is ONE]


def test_at_most_one_of_an_interval_is_kept(make_video, sink):
    path = make_video("a.mp4", DRAWING.format(6), "-c:v", "libx264", "-g", "2")
    decode(path, sink, fps=1)
    assert seconds_of(path, sink) == pytest.approx([0, 1, 2, 3, 4, 5], abs=1e-4)


def test_every_frame_of_some_codecs_is_a_key_frame(make_video, new_sink):
    path = make_video("a.mov", DRAWING.format(3), "-c:v", "prores")
    sampled, whole = new_sink(), new_sink()
    assert decode(path, sampled).sample == "all"
    decode(path, whole, "all")
    assert sampled.same_as(whole)


def test_avi_with_reordered_frames_is_decoded_whole(make_video, new_sink):
    path = make_video("a.avi", DRAWING.format(6), "-c:v", "mpeg4", "-g", "20", "-bf", "2")
    sampled, whole = new_sink(), new_sink()
    assert decode(path, sampled).sample == "all"
    decode(path, whole, "all")
    assert sampled.same_as(whole)


def test_an_edit_list_that_hides_the_key_frame(make_video, run_ffmpeg, new_sink):
    plain = make_video("p.mp4", DRAWING.format(16), "-c:v", "libx264", "-bf", "0", *ONE)
    path = run_ffmpeg("cut.mp4", "-ss", "3", "-i", str(plain), "-c", "copy")
    sampled, whole = new_sink(), new_sink()
    assert decode(path, sampled).status == "ok"
    decode(path, whole, "all", fps=10)
    assert sampled.pts[0] == whole.pts[0]
    assert_exact(path, sampled, whole)


def test_what_stands_still_for_long_is_kept(make_video, sink):
    times = "if(lt(N,30),N/10,if(lt(N,32),40+N/10,80+N/10))/TB"
    drawing = f"testsrc2=s=64x48:r=10,setpts='{times}'"
    options = ("-frames:v", "34", "-fps_mode", "passthrough", "-c:v", "libx264", *ONE)
    path = make_video("v.mkv", drawing, *options)
    outcome = decode(path, sink)
    assert (outcome.status, outcome.seconds_missing) == ("ok", 0)
    shown = seconds_of(path, sink)
    assert {2.8, 43.1} <= {round(float(at), 1) for at in shown}


def test_interlaced_key_frames_have_both_fields(make_video, new_sink):
    options = ("-c:v", "mpeg2video", "-r", "25", "-flags", "+ildct+ilme", "-g", "25")
    path = make_video("i.ts", DRAWING.format(6).replace("r=10", "r=25"), *options)
    sampled, whole = new_sink(), new_sink()
    assert decode(path, sampled).sample == "key"
    decode(path, whole, "all", fps=25)
    assert_exact(path, sampled, whole)


def test_recordings_that_were_joined_are_decoded_whole(make_video, new_sink, tmp_path):
    plain = make_video("p.ts", DRAWING.format(6), "-c:v", "libx264", "-g", "20")
    path = tmp_path / "joined.ts"
    path.write_bytes(plain.read_bytes() * 2)
    sampled, whole = new_sink(), new_sink()
    outcome = decode(path, sampled)
    assert outcome.sample == "all"
    assert outcome == decode(path, whole, "all")
    assert sampled.same_as(whole)


def test_a_file_cut_off_says_so(make_video, new_sink, tmp_path):
    plain = make_video("p.mkv", DRAWING.format(30), "-c:v", "libx264", "-g", "20")
    path = tmp_path / "cut.mkv"
    path.write_bytes(plain.read_bytes()[: plain.stat().st_size // 2])
    sink = new_sink()
    outcome = decode(path, sink)
    assert (outcome.status, outcome.sample) == ("damaged", "key")
    assert 5 <= sink.count <= 10
    assert outcome.seconds_missing == pytest.approx(15, abs=4)


@pytest.mark.parametrize("name", ["a.mp4", "a.ts", "vp9.webm"])
def test_an_interrupted_run_ends_as_an_undisturbed_one(make_video, new_sink, name):
    codec = EVERY["vp9.webm"] if name.startswith("vp9") else ("-c:v", "libx264", *SPARSE)
    path = make_video(name, DRAWING.format(36), *codec)
    whole = new_sink()
    expected = decode(path, whole)
    for count in range(1, whole.count + 1):
        resumed = whole.cut(count)
        assert decode(path, resumed) == expected
        assert resumed.same_as(whole), count


def test_stopping_is_heard_within_a_gap(make_video, new_sink):
    path = make_video("a.mp4", DRAWING.format(48), "-c:v", "libx264", *ONE)
    sink = new_sink()
    with pytest.raises(InterruptedIndexError):
        decode(path, sink, stopped=lambda: sink.count >= 2)
    assert sink.count == 2


def test_a_decoder_that_gives_too_few_is_not_trusted(make_video, new_sink, monkeypatch):
    """As one of open GOPs does whose packets do not say so."""
    options = ("-c:v", "libx264", "-x264-params", "open-gop=1:keyint=20:scenecut=0")
    path = make_video("a.mkv", DRAWING.format(12), *options)
    careful, sink = new_sink(), new_sink()
    decode(path, careful)
    monkeypatch.setattr(
        "frameatlas.embedder.decode.key_frames._skipped", lambda plan, times: "nokey"
    )
    decode(path, sink)
    assert sink.count == careful.count == 6
    assert sink.frames == careful.frames


def test_where_the_frames_of_a_gap_lie():
    gap = Gap.between(0.0, 24.0)
    assert (gap.count, gap.anchor, gap.earliest) == (2, 4.0, 4.0)
    assert Gap.between(0.0, 20.5).earliest == 1.0
    assert Gap.between(5.0, 25.0) == Gap(5.0, 25.0, 15.0, 1)
    assert Gap.at_start(1.0, 26.0) == Gap(None, 26.0, -4.0, 3)
