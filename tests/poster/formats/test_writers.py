import shutil
import struct
import subprocess

import numpy as np
import pytest
from PIL import Image, ImageCms

from frameatlas.errors import InputError, SpaceError
from frameatlas.poster.formats import jpeg as jpeg_file
from frameatlas.poster.formats import pdf as pdf_file
from frameatlas.poster.formats import tiff as tiff_file
from frameatlas.poster.formats.image_info import PictureShape
from frameatlas.poster.formats.writers import (
    FORMATS,
    check_fits,
    check_place,
    format_of,
    write_picture,
)

WIDTH, HEIGHT = 333, 517
RASTER = [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".btf", ".tf8"]
LOSSLESS = [".png", ".tif", ".btf"]


@pytest.fixture(scope="module")
def pixels():
    rough = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    smooth = Image.fromarray(rough).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return np.asarray(smooth)


def write(path, pixels, rows=37, jobs=2, dpi=150.0):
    bands = (pixels[top : top + rows] for top in range(0, len(pixels), rows))
    write_picture(path, PictureShape(pixels.shape[1], pixels.shape[0], dpi), bands, jobs)
    return path


@pytest.fixture
def small_pieces(monkeypatch):
    """Pieces so small that a picture of a test has many of them."""
    monkeypatch.setattr(jpeg_file, "PIECE", 40_000)
    monkeypatch.setattr(tiff_file, "STRIP", 20_000)
    monkeypatch.setattr("frameatlas.poster.formats.parallel_zlib.PIECE", 20_000)


@pytest.mark.parametrize("ending", LOSSLESS)
def test_lossless_files_give_the_same_pixels(ending, tmp_path, pixels, small_pieces):
    with Image.open(write(tmp_path / f"a{ending}", pixels)) as image:
        assert np.array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize("ending", [".jpg", ".webp"])
def test_lossy_files_give_nearly_the_same_pixels(ending, tmp_path, pixels, small_pieces):
    with Image.open(write(tmp_path / f"a{ending}", pixels)) as image:
        difference = np.abs(np.asarray(image.convert("RGB"), int) - pixels)
    assert difference.mean() < 3


def test_joined_jpeg_pieces_equal_one_jpeg(tmp_path, pixels, small_pieces):
    path = write(tmp_path / "a.jpg", pixels)
    Image.fromarray(pixels).save(tmp_path / "whole.jpg", quality=90, subsampling="4:2:0")
    with Image.open(path) as joined, Image.open(tmp_path / "whole.jpg") as whole:
        assert np.array_equal(np.asarray(joined), np.asarray(whole))


@pytest.mark.parametrize("ending", RASTER)
def test_every_picture_says_its_resolution_and_srgb(ending, tmp_path, pixels):
    with Image.open(write(tmp_path / f"a{ending}", pixels)) as image:
        assert "sRGB" in ImageCms.getProfileName(
            ImageCms.getOpenProfile(__import__("io").BytesIO(image.info["icc_profile"]))
        )
        dpi = image.info.get("dpi") or (image.getexif()[0x011A],) * 2
        assert [round(float(value), 1) for value in dpi] == [150.0, 150.0]


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_the_same_bytes_whatever_the_bands_and_threads(ending, tmp_path, pixels, small_pieces):
    first = write(tmp_path / f"a{ending}", pixels, rows=48, jobs=1).read_bytes()
    again = write(tmp_path / f"b{ending}", pixels, rows=48, jobs=4).read_bytes()
    assert first == again
    assert b"/work" not in first
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a{ending}", f"b{ending}"]


def test_tiff_becomes_big_where_it_must(tmp_path, pixels, monkeypatch):
    assert write(tmp_path / "a.tif", pixels).read_bytes()[2] == 42
    assert write(tmp_path / "a.btf", pixels).read_bytes()[2] == 43
    monkeypatch.setattr(tiff_file, "LARGEST_CLASSIC", 1000)
    assert write(tmp_path / "b.tif", pixels).read_bytes()[2] == 43


