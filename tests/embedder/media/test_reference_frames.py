import pytest

from frameatlas.embedder.decode import decoder
from frameatlas.embedder.decode import video as videos
from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.packet_times import packet_times
from frameatlas.embedder.media.probe import probe_video
from frameatlas.embedder.media.reference_frames import reference_test

CODECS = {
    "a.mp4": ("-c:v", "libx264", "-bf", "3", "-g", "60"),
    "b.ts": ("-c:v", "libx264", "-bf", "3", "-g", "60"),
    "c.mkv": ("-c:v", "libx265", "-bf", "3", "-g", "60", "-x265-params", "log-level=none"),
}
DRAWING = "testsrc2=s=160x90:r=30:d=4"


def decode(path, sink, fps=3.0):
    settings = FrameSettings(fps, 60)
    return decode_video(path, probe_video(path), settings, sink, stopped=lambda: False)


@pytest.mark.parametrize("name", CODECS)
def test_leaving_out_other_frames_changes_no_picture(make_video, new_sink, monkeypatch, name):
    path = make_video(name, DRAWING, *CODECS[name])
    times = packet_times(path, probe_video(path), stopped=lambda: False)
    assert 0 < len(times.reference) < len(times.seconds) * 0.8
    quick, every = new_sink(), new_sink()
    assert decode(path, quick).status == "ok"
    monkeypatch.setattr(videos, "_reference_frames_suffice", lambda plan, times: False)
    decode(path, every, fps=30.0)
    assert every.count == 120
    whole = dict(zip(every.pts, every.frames, strict=True))
    assert quick.count == 12
    for pts, frame in zip(quick.pts, quick.frames, strict=True):
        assert whole[pts] == frame


def test_every_frame_is_decoded_where_too_few_are_references(make_video, new_sink, monkeypatch):
    options = ("-c:v", "libx264", "-bf", "16", "-x264opts", "b-pyramid=none:b-adapt=0", "-g", "250")
    path = make_video("a.mp4", "testsrc2=s=160x90:r=30:d=4", *options)
    plans = []
    real = decoder.decode_command
    monkeypatch.setattr(
        decoder, "decode_command", lambda ffmpeg, plan: plans.append(plan) or real(ffmpeg, plan)
    )
    sink = new_sink()
    assert decode(path, sink).status == "ok"
    assert [plan.skip_frame for plan in plans] == ["default"]
    assert sink.count == 12
    assert decode(path, new_sink(), fps=0.5).status == "ok"
    assert plans[-1].skip_frame == "noref"


def test_other_codecs_are_decoded_whole():
    assert reference_test("vp9", b"") is None


def test_a_packet_without_a_slice_tells_nothing():
    test = reference_test("h264", b"")
    assert test is not None
    assert test(memoryview(b"\0\0\1\x09\xf0\0\0\0\0")) is None
    assert test(memoryview(b"")) is None
    assert test(memoryview(b"\0\0\1\x41\x9a\0\0\0\0")) is True
    assert test(memoryview(b"\0\0\1\x01\x9a\0\0\0\0")) is False
