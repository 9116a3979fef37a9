"""Depths, planes, tiles and directories that Pillow gets wrong, or knows nothing of."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from frameatlas.errors import SourceError
from frameatlas.photos.photo import photo_pages, photo_size, read_photo, whole_photo
from frameatlas.photos.samples import both_bytes

COLOURS = np.array([[(250, 0, 0), (0, 250, 0)], [(0, 0, 250), (255, 255, 255)]])
GREYS = np.array([[0, 85], [170, 255]])
TURNED = {
    **{1: "abcd", 2: "badc", 3: "dcba", 4: "cdab"},
    **{5: "acbd", 6: "cadb", 7: "dbca", 8: "bdac"},
}
"""Of a picture whose quarters are stored as a, b, c, d, the quarters that are seen."""


@pytest.fixture(scope="session")
def tiffs(module_at):
    """The module ``tiff_writer.py``."""
    return module_at(Path(__file__).parent / "tiff_writer.py")


def quarters(colours, most, dtype=np.uint16):
    """48 × 36 pixels in four colours, white being ``most``."""
    small = colours.astype(float) / 255 * most
    if np.issubdtype(dtype, np.integer):
        small = np.rint(small)
    return small.astype(dtype).repeat(18, axis=0).repeat(24, axis=1)


def check(path, colours, page=0, order="abcd", tolerance=8):
    """Quarters are those of ``colours``, at full size and when the photo is made smaller."""
    size = photo_size(path, page)
    sideways = order in (TURNED[number] for number in (5, 6, 7, 8))
    assert size == ((36, 48) if sideways else (48, 36))
    expected = colours.reshape(4, -1)[["abcd".index(letter) for letter in order]]
    for picture in (
        whole_photo(path, page=page),
        read_photo(path, *size, page=page),
        read_photo(path, size[0] // 2, size[1] // 2, page=page),
    ):
        height, width, _ = picture.shape
        rows, columns = (height // 4, height * 3 // 4), (width // 4, width * 3 // 4)
        found = picture[np.ix_(rows, columns)].reshape(4, 3).astype(int)
        assert np.abs(found - expected).max() <= tolerance, (found, expected)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [9, 11, 13, 14, 15, 16])
@pytest.mark.parametrize("layout", [{}, {"planes": True}, {"tile": 16}, {"big": True}])
def test_colours_of_each_depth_and_layout(tmp_path, tiffs, bits, order, layout):
    pixels = quarters(COLOURS, 2**bits - 1)
    path = tiffs.write_tiff(tmp_path / "a.tif", pixels, order=order, **layout)
    if layout == {"big": True} and order == ">":
        with pytest.raises(SourceError, match="a TIFF of"):  # which Pillow does not know
            photo_size(path)
    else:
        check(path, COLOURS)


@pytest.mark.parametrize("bits", [9, 11, 13, 14, 15])
def test_greys_of_each_depth(tmp_path, tiffs, bits):
    path = tiffs.write_tiff(tmp_path / "a.tif", quarters(GREYS, 2**bits - 1))
    check(path, GREYS)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["grey", "deep", "dark", "alpha", "planes", "floating"])
def test_every_kind_of_tiff_is_turned_once(tmp_path, tiffs, kind, orientation):
    """Pillow maps greys and colours with alpha into memory, and got sideways ones wrong."""
    alpha = np.full((36, 48, 1), 255, np.uint8)
    pixels = {
        "grey": quarters(GREYS, 4095),
        "deep": quarters(COLOURS, 65535),
        "dark": quarters(COLOURS, 1023),
        "alpha": np.dstack([quarters(COLOURS, 255, np.uint8), alpha]),
        "planes": quarters(COLOURS, 65535),
        "floating": quarters(COLOURS, 1, np.float32),
    }[kind]
    more = {"alpha": {"extra": 2}, "planes": {"planes": True}}.get(kind, {})
    path = tiffs.write_tiff(tmp_path / "a.tif", pixels, orientation=orientation, **more)
    check(path, GREYS if kind == "grey" else COLOURS, order=TURNED[orientation])


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("layout", [{}, {"tile": 16}, {"planes": True}])
def test_pages_of_deep_colours_are_told_apart(tmp_path, tiffs, layout, big):
    first, second = quarters(COLOURS, 1023), quarters(COLOURS[::-1, ::-1], 1023)
    path = tiffs.write_tiff(tmp_path / "a.tif", first, second, big=big, **layout)
    assert photo_pages(path) == (0, 1)
    if big and layout == {"planes": True}:  # neither Pillow nor FFmpeg reads these
        with pytest.raises(SourceError, match="a TIFF of whole numbers of 16 bits"):
            photo_size(path)
    else:
        check(path, COLOURS)
        check(path, COLOURS[::-1, ::-1], page=1)


@pytest.mark.parametrize(
    ("colours", "most", "dtype"),
    [
        (GREYS, 2**32 - 1, np.uint32),
        (GREYS, 1, np.float32),
        (COLOURS, 1, np.float32),
        (COLOURS, 60000, np.float32),
    ],
)
def test_thirty_two_bits(tmp_path, tiffs, colours, most, dtype):
    path = tiffs.write_tiff(tmp_path / "a.tif", quarters(colours, most, dtype))
    check(path, colours)


@pytest.mark.parametrize("extra", [1, 2])
@pytest.mark.parametrize("most", [255, 1023, 65535])
@pytest.mark.parametrize("planes", [False, True])
def test_transparency_of_tiffs(tmp_path, tiffs, extra, most, planes):
    """White, whatever colour is hidden, and stored multiplied with alpha or not."""
    dtype, opaque = (np.uint8, 255) if most == 255 else (np.uint16, 65535)
    pixels = np.dstack([quarters(COLOURS, most, dtype), np.full((36, 48), opaque, dtype)])
    pixels[18:, 24:] = 0 if extra == 1 else (0, most, 5, 0)
    path = tiffs.write_tiff(tmp_path / "a.tif", pixels, extra=extra, planes=planes)
    check(path, COLOURS)


def test_what_is_hidden_decides_nothing(tmp_path, tiffs):
    """White that is transparent does not make ten bits black."""
    pixels = np.dstack([quarters(COLOURS, 1023), np.full((36, 48), 65535, np.uint16)])
    pixels[18:, 24:] = (65535, 65535, 65535, 0)
    check(tiffs.write_tiff(tmp_path / "a.tif", pixels, extra=2), COLOURS)


def test_printers_colours_with_alpha(tmp_path, tiffs):
    inks = np.zeros((36, 48, 5), np.uint8)
    inks[..., :3] = 255 - quarters(COLOURS, 255, np.uint8)
    inks[..., 4] = 255
    path = tiffs.write_tiff(tmp_path / "a.tif", inks, photometric=5, extra=2)
    check(path, COLOURS)


@pytest.mark.parametrize(("most", "mode"), [(65535, "rgb48be"), (1023, "rgb48be")])
def test_a_deep_colour_that_stands_for_transparency(tmp_path, ffmpeg, most, mode):
    pixels = quarters(COLOURS, most, ">u2")
    pixels[18:, 24:] = (0x123, 0x10, 0x20)
    size = ("-f", "rawvideo", "-pix_fmt", mode, "-s", "48x36", "-i", "-", "-frames:v", 1)
    path = ffmpeg("a.png", *size, given=pixels.tobytes())
    data = path.read_bytes()
    key = bytes.fromhex("012300100020")
    chunk = PngImagePlugin.putchunk
    with (tmp_path / "b.png").open("wb") as file:
        file.write(data[:33])
        chunk(file, b"tRNS", key)
        file.write(data[33:])
    check(tmp_path / "b.png", COLOURS)


@pytest.mark.parametrize("most", [1023, 65535])
def test_deep_pngs_with_alpha(ffmpeg, most):
    """The white ground is bright: what counts is what is not transparent."""
    pixels = np.dstack([quarters(COLOURS, most), np.full((36, 48), 65535, np.uint16)])
    pixels[18:, 24:] = (7, 7, 7, 0)
    size = ("-f", "rawvideo", "-pix_fmt", "rgba64le", "-s", "48x36", "-i", "-", "-frames:v", 1)
    check(ffmpeg("a.png", *size, given=pixels.tobytes()), COLOURS)


@pytest.mark.parametrize("pixels", ["rgb48le", "rgba64le", "gray16le", "rgb24"])
@pytest.mark.parametrize("suffix", ["jp2", "j2k"])
def test_white_in_deep_jpeg_2000(ffmpeg, pixels, suffix):
    """Pillow rounds it up to black."""
    deep = 255 if pixels == "rgb24" else 65535
    colours = GREYS if pixels == "gray16le" else COLOURS
    given = quarters(colours, deep, np.uint8 if deep == 255 else np.uint16)
    if pixels == "rgba64le":
        given = np.dstack([given, np.full((36, 48), deep, np.uint16)])
    path = ffmpeg(
        f"a.{suffix}",
        *("-f", "rawvideo", "-pix_fmt", pixels, "-s", "48x36", "-i", "-", "-frames:v", 1),
        *("-c:v", "jpeg2000", "-pred", 1, "-f", "image2", "-update", 1),
        *(("-format", "j2k") if suffix == "j2k" else ()),
        given=given.tobytes(),
    )
    check(path, colours, tolerance=12)


def test_huge_photos_of_these_kinds_are_refused_before_they_are_decoded(tmp_path, tiffs):
    path = tiffs.write_tiff(tmp_path / "a.tif", quarters(COLOURS, 1, np.float32))
    data = path.read_bytes()
    for tag, side in ((256, 48), (257, 36)):
        entry = b"".join(n.to_bytes(2, "little") for n in (tag, 3, 1, 0, side))
        assert entry in data
        data = data.replace(entry, entry[:8] + (30_000).to_bytes(2, "little"))
    path.write_bytes(data)
    with pytest.raises(SourceError, match="30000 × 30000 pixels"):
        photo_size(path)


@pytest.mark.parametrize("dtype", [np.float64, np.int16, np.uint32])
def test_tiffs_that_nobody_reads_are_named(tmp_path, tiffs, dtype):
    most = 1 if dtype == np.float64 else 30_000
    path = tiffs.write_tiff(tmp_path / "a.tif", quarters(COLOURS, most, dtype))
    with pytest.raises(SourceError, match=r"a TIFF of .* numbers of .*8 or 16 bits a colour"):
        photo_size(path)


@pytest.mark.parametrize(
    ("number", "name"), [(34887, "LERC"), (50002, "JPEG XL"), (34712, "JPEG 2000"), (9, "number 9")]
)
def test_compressions_that_nobody_reads_are_named(tmp_path, tiffs, number, name):
    path = tiffs.write_tiff(tmp_path / "a.tif", quarters(COLOURS, 255, np.uint8))
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, data.index(struct.pack("<HHI", 259, 3, 1)) + 8, number)
    path.write_bytes(data)
    with pytest.raises(SourceError, match=f"compression {name}, which Pillow does not read"):
        whole_photo(path)


def test_both_bytes_of_sixteen(tmp_path, tiffs):
    pixels = np.random.default_rng(0).integers(0, 65536, (36, 48, 3), np.uint16)
    for order in ("<", ">"):
        path = tiffs.write_tiff(tmp_path / "a.tif", pixels, order=order)
        assert np.array_equal(both_bytes(path, 0)[..., :3], pixels)


def test_a_photo_is_not_mapped_into_memory(tmp_path, monkeypatch):
    """A file that shrinks while it is mapped ends the whole process."""
    Image.new("RGBA", (40, 30)).save(tmp_path / "a.tif")
    monkeypatch.setattr("mmap.mmap", None)
    assert read_photo(tmp_path / "a.tif", 40, 30).shape == (30, 40, 3)
