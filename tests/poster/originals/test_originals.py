import io
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import h5py
import numpy as np
import pytest
from PIL import Image

from frameatlas.errors import SourceError
from frameatlas.poster.originals.originals import OriginalPictures
from frameatlas.poster.originals.photo import photo_picture
from frameatlas.poster.originals.video import video_picture
from frameatlas.store.content_digest import content_digest

FRAMES, BASE = 40, Fraction(1, 1000)
TIMES = [40 * i + (i % 3) * 7 for i in range(FRAMES)]
"""Milliseconds of the frames: a variable frame rate."""


def grey(number):
    return 30 + 5 * number


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """A video whose frames tell their number by their grey, twelve from key frame to key frame."""
    path = tmp_path_factory.mktemp("video") / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25, options={"g": "12", "qscale": "2"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.time_base = BASE
        for number, time in enumerate(TIMES):
            pixels = np.full((64, 96, 3), grey(number), np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = time, BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("number", [0, 1, 11, 12, 13, 25, 38, 39])
def test_the_very_frame_is_taken_again(video, number):
    with av.open(str(video)) as container:
        in_order = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    picture = video_picture(video, TIMES[number] * BASE)
    assert np.array_equal(picture, in_order[number])
    assert abs(float(picture.mean()) - grey(number)) < 5


def test_a_file_that_is_no_video_is_one_sentence(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"no video" * 100)
    with pytest.raises(SourceError, match="cannot be decoded"):
        video_picture(path, Fraction(0))


def test_photos_are_turned_and_laid_on_white(tmp_path):
    pixels = np.zeros((20, 30, 4), np.uint8)
    pixels[:, :15] = (250, 0, 0, 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    picture = photo_picture(tmp_path / "a.png")
    assert picture.shape == (30, 20, 3)
    assert (picture[:15] == (250, 0, 0)).all()
    assert (picture[15:] == 255).all()


def test_sixteen_bits_and_damage(tmp_path):
    Image.fromarray(np.full((4, 4), 257 * 100, np.uint16)).save(tmp_path / "a.png")
    assert (photo_picture(tmp_path / "a.png") == 100).all()
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(
        file, "JPEG"
    )
    (tmp_path / "b.jpg").write_bytes(file.getvalue()[:900])
    with pytest.raises(SourceError, match="photo is cut off"):
        photo_picture(tmp_path / "b.jpg")


class OneVideo:
    """As much of an atlas as originals need: five frames of one video."""

    def __init__(self, path, digest):
        source = SimpleNamespace(path=str(path), digest=digest, kind="video", id="a")
        self.sources = (source,)
        self.source_numbers = np.zeros(5, np.int32)
        self.offsets = np.array([0, 5])
        self.origins = [
            SimpleNamespace(path=Path(path), pts=TIMES[i], time_base=BASE, source=source, name="")
            for i in range(5)
        ]


def stored(frame):
    return np.full((2, 3, 3), frame, np.uint8)


def test_a_changed_source_is_refused(video):
    with pytest.raises(SourceError, match=r"Expected .*a\.mkv as it was.*changed"):
        OriginalPictures(OneVideo(video, "0" * 32), np.arange(5), stored)


def test_a_gone_source_is_named_and_replaced(tmp_path):
    pictures = OriginalPictures(OneVideo(tmp_path / "gone.mp4", "0"), np.arange(-1, 5), stored)
    assert np.array_equal(pictures(3), stored(3))
    assert pictures.missing == (f"{tmp_path / 'gone.mp4'}: the file is no longer there",)


def test_an_unchanged_source_gives_full_size(video):
    pictures = OriginalPictures(OneVideo(video, content_digest(video)), np.arange(5), stored)
    assert pictures(4).shape == (64, 96, 3)
    assert pictures.missing == ()


def test_a_damaged_place_costs_only_its_own_frame(tmp_path):
    path = tmp_path / "a.mkv"
    path.write_bytes(b"nothing" * 50)
    pictures = OriginalPictures(OneVideo(path, content_digest(path)), np.arange(5), stored)
    assert np.array_equal(pictures(4), stored(4))
    assert np.array_equal(pictures(2), stored(2))
    assert len(pictures.missing) == 1
    assert f"at {float(TIMES[2] * BASE):.3f} s" in pictures.missing[0]


def test_changed_photos_are_noticed_by_their_own_digests(tmp_atlas, monkeypatch):
    number = next(i for i, s in enumerate(tmp_atlas.sources) if s.kind == "photos")
    first = tmp_atlas.range_of(number)[0]
    table = tmp_atlas.folder / "sources" / tmp_atlas.sources[number].id / "features.h5"
    with h5py.File(table, "a") as file:
        if "digests" in file:
            del file["digests"]
        file["digests"] = np.array([b"0" * 32] * tmp_atlas.sources[number].frames)
    monkeypatch.setattr(Path, "exists", lambda path: True)
    monkeypatch.setattr(
        "frameatlas.poster.originals.originals.content_digest", lambda path: "0" * 32
    )
    OriginalPictures(tmp_atlas, np.array([first]), stored)
    monkeypatch.setattr(
        "frameatlas.poster.originals.originals.content_digest", lambda path: "1" * 32
    )
    with pytest.raises(SourceError, match="changed"):
        OriginalPictures(tmp_atlas, np.array([first]), stored)
