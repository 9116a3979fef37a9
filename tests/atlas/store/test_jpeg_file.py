"""``frames.jpeg``: written, read back, read smaller, and refused where it is something else."""

import io
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameatlas.errors import DamagedAtlasError
from frameatlas.store.frame_rows import AtlasFrames
from frameatlas.store.pictures.jpeg_coding import (
    REDUCTIONS,
    copy_place,
    encode_jpeg,
    rounded_up,
)
from frameatlas.store.pictures.jpeg_file import ENDING, ending_of

WIDTH, HEIGHT = 133, 75


def photograph(seed, width=WIDTH, height=HEIGHT):
    """Smooth colours and some detail, as real frames have them."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 255, (6, 9, 3), np.uint8))
    smooth = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), np.int16)
    return np.clip(smooth + rng.integers(-6, 7, smooth.shape), 0, 255).astype(np.uint8)


PICTURES = np.stack([photograph(seed) for seed in range(5)])


@pytest.fixture
def path(tmp_path, synthetic):
    place = tmp_path / "frames.jpeg"
    synthetic.write_jpegs(place, PICTURES)
    return place


def opened(path, count=5):
    return AtlasFrames([path], [count])


def decibels(one, other):
    return 10 * np.log10(255**2 / max(1e-9, np.mean((one.astype(float) - other) ** 2)))


def test_pictures_come_back_nearly_as_they_were(path):
    frames = opened(path)
    for picture, stored in zip(PICTURES, frames, strict=True):
        assert stored.shape == picture.shape
        assert decibels(picture, stored) > 35
        assert not stored.flags.writeable
    assert len(frames[[3, 1]]) == 2
    assert np.array_equal(frames[1:4][-1], frames[3])


def test_the_file_is_a_series_of_jpegs_for_other_programs(path):
    """Its first bytes are a picture; the ends at its end say where each of the others is."""
    with Image.open(path) as first:
        assert first.size == (WIDTH, HEIGHT)
    data = np.fromfile(path, np.uint8)
    n, width, height, magic = struct.unpack("<QII8s", data[-24:].tobytes())
    assert (n, width, height, magic) == (5, WIDTH, HEIGHT, b"frames-1")
    ends = [0, *data[-24 - 8 * n : -24].view("<u8").tolist()]
    fourth = data[ends[3] : ends[4]].tobytes()
    with Image.open(io.BytesIO(fourth)) as picture:
        assert np.array_equal(np.asarray(picture), opened(path)[3])


@pytest.mark.parametrize("by", REDUCTIONS)
def test_a_picture_is_had_smaller(path, by):
    frames = opened(path)
    assert frames.reduces(0)
    for number in range(5):
        small = frames.reduced(number, by)
        assert small.shape == (rounded_up(HEIGHT, by), rounded_up(WIDTH, by), 3)
        expected = np.asarray(Image.fromarray(PICTURES[number]).reduce(by))
        assert decibels(small, expected) > 27


def without_copy(data):
    _, stop = copy_place(data)
    return data[:20] + data[stop:]


def written(path, pictures, *, count=None, size=(WIDTH, HEIGHT)):
    ends = np.cumsum([len(picture) for picture in pictures]).astype("<u8")
    last = ending_of(len(pictures) if count is None else count, *size)
    path.write_bytes(b"".join(pictures) + ends.tobytes() + last)
    return path


@pytest.mark.parametrize("by", REDUCTIONS)
def test_pictures_without_copies_are_had_smaller_too(path, by):
    """Other programs may have written the file, and pictures may be too large to have a copy."""
    before = [opened(path).reduced(number, by) for number in range(5)]
    coded = [encode_jpeg(picture, WIDTH, HEIGHT) for picture in PICTURES]
    assert [copy_place(without_copy(one)) for one in coded] == [None] * 5
    frames = opened(written(path, [without_copy(one) for one in coded]))
    for number in range(5):
        small = frames.reduced(number, by)
        assert small.shape == before[number].shape
        assert decibels(small, before[number]) > 27


def test_a_picture_too_large_for_a_copy_has_none(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (1200, 1200, 3), np.uint8)
    coded = encode_jpeg(noise, 1200, 1200)
    assert copy_place(coded) is None
    frames = opened(written(tmp_path / "frames.jpeg", [coded], size=(1200, 1200)), 1)
    assert frames.reduced(0, 12).shape == (100, 100, 3)


def test_a_copy_that_is_longer_than_what_is_read_first(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (600, 600, 3), np.uint8)
    coded = encode_jpeg(noise, 600, 600)
    assert copy_place(coded)[1] > 12_000
    frames = opened(written(tmp_path / "frames.jpeg", [coded], size=(600, 600)), 1)
    assert frames.reduced(0, 3).shape == (200, 200, 3)


def progressive():
    out = io.BytesIO()
    Image.fromarray(PICTURES[2]).save(out, "JPEG", progressive=True)
    return out.getvalue()


def grey():
    out = io.BytesIO()
    Image.fromarray(PICTURES[2][..., 0]).save(out, "JPEG")
    return out.getvalue()


CODED = [encode_jpeg(picture, WIDTH, HEIGHT) for picture in PICTURES]
TRICKS = {
    "progressive": progressive(),
    "grey": grey(),
    "another size": encode_jpeg(np.zeros((9, 16, 3), np.uint8), 16, 9),
    "cut short": CODED[2][: len(CODED[2]) // 2],
    "no jpeg": b"GIF89a" + bytes(900),
    "a bomb": CODED[2].replace(struct.pack(">HH", HEIGHT, WIDTH), b"\xff\xff\xff\xff"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_what_is_no_picture_of_ours_is_refused(path, trick):
    frames = opened(written(path, [*CODED[:2], TRICKS[trick], *CODED[3:]]))
    with pytest.raises(DamagedAtlasError, match=r"Expected .*frames\.jpeg .*Received: .*frame 2"):
        frames[2]
    assert frames[3].shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("by", REDUCTIONS)
def test_a_copy_of_another_size_is_refused(path, by):
    _, stop = copy_place(CODED[2])
    other = encode_jpeg(np.zeros((300, 534, 3), np.uint8), 534, 300)
    swapped = CODED[2][:20] + other[20 : copy_place(other)[1]] + CODED[2][stop:]
    frames = opened(written(path, [*CODED[:2], swapped, *CODED[3:]]))
    assert np.array_equal(frames[2], opened(written(path, CODED))[2])
    frames = opened(written(path, [*CODED[:2], swapped, *CODED[3:]]))
    if by == 2:
        assert frames.reduced(2, by).shape[0] == rounded_up(HEIGHT, 2)
    else:
        with pytest.raises(DamagedAtlasError, match=r"of (534|178) ×"):
            frames.reduced(2, by)


def places(*values):
    return np.array(values, "<u8").tobytes()


def ends_of(path, ends):
    data = path.read_bytes()
    start = len(data) - ENDING.size - 8 * 5
    path.write_bytes(data[:start] + ends + data[-ENDING.size :])


@pytest.mark.parametrize(
    "ends",
    [
        places(1, 2, 3, 1 << 62, 1 << 63),
        places(9000, 800, 700, 600, 500),
        places(*[(1 << 64) - 1] * 5),
        places(0, 0, 0, 0, 0),
    ],
)
def test_ends_that_point_elsewhere_are_refused(path, ends):
    ends_of(path, ends)
    frames = opened(path)
    for number in (1, 3, 4):
        with pytest.raises(DamagedAtlasError, match=r"Expected .*frames\.jpeg"):
            frames[number]
        with pytest.raises(DamagedAtlasError, match=r"Expected .*frames\.jpeg"):
            frames.reduced(number, 3)


def test_one_picture_cannot_ask_for_the_whole_file(tmp_path):
    huge = written(tmp_path / "frames.jpeg", [CODED[0]])
    with huge.open("r+b") as file:
        data = file.read()
        file.seek(3 << 30)  # a hollow file of 3 GB that says to be one picture
        file.write(places(3 << 30) + data[-ENDING.size :])
    with pytest.raises(DamagedAtlasError, match="frame 0 at bytes 0 to"):
        opened(huge, 1)[0]


@pytest.mark.parametrize("size", [(0, 75), (133, 0), (70_000, 75), (4097, 4097)])
def test_sizes_that_no_frame_has_are_refused(path, size):
    written(path, CODED, size=size)
    with pytest.raises(DamagedAtlasError, match=f"{size[0]} × {size[1]}"):
        opened(path)[0]


@pytest.mark.parametrize("count", [0, 4, 6, 1 << 63])
def test_another_number_of_pictures_is_refused(path, count):
    written(path, CODED, count=count)
    with pytest.raises(DamagedAtlasError, match=f"to hold 5 frames. Received: {count}"):
        opened(path)[0]


@pytest.mark.parametrize("left", [0, 10, 30, 0.5, -1])
def test_a_file_that_is_cut_in_place_is_one_sentence(path, left):
    frames, whole = opened(path), path.read_bytes()
    before = frames[1].copy()
    keep = int(left * len(whole)) if isinstance(left, float) else left
    with path.open("r+b") as file:
        file.truncate(keep if keep >= 0 else len(whole) + keep)
    with pytest.raises(DamagedAtlasError, match=r"Expected .*frames\.jpeg to hold 5 frames"):
        frames[1]
    path.write_bytes(whole)
    assert np.array_equal(frames[1], before)


def test_many_threads_read_at_once(path):
    frames = opened(path)
    alone = [frames[number].tobytes() for number in range(5)]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda n: frames[n % 5].tobytes(), range(200)))
    assert together == [alone[n % 5] for n in range(200)]


OPEN = Path("/proc/self/fd")


@pytest.mark.skipif(not OPEN.is_dir(), reason="only Linux lists the open files of a process")
def test_no_file_stays_open(path):
    frames = opened(path)
    before = len(list(OPEN.iterdir()))
    for number in range(5):
        frames[number]
    assert len(list(OPEN.iterdir())) == before
