"""Videos whose clock, beginning, shape or transparency is not what players wish for."""

import io
import subprocess
import tarfile
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, features

from frameatlas.embedder.decode.animation import is_animation, read_animation
from frameatlas.embedder.media.alpha import has_alpha
from frameatlas.embedder.media.bounded_look import probe_within_limits
from frameatlas.embedder.media.frame_sink import FrameSettings

SOURCE = ("-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=2")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25")


@pytest.fixture
def two_seconds(ffmpeg):
    """An MPEG-TS whose pictures are those of 1.4 to 3.4 s."""
    return ffmpeg("a.ts", *SOURCE, *X264)


@pytest.mark.skipif(
    "sys.platform != 'linux'", reason="other systems take only names that are Unicode"
)
def test_a_name_that_is_no_utf8(field, tmp_path, decoded):
    with tarfile.open(field / "01-nonutf8-name.tar") as archive:
        archive.extractall(tmp_path, filter="data")
    path = next(tmp_path.glob("*.mp4"))
    assert probe_within_limits(path).codec == "h264"
    outcome, kept = decoded(path)
    assert outcome.status == "ok"
    assert kept.count > 2


def test_a_clock_that_jumps_ahead(field, decoded):
    outcome, kept = decoded(field / "03-clock-forward.ts")
    assert outcome.status == "ok"
    assert "jumps ahead" in outcome.reason
    assert 17 <= kept.count <= 19


def test_a_broken_beginning_is_missing_once(field, decoded):
    outcome, kept = decoded(field / "06-brokenstart.mp4", fps=1)
    assert (outcome.status, kept.times) == ("damaged", [4, 5, 6, 7])
    assert outcome.seconds_missing == pytest.approx(4.0, abs=0.1)
    assert "at the beginning" in outcome.reason


def test_a_stream_that_begins_between_key_frames(field, decoded):
    outcome, kept = decoded(field / "06-starts-mid-gop.ts")
    assert (outcome.status, outcome.seconds_missing) == ("ok", 0)
    assert "no key frame for the first 2.5 s" in outcome.reason
    assert kept.times[-1] > 13


