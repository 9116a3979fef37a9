"""Subtitles and transcripts: every planted line is read, at its very moment, in any encoding."""

import json
import os
from fractions import Fraction

import av
import numpy as np
import pytest

from frameatlas.embedder.metadata.subtitle_files import plain_text, read_sidecar, sidecars_of
from frameatlas.embedder.metadata.subtitles import find_subtitles
from frameatlas.errors import SourceError

SRT = (
    "1\n00:00:01,001 --> 00:00:02,750\n<i>A menial</i> job,\n{\\an8}tráth übel\n\n"
    "2\n00:00:03,000 --> 00:00:04,000\n- “Yes”\n\n3\n00:00:05,000 --> 00:00:06,000\n\n"
)
VTT = (
    "WEBVTT\n\nNOTE nothing\n\ncue\n00:01.001 --> 00:02.750 line:0\n<v Bob>A menial job,\ntráth "
    "übel\n\n00:00:03.000 --> 00:00:04.000\n- “Yes”\n"
)
ASS = (
    "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, "
    "MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.75,Default,Bob,0,0,0"
    ",,{\\pos(1,2)}A menial job,\\Ntráth übel\nDialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,"
    "- “Yes”\n"
)
WHISPER = json.dumps(
    {
        "text": "…",
        "segments": [
            {"id": 0, "start": 1.001, "end": 2.75, "text": " A menial job, tráth übel"},
            {"id": 1, "start": 3, "end": 4.0, "text": " - “Yes”"},
            {"id": 2, "start": None, "end": 4.0, "text": "x"},
        ],
    }
)
WHISPER_CPP = json.dumps(
    {
        "transcription": [
            {"offsets": {"from": 1001, "to": 2750}, "text": " A menial job, tráth übel"},
            {"offsets": {"from": 3000, "to": 4000}, "text": "- “Yes”"},
        ]
    }
)
FORMS = {"srt": SRT, "vtt": VTT, "ass": ASS, "ssa": ASS, "json": WHISPER}


def make_video(path, start=0.0):
    """Two seconds at 5 frames a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            frame.pts, frame.time_base = number + round(start * 5), Fraction(1, 5)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_in_every_encoding_gives_its_lines(tmp_path, form, encoding):
    path = tmp_path / f"a.{form}"
    path.write_bytes(FORMS[form].replace("\n", "\r\n").encode(encoding))
    lines = read_sidecar(path, "", 0.0).lines
    begin = 1.0 if form in ("ass", "ssa") else 1.001
    assert [(line.begin, line.end) for line in lines] == [(begin, 2.75), (3.0, 4.0)]
    assert [line.text for line in lines] == ["A menial job, tráth übel", "- “Yes”"]


def test_latin_1_and_whispers_other_forms(tmp_path):
    (tmp_path / "a.srt").write_bytes("1\n00:00:01,000 --> 00:00:02,000\ncafé\n".encode("latin-1"))
    assert read_sidecar(tmp_path / "a.srt", "", 0).lines[0].text == "café"
    (tmp_path / "a.json").write_text(WHISPER_CPP)
    assert [(x.begin, x.text) for x in read_sidecar(tmp_path / "a.json", "", 10).lines] == [
        (11.001, "A menial job, tráth übel"),
        (13.0, "- “Yes”"),
    ]
    (tmp_path / "b.json").write_text(json.dumps(json.loads(WHISPER)["segments"]))
    assert len(read_sidecar(tmp_path / "b.json", "", 0).lines) == 2


@pytest.mark.parametrize(
    ("name", "content", "fine"),
    [
        ("a.json", b'{"a": 1}', True),
        ("a.json", b'{"segments": [{"start": 1e999, "end": 2, "text": "x"}]}', True),
        ("a.json", b"[" * 100_000, True),
        ("a.json", b'{"segments": {"text": 1}}', True),
        ("a.srt", b"\x00\x00\x01\x02" * 30, False),
        ("a.srt", b"", True),
        ("a.ass", b"nothing of the kind", True),
        ("a.vtt", b"WEBVTT\n\n00:00:02.000 --> 00:00:01.000\nbackwards\n", True),
    ],
)
def test_what_is_no_subtitle_gives_none_or_a_reason(tmp_path, name, content, fine):
    (tmp_path / name).write_bytes(content)
    try:
        found = read_sidecar(tmp_path / name, "", 0)
    except SourceError:
        assert not fine or not content or name == "a.ass"
        return
    assert fine
    assert found is None or all(line.begin <= line.end for line in found.lines)


def test_which_files_belong_to_a_video(tmp_path):
    mine = ["beach.en.forced.srt", "beach.en.vtt", "beach.mp4.de.srt", "beach.srt"]
    others = ["beach.vtt", "beach 2.srt", "beach.jpg", "beachy.srt", "beach.a.b.c.srt", "sea.srt"]
    for name in (*mine, *others):
        (tmp_path / name).write_text("x")
    found = {path.name: language for path, language in sidecars_of(tmp_path / "beach.mp4")}
    assert found == dict(zip(mine, ["en.forced", "en", "de", ""], strict=True))


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4"])
def test_text_tracks_within_a_video_are_read(tmp_path, run_ffmpeg, name):
    make_video(tmp_path / "v.mp4")
    (tmp_path / "lines.srt").write_text(
        "1\n00:00:00,400 --> 00:00:00,900\n<b>within</b>\n\n"
        "2\n00:00:01,200 --> 00:00:01,400\nzwei\n"
    )
    codec = "subrip" if name == "a.mkv" else "mov_text"
    inputs = ("-i", str(tmp_path / "v.mp4"), "-i", str(tmp_path / "lines.srt"))
    language = ("-metadata:s:s:0", "language=deu")
    run_ffmpeg(name, *inputs, "-c:v", "copy", "-c:s", codec, *language)
    (tmp_path / "lines.srt").unlink()
    found, failed = find_subtitles(tmp_path / name)
    assert not failed
    assert [(x.begin, x.end, x.text) for x in found.tracks[0].lines] == [
        (0.4, 0.9, "within"),
        (1.2, 1.4, "zwei"),
    ]
    assert (found.tracks[0].name, found.tracks[0].language) == ("stream 1", "deu")


def test_files_beside_count_from_where_players_do(tmp_path):
    path = make_video(tmp_path / "a.ts", start=2.0)
    (tmp_path / "a.srt").write_text("1\n00:00:01,000 --> 00:00:01,500\nhere\n")
    with av.open(str(path)) as container:
        start = container.start_time / 1e6
    assert start > 1
    line = find_subtitles(path)[0].tracks[0].lines[0]
    assert line.begin == pytest.approx(1 + start, abs=1e-6)


def test_one_bad_file_spoils_no_other_and_a_change_is_seen(tmp_path):
    path = make_video(tmp_path / "a.mp4")
    (tmp_path / "a.srt").write_text(SRT)
    (tmp_path / "a.de.srt").write_bytes(b"\x00\x00\x01\x02" * 30)
    found, failed = find_subtitles(path)
    assert [track.name for track in found.tracks] == ["a.srt"]
    assert [one.name for one in failed] == ["a.de.srt"]
    before = found.files
    (tmp_path / "a.srt").write_text(SRT + "\n9\n00:00:07,000 --> 00:00:08,000\nnew\n")
    os.utime(tmp_path / "a.srt", (1, 1))
    assert find_subtitles(path)[0].files != before


def test_markup_is_taken_away():
    assert plain_text("{\\i1}a{\\i0} <font color='red'>b</font>\\Nc\x00\u2028d") == "a b c d"
    assert plain_text("1 < 2 > 0") == "1 < 2 > 0"
