"""A video or photo that names other files or addresses reaches neither, whatever opens it."""

import struct
import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

from frameatlas.embedder.decode.ffmpeg.clip_cutter import cut_clip
from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import probe_video
from frameatlas.errors import SourceError
from frameatlas.photos.photo import read_photo
from frameatlas.poster.originals.photo import photo_picture
from frameatlas.poster.originals.video import video_picture
from frameatlas.reid.ranking.features import open_picture
from frameatlas.reid.tracks.frame_reader import open_pictures
from frameatlas.safe_formats import photo_formats


def hls(address):
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{address}\n#EXT-X-ENDLIST\n"


def dash(address):
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT2S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011">'
        '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="9">'
        f"<BaseURL>{address}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    )


def sdp(address):
    port = address.rpartition(":")[2].partition("/")[0] if address.startswith("http") else "9"
    return (
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=video {port} RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    )


SUBTITLES = "[Script Info]\n[V4+ Styles]\n[Fonts]\nfontname: {0}\n[Events]\nDialogue: 0,0,1,,{0}\n"
WRITTEN = {
    "HLS": hls,
    "HLS behind a comment": lambda a: "\n\n" + hls(a),
    "HLS after lines of text": lambda a: "x\n" + hls(a),
    "concat": lambda a: f"file '{a}'\n",
    "ffconcat": lambda a: f"ffconcat version 1.0\nfile '{a}'\n",
    "DASH": dash,
    "DASH behind a comment of two lines": lambda a: dash(a).replace("<MPD", "<!-- a\nb --><MPD"),
    "SDP": sdp,
    "PLS": lambda a: f"[playlist]\nFile1={a}\n",
    "an address": lambda a: a + "\n",
    "subtitles (ASS)": SUBTITLES.format,
    "subtitles (SRT)": lambda a: f'1\n00:00:00,000 --> 00:00:09,000\n<img src="{a}">{a}\n',
    "subtitles (WebVTT)": lambda a: (
        f"WEBVTT\n\nSTYLE\n::cue {{ src: url({a}) }}\n\n0:00 --> 0:09\nx"
    ),
    "SVG": lambda a: (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink" '
        f'width="9" height="9"><image l:href="{a}" width="9" height="9"/></svg>'
    ),
    "EPS": lambda a: (
        f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({a}) (r) file pop\n%%EOF\n"
    ),
    "RAM": lambda a: f"{a}\n{a}\n",
    "ASX": lambda a: f'<asx version="3"><entry><ref href="{a}"/></entry></asx>',
    "FFmpeg's script": lambda a: f'#AVISYNTH\nDirectShowSource("{a}")\n',
}
OPENERS = {
    "index": probe_video,
    "clip": lambda path: cut_clip(path, 0, 1, path.with_name("out")),
    "poster": lambda path: video_picture(path, Fraction(0)),
    "players": lambda path: list(open_pictures(path).pictures([1])),
    "photo": lambda path: read_photo(path, 4, 4),
    "poster of photos": photo_picture,
    "ranking": open_picture,
}


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize("kind", WRITTEN)
def test_nothing_that_a_file_names_is_opened(tmp_path, trap, secret, kind, opener):
    for number, address in enumerate((f"http://127.0.0.1:{trap.port}/a.ts", str(secret))):
        for ending in (".mp4", ".jpg") if opener in ("index", "photo") else (".mp4",):
            path = tmp_path / f"film{number}{ending}"
            path.write_text(WRITTEN[kind](address))
            with pytest.raises(SourceError) as told:
                OPENERS[opener](path)
            assert str(told.value)


@pytest.mark.parametrize("kind", ["HLS", "concat"])
@pytest.mark.process
def test_without_our_options_they_would_be_opened(tmp_path, trap, kind):
    """The trap works: FFmpeg as others start it comes to it."""
    trap.expected = True
    path = tmp_path / "film.mp4"
    path.write_text(WRITTEN[kind](f"http://127.0.0.1:{trap.port}/a.ts"))
    forced = {"HLS": ["-f", "hls"], "concat": ["-f", "concat", "-safe", "0"]}[kind]
    careless = ["-protocol_whitelist", "file,http,tcp", *forced, "-i", str(path), "-f", "null", "-"]
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error"]
    subprocess.run([*program, *careless], capture_output=True, timeout=30, check=False)
    for _ in range(50):
        if trap.came:
            break
        trap._ended.wait(0.05)


