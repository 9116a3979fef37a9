"""Photos and videos: whatever a file holds, it is read, or refused with a reason."""

import io
import struct
import subprocess

import av
import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from frameatlas.embedder.media.probe import probe_video
from frameatlas.embedder.media.unsupported_files import playlist_reason
from frameatlas.photos.photo import photo_size, read_photo
from frameatlas.photos.quiet import quiet_pillow
from frameatlas.safe_formats import LARGEST_PICTURE


def photos():
    """A small photo of each kind that this Pillow writes."""
    drawn = Image.fromarray(np.random.default_rng(0).integers(0, 255, (9, 12, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    seeds = []
    for kind in ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"):
        file = io.BytesIO()
        drawn.save(file, kind, **({"exif": exif} if kind in ("JPEG", "WEBP") else {}))
        seeds.append(file.getvalue())
    return seeds


def test_photos(fuzz):
    def run(data):
        width, height = photo_size(io.BytesIO(data))
        assert width * height <= 400_000_000
        assert read_photo(io.BytesIO(data), 4, 3).shape == (3, 4, 3)

    with quiet_pillow():
        fuzz("photos", photos(), run, 6_000)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """The bytes of five frames in five containers."""
    folder = tmp_path_factory.mktemp("films")
    seeds = []
    for name, codec in (
        *(("a.mp4", "mpeg4"), ("a.mkv", "mpeg4"), ("a.avi", "mjpeg")),
        *(("a.ts", "mpeg2video"), ("a.ogv", "libtheora")),
    ):
        program = imageio_ffmpeg.get_ffmpeg_exe()
        drawing = ["-f", "lavfi", "-i", "testsrc2=s=32x18:r=5:d=1", "-c:v", codec]
        quiet = [program, "-nostdin", "-v", "error", *drawing, str(folder / name)]
        if subprocess.run(quiet, capture_output=True, check=False).returncode == 0:
            seeds.append((folder / name).read_bytes())
    assert len(seeds) >= 4
    return seeds


def test_videos(fuzz, films, tmp_path):
    def run(data):
        path = tmp_path / "film.mp4"
        path.write_bytes(data)
        probe = probe_video(path)
        assert 0 < probe.coded_width * probe.coded_height <= LARGEST_PICTURE

    fuzz("videos", films, run, 4_000)
    assert av.logging.get_level() in (av.logging.PANIC, None)


LISTS = [
    b"#EXTM3U\n#EXTINF:5,\nreal.mp4\n",
    b'<?xml version="1.0"?>\n<!-- a --> <!-- b -->\n<MPD xmlns="x"></MPD>',
    b"ffconcat version 1.0\nfile real.mp4\n",
    b"\xef\xbb\xbf[playlist]\nFile1=real.mp4\n",
]


def test_playlists(fuzz, tmp_path):
    def run(data):
        path = tmp_path / "film.mp4"
        path.write_bytes(data)
        reason = playlist_reason(path)
        assert reason is None or "playlist" in reason

    fuzz("playlists", LISTS, run, 6_000)


@pytest.mark.parametrize("comment", [b"<!---->", b"<!-- -->\n", b"<!--", b"<?xml ?>", b"<?xml"])
def test_a_head_full_of_comments_costs_a_glance(tmp_path, comment):
    path = tmp_path / "film.mp4"
    path.write_bytes(comment * 500 + b"x")
    assert playlist_reason(path) is None
    path.write_bytes(comment * 3 + struct.pack(">I", 9))
    assert playlist_reason(path) is None
