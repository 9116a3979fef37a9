import io
import threading
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from frameatlas.embedder.decode.photos import PhotoFolder, fit_size, photo_digest, read_photos
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.photos.photo import open_photo, photo_size

RED, LIME, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quadrants(size=(80, 60)):
    """Red, lime, blue and white corners, row by row."""
    image = Image.new("RGB", size)
    w, h = size[0] // 2, size[1] // 2
    for x, y, colour in ((0, 0, RED), (w, 0, LIME), (0, h, BLUE), (w, h, WHITE)):
        image.paste(colour, (x, y, x + w, y + h))
    return image


def corners(picture):
    height, width, _ = picture.shape
    rows, columns = (height // 4, 3 * height // 4), (width // 4, 3 * width // 4)
    return [picture[y, x] for y in rows for x in columns]


def assert_colours(found, expected, tolerance=4):
    assert np.abs(np.array(found, int) - np.array(expected)).max() <= tolerance, found


def read(sink, *paths, height=60, stopped=lambda: False):
    refused = {}
    folder = PhotoFolder(paths[0].parent, tuple(paths))
    outcome = read_photos(
        folder, FrameSettings(3, height), sink, stopped=stopped,
        on_refused=lambda path, reason: refused.update({path.name: reason}),
    )  # fmt: skip
    return outcome, refused


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "bmp", "gif", "avif"])
def test_every_kind_of_photo(tmp_path, sink, suffix):
    path = tmp_path / f"a.{suffix}"
    options = {"quality": 100, "subsampling": 0} if suffix == "jpg" else {}
    quadrants().save(path, **options, **({"lossless": True} if suffix == "webp" else {}))
    outcome, _ = read(sink, path)
    assert outcome.status == "ok"
    assert sink.shape[:2] == (80, 60)
    assert_colours(corners(sink.picture(0)), [RED, LIME, BLUE, WHITE], 12)
    assert sink.names == [path.name]
    assert sink.pts == [0]


ORIENTED = {
    1: [RED, LIME, BLUE, WHITE],
    2: [LIME, RED, WHITE, BLUE],
    3: [WHITE, BLUE, LIME, RED],
    4: [BLUE, WHITE, RED, LIME],
    5: [RED, BLUE, LIME, WHITE],
    6: [BLUE, RED, WHITE, LIME],
    7: [WHITE, LIME, BLUE, RED],
    8: [LIME, WHITE, RED, BLUE],
}


@pytest.mark.parametrize("orientation", ORIENTED)
def test_exif_orientation(tmp_path, sink, orientation):
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = orientation
    quadrants((160, 120)).save(path, quality=100, subsampling=0, exif=exif)
    read(sink, path)
    assert photo_size(path) == ((160, 120) if orientation < 5 else (120, 160))
    assert sink.shape[:2] == ((80, 60) if orientation < 5 else (60, 80))
    assert_colours(corners(sink.picture(0)), ORIENTED[orientation])


def test_cmyk(tmp_path, sink):
    path = tmp_path / "a.jpg"
    quadrants().convert("CMYK").save(path, quality=100)
    read(sink, path)
    assert_colours(corners(sink.picture(0)), [RED, LIME, BLUE, WHITE], 12)


@pytest.mark.parametrize(
    ("dtype", "suffix"),
    [("uint16", "tif"), ("int32", "tif"), ("float32", "tif"), ("uint16", "png")],
)
def test_deep_grey(tmp_path, sink, dtype, suffix):
    path = tmp_path / f"a.{suffix}"
    ramp = np.tile(np.linspace(0, 65535, 80), (60, 1))
    values = (ramp / 65535 if dtype == "float32" else ramp).astype(dtype)
    Image.fromarray(values).save(path)
    read(sink, path)
    found = sink.picture(0)[30, [0, 40, 79], 0]
    assert np.abs(found.astype(int) - [0, 129, 255]).max() <= 3


def test_palette_bitmap_and_grey(tmp_path, sink):
    quadrants().convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "p.png")
    quadrants().convert("L").save(tmp_path / "l.png")
    Image.new("1", (80, 60), 1).save(tmp_path / "one.png")
    read(sink, *(tmp_path / name for name in ("p.png", "l.png", "one.png")))
    assert_colours(corners(sink.picture(0)), [RED, LIME, BLUE, WHITE])
    assert sink.picture(1)[10, 10].tolist() == [76, 76, 76]
    assert sink.picture(2)[10, 10].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_are_white(tmp_path, sink, mode):
    image = Image.new("RGBA", (80, 60), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (40, 0, 80, 60))
    if mode == "P":
        palette = Image.new("P", (80, 60), 0)
        palette.putpalette([9, 9, 9, 0, 0, 0])
        palette.paste(1, (40, 0, 80, 60))
        palette.save(tmp_path / "a.png", transparency=0)
    else:
        image.convert(mode).save(tmp_path / "a.png")
    read(sink, tmp_path / "a.png")
    assert_colours([sink.picture(0)[30, 20], sink.picture(0)[30, 60]], [WHITE, (0, 0, 0)])


def test_a_colour_profile_is_applied(tmp_path, sink):
    swapped = ImageCms.ImageCmsProfile(io.BytesIO(_swapped_profile())).tobytes()
    Image.new("RGB", (80, 60), (0, 0, 250)).save(tmp_path / "a.png", icc_profile=swapped)
    read(sink, tmp_path / "a.png")
    red, _, blue = sink.picture(0)[30, 30]
    assert red > 200
    assert blue < 60


