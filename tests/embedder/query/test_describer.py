"""Queries are described as if they were in the atlas; what cannot be is one sentence."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameatlas import IndexOptions, SourceError, WeightsError
from frameatlas.embedder import index
from frameatlas.embedder.layout import few_frames
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.query import describer as query
from frameatlas.embedder.query.decode import decode_blocks
from frameatlas.embedder.query.describer import describe_image, describe_video, open_describer
from frameatlas.embedder.query.letterbox import within_bars
from frameatlas.search.neighbours import neighbours


@pytest.fixture(scope="module")
def indexed(tmp_path_factory, clips, child):
    """A drawn clip and three photos, indexed by the stand-in engine."""
    folder = tmp_path_factory.mktemp("queries")
    (folder / "photos").mkdir()
    for number, size in enumerate([(90, 60), (60, 90), (64, 64)]):
        noise = np.random.default_rng(number).integers(0, 255, (6, 6, 3), dtype=np.uint8)
        Image.fromarray(noise).resize(size).save(folder / "photos" / f"{number}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(few_frames, "FEWEST", 10**6)
        patch.setattr(index, "open_engine", lambda *_, **__: child.MeanEngine())
        given = [clips / "d.mp4", folder / "photos"]
        options = IndexOptions(height=72)
        return index.index_videos(given, folder / "q.atlas", options=options).atlas


@pytest.fixture
def describer(indexed, child, monkeypatch):
    monkeypatch.setattr(query, "open_engine", lambda *_, **__: child.MeanEngine())
    with open_describer(indexed) as opened:
        yield opened


def photo_bytes(picture, kind="PNG", **options):
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def test_a_video_of_the_atlas_is_described_as_it_is_there(indexed, describer, clips):
    told: list[int] = []
    found = describer.video(clips / "d.mp4", progress=told.append)
    frames = indexed.range_of(0)
    assert len(found) == len(frames) == told[-1]
    assert np.allclose(found.scores, indexed.scores[frames.start : frames.stop], atol=2e-3)
    assert np.allclose(found.coordinates, indexed.coordinates[frames.start : frames.stop])
    assert np.array_equal(found.seconds, indexed.seconds[frames.start : frames.stop])
    assert np.array_equal(found.pixels, [indexed.frames[i] for i in frames])
    assert found.pictured.tolist() == list(range(len(frames)))
    assert found.name == "d.mp4"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_photo_of_the_atlas_finds_itself_first(indexed, describer, number):
    frame = indexed.range_of(1)[number]
    path = indexed.origins[frame].path
    for data in (path, path.read_bytes()):
        found = describer.image(data)
        best = neighbours(indexed, found.scores[0], 1)
        assert best.frames.tolist() == [frame]
        assert best.similarity[0] == pytest.approx(1, abs=1e-4)
        assert np.allclose(found.coordinates[0], indexed.coordinates[frame], atol=1e-4)


def test_a_photo_is_turned_as_it_is_shown(describer):
    drawn = Image.fromarray(np.random.default_rng(1).integers(0, 255, (8, 12, 3), dtype=np.uint8))
    upright = drawn.resize((240, 160))
    held = Image.Exif()
    held[0x0112] = 6
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    plain = describer.image(photo_bytes(upright), placed=False)
    marked = describer.image(photo_bytes(turned, exif=held), placed=False)
    assert plain.pixels.shape == marked.pixels.shape == (1, 72, 108, 3)
    assert np.abs(plain.pixels.astype(int) - marked.pixels).max() <= 2
    assert np.allclose(plain.scores, marked.scores, atol=0.02)
    assert np.isnan(plain.coordinates).all()


def test_transparent_parts_are_white(describer):
    clear = Image.new("RGBA", (40, 30), (255, 0, 0, 0))
    found = describer.image(photo_bytes(clear), placed=False)
    assert (found.pixels == 255).all()


@pytest.mark.parametrize(
    "data", [b"", b"no photo", b"\x89PNG\r\n\x1a\n" + bytes(50), Path("/nowhere/at/all.jpg")]
)
def test_what_is_no_photo_is_one_sentence(describer, data):
    with pytest.raises(SourceError, match=r"^Expected .* to be a photo\. Received: .*--clip"):
        describer.image(data)


def test_a_photo_cut_off_or_far_too_large_is_refused(describer, monkeypatch):
    whole = photo_bytes(Image.new("RGB", (300, 200), "teal"), "JPEG")
    with pytest.raises(SourceError, match=r"cut off|damaged"):
        describer.image(whole[:-300] if len(whole) > 600 else whole[: len(whole) // 2])
    monkeypatch.setattr("frameatlas.photos.photo.LARGEST_PHOTO", 1000)
    with pytest.raises(SourceError, match="decompression bomb"):
        describer.image(whole, "beach.jpg")


def test_what_is_no_video_is_one_sentence(describer, tmp_path):
    (tmp_path / "x.mp4").write_text("words", encoding="utf-8")
    for path in (tmp_path / "x.mp4", tmp_path / "none.mp4", tmp_path):
        with pytest.raises(SourceError, match=r"^Expected .* to be a video\. Received: .*--image"):
            describer.clip(path)


def test_other_weights_are_refused_before_an_engine_is_opened(tmp_atlas, monkeypatch):
    monkeypatch.setattr(query, "open_engine", lambda *_: pytest.fail("opened"))
    with pytest.raises(WeightsError, match=r"SHA-256 000000000000….*--weights"):
        open_describer(tmp_atlas)


def test_one_call_does_it_all(indexed, child, clips, monkeypatch):
    monkeypatch.setattr(query, "open_engine", lambda *_, **__: child.MeanEngine())
    assert len(describe_video(indexed, clips / "d.mp4")) == 9
    assert describe_image(indexed, indexed.origins[indexed.range_of(1)[0]].path).name == "0.png"


def test_of_a_long_video_few_pictures_are_kept(describer, clips, monkeypatch):
    whole = describer.video(clips / "a.mp4", placed=False)
    monkeypatch.setattr(query, "KEPT_BYTES", 5 * whole.pixels[0].nbytes)
    some = describer.video(clips / "a.mp4", placed=False)
    assert 2 <= len(some.pixels) <= 5
    assert np.array_equal(some.pixels, whole.pixels[some.pictured])
    assert len(set(np.diff(some.pictured))) == 1


def test_an_abandoned_video_stops_decoding(clips):
    import threading

    before = threading.active_count()
    blocks = decode_blocks(clips / "a.mp4", FrameSettings(12, 72))
    assert len(next(blocks).pixels) > 8
    blocks.close()
    assert threading.active_count() == before


# Bars


def scene(height=90, width=160, frames=12):
    rng = np.random.default_rng(4)
    return rng.integers(60, 255, (frames, height, width, 3), dtype=np.uint8)


def whole(pixels):
    return np.tile(np.array([[0, 0, pixels.shape[2], pixels.shape[1]]], np.int32), (len(pixels), 1))


@pytest.mark.parametrize(
    ("top", "bottom", "left", "right"),
    [(12, 12, 0, 0), (0, 0, 20, 20), (10, 14, 20, 8), (0, 30, 0, 0)],
)
def test_bars_are_found_within_a_line(top, bottom, left, right):
    pixels = scene()
    height, width = pixels.shape[1:3]
    noise = np.random.default_rng(0).integers(0, 12, pixels.shape, dtype=np.uint8)
    inside = np.zeros(pixels.shape[1:3], bool)
    inside[top : height - bottom, left : width - right] = True
    barred = np.where(inside[None, :, :, None], pixels, noise)
    x, y, w, h = within_bars(barred, whole(barred))
    assert left <= x <= left + 1
    assert top <= y <= top + 1
    assert width - right - 1 <= x + w <= width - right
    assert height - bottom - 1 <= y + h <= height - bottom


def test_a_dark_beginning_is_no_bar():
    pixels = scene()
    pixels[:9, :40] = 5
    assert within_bars(pixels, whole(pixels)) == ()
    assert within_bars(np.zeros_like(pixels), whole(pixels)) == ()
    pixels[:, :, 4:] = 0
    assert within_bars(pixels, whole(pixels)) == ()


def test_a_clip_with_bars_is_described_without_them_too(describer, make_video):
    barred = make_video("bars.mp4", "testsrc2=s=128x72:r=12:d=2,pad=128:120:-1:-1")
    plain = make_video("plain.mp4", "testsrc2=s=128x72:r=12:d=2")
    both, alone = describer.clip(barred), describer.clip(plain)
    assert (len(both), len(alone)) == (2, 1)
    cosines = [
        (one.scores * alone[0].scores).sum()
        / (np.linalg.norm(one.scores) * np.linalg.norm(alone[0].scores))
        for one in both
    ]
    assert cosines[1] > 0.95 > cosines[0]
