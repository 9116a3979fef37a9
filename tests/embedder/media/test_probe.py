from fractions import Fraction

import pytest

from frameatlas.embedder.media.probe import probe_video
from frameatlas.errors import SourceError


def test_an_ordinary_video(make_video):
    probe = probe_video(make_video("a.mp4", "testsrc2=s=160x90:r=30:d=2"))
    assert (probe.width, probe.height, probe.codec) == (160, 90, "h264")
    assert probe.duration == pytest.approx(2)
    assert probe.duration_of_stream
    assert probe.frames == 60
    assert probe.average_rate == 30
    assert not probe.interlaced


def test_sample_aspect_and_rotation(make_video, run_ffmpeg):
    wide = make_video("wide.mp4", "testsrc2=s=160x90:d=0.2,setsar=4/3")
    assert (probe_video(wide).width, probe_video(wide).height) == (213, 90)
    turned = run_ffmpeg("t.mp4", "-display_rotation", "90", "-i", str(wide), "-c", "copy")
    probe = probe_video(turned)
    assert (probe.width, probe.height, probe.rotation) == (90, 213, 90)
    assert (probe.coded_width, probe.coded_height) == (160, 90)
    assert probe.sample_aspect == Fraction(4, 3)


def test_cover_art_is_no_video(make_video, run_ffmpeg):
    cover = make_video("cover.png", "testsrc2=s=64x64:d=0.1", "-frames:v", "1")
    sound = run_ffmpeg(
        "s.mp3", "-f", "lavfi", "-i", "sine=d=1", "-i", str(cover), "-map", "0", "-map", "1",
        "-c:v", "copy", "-disposition:v", "attached_pic",
    )  # fmt: skip
    with pytest.raises(SourceError, match="sound with a cover picture: no video stream"):
        probe_video(sound)


def test_cover_art_beside_a_video(make_video, run_ffmpeg):
    cover = make_video("cover.png", "testsrc2=s=640x640:d=0.1", "-frames:v", "1")
    video = make_video("v.mp4", "testsrc2=s=160x90:d=0.5")
    both = run_ffmpeg(
        "both.mp4", "-i", str(cover), "-i", str(video), "-map", "0", "-map", "1", "-c", "copy",
        "-disposition:v:0", "attached_pic", "-disposition:v:1", "default",
    )  # fmt: skip
    assert probe_video(both).width == 160


def test_the_default_one_of_two_streams(make_video, run_ffmpeg):
    large = make_video("large.mp4", "testsrc2=s=320x180:d=0.5")
    small = make_video("small.mp4", "testsrc2=s=160x90:d=0.5")
    both = run_ffmpeg(
        "both.mkv", "-i", str(large), "-i", str(small), "-map", "0", "-map", "1", "-c", "copy",
        "-disposition:v:0", "0", "-disposition:v:1", "default",
    )  # fmt: skip
    assert probe_video(both).width == 160
    assert probe_video(both).stream == 1


def test_interlaced_and_high_dynamic_range(make_video):
    interlaced = make_video(
        "i.mp4", "testsrc2=s=160x90:d=1,tinterlace=4,fieldorder=tff", "-flags", "+ildct+ilme",
        "-x264opts", "tff=1",
    )  # fmt: skip
    assert probe_video(interlaced).interlaced
    hdr = make_video(
        "h.mp4", "testsrc2=s=160x90:d=0.2,format=yuv420p10le", "-c:v", "libx265",
        "-x265-params", "log-level=none:transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc",
    )  # fmt: skip
    assert probe_video(hdr).transfer == "pq"


def test_a_start_offset(make_video, run_ffmpeg):
    plain = make_video("p.mkv", "testsrc2=s=64x64:r=30:d=1")
    late = run_ffmpeg("late.mkv", "-itsoffset", "5", "-i", str(plain), "-c", "copy")
    probe = probe_video(late)
    assert probe.start == pytest.approx(5, abs=0.04)
    assert probe.duration == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"Dear diary,\nnothing happened.\n" * 50, "a text file, no video"),
        (bytes(range(1, 256)) * 40, "no known video format"),
    ],
)
def test_files_that_are_no_video(tmp_path, content, words):
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    with pytest.raises(SourceError) as error:
        probe_video(path)
    assert words in str(error.value)


def test_sound_only(run_ffmpeg):
    with pytest.raises(SourceError, match="sound only"):
        probe_video(run_ffmpeg("a.wav", "-f", "lavfi", "-i", "sine=d=0.2"))


def test_an_mp4_without_its_index(make_video):
    path = make_video("a.mp4", "testsrc2=s=160x90:d=1")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(SourceError, match="moov"):
        probe_video(path)


def test_a_vanished_file(tmp_path):
    with pytest.raises(SourceError, match="no longer there"):
        probe_video(tmp_path / "gone.mp4")