def _swapped_profile() -> bytes:
    """The sRGB profile with the places of red and blue exchanged."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in ((b"rXYZ", b"????"), (b"bXYZ", b"rXYZ"), (b"????", b"bXYZ")):
        data = data.replace(old, new, 1)
    return data


def test_different_shapes_share_one_array(tmp_path, sink):
    shapes = {"a.png": (160, 90), "b.png": (90, 160), "c.png": (50, 50), "d.png": (400, 200)}
    for name, size in shapes.items():
        Image.new("RGB", size, RED).save(tmp_path / name)
    read(sink, *(tmp_path / name for name in shapes))
    assert sink.shape[:2] == (120, 108)
    assert sink.boxes == [(6, 24, 108, 60), (30, 0, 60, 108), (30, 24, 60, 60), (0, 24, 120, 60)]
    for index, (x, y, w, h) in enumerate(sink.boxes):
        picture = sink.picture(index)
        assert (picture[y : y + h, x : x + w] == RED).all()
        assert picture.astype(int).sum() == w * h * 255


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((4000, 3000), (400, 300)),
        ((3000, 6000), (300, 600)),
        ((10_000, 1000), (3000, 300)),
        ((500, 9000), (228, 4096)),
    ],
)
def test_fitted_size(size, expected):
    assert fit_size(*size, 300) == expected


def bad_photos(folder):
    """Files that look like photos, by name."""
    good = io.BytesIO()
    quadrants((800, 600)).save(good, "JPEG")
    files = {
        "cut.jpg": good.getvalue()[: len(good.getvalue()) // 2],
        "empty.jpg": b"",
        "text.png": b"hello, no photo at all",
        "none.heic": b"\0\0\0\x18ftypheic" + bytes(100),
        "bomb.png": _bomb(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def _bomb():
    """A PNG of 60,000 × 60,000 pixels in a few hundred bytes."""

    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    size = (60_000).to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + bytes([8, 2, 0, 0, 0]))
    body = chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + body


def test_bad_photos_are_named_with_reasons_and_the_others_kept(tmp_path, sink):
    bad = bad_photos(tmp_path)
    for name in ("a.png", "z.png"):
        quadrants().save(tmp_path / name)
    outcome, refused = read(sink, tmp_path / "a.png", *bad, tmp_path / "z.png")
    assert sink.names == ["a.png", "z.png"]
    assert sink.pts == [0, len(bad) + 1]
    assert outcome.status == "damaged"
    assert outcome.reason == "5 of 7 photos cannot be read"
    assert refused["cut.jpg"] == "the photo is cut off"
    assert refused["empty.jpg"] == "an empty file"
    assert "no photo" in refused["text.png"]
    assert "bomb" in refused["bomb.png"]
    assert refused["none.heic"]
    assert all("\n" not in reason for reason in refused.values())


def test_only_bad_photos(tmp_path, sink):
    with pytest.raises(SourceError, match="none of its photos"):
        read(sink, *bad_photos(tmp_path))


def test_a_vanished_photo(tmp_path):
    with pytest.raises(SourceError, match="no longer there"), open_photo(tmp_path / "gone.jpg"):
        pass


def test_very_large_photos_are_read(tmp_path, sink):
    path = tmp_path / "panorama.jpg"
    Image.new("RGB", (20_000, 6000), RED).save(path)
    outcome, _ = read(sink, path)
    assert outcome.status == "ok"
    assert sink.shape[:2] == (200, 60)


def many(folder, count=30):
    for i in range(count):
        Image.new("RGB", (40 + i % 3, 30), (i * 8, 0, 0)).save(folder / f"{i:02}.png")
    return [folder / f"{i:02}.png" for i in range(count)]


def test_the_order_is_that_of_the_files(tmp_path, sink):
    read(sink, *many(tmp_path), height=30)
    assert [int(sink.picture(i)[15, 20, 0]) for i in range(30)] == [i * 8 for i in range(30)]


def test_an_interrupted_run_ends_as_an_undisturbed_one(tmp_path, new_sink):
    paths = many(tmp_path)
    paths[11].write_bytes(b"broken")
    paths[20].write_bytes(paths[20].read_bytes()[:-30])
    whole = new_sink()
    expected = read(whole, *paths)
    assert expected[0].status == "damaged"
    for count in (1, 12, 25, 28):
        resumed = whole.cut(count)
        assert read(resumed, *paths) == expected
        assert resumed.same_as(whole)
        assert resumed.restarts == 0
        assert resumed.appended == whole.count - count


def test_a_stop_is_obeyed(tmp_path, sink):
    stop = threading.Event()
    sink.on_append = lambda: stop.set() if sink.count == 5 else None
    with pytest.raises(InterruptedIndexError):
        read(sink, *many(tmp_path), stopped=stop.is_set)
    assert sink.count < 10


def test_the_digest_is_of_names_and_contents(tmp_path):
    paths = many(tmp_path, 3)
    before = photo_digest(PhotoFolder(tmp_path, tuple(paths)))
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in paths:
        (moved / path.name).write_bytes(path.read_bytes())
    elsewhere = PhotoFolder(moved, tuple(moved / path.name for path in paths))
    assert photo_digest(elsewhere) == before
    Image.new("RGB", (9, 9)).save(moved / "01.png")
    assert photo_digest(elsewhere) != before
