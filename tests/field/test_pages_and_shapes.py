"""Photos of many pages, of extreme shapes, of cameras, and of names that are wrong."""

import io

import pytest
from PIL import Image

from frameatlas.embedder.decode.photos import PhotoFolder, fit_size, photo_shape, read_photos
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.file_kinds import is_photo
from frameatlas.errors import SourceError
from frameatlas.photos.kinds import pages_of
from frameatlas.photos.photo import photo_size, read_photo
from frameatlas.photos.raw_preview import raw_preview


def read(kept, *paths, height=60):
    refused, names = {}, []
    folder = PhotoFolder(paths[0].parent, tuple(paths))
    outcome = read_photos(
        folder,
        FrameSettings(3, height),
        kept,
        stopped=lambda: False,
        on_refused=lambda path, reason: refused.update({path.name: reason}),
        on_kept=lambda path: names.append(path.name),
    )
    return outcome, refused, names


def test_every_page_of_the_field_is_a_frame(field, kept):
    outcome, _, names = read(kept, field / "10-six-pages.tif")
    assert (outcome.status, kept.count) == ("ok", 6)
    assert names == 6 * ["10-six-pages.tif"]
    assert kept.pts == list(range(6))
    assert len({picture.tobytes() for picture in kept.pictures}) == 6


def pages(path, sizes, **more):
    images = [Image.new("RGB", size, (40 * n, 9, 9)) for n, size in enumerate(sizes)]
    images[0].save(path, save_all=True, append_images=images[1:], **more)
    return path


def test_pages_of_other_sizes_and_photos_beside_them(tmp_path, kept):
    pages(tmp_path / "b.tif", [(80, 60), (60, 80), (90, 60)])
    for name in ("a.png", "c.png"):
        Image.new("RGB", (60, 60), (0, 200, 0)).save(tmp_path / name)
    _, _, names = read(kept, *(tmp_path / name for name in ("a.png", "b.tif", "c.png")))
    assert names == ["a.png", "b.tif", "b.tif", "b.tif", "c.png"]
    assert kept.pts == [0, 1, 2, 3, 4]
    assert [kept.pictures[n][40, 40, 0] for n in (1, 2, 3)] == [0, 40, 80]


def test_smaller_copies_and_masks_are_no_pages(tmp_path):
    thumbnail = Image.new("RGB", (8, 6))
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}
    Image.new("RGB", (80, 60)).save(
        tmp_path / "a.tif", save_all=True, append_images=[thumbnail], tiffinfo={254: 0}
    )
    assert len(pages_of(tmp_path / "a.tif")) in (1, 2)
    assert pages_of(tmp_path / "a.tif")[0] == 0


def test_directories_in_a_circle_end(tmp_path):
    data = bytearray(pages(tmp_path / "a.tif", [(8, 8)]).read_bytes())
    start = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[start : start + 2], "little")
    after = start + 2 + 12 * count
    data[after : after + 4] = start.to_bytes(4, "little")
    (tmp_path / "b.tif").write_bytes(data)
    assert pages_of(tmp_path / "b.tif") == (0,)


def test_the_long_screenshot_of_the_field(field, kept):
    path = field / "13-screenshot_long.png"
    assert photo_shape(path) < 0
    read(kept, path, height=300)
    x, _, width, height = kept.boxes[0]
    assert (width, height) == (228, 4096)
    assert kept.pictures[0].shape == (4096, 228, 3)
    assert x == 0


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((80, 60), 0),
        ((120, 60), 0),
        ((121, 60), 1),
        ((60, 240), -1),
        ((60, 250), -2),
        ((900, 9), 6),
    ],
)
def test_photos_of_like_shapes_lie_together(tmp_path, size, shape):
    Image.new("RGB", size).save(tmp_path / "a.png")
    assert photo_shape(tmp_path / "a.png") == shape
    width, height = fit_size(*size, 300)
    assert max(width, height) <= 4096


def test_heic_of_another_name(field):
    with pytest.raises(SourceError, match=r"frameatlas\[heic\]"):
        photo_size(field / "09-heic-named.jpg")


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"hevc"])
def test_heic_is_known_by_its_content(tmp_path, brand):
    (tmp_path / "a.jpg").write_bytes(b"\0\0\0\x18ftyp" + brand + bytes(4) + b"heic" + bytes(99))
    with pytest.raises(SourceError, match=r"heic|damaged"):
        photo_size(tmp_path / "a.jpg")


