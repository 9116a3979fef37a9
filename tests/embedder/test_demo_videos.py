"""The videos of ``frameatlas demo``."""

import av
import numpy as np
import pytest

from frameatlas.embedder import demo_videos
from frameatlas.embedder.decode.ffmpeg.program import FFmpeg, find_ffmpeg
from frameatlas.errors import InputError, SourceError


def thumbnails(video):
    """One picture of every second, float32 of shape (seconds, 27, 48, 3)."""
    with av.open(str(video)) as file:
        frames = [f for i, f in enumerate(file.decode(video=0)) if i % 25 == 12]
        return (
            np.stack([f.to_ndarray(format="rgb24", width=48, height=27) for f in frames], 0) / 1.0
        )


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    return demo_videos.make_demo_videos(tmp_path_factory.mktemp("demo") / "made" / "here")


def test_are_what_they_promise(videos):
    assert len(videos) == 6
    for video in videos:
        with av.open(str(video)) as file:
            stream = file.streams.video[0]
            assert (stream.width, stream.height) == (480, 270)
            assert stream.sample_aspect_ratio in (None, 1)
            assert float(stream.duration * stream.time_base) == pytest.approx(6, abs=0.1)
    assert sum(video.stat().st_size for video in videos) < 8e6


def test_move_and_differ_from_each_other(videos):
    clips = [thumbnails(video) for video in videos]
    for clip in clips:
        assert np.abs(np.diff(clip, axis=0)).mean() > 1, "it stands still"
        assert clip.std() > 20, "it is one dull surface"
    for i, one in enumerate(clips):
        for other in clips[:i]:
            assert np.abs(one[:5] - other[:5]).mean() > 25


@pytest.mark.parametrize("name", demo_videos.DRAWINGS)
def test_every_fallback_draws_too(name, tmp_path):
    for number, drawing in enumerate(demo_videos.DRAWINGS[name][1:]):
        video = tmp_path / f"{number}.mp4"
        demo_videos._draw(find_ffmpeg(), drawing, video)
        assert thumbnails(video).std() > 20


def test_an_old_ffmpeg_gets_the_fallback():
    first, second = demo_videos.DRAWINGS["triangles"]
    everything = first.needs | second.needs
    assert first.needs == {"sierpinski", "negate", "colorchannelmixer"}
    assert demo_videos.choose((first, second), ffmpeg_with(everything)) == first
    assert demo_videos.choose((first, second), ffmpeg_with(everything - {"sierpinski"})) == second


def test_without_x264_mpeg4_is_written(tmp_path, monkeypatch):
    mpeg4 = {"vcodec": "mpeg4", "qscale:v": "4"}
    monkeypatch.setattr(demo_videos, "_encoder", lambda _: mpeg4)
    demo_videos._draw(find_ffmpeg(), demo_videos.DRAWINGS["colours"][0], tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as file:
        assert file.streams.video[0].codec_context.name == "mpeg4"


def test_a_failing_ffmpeg_is_one_sentence(tmp_path):
    with pytest.raises(
        SourceError, match=r"Expected FFmpeg to draw a.mp4. Received: .*Filter not found"
    ):
        demo_videos._draw(
            find_ffmpeg(), demo_videos.Drawing("nonesuch", "scale"), tmp_path / "a.mp4"
        )


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match=f"Expected {folder} to be a folder"):
            demo_videos.make_demo_videos(folder)


def ffmpeg_with(filters):
    return FFmpeg("ffmpeg", "4.2", (58, 29), frozenset(filters), False)
