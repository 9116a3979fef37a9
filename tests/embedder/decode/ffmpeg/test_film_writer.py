from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest

from frameatlas.embedder.decode.ffmpeg import encoders, film_writer
from frameatlas.embedder.decode.ffmpeg.film_writer import FilmWriter, check_film
from frameatlas.errors import InputError, MissingExtraError, SourceError, SpaceError

pytestmark = pytest.mark.process


def picture(n, height=45, width=61):
    return np.full((height, width, 3), (20 * n, 100, 200 - 20 * n), np.uint8)


def decoded(path):
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(stream)], stream


@pytest.mark.parametrize("ending", [".mp4", ".webm"])
def test_pictures_become_a_film_of_the_same_length(tmp_path, ending):
    film = tmp_path / f"out put{ending}"
    check_film(film)
    with FilmWriter(film, Fraction(30000, 1001)) as writer:
        for n in range(10):
            writer.write(picture(n, *((45, 61) if n != 5 else (30, 40))))
    frames, stream = decoded(film)
    assert len(frames) == 10
    assert stream.average_rate == Fraction(30000, 1001)
    assert frames[0].shape == (46, 62, 3), "odd sides are padded"
    for n in (0, 5, 9):
        np.testing.assert_allclose(frames[n][20, 20], picture(n)[20, 20], atol=12)
    assert [path.name for path in tmp_path.iterdir()] == [film.name]


def test_an_error_leaves_the_older_film(tmp_path):
    film = tmp_path / "out.mp4"
    film.write_bytes(b"older")

    def interrupted():
        with FilmWriter(film, Fraction(25)) as writer:
            writer.write(picture(1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert film.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


@pytest.mark.parametrize(
    ("said", "kind"), [("it broke", SourceError), ("No space left on device", SpaceError)]
)
def test_an_ffmpeg_that_gives_up_is_one_sentence(tmp_path, monkeypatch, said, kind):
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(film_writer, "find_ffmpeg", lambda: SimpleNamespace(path=str(program)))
    monkeypatch.setattr(film_writer, "_encoder_for", lambda *_: "libx264")

    def write():
        with FilmWriter(tmp_path / "out.mp4", Fraction(25)) as writer:
            for n in range(10):
                writer.write(picture(n, 480, 640))

    with pytest.raises(kind, match=r"it broke|Expected room"):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["ffmpeg"]


def test_what_cannot_be_written_is_refused_beforehand(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"ends in \.mp4 or \.webm"):
        check_film(tmp_path / "out.avi")
    with pytest.raises(InputError, match="folder that there is"):
        check_film(tmp_path / "none" / "out.mp4")
    monkeypatch.setattr(encoders, "encoders_of", lambda _: {"mpeg4"})
    with pytest.raises(MissingExtraError, match="libx264"):
        check_film(tmp_path / "out.mp4")
