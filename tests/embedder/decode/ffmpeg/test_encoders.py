from types import SimpleNamespace

import pytest

from frameatlas.embedder.decode.ffmpeg import encoders
from frameatlas.embedder.decode.ffmpeg.encoders import best_encoder, encoders_of
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.errors import MissingExtraError


@pytest.mark.process
def test_an_ffmpeg_tells_its_encoders():
    assert {"mpeg4", "png"} <= encoders_of(find_ffmpeg().path)


def test_a_list_with_headings_is_read_by_its_second_word(monkeypatch):
    listed = b"Encoders:\n V..... = Video\n ------\n V..... libx264  H.264 (codec h264)\n"
    monkeypatch.setattr(encoders.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=listed))
    assert "libx264" in encoders_of("an ffmpeg that this test alone asks")


def test_the_best_that_is_there_is_taken_and_none_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(encoders, "encoders_of", lambda _: {"mpeg4", "png"})
    assert best_encoder("ffmpeg", ("libx264", "mpeg4")) == "mpeg4"
    with pytest.raises(MissingExtraError, match=r"libx264, libvpx for \.webm.*ffmpeg, which"):
        best_encoder("/usr/bin/ffmpeg", ("libx264", "libvpx"), ".webm")
