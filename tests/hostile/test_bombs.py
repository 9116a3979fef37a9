"""Files of some kilobytes that ask for gigabytes: refused before the memory is taken."""

import struct
import subprocess
import sys
import zlib

import pytest

from frameatlas.photos.memory import LARGEST_PHOTO
from frameatlas.safe_formats import LARGEST_PICTURE

SIDE = 30_000
MOST_MEGABYTES = 900
"""Of a process that is given a bomb: what the libraries themselves take, and some."""

READ = """
import resource, sys
from pathlib import Path
path, how = Path(sys.argv[1]), sys.argv[2]
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
from frameatlas.errors import FrameatlasError
try:
    if how == "photo":
        from frameatlas.photos.photo import read_photo as read
        read(path, 8, 8)
    elif how == "poster of photos":
        from frameatlas.poster.originals.photo import photo_picture as read
        read(path)
    elif how == "ranking":
        from frameatlas.reid.ranking.features import open_picture as read
        read(path)
    elif how == "poster":
        from fractions import Fraction
        from frameatlas.poster.originals.video import video_picture as read
        read(path, Fraction(0))
    else:
        from frameatlas.embedder.decode.ffmpeg.clip_cutter import cut_clip as read
        read(path, 0, 1, path.with_suffix(".out"))
    print("read")
except FrameatlasError as error:
    print("refused:", error)
# Of this process getrusage would tell what the one that started it had at most.
own = next(line for line in Path("/proc/self/status").open() if line.startswith("VmHWM"))
used = (int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(max(used) // 1024)
"""


def png_head(side):
    head = struct.pack(">II5B", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))


def png(side):
    row = zlib.compress(b"\0" * (1 << 20), 9)
    chunk = b"IDAT" + row
    data = struct.pack(">I", len(row)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + png_head(side) + data + b"\0\0\0\0IEND\xaeB`\x82"


def gif(side):
    screen = struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + screen + b"," + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\2\2L\1\0;"


def bmp(side):
    head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, 0, 0, 0, 0, 0)
    return struct.pack("<2sIHHI", b"BM", 54, 0, 0, 54) + head


def tiff(side):
    tags = ((256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (279, 9))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0\0\0\0"


def jpeg(side):
    frame = struct.pack(">HBHHB", 17, 8, side, side, 3) + b"\1\x22\0\2\x11\0\3\x11\0"
    return b"\xff\xd8\xff\xdb\0\x43\0" + b"\1" * 64 + b"\xff\xc0" + frame + b"\xff\xd9"


PHOTOS = {"a.png": png, "a.gif": gif, "a.bmp": bmp, "a.tif": tiff, "a.jpg": jpeg}


def tried(path, how):
    """What came of it, and the megabytes that it took."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), how],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-800:]
    said, used = done.stdout.strip().splitlines()
    return said, int(used)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in kilobytes on Linux")
@pytest.mark.parametrize("how", ["photo", "poster of photos", "ranking"])
def test_photos_that_claim_900_million_pixels(tmp_path, how):
    for name, make in PHOTOS.items():
        (tmp_path / name).write_bytes(make(SIDE))
    assert SIDE * SIDE > LARGEST_PHOTO
    names = PHOTOS if how == "photo" else ["a.png"]
    for name in names:
        said, used = tried(tmp_path / name, how)
        assert said.startswith("refused:"), name
        assert used < MOST_MEGABYTES, name


def enlarged(path, side):
    """A film of PNG pictures whose heads claim another size than its container does."""
    data, place = bytearray(path.read_bytes()), 0
    while (place := data.find(b"IHDR", place)) >= 0:
        struct.pack_into(">II", data, place + 4, side, side)
        struct.pack_into(">I", data, place + 17, zlib.crc32(data[place : place + 17]))
        place += 20
    path.write_bytes(data)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in kilobytes on Linux")
@pytest.mark.parametrize("side", [SIDE, 16_000])
@pytest.mark.parametrize("how", ["poster", "clip"])
def test_films_whose_pictures_claim_more_than_their_container(tmp_path, draw, side, how):
    path = draw(tmp_path / "bomb.mov", "testsrc2=s=32x32:r=5:d=1", "-c:v", "png")
    assert side * side > LARGEST_PICTURE
    said, used = tried(enlarged(path, side), how)
    assert said.startswith("refused:")
    assert used < MOST_MEGABYTES


def test_the_limits_let_real_pictures_through():
    assert LARGEST_PICTURE >= 7680 * 4320 * 4
    assert LARGEST_PHOTO >= 200_000_000