@pytest.mark.skipif(not shutil.which("gs"), reason="Ghostscript is not installed")
@pytest.mark.parametrize("largest", [65_535, 100])
def test_pdf_is_one_page_that_shows_the_picture(largest, tmp_path, pixels, monkeypatch):
    monkeypatch.setattr(pdf_file, "LARGEST_JPEG", largest)
    path = write(tmp_path / "a.pdf", pixels, dpi=72.0)
    drawn = tmp_path / "drawn.png"
    subprocess.run(
        ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=png16m", "-r72", "-o", drawn, path],
        check=True,
    )
    with Image.open(drawn) as image:
        assert image.size == (WIDTH, HEIGHT)
        assert np.abs(np.asarray(image, int) - pixels).mean() < 4


def test_pdf_names_the_places_of_its_objects(tmp_path, pixels):
    data = write(tmp_path / "a.pdf", pixels).read_bytes()
    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    lines = data[start:].split(b"\n")[3:10]
    for number, line in enumerate(lines, 1):
        assert data[int(line[:10]) :].startswith(b"%d 0 obj" % number)


def test_a_long_page_gets_a_larger_unit(tmp_path, pixels):
    data = write(tmp_path / "a.pdf", pixels, dpi=1.0).read_bytes()
    box = data.split(b"/MediaBox [0 0 ")[1].split(b"]")[0].split()
    unit = float(data.split(b"/UserUnit ")[1].split()[0])
    assert max(map(float, box)) <= 14_400
    assert float(box[0]) * unit == pytest.approx(WIDTH * 72, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "side", "fits"),
    [
        ("a.jpg", 65_535, True),
        ("a.jpg", 65_536, False),
        ("a.webp", 16_383, True),
        ("a.webp", 16_384, False),
        ("a.png", 70_000, True),
        ("a.tif", 70_000, True),
        ("a.pdf", 70_000, True),
    ],
)
def test_limits_of_formats(name, side, fits, tmp_path):
    if fits:
        check_fits(tmp_path / name, side, 10)
        check_fits(tmp_path / name, 10, side)
        return
    with pytest.raises(InputError, match=f"at most {side - 1} pixels"):
        check_fits(tmp_path / name, 10, side)


def test_more_detail_than_webp_has_room_for_is_said_and_leaves_the_old_poster(
    tmp_path, pixels, monkeypatch
):
    def full(*_, **__):
        raise ValueError("encoding error 6")  # as Pillow says, for gigapixels that take minutes

    path = tmp_path / "a.webp"
    path.write_bytes(b"before")
    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(InputError, match=r"room for\. Received: 333 × 517 pixels .*\.jpg"):
        write(path, pixels)
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["a.webp"]


@pytest.mark.parametrize("name", ["a", "a.bmp", "a.png.txt", ".png/"])
def test_unknown_endings_are_refused(name, tmp_path):
    with pytest.raises(InputError, match=r"Expected a file that ends in \.png"):
        format_of(tmp_path / name)


def test_places_that_cannot_be_written_are_refused(tmp_path, monkeypatch):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(InputError, match="the folder"):
        check_place(tmp_path / "folder.png")
    with pytest.raises(InputError, match="none of that name"):
        check_place(tmp_path / "none" / "a.png")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(InputError, match="read-only"):
        check_place(tmp_path / "a.png")


def test_a_full_disk_leaves_the_old_poster(tmp_path, pixels):
    path = write(tmp_path / "a.png", pixels)
    before = path.read_bytes()

    def bands():
        yield pixels[:10]
        raise OSError(28, "No space left on device")

    with pytest.raises(SpaceError):
        write_picture(path, PictureShape(WIDTH, HEIGHT, 72), bands(), 1)
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]
    assert path.read_bytes() == before


def test_png_density_is_in_pixels_a_metre(tmp_path, pixels):
    data = write(tmp_path / "a.png", pixels, dpi=254.0).read_bytes()
    place = data.index(b"pHYs") + 4
    assert struct.unpack(">IIB", data[place : place + 9]) == (10_000, 10_000, 1)