def test_a_stream_cut_between_key_frames(two_seconds, decoded):
    data = two_seconds.read_bytes()
    cut = data.find(b"G", len(data) // 4)
    while data[cut + 188 : cut + 189] != b"G":
        cut = data.find(b"G", cut + 1)
    (path := two_seconds.with_name("cut.ts")).write_bytes(data[cut:])
    outcome, kept = decoded(path)
    assert outcome.status == "ok"
    assert kept.count >= 2


def test_joined_files_of_the_field(field, decoded):
    outcome, kept = decoded(field / "11-cat-two-whole.ts")
    assert (outcome.status, kept.count) == ("ok", 12)


def test_times_rise_where_a_clock_goes_back(two_seconds, decoded):
    whole = two_seconds.read_bytes()
    (path := two_seconds.with_name("twice.ts")).write_bytes(2 * whole)
    outcome, kept = decoded(path)
    assert outcome.status == "ok"
    assert "goes back once" in outcome.reason
    assert kept.count in (11, 12)
    assert kept.times == sorted(set(kept.times))
    assert np.array_equal(kept.pictures[0], kept.pictures[kept.count // 2])


def test_lost_packets_are_damage_still(two_seconds, decoded):
    data = two_seconds.read_bytes()
    middle = len(data) // 2 // 188 * 188
    (path := two_seconds.with_name("lost.ts")).write_bytes(
        data[:middle] + data[middle + 20 * 188 :]
    )
    outcome, _ = decoded(path)
    assert (outcome.status, outcome.reason) == ("damaged", "part of the data is lost")


def test_a_shape_that_changes_midway(field, decoded):
    outcome, kept = decoded(field / "14-aspect-changes.ts", height=96)
    assert outcome.status == "ok"
    shapes = {round(box[2] / box[3], 2) for box in kept.boxes}
    assert shapes == {1.33, 1.78}
    assert kept.boxes[0] == (0, 0, 128, 96)
    assert kept.boxes[-1][3] == 72


@pytest.mark.parametrize("codec", ["mpeg2video", "libx264"])
def test_shapes_that_change_in_other_codecs(ffmpeg, decoded, codec):
    parts = [
        ffmpeg(
            f"{n}.ts", *SOURCE, "-vf", f"setdar={dar}", "-c:v", codec, "-output_ts_offset", 2 * n
        )
        for n, dar in enumerate(("4/3", "16/9", "4/3"))
    ]
    (path := parts[0].with_name("all.ts")).write_bytes(b"".join(p.read_bytes() for p in parts))
    outcome, kept = decoded(path)
    assert outcome.status == "ok"
    shapes = [round(box[2] / box[3], 1) for box in kept.boxes]
    assert (shapes[0], shapes[8], shapes[-1]) == (1.3, 1.8, 1.3)


def test_the_sticker_of_the_field_is_on_white(field, decoded):
    _, kept = decoded(field / "12-sticker.apng", height=200)
    assert (kept.pictures[0][2, 2] == 255).all()


TRANSPARENT = [
    ("a.apng", ("-c:v", "apng", "-pix_fmt", "rgba", "-f", "apng", "-plays", "0")),
    ("a.mov", ("-c:v", "prores_ks", "-pix_fmt", "yuva444p10le")),
    ("b.mov", ("-c:v", "qtrle", "-pix_fmt", "argb")),
    ("c.mov", ("-c:v", "png", "-pix_fmt", "rgba")),
    ("a.mkv", ("-c:v", "ffv1", "-pix_fmt", "yuva420p")),
    ("b.mkv", ("-c:v", "ffv1", "-pix_fmt", "gbrap")),
    ("a.webm", ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0")),
    ("b.webm", ("-c:v", "libvpx", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0")),
]


@pytest.mark.parametrize(("name", "options"), TRANSPARENT, ids=[name for name, _ in TRANSPARENT])
def test_transparent_parts_of_videos_are_white(ffmpeg, decoded, name, options):
    """The left half is transparent, and hides magenta; the right half is green."""
    drawn = np.zeros((8, 64, 64, 4), np.uint8)
    drawn[:, :, :32] = (200, 0, 200, 0)
    drawn[:, :, 32:] = (0, 200, 0, 255)
    given = ("-f", "rawvideo", "-pix_fmt", "rgba", "-s", "64x64", "-r", "8", "-i", "-")
    _, kept = decoded(ffmpeg(name, *given, *options, given=drawn.tobytes()), height=64)
    picture = kept.pictures[0].astype(int)
    assert (picture[:, :26] > 235).all()
    assert (np.abs(picture[:, 40:] - (0, 200, 0)) < 30).all()


def test_transparency_of_h265_is_a_second_layer(ffmpeg, decoded):
    """As editing programs of one maker write it; FFmpeg reads it since 8.0."""
    one_layer, two_layers = (b"\1\x40\x01" + more for more in (b"\x0c\x01", b"\x0c\x11"))
    assert not has_alpha("hevc", "yuv420p", {}, one_layer)
    assert not has_alpha("hevc", "yuv420p", {}, b"\x40\x01")
    assert has_alpha("hevc", "yuv420p", {}, two_layers)
    drawn = np.full((8, 64, 64, 4), (200, 0, 200, 0), np.uint8)
    given = ("-f", "rawvideo", "-pix_fmt", "rgba", "-s", "64x64", "-r", "8", "-i", "-")
    options = ("-c:v", "libx265", "-pix_fmt", "yuva420p", "-x265-params", "log-level=none")
    try:
        path = ffmpeg("a.mp4", *given, *options, given=drawn.tobytes())
    except subprocess.CalledProcessError:
        pytest.skip("this FFmpeg writes no transparency into H.265")
    _, kept = decoded(path, height=64)
    assert kept.pictures[0].min() > 235


@pytest.mark.parametrize("pixels", ["gbrap", "yuva420p", "rgba64le"])
def test_uncompressed_transparency_that_is_no_filler(ffmpeg, decoded, pixels):
    drawn = np.full((8, 32, 32, 4), (200, 0, 200, 0), np.uint8)
    given = ("-f", "rawvideo", "-pix_fmt", "rgba", "-s", "32x32", "-r", "8", "-i", "-")
    path = ffmpeg("a.nut", *given, "-c:v", "rawvideo", "-pix_fmt", pixels, given=drawn.tobytes())
    _, kept = decoded(path, height=32)
    assert kept.pictures[0].min() > 250


def test_the_word_for_transparency_in_large_letters():
    assert has_alpha("vp9", "yuv420p", {"ALPHA_MODE": "1"})
    assert not has_alpha("vp9", "yuv420p", {"ALPHA_MODE": "0"})


def test_a_fourth_channel_without_meaning_hides_nothing(ffmpeg, decoded):
    drawn = np.zeros((8, 32, 32, 4), np.uint8)
    drawn[..., :3] = (200, 100, 50)
    given = ("-f", "rawvideo", "-pix_fmt", "bgra", "-s", "32x32", "-r", "8", "-i", "-")
    path = ffmpeg("a.avi", *given, "-c:v", "rawvideo", "-pix_fmt", "bgra", given=drawn.tobytes())
    _, kept = decoded(path, height=32)
    assert np.abs(kept.pictures[0][16, 16].astype(int) - (50, 100, 200)).max() < 12


def animated_webp(path, pictures, milliseconds):
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=milliseconds, lossless=True
    )
    return path


def test_animated_webp_of_the_field(field, kept):
    settings = FrameSettings(3, 96)
    outcome = read_animation(field / "10-animated.webp", settings, kept, stopped=lambda: False)
    assert outcome.status == "ok"
    assert kept.count == 6
    assert kept.times == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]


def test_animated_webp_is_thinned_out_and_on_white(tmp_path, kept):
    pictures = [Image.new("RGBA", (40, 20), (10 * n, 0, 0, 255)) for n in range(20)]
    for picture in pictures:
        picture.paste((255, 0, 255, 0), (0, 0, 20, 20))
    path = animated_webp(tmp_path / "a.webp", pictures, 100)
    outcome = read_animation(path, FrameSettings(3, 20), kept, stopped=lambda: False)
    assert (outcome.status, outcome.duration) == ("ok", 2.0)
    assert kept.count == 6
    assert (kept.pictures[3][10, 5] == 255).all()
    assert kept.pictures[3][10, 30].tolist() == [10 * round(kept.times[3] * 10), 0, 0]


def test_animated_avif_is_no_still(tmp_path, kept):
    """FFmpeg's first stream is the picture that stands for the animation."""
    if not features.check("avif"):
        pytest.skip("this Pillow reads no AVIF")
    pictures = [Image.new("RGBA", (40, 30), (60 * n, 200, 30, 255)) for n in range(4)]
    for picture in pictures:
        picture.paste((200, 0, 200, 0), (0, 0, 20, 30))
    path = tmp_path / "a.avif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=500, quality=98)
    assert is_animation(path)
    outcome = read_animation(path, FrameSettings(3.0, 30), kept, stopped=lambda: False)
    assert (outcome.status, kept.times) == ("ok", [0.0, 0.5, 1.0, 1.5])
    for number, picture in enumerate(kept.pictures):
        assert picture[:, :16].min() > 245
        assert np.abs(picture[15, 30].astype(int) - (60 * number, 200, 30)).max() < 12


@pytest.mark.parametrize("count", [3000, pytest.param(100_000, marks=pytest.mark.faults)])
def test_animations_of_very_many_pictures(tmp_path, kept, count):
    """Each of a few bytes: all are read, in an order that takes no picture twice."""
    path = many_pictures(tmp_path / "a.webp", count)
    outcome = read_animation(path, FrameSettings(3.0, 8), kept, stopped=lambda: False)
    assert outcome.status == "ok"
    assert kept.count == pytest.approx(count * 0.04 * 3, abs=2)
    assert kept.times[-1] == pytest.approx(count * 0.04, abs=0.4)


def many_pictures(path, count):
    """An animated WebP of 8 × 8 pixels, each picture shown for 40 ms."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (9, 99, 199)).save(file, "WEBP", lossless=True)
    pixels = file.getvalue()[12:]
    frame = bytes(6) + 2 * (7).to_bytes(3, "little") + (40).to_bytes(3, "little") + b"\0" + pixels
    chunks = b"VP8X" + (10).to_bytes(4, "little") + b"\2\0\0\0\7\0\0\7\0\0"
    chunks += b"ANIM" + (6).to_bytes(4, "little") + bytes(6)
    chunks += count * (b"ANMF" + len(frame).to_bytes(4, "little") + frame)
    path.write_bytes(b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WEBP" + chunks)
    return path


def test_an_animation_without_end_is_given_up(tmp_path, kept, monkeypatch):
    monkeypatch.setattr("frameatlas.embedder.decode.animation.MOST_PIXELS", 40 * 20 * 5)
    pictures = [Image.new("RGB", (40, 20), (n, 0, 0)) for n in range(20)]
    path = animated_webp(tmp_path / "a.webp", pictures, 1000)
    outcome = read_animation(path, FrameSettings(1, 20), kept, stopped=lambda: False)
    assert (outcome.status, kept.count) == ("damaged", 5)
    assert "minutes" in outcome.reason


def test_whole_packets_of_pictures_that_others_need_are_damage(ffmpeg, decoded):
    """Cut out between two pictures: the numbering alone tells, and that no key frame follows."""
    path = ffmpeg("a.ts", *SOURCE, "-c:v", "libx264", "-g", "15", "-bf", "0")
    data = path.read_bytes()
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    pid = next(p[1] & 31 for p in packets[3:] if p[1] & 64)
    begins = [n for n, p in enumerate(packets) if p[1] & 64 and p[1] & 31 == pid and p[3] & 16]
    keys = {n for n in begins if packets[n][3] & 32 and packets[n][4] and packets[n][5] & 64}
    later = [n for n in begins if n > len(packets) // 3]
    other = next(n for n, after in pairwise(later) if after not in keys)
    path.write_bytes(b"".join(packets[:other] + packets[later[later.index(other) + 1] :]))
    outcome, _ = decoded(path)
    assert (outcome.status, outcome.reason) == ("damaged", "part of the data is lost")


def test_a_recorder_that_lost_its_power(ffmpeg, decoded):
    """Cut within the table of a fragment, of which FFmpeg says nothing."""
    live = ("-c:v", "libx264", "-g", "15", "-movflags", "frag_keyframe+empty_moov")
    path = ffmpeg("a.mp4", *SOURCE, *live)
    whole = path.read_bytes()
    assert decoded(path)[0].status == "ok"
    path.write_bytes(whole[: whole.rindex(b"moof") + 60])
    outcome, _ = decoded(path)
    assert outcome.status == "damaged"
    assert "cut off" in outcome.reason
    path.write_bytes(whole + bytes(1 << 16))  # a file of a fixed size
    assert decoded(path)[0].status == "ok"
