import av
import pytest

from frameatlas.embedder.decode.ffmpeg import clip_cutter, encoders
from frameatlas.embedder.decode.ffmpeg.clip_cutter import KINDS, clip_command, cut_clip
from frameatlas.embedder.decode.ffmpeg.encoders import best_encoder
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.errors import MissingExtraError, SourceError


def described(path):
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        seconds = float(container.duration / av.time_base)
        return video.codec_context.name, video.width, video.height, seconds


def test_a_clip_of_a_video(make_video, tmp_path):
    source = make_video("it's 100% odd: name.mkv", "testsrc2=s=320x180:r=25:d=4")
    output = tmp_path / "clip"
    cut_clip(source, 1.0, 2.0, output)
    codec, width, height, seconds = described(output)
    assert codec in ("h264", "vp8", "vp9")
    assert (width, height) == (320, 180)
    assert seconds == pytest.approx(2.0, abs=0.15)


def test_the_clip_begins_where_it_was_asked_to(counting_video, tmp_path, pictures):
    source = counting_video("count.mkv", 60, 30)
    output = tmp_path / "clip"
    cut_clip(source, 1.0, 0.5, output)
    with av.open(str(output)) as container:
        first = next(container.decode(video=0)).to_ndarray(format="rgb24")
    with av.open(str(source)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    away = [
        abs(first.astype(int) - frame[: first.shape[0], : first.shape[1]]).mean()
        for frame in frames
    ]
    assert int(min(range(60), key=away.__getitem__)) == pytest.approx(30, abs=1)


def test_a_file_whose_time_does_not_begin_at_zero(make_video, tmp_path):
    drawing = "testsrc2=s=160x90:r=25:d=4"
    source = make_video("late.ts", drawing, "-output_ts_offset", "100", "-muxdelay", "0")
    output = tmp_path / "clip"
    cut_clip(source, 102.0, 5.0, output)
    assert described(output)[3] == pytest.approx(2.0, abs=0.3)


def test_large_pictures_are_made_smaller_and_odd_ones_even(make_video, tmp_path):
    for size, expected in (("1920x1080", (960, 540)), ("101x77", (100, 76))):
        source = make_video(f"{size}.mkv", f"testsrc2=s={size}:r=5:d=1", "-pix_fmt", "yuv444p")
        output = tmp_path / f"clip {size}"
        cut_clip(source, 0, 1, output)
        assert described(output)[1:3] == expected


def test_nothing_comes_after_the_end(make_video, tmp_path):
    source = make_video("short.mkv", "testsrc2=s=160x90:r=25:d=1")
    with pytest.raises(SourceError, match="Expected a clip"):
        cut_clip(source, 500, 5, tmp_path / "clip")


def test_what_is_no_video_is_told(tmp_path):
    text, playlist = tmp_path / "a.mp4", tmp_path / "b.mp4"
    text.write_bytes(b"no video at all")
    playlist.write_text("#EXTM3U\nhttp://example.org/x.ts\n", encoding="utf-8")
    for path in (text, playlist, tmp_path / "missing.mp4", tmp_path / "-y"):
        with pytest.raises(SourceError, match="Expected"):
            cut_clip(path, 0, 1, tmp_path / "clip")


def test_a_slow_video_is_given_up(make_video, tmp_path, monkeypatch):
    source = make_video("slow.mkv")
    monkeypatch.setattr(clip_cutter, "TIME_LIMIT", 0.0)
    with pytest.raises(SourceError, match="within"):
        cut_clip(source, 0, 1, tmp_path / "clip")


def test_the_command_opens_local_files_alone(tmp_path):
    command = clip_command(tmp_path / "http:--x", 1, 99, tmp_path / "out")
    inputs = [command[n + 1] for n, word in enumerate(command) if word == "-i"]
    assert inputs == [f"file:{tmp_path}/http:--x"]
    assert command[command.index("-protocol_whitelist") + 1] == "file,pipe"
    assert "hls" not in command[command.index("-format_whitelist") + 1].split(",")


def test_the_best_encoder_that_is_there_is_taken(monkeypatch):
    assert best_encoder(find_ffmpeg().path, KINDS) in KINDS
    for there, expected in (({"libvpx", "libx264"}, "libx264"), ({"libvpx"}, "libvpx")):
        monkeypatch.setattr(encoders, "encoders_of", lambda _, there=there: there)
        assert best_encoder("another ffmpeg", KINDS) == expected
    monkeypatch.setattr(encoders, "encoders_of", lambda _: {"mpeg4"})
    with pytest.raises(MissingExtraError, match="libx264"):
        best_encoder("a poor ffmpeg", KINDS)
