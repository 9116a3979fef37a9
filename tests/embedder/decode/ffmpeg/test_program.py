import os
import stat
from dataclasses import replace
from fractions import Fraction

import pytest

from frameatlas.embedder.decode.decode_command import decode_command
from frameatlas.embedder.decode.decode_plan import DecodePlan
from frameatlas.embedder.decode.ffmpeg import program
from frameatlas.embedder.decode.ffmpeg.log import FFmpegReport
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg, inspect_ffmpeg
from frameatlas.embedder.decode.filters import filter_chain
from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.media.probe import probe_video
from frameatlas.errors import MissingExtraError


@pytest.fixture
def plan(make_video):
    path = make_video("-a.mp4", "testsrc2=s=64x36:d=0.2")
    probe = probe_video(path)
    return DecodePlan(path, probe, KeepRule(3, 0, probe.time_base), 534, 300)


def test_the_command_reads_local_files_of_one_format_only(plan):
    command = decode_command(find_ffmpeg(), plan)
    assert command[command.index("-i") + 1] == f"file:{plan.source}"
    assert command[command.index("-protocol_whitelist") + 1] == "file,pipe"
    assert command[command.index("-format_whitelist") + 1] == plan.probe.container
    assert {"-nostdin", "-hide_banner", "-an", "-sn", "-dn", "-copyts"} <= set(command)
    assert command.index("-format_whitelist") < command.index("-i")


def test_older_ffmpegs_get_the_options_that_they_know(plan):
    old = find_ffmpeg().__class__("ffmpeg", "4.2.2", (58, 29), frozenset({"yadif"}), False)
    command = decode_command(old, plan)
    assert command[command.index("-vsync") + 1] == "passthrough"
    assert "-fps_mode" not in command
    assert "checksum" not in " ".join(command)


@pytest.mark.parametrize("aspects", [(), ((0.0, Fraction(1)), (1.0, Fraction(4, 3)))])
def test_planes_are_interleaved_by_a_scaler_that_looks_at_every_picture(plan, aspects):
    chain = filter_chain(find_ffmpeg(), replace(plan, aspects=aspects))
    at = chain.index(("format", ("gbrp",), {}))
    assert chain[at + 1 : at + 3] == [
        ("scale", (), {"eval": "frame"}),
        ("format", ("rgb24",), {}),
    ]


def test_the_users_ffmpeg_comes_before_the_shipped_one(tmp_path, monkeypatch):
    shipped = find_ffmpeg()
    own = tmp_path / "ffmpeg"
    own.write_text(f'#!/bin/sh\nexec "{shipped.path}" "$@"\n')
    own.chmod(own.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert find_ffmpeg().path == str(own)
    assert find_ffmpeg().version == shipped.version
    assert {"select", "scale", "showinfo", "pad"} <= find_ffmpeg().filters


@pytest.mark.parametrize("folder", ["", ".", "tools"])
def test_an_ffmpeg_beside_the_videos_is_not_run(folder, tmp_path, monkeypatch):
    shipped = find_ffmpeg().path
    planted = tmp_path / folder / "ffmpeg"
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    planted.chmod(planted.stat().st_mode | stat.S_IXUSR)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert find_ffmpeg().path == shipped
    assert not (tmp_path / "ran").exists()


def test_no_ffmpeg_at_all_says_what_to_install(monkeypatch):
    def none() -> str:
        raise RuntimeError("No ffmpeg exe could be found")

    monkeypatch.setattr(program.shutil, "which", lambda name: None)
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", none)
    with pytest.raises(MissingExtraError, match="pip install imageio-ffmpeg"):
        find_ffmpeg()


def test_an_ffmpeg_that_does_not_run(tmp_path):
    with pytest.raises(MissingExtraError, match="does not"):
        inspect_ffmpeg(str(tmp_path / "ffmpeg"))


FRAMES = {
    # As FFmpeg 4.2, 7.0 and 9.0 write them.
    "[Parsed_showinfo_3 @ 0x5] [info] n:   2 pts:  10010 pts_time:0.333667 pos:    53012 fmt:rgb24 "
    "sar:1/1 s:534x300 i:P iskey:0 type:P ": (10010, 534, 300),
    "[Parsed_showinfo_3 @ 0x5] [info] n:   0 pts:    -40 pts_time:-0.04   duration:    512 "
    "duration_time:0.033 fmt:rgb24 cl:left sar:1/1 s:150x300 i:P iskey:1 type:I ": (-40, 150, 300),
    "[Parsed_showinfo_3 @ 0x5] [info] n:   0 pts:NOPTS pts_time:NOPTS   duration:      0 "
    "duration_time:0 fmt:rgb24 sar:1/1 s:1x1 i:P iskey:1 type:I ": (None, 1, 1),
}


@pytest.mark.parametrize("line", FRAMES)
def test_a_frames_time_and_size_are_read(line):
    report = FFmpegReport(Fraction(1, 1000))
    report.add("[Parsed_showinfo_3 @ 0x5] [info] config in time_base: 1/30000, frame_rate: 30/1")
    report.add(line)
    note = report.next_note(0)
    assert (note.pts, note.width, note.height) == FRAMES[line]
    assert note.time_base == Fraction(1, 30_000)
    assert report.damage == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[matroska,webm @ 0x1] [error] File ended prematurely at pos. 1 (0x1)", "cut off"),
        ("[mov @ 0x1] [error] stream 0, offset 0x8: partial file", "cut off"),
        ("[error] Error while decoding stream #0:0: Invalid data found", "damaged"),
        ("[vist#0:0/h264 @ 0x1] [dec:h264 @ 0x2] [error] Error submitting packet to decoder: "
         "Invalid data found when processing input", "damaged"),
        ("[vist#0:0/h264 @ 0x1] [dec:h264 @ 0x2] [warning] corrupt decoded frame", "damaged"),
        ("[in#0/avi @ 0x1] [error] Error during demuxing: Input/output error", "disk"),
        ("[mov @ 0x1] [warning] Stream #0: not enough frames to estimate rate", ""),
        ("[info]   Invalid data found in a title", ""),
        ("[h264 @ 0x1] [error] mmco: unref short failure", ""),
    ],
)  # fmt: skip
def test_complaints_become_a_clause_or_nothing(line, reason):
    report = FFmpegReport(Fraction(1, 1000))
    report.add(line)
    assert reason in report.damage
    assert bool(report.damage) == bool(reason)


@pytest.mark.parametrize("line", FRAMES)
@pytest.mark.parametrize(
    ("spliced", "reason"),
    [
        # Written by the demuxer's thread while the filter's was within its line.
        ("File ended prematurely at pos. 1871 (0x74f)", "the file is cut off"),
        ("mmco: unref short failure: invalid data found", ""),
        ("checksum:638B96D1 plane_checksum:[8BB395F0] mean:[71 128 128]", ""),
    ],
)
def test_a_complaint_in_the_middle_of_a_note_is_heard(line, spliced, reason):
    report = FFmpegReport(Fraction(1, 1000))
    report.add(line + spliced)
    assert (report.next_note(0).pts, report.damage) == (FRAMES[line][0], reason)
