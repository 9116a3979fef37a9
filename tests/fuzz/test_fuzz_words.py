"""What people and other programs write: lists of files, moments, places, grids, FFmpeg's report."""

import io
from fractions import Fraction

from frameatlas.embedder.decode.ffmpeg.log import FFmpegReport
from frameatlas.embedder.media.probe import _read_tagged_end
from frameatlas.embedder.sources.path_arguments import expand_argument, natural_key
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.safe_text import plain, spreadsheet_cell
from frameatlas.search.frame_reference import find_frame, parse_timestamp
from frameatlas.search.source_lookup import find_source, named_source


def said(data):
    """What a command's argument can hold: any bytes but the null."""
    return data.replace(b"\0", b"").decode("utf-8", "surrogateescape")


def test_lists_of_files(fuzz, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("a.mp4", "b 10.mp4", "b 9.mp4"):
        (tmp_path / name).touch()
    names = b"# clips\na.mp4\n  b 9.mp4 \n~/b 10.mp4\n*.mp4\n"

    def run(data):
        (tmp_path / "list.txt").write_bytes(data)
        found = list(expand_argument("@list.txt", None))
        assert len(sorted(found, key=natural_key)) == len(found)

    fuzz("list files", [names, b"b*.mp4\0a.mp4\0"], run, 6_000)


def test_lists_on_standard_input(fuzz, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.mp4").touch()

    def run(data):
        list(expand_argument("-", io.StringIO(data.decode("utf-8", "surrogateescape"))))

    fuzz("standard input", [b"a.mp4\n./a.mp4\n", b"@list.txt\n-\n"], run, 3_000)


def test_arguments(fuzz, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.mp4").touch()

    def run(data):
        list(expand_argument(said(data), None))

    fuzz("arguments of index", [b"a.mp4", b"@list.txt", b"*.mp4", b"~/a.mp4"], run, 4_000)


def test_moments(fuzz, tmp_atlas):
    seeds = [b"0.mp4@1.1", b"/videos/0.mp4@0:03.6", b"1@1:02:03.5", b"2/photo 1.jpg", b"me@5.mp4@1"]

    def run(data):
        frame = find_frame(tmp_atlas, said(data))
        assert 0 <= frame < len(tmp_atlas)

    fuzz("VIDEO@SECONDS", seeds, run, 6_000)


def test_hours_of_thousands_of_digits_are_no_moment():
    for text in ("9" * 5000 + ":00:00", "1:" + "0" * 5000 + ":00", "9" * 5000):
        assert parse_timestamp(text) is None


def test_names_of_videos(fuzz, tmp_atlas, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seeds = [b"0.mp4", b"/videos/1.mp4", b"videos/2", b"3"]

    def run(data):
        find_source(tmp_atlas, said(data))
        assert 0 <= named_source(tmp_atlas, said(data)) < len(tmp_atlas.sources)

    fuzz("names of videos", seeds, run, 4_000)


def test_grids(fuzz):
    def run(data):
        assert Grid.parse(said(data)).cells >= 1

    fuzz("grids", [b"11x18", "3×2".encode(), b" 1 X 1 "], run, 3_000)


def test_windows(fuzz):
    def run(data):
        viewport = Viewport.parse(said(data), 0.5, 10.0)
        assert abs(viewport.x) <= 1
        assert abs(viewport.y) <= 1

    fuzz("windows", [b"-0.5,0.25", b"0,0", b"1e-3,.5"], run, 3_000)


NOTE = (
    b"[Parsed_showinfo_4 @ 0x55] [info] config in time_base: 1/12800, frame_rate: 25/1\n"
    b"[Parsed_showinfo_4 @ 0x55] [info] n:   0 pts:   1024 pts_time:0.08 duration: 512 "
    b"fmt:rgb24 cl:center sar:1/1 s:534x300 i:P iskey:1 type:I \n"
    b"[h264 @ 0x55] [error] error while decoding MB 3 4, bytestream -5\n"
)


def test_what_ffmpeg_reports(fuzz):
    def run(data):
        report = FFmpegReport(Fraction(1, 1000))
        for line in data.decode("utf-8", "replace").splitlines():
            report.add(line)
        assert isinstance(report.damage, str)
        assert len(report.complaints) <= data.count(b"\n") + data.count(b"\r") + 9

    fuzz("FFmpeg's report", [NOTE], run, 6_000)


def test_ends_that_matroska_tags_tell(fuzz):
    def run(data):
        end = _read_tagged_end({"DURATION-eng": data.decode("utf-8", "replace")})
        assert end is None or end < 1e9

    fuzz("Matroska's DURATION", [b"00:01:02.345000000"], run, 2_000)


def test_names_that_are_shown(fuzz):
    def run(data):
        text = plain(data.decode("utf-8", "surrogateescape"))
        text.encode("utf-8")
        assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in text)
        assert not spreadsheet_cell(text).startswith(("=", "+", "-", "@"))

    fuzz("names that are shown", [b"film.mp4", b"=cmd|'/C calc'!A0", b"a\x1b]0;x\x07b"], run, 3_000)
