"""Kinds that were still shown wrongly: signed greys, parts of TIFFs, animations of sixteen bits."""

import io
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from frameatlas.embedder.decode.animation import is_animation, look_at_animation, read_animation
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.file_kinds import is_photo
from frameatlas.errors import SourceError
from frameatlas.photos.jpeg_xl_head import is_animated_jpeg_xl
from frameatlas.photos.photo import photo_size, read_photo, whole_photo

RAMP = np.linspace(0, 1, 48)[None, :].repeat(32, axis=0)
COLOURS = np.array([(250, 0, 0), (0, 250, 0), (0, 0, 250), (255, 255, 255)], np.uint8)
BARS = COLOURS.repeat(12, axis=0)[None].repeat(32, axis=0)


@pytest.fixture(scope="session")
def tiffs(module_at, root):
    """The module ``tiff_writer.py``."""
    return module_at(root / "tests" / "field" / "tiff_writer.py")


def columns(picture):
    """The middle of each of four bars."""
    height, width, _ = picture.shape
    return picture[height // 2, (width // 8) :: (width // 4)].astype(int)


@pytest.mark.parametrize(("dtype", "most"), [("i1", 127), ("i2", 32_767), ("i4", 2**31 - 1)])
@pytest.mark.parametrize("below", [False, True])
def test_greys_with_a_sign(tmp_path, tiffs, dtype, most, below):
    """From black to white, whether or not there are negative numbers."""
    values = RAMP * 2 * most - most if below else RAMP * most
    path = tiffs.write_tiff(tmp_path / "a.tif", values.astype(dtype))
    found = read_photo(path, 48, 32)[16, :, 0].astype(int)
    assert np.abs(found - 255 * RAMP[16]).max() <= 3


def in_parts(path, parts, size, *, compression, photometric=2, tile=None, **tags):
    """A TIFF whose strips, or tiles, are given as bytes."""
    data, places = bytearray(b"II*\0\0\0\0\0"), []
    for part in parts:
        places.append(len(data))
        data += part + bytes(len(part) % 2)
    where, sizes = (324, 325) if tile else (273, 279)
    entries = {
        **{256: [size[0]], 257: [size[1]], 258: [8, 8, 8], 259: [compression]},
        **{262: [photometric], 277: [3], where: places, sizes: [len(part) for part in parts]},
        **({322: [tile], 323: [tile]} if tile else {278: [-(-size[1] // len(parts))]}),
        **{int(tag): value for tag, value in tags.items()},
    }
    written = []
    for tag, values in sorted(entries.items()):
        packed = np.array(values, "<u4").tobytes()
        if len(values) > 1:
            packed, at = len(data).to_bytes(4, "little"), packed
            data += at
        head = np.array([tag, 4], "<u2").tobytes() + np.uint32(len(values)).tobytes()
        written.append(head + packed)
    data[4:8] = len(data).to_bytes(4, "little")
    data += len(written).to_bytes(2, "little") + b"".join(written) + bytes(4)
    path.write_bytes(data)
    return path


def webp(pixels):
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "WEBP", lossless=True)
    return file.getvalue()


@pytest.mark.parametrize("tile", [None, 16])
def test_webp_in_tiff(tmp_path, tile):
    if tile:
        places = [(y, x) for y in (0, 16) for x in (0, 16, 32)]
        parts = [webp(BARS[y : y + 16, x : x + 16]) for y, x in places]
    else:
        parts = [webp(BARS[:16]), webp(BARS[16:])]
    path = in_parts(tmp_path / "a.tif", parts, (48, 32), compression=50001, tile=tile)
    assert np.array_equal(whole_photo(path), BARS)
    assert np.abs(columns(read_photo(path, 24, 16)) - COLOURS).max() <= 8


def test_a_part_that_is_larger_than_its_place_is_refused(tmp_path):
    parts = [webp(np.zeros((600, 600, 3), np.uint8))]
    path = in_parts(tmp_path / "a.tif", parts, (48, 32), compression=50001)
    with pytest.raises(SourceError, match="damaged"):
        read_photo(path, 24, 16)


def ycbcr(across, down):
    """Brightness and colours in one strip, as TIFF 6.0 lays them out without compression."""
    stored = np.asarray(Image.fromarray(BARS).convert("YCbCr"))
    blocks = []
    for y in range(0, 32, down):
        for x in range(0, 48, across):
            luma = stored[y : y + down, x : x + across, 0].reshape(-1)
            blocks.append(np.concatenate([luma, stored[y, x, 1:]]))
    return np.concatenate(blocks).tobytes()


@pytest.mark.parametrize(("across", "down"), [(1, 1), (2, 1), (2, 2), (4, 4), (4, 1)])
def test_uncompressed_ycbcr(tmp_path, across, down):
    tags = {"530": [across, down]}
    path = in_parts(
        tmp_path / "a.tif", [ycbcr(across, down)], (48, 32), compression=1, photometric=6, **tags
    )
    assert photo_size(path) == (48, 32)
    assert np.abs(columns(whole_photo(path)) - COLOURS).max() <= 4


def test_uncompressed_ycbcr_that_is_cut_off_says_so(tmp_path):
    data = ycbcr(2, 2)
    path = in_parts(
        tmp_path / "a.tif", [data[: len(data) // 2]], (48, 32), compression=1, photometric=6
    )
    with pytest.raises(SourceError, match="cut off"):
        read_photo(path, 24, 16)


@pytest.mark.parametrize("pixels", ["rgba64be", "ya16be"])
def test_animated_png_of_sixteen_bits_with_alpha(ffmpeg, kept, pixels):
    """FFmpeg gives the first picture only: it blends no sixteen bits."""
    drawing = "color=red:s=64x48:r=5:d=1,format=rgba,geq=r=50*N:g=0:b=0:a='255*gte(X,32)'"
    path = ffmpeg("a.png", "-f", "lavfi", "-i", drawing, "-pix_fmt", pixels, "-f", "apng")
    assert is_animation(path)
    assert not is_photo(path)
    assert look_at_animation(path).pictures == 5
    outcome = read_animation(path, FrameSettings(5.0, 48), kept, stopped=lambda: False)
    assert (outcome.status, kept.times) == ("ok", [0.0, 0.2, 0.4, 0.6, 0.8])
    for number, picture in enumerate(kept.pictures):
        assert picture[:, :28].min() > 245
        shown = 50 * number if pixels == "rgba64be" else 0.299 * 50 * number
        assert abs(int(picture[24, 50, 0]) - shown) < 12


@pytest.fixture
def jpeg_xl(ffmpeg):
    """``jpeg_xl(seconds)``: an animated JPEG XL of five pictures a second."""

    def make(seconds):
        try:
            drawing = f"testsrc2=s=96x64:r=5:d={seconds}"
            packed = ("-c:v", "libjxl_anim", "-f", "image2pipe")
            return ffmpeg("a.jxl", "-f", "lavfi", "-i", drawing, *packed)
        except subprocess.CalledProcessError:
            pytest.skip("this FFmpeg writes no animated JPEG XL")

    return make


def test_animated_jpeg_xl_is_no_still(jpeg_xl, kept):
    path = jpeg_xl(2)
    assert is_animation(path)
    assert not is_photo(path)
    outcome = read_animation(path, FrameSettings(5.0, 64), kept, stopped=lambda: False)
    assert (outcome.status, outcome.duration) == ("ok", 2.0)
    assert kept.times == [round(n / 5, 3) for n in range(10)]
    shown = np.stack(kept.pictures).astype(int)
    assert (np.abs(np.diff(shown, axis=0)).reshape(9, -1).mean(axis=1) > 1).all()


def test_what_is_missing_of_an_animated_jpeg_xl_is_said(jpeg_xl, kept):
    path = jpeg_xl(2)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    outcome = read_animation(path, FrameSettings(5.0, 64), kept, stopped=lambda: False)
    assert outcome.status == "damaged"
    assert 1 <= kept.count < 9


def test_a_still_jpeg_xl_is_a_photo(ffmpeg, tmp_path):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-encoders"]
    if "libjxl" not in subprocess.run(command, capture_output=True, text=True, check=True).stdout:
        pytest.skip("this FFmpeg writes no JPEG XL")
    path = ffmpeg("a.jxl", "-f", "lavfi", "-i", "testsrc2=s=97x64:d=1", "-frames:v", "1")
    assert not is_animated_jpeg_xl(path)
    codestream = path.read_bytes()
    box = (8 + len(codestream)).to_bytes(4, "big") + b"jxlc"
    (tmp_path / "b.jxl").write_bytes(b"\0\0\0\x0cJXL \r\n\x87\n" + box + codestream)
    assert not is_animated_jpeg_xl(tmp_path / "b.jxl")
    (tmp_path / "c.jxl").write_bytes(b"\xff\x0a")
    assert not is_animated_jpeg_xl(tmp_path / "c.jxl")
