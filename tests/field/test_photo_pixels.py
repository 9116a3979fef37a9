"""Each kind of pixel, orientation and transparency that a photo may have: what is seen is right."""

import io

import numpy as np
import PIL
import pytest
from PIL import Image, ImageCms

from frameatlas.photos.photo import photo_size, read_photo, whole_photo

RED, LIME = (250, 20, 20), (20, 250, 20)


def shown(path, page=0):
    width, height = photo_size(path, page)
    return read_photo(path, width, height, page=page)


def close(found, expected, tolerance=6):
    return np.abs(np.asarray(found, int) - np.asarray(expected, int)).max() <= tolerance


@pytest.mark.parametrize("number", [3, 6])
def test_turned_tiffs_of_the_field(field, number):
    picture = shown(field / f"02-orientation{number}.tif")
    assert picture.shape == ((120, 180, 3) if number == 3 else (180, 120, 3))
    assert close(picture[5, picture.shape[1] // 2], (60, 180, 60), 12)


def halves():
    """Red above, lime below: 60 × 40."""
    image = Image.new("RGB", (60, 40), RED)
    image.paste(LIME, (0, 20, 60, 40))
    return image


@pytest.mark.parametrize("suffix", ["tif", "jpg", "png", "webp", "avif"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_every_format_is_turned_once(tmp_path, suffix, orientation):
    path = tmp_path / f"a.{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossless = {"webp": {"lossless": True}, "jpg": {"quality": 98}, "avif": {"quality": 98}}
    halves().save(path, exif=exif, **lossless.get(suffix, {}))
    picture = shown(path)
    assert picture.shape[:2] == ((60, 40) if orientation in (6, 8) else (40, 60))
    first = {1: picture[5, 30], 3: picture[-5, 30]}.get(orientation)
    if orientation == 6:
        first = picture[30, -5]
    if orientation == 8:
        first = picture[30, 5]
    assert close(first, RED, 20)
    assert np.array_equal(whole_photo(path), picture)


def ramp(bits, colours=None):
    """A ramp of so many bits in sixteen, 64 × 32."""
    values = np.tile(np.linspace(0, 2**bits - 1, 64), (32, 1)).astype(np.uint16)
    return values if colours is None else np.repeat(values[..., None], colours, axis=2)


def test_grey_of_twelve_bits_of_the_field(field):
    picture = shown(field / "05-grey12bit.tif")
    assert picture.max() > 240
    assert picture.mean() > 80
    assert picture.std() > 10


@pytest.mark.parametrize("suffix", ["tif", "png"])
@pytest.mark.parametrize("bits", [10, 12, 14, 15, 16])
def test_grey_of_few_bits_in_sixteen(tmp_path, suffix, bits):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(ramp(bits)).save(path)
    row = shown(path)[16, :, 0].astype(int)
    assert abs(row[0]) <= 2
    assert row[-1] >= 253
    assert abs(row[32] - 130) <= 4


@pytest.mark.parametrize(
    ("brightest", "shown_as"), [(25_000, 97), (29_000, 113), (25_700, 100), (257 * 40, 40)]
)
def test_a_dark_photo_of_sixteen_bits_stays_dark(tmp_path, brightest, shown_as):
    """Also one of eight bits made sixteen."""
    steps = np.tile(np.linspace(0, brightest // 257, 64).astype(int), (32, 1)) * 257
    values = steps if brightest % 257 == 0 else np.tile(np.linspace(0, brightest, 64), (32, 1))
    Image.fromarray(values.astype(np.uint16)).save(tmp_path / "night.png")
    assert int(shown(tmp_path / "night.png").max()) == pytest.approx(shown_as, abs=1)


@pytest.mark.parametrize("bits", [10, 12, 15, 16])
@pytest.mark.parametrize("pixels", ["rgb48le", "rgba64le"])
@pytest.mark.parametrize("suffix", ["tiff", "png"])
def test_colours_of_few_bits_in_sixteen(ffmpeg, bits, pixels, suffix):
    given = ramp(bits, 3 if pixels == "rgb48le" else 4)
    given[..., 1] //= 2
    if pixels == "rgba64le":
        given[..., 3] = 65535
    path = ffmpeg(
        f"a.{suffix}",
        *("-f", "rawvideo", "-pix_fmt", pixels, "-s", "64x32", "-i", "-"),
        *("-frames:v", 1, "-update", 1),
        given=given.tobytes(),
    )
    picture = shown(path)
    assert picture[16, -1, 0] >= 250
    assert abs(int(picture[16, -1, 1]) - 127) <= 4
    assert picture[16, 0].max() <= 3


def test_a_narrow_range_is_stretched(tmp_path):
    values = (7000 + 600 * np.tile(np.linspace(0, 1, 64), (32, 1))).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "thermal.tif")
    row = shown(tmp_path / "thermal.tif")[16, :, 0]
    assert row[0] <= 3
    assert row[-1] >= 252


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-50.0, 3000.0), (0.0, 1e30)])
def test_floating_point_greys(tmp_path, low, high):
    values = np.tile(np.linspace(low, high, 64), (32, 1)).astype(np.float32)
    values[0, 0] = np.nan
    Image.fromarray(values).save(tmp_path / "a.tif")
    row = shown(tmp_path / "a.tif")[16, :, 0]
    assert row[0] <= 3
    assert row[-1] >= 252


def test_white_may_be_zero(tmp_path):
    Image.fromarray(ramp(16)).save(tmp_path / "a.tif", tiffinfo={262: 0})
    row = shown(tmp_path / "a.tif")[16, :, 0]
    assert row[0] >= 252
    assert row[-1] <= 3


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P", "L", "RGB", "I;16"])
def test_transparent_parts_are_white_whatever_is_hidden_there(tmp_path, mode):
    path = tmp_path / "a.png"
    if mode == "I;16":
        values = np.full((20, 40), 60_000, np.uint16)
        values[:, :20] = 7
        Image.fromarray(values).save(path, transparency=7)
    elif mode in ("RGBA", "LA", "PA"):
        image = Image.new("RGBA", (40, 20), (9, 9, 9, 255))
        image.paste((200, 0, 200, 0), (0, 0, 20, 20))
        image = image.convert(mode) if mode != "PA" else image
        image.save(path if mode != "PA" else tmp_path / "a.webp", lossless=True)
        path = path if mode != "PA" else tmp_path / "a.webp"
    else:
        image = Image.new("L", (40, 20), 9)
        image.paste(7, (0, 0, 20, 20))
        image = image.convert(mode) if mode != "P" else image.quantize(4)
        key = {"P": image.getpixel((5, 5)), "L": 7, "RGB": (7, 7, 7)}[mode]
        image.save(path, transparency=key)
    picture = shown(path)
    assert close(picture[10, 5], (255, 255, 255))
    assert picture[10, 35].max() < 245
    assert np.array_equal(whole_photo(path), picture)


@pytest.mark.parametrize("mode", ["CMYK", "LAB", "YCbCr", "1", "L", "RGBA"])
def test_every_mode_of_a_tiff(tmp_path, mode):
    if mode == "YCbCr" and int(PIL.__version__.split(".")[0]) < 13:
        pytest.skip("Pillow before 13 does not read back the uncompressed YCbCr that it writes")
    image = Image.new("RGB", (40, 20), (250, 250, 250))
    image.paste((5, 5, 5), (0, 0, 20, 20))
    if mode == "LAB":
        lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        image = ImageCms.applyTransform(image, ImageCms.buildTransform(rgb, lab, "RGB", "LAB"))
    else:
        image = image.convert(mode)
    image.save(tmp_path / "a.tif")
    picture = shown(tmp_path / "a.tif")
    assert picture[10, 5].max() < 40
    assert picture[10, 35].min() > 215


def test_large_photos_with_alpha_are_read_in_strips(tmp_path, monkeypatch):
    monkeypatch.setattr("frameatlas.photos.pixels.DIRECT", 1000)
    monkeypatch.setattr("frameatlas.photos.reduced.STRIP", 3000)
    image = Image.new("RGBA", (700, 500), (10, 200, 10, 255))
    image.paste((255, 0, 0, 0), (0, 0, 350, 500))
    image.save(tmp_path / "a.png")
    picture = read_photo(tmp_path / "a.png", 70, 50)
    assert close(picture[25, 10], (255, 255, 255))
    assert close(picture[25, 60], (10, 200, 10))


def test_the_picture_in_strips_is_the_picture_at_once(tmp_path, monkeypatch):
    noise = np.random.default_rng(0).integers(0, 255, (31, 47, 3), np.uint8)
    image = Image.fromarray(noise).resize((470, 310), Image.Resampling.BICUBIC)
    image.save(tmp_path / "a.png")
    at_once = read_photo(tmp_path / "a.png", 47, 31)
    monkeypatch.setattr("frameatlas.photos.pixels.DIRECT", 1000)
    monkeypatch.setattr("frameatlas.photos.reduced.STRIP", 2000)
    assert close(read_photo(tmp_path / "a.png", 47, 31), at_once, 12)


def test_a_picture_in_memory_is_read_too():
    file = io.BytesIO()
    Image.fromarray(ramp(12)).save(file, "PNG")
    assert read_photo(file, 64, 32).max() >= 253