def boxes(data, start, stop):
    """Kind, begin and end of the boxes of an MP4 file between two places."""
    while start + 8 <= stop:
        size, kind = struct.unpack_from(">I4s", data, start)
        yield kind, start, start + size
        start += max(8, size)


def referring(data, address):
    """The file with its media referred to elsewhere: ``url `` in dref loses "in this file"."""
    data, parents, start, stop = bytearray(data), [], 0, len(data)
    for wanted in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        start, stop = next((a, b) for kind, a, b in boxes(data, start, stop) if kind == wanted)
        parents.append(start)
        start += 16 if wanted == b"dref" else 8
    kind, begin, end = next(boxes(data, start, stop))
    assert kind in (b"url ", b"alis")
    content = struct.pack(">4sI", b"url ", 0) + address.encode() + b"\0"
    entry = struct.pack(">I", len(content) + 4) + content
    data[begin:end] = entry
    for parent in parents:
        size = struct.unpack_from(">I", data, parent)[0]
        struct.pack_into(">I", data, parent, size + len(entry) - (end - begin))
    return bytes(data)


@pytest.mark.parametrize("remote", [True, False])
def test_a_movie_that_refers_to_other_files_stays_alone(
    tmp_path, trap, secret, draw, remote, new_memory
):
    whole = draw(tmp_path / "whole.mov", "color=blue:s=32x18:r=5:d=2", "-c:v", "mpeg4")
    path = tmp_path / "film.mov"
    address = f"http://127.0.0.1:{trap.port}/a.mov" if remote else str(secret)
    path.write_bytes(referring(whole.read_bytes(), address))
    sink = new_memory()
    try:
        decode_video(path, probe_video(path), FrameSettings(3, 18), sink, stopped=lambda: False)
    except SourceError:
        return
    for pixels in sink.pictures:  # its own media: blue, never the secret's red
        assert pixels[::3].mean() < 60


@pytest.fixture
def new_memory():
    """A sink that keeps the bytes of each frame."""
    import numpy as np

    class Memory:
        def __init__(self):
            self.pictures = []
            self.count = 0

        def begin(self, width, height, time_base):
            pass

        def append(self, pixels, pts, box, name=""):
            self.pictures.append(np.frombuffer(bytes(pixels), np.uint8))
            self.count += 1

        def restart(self):
            self.pictures.clear()
            self.count = 0

        def stored(self, index):
            return self.pictures[index], index

    return Memory


def test_a_listed_format_under_an_unlisted_name_is_still_a_video(tmp_path, draw):
    path = draw(tmp_path / "a.mp4", "testsrc2=s=32x18:r=5:d=1", "-c:v", "mpeg4")
    renamed = path.rename(tmp_path / "a.m3u8")
    assert probe_video(renamed).width == 32
    assert video_picture(renamed, Fraction(0)).shape == (18, 32, 3)


def test_pillow_runs_no_other_program():
    """EPS is what Pillow hands to Ghostscript; the other formats are read by libraries alone."""
    assert {"JPEG", "PNG", "WEBP", "TIFF"} <= set(photo_formats())
    assert not {"EPS", "WMF", "SVG", "GRIB", "HDF5", "BUFR", "FITS", "PDF"} & set(photo_formats())


def test_a_video_of_our_own_is_opened_by_all(tmp_path, draw):
    path = draw(tmp_path / "a.mp4", "testsrc2=s=32x18:r=5:d=1", "-c:v", "mpeg4")
    for name in ("index", "clip", "poster", "players"):
        OPENERS[name](path)
    assert Path(tmp_path, "out").stat().st_size > 500