def test_a_raw_file_alone_gives_its_preview(field):
    path = field / "08-DSC_0.DNG"
    width, height = photo_size(path)
    picture = read_photo(path, width, height)
    assert (width, height) == (32, 24)
    assert picture.std(axis=(0, 1)).max() > 10


def raw(path, previews, orientation=1, sensor=b""):
    """Something like a camera's file: a TIFF's head, JPEGs, and sensor data around them."""
    entries = [(254, 4, 1, 0), (262, 3, 1, 32803), (274, 3, 1, orientation)]
    body = b"".join(
        tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + n.to_bytes(4, "little")
        + value.to_bytes(4, "little")
        for tag, kind, n, value in entries
    )  # fmt: skip
    data = (
        b"II*\0" + (8).to_bytes(4, "little") + len(entries).to_bytes(2, "little") + body + bytes(4)
    )
    for size in previews:
        file = io.BytesIO()
        Image.new("RGB", size, (200, 30, 30)).save(file, "JPEG")
        data += bytes(300) + file.getvalue() + bytes(50)
    path.write_bytes(data + sensor)
    return path


@pytest.mark.parametrize("sensor", [b"\xff\xda" * 300, b"\xff\xfe\0\2" * 30_000])
def test_what_a_sensor_saw_is_no_scan_of_the_preview(tmp_path, sensor):
    path = raw(tmp_path / "a.arw", [(640, 480)], sensor=sensor)
    assert read_photo(path, 64, 48)[24, 32, 0] > 180


@pytest.mark.parametrize("progressive", [False, True])
def test_of_a_raw_file_the_previews_own_bytes_are_held(tmp_path, progressive):
    image = Image.effect_noise((640, 480), 60).convert("RGB")
    image.save(tmp_path / "a.jpg", progressive=progressive, icc_profile=b"x" * 70_000)
    own = (tmp_path / "a.jpg").read_bytes()
    path = tmp_path / "a.nef"
    path.write_bytes(b"NIKON\0" * 99 + own + b"\xff\xd9 sensor" * 50_000)
    assert raw_preview(path).data.getvalue() == own
    path.write_bytes(b"NIKON\0" * 99 + own[:-2])
    assert raw_preview(path).data.getvalue() == own[:-2]


def test_the_end_of_a_preview_of_endless_segments_is_not_looked_for(tmp_path, monkeypatch):
    Image.new("RGB", (64, 48)).save(tmp_path / "a.jpg")
    own = (tmp_path / "a.jpg").read_bytes()
    long = own[:2] + own[2:].replace(b"\xff\xda", b"\xff\xfe\0\4ab" * 40 + b"\xff\xda", 1)
    path = tmp_path / "a.nef"
    path.write_bytes(long + b"sensor")
    assert raw_preview(path).data.getvalue() == long
    monkeypatch.setattr("frameatlas.photos.raw_preview.MOST_SEGMENTS", 30)
    assert raw_preview(path).data.getvalue() == long + b"sensor"


@pytest.mark.parametrize("suffix", ["nef", "CR2", "arw", "raf", "cr3"])
def test_the_largest_preview_is_taken(tmp_path, suffix):
    path = raw(tmp_path / f"a.{suffix}", [(160, 120), (640, 480), (32, 24)])
    assert is_photo(path)
    assert photo_size(path) == (640, 480)
    assert read_photo(path, 64, 48)[24, 32, 0] > 180


def test_a_preview_is_turned_as_its_raw_file_says(tmp_path):
    path = raw(tmp_path / "a.nef", [(640, 480)], orientation=6)
    assert photo_size(path) == (480, 640)
    assert read_photo(path, 48, 64).shape == (64, 48, 3)


def test_a_raw_file_without_a_preview_says_so(tmp_path):
    with pytest.raises(SourceError, match="a camera's RAW file"):
        photo_size(raw(tmp_path / "a.dng", []))


@pytest.mark.parametrize("suffix", ["webp", "png", "gif"])
def test_animations_are_no_photos(tmp_path, suffix):
    images = [Image.new("RGB", (40, 30), (80 * n, 0, 0)) for n in range(3)]
    images[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=images[1:], duration=100)
    images[0].save(tmp_path / f"b.{suffix}")
    assert not is_photo(tmp_path / f"a.{suffix}")
    assert is_photo(tmp_path / f"b.{suffix}")
