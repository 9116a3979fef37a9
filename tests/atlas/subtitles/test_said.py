"""What is said: words and phrases find their lines, in order of time, at their very moment."""

import json

import pytest

from frameatlas import open_atlas
from frameatlas.columns.all_columns import Columns
from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.store.json_file import checked_text
from frameatlas.subtitles.said import Speech, parse_query
from frameatlas.subtitles.stored import (
    Line,
    Subtitles,
    Track,
    read_subtitles,
    write_subtitles,
)
from frameatlas.text_matching import words_of
from frameatlas.verify import check_atlas

FIRST = (
    Line(0.5, 1.0, "It's a menial"),
    Line(1.101, 1.9, "job, my Élise."),
    Line(2.0, 2.4, "MENIAL? Jobs!"),
    Line(3.0, 3.6, "我有一份工作"),
)
SECOND = (Line(0.2, 0.9, "a job"), Line(0.9, 1.1, "a job"))


@pytest.fixture
def atlas(tmp_atlas):
    """Lines of the first video in two tracks of which one repeats the other, and of the second."""
    first = (
        Track("a.en.srt", "en", FIRST),
        Track("stream 2", "en", (Line(0.6, 1.0, "its a MENIAL"),)),
    )
    for number, tracks in ((0, first), (1, (Track("b.vtt", "", SECOND),))):
        place = tmp_atlas.folder / "sources" / tmp_atlas.sources[number].id
        write_subtitles(place, Subtitles(tracks, (("a.en.srt", 100, 5),)))
    return open_atlas(tmp_atlas.folder)


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("menial", [(0, 0.5), (0, 2.0)]),
        ("jobs menial", [(0, 2.0)]),
        ('"menial job"', [(0, 0.5)]),
        ("job", [(0, 1.101), (1, 0.2), (1, 0.9)]),
        ("job*", [(0, 1.101), (0, 2.0), (1, 0.2), (1, 0.9)]),
        ("elise", [(0, 1.101)]),
        ("ÉLISE my", [(0, 1.101)]),
        ("its", [(0, 0.5)]),
        ("it’s", [(0, 0.5)]),
        ("工作", [(0, 3.0)]),
        ("enial", []),
    ],
)
def test_words_and_phrases_find_their_lines(atlas, query, hits):
    assert [(one.source, one.line.begin) for one in Speech(atlas).find(query)] == hits


def test_a_phrase_over_two_lines_has_both(atlas):
    (hit,) = Speech(atlas).find('"menial job"')
    assert (hit.line.begin, hit.line.end) == (0.5, 1.9)
    assert hit.line.text == "It's a menial job, my Élise."


@pytest.mark.parametrize("query", ["", "  ", '""', "?!", "x" * 600])
def test_a_query_without_words_is_one_sentence(query):
    with pytest.raises(InputError, match="Expected words to look for"):
        parse_query(query)


def test_words_are_folded():
    assert words_of("Don’t STOP, Straße_ñ") == ["dont", "stop", "strasse_n"]


def test_each_frame_has_what_is_shown_with_it(atlas):
    said = Columns(atlas)["said"]
    shown = [said.at(frame) for frame in range(12)]
    assert shown[0] is None
    assert shown[2] == "It's a menial / its a MENIAL"
    assert shown[4] == "job, my Élise."
    assert shown[9] == shown[10] == "我有一份工作"
    assert said.at(13) == "a job"


def test_hits_are_printed_with_their_very_moment(atlas, typed, tmp_path):
    done = typed(tmp_path, "search", atlas.folder, "--said", "menial", "--json")
    hits = json.loads(done.stdout)
    assert [hit["seconds"] for hit in hits] == [0.5, 2.0]
    assert [hit["frame"] for hit in hits] == [1, 6]
    assert hits[1]["text"] == "MENIAL? Jobs!"
    done = typed(tmp_path, "search", atlas.folder, "--said", "job", "--where", "path~/1.mp4")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[1:] for row in rows] == [["name", "said"], ["1.mp4", "a job"], ["1.mp4", "a job"]]
    done = typed(tmp_path, "search", atlas.folder, "--said", "job*", "-o", "said.edl")
    assert done.returncode == 0
    assert (tmp_path / "said.edl").is_file()
    done = typed(tmp_path, "search", atlas.folder, "--said", "job", "--frame", "0.mp4@1")
    assert done.returncode == 2
    assert "--frame and --said" in done.stderr


def test_where_nothing_is_known_the_remedy_is_said(tmp_atlas, typed, tmp_path):
    done = typed(tmp_path, "search", tmp_atlas.folder, "--said", "job")
    assert done.returncode == 0
    assert "frameatlas metadata" in done.stderr
    assert "said" not in Columns(tmp_atlas)


def test_where_all_were_looked_for_nobody_is_sent_to_look_again(tmp_atlas, typed, tmp_path):
    for source in tmp_atlas.sources:
        if source.frames:
            write_subtitles(tmp_atlas.folder / "sources" / source.id, Subtitles(()))
    done = typed(tmp_path, "search", tmp_atlas.folder, "--said", "job")
    assert "No video has subtitles" in done.stderr


def test_what_is_written_is_read_and_check_reads_it(atlas):
    place = atlas.folder / "sources" / atlas.sources[0].id
    assert read_subtitles(place).tracks[0].lines == FIRST
    assert check_atlas(atlas.folder) == []
    path = place / "subtitles.json"
    path.write_text(path.read_text().replace("menial", "mental"))
    assert any("subtitles.json" in wrong for wrong in check_atlas(atlas.folder))


@pytest.mark.parametrize(
    "lines",
    [
        [[1, 0, "back"]],
        [[0, 1]],
        [[0, 1, 2]],
        [[True, 1, "x"]],
        [[0, 1e12, "x"]],
        [[2, 3, "x"], [1, 2, "y"]],
        [[0, 1, "x" * 10_000]],
        {"a": 1},
        None,
    ],
)
def test_lines_that_vouch_for_themselves_and_are_wrong_are_refused(tmp_path, lines):
    content = {"tracks": [{"name": "a", "language": "", "lines": lines}], "files": []}
    text = checked_text(content)
    (tmp_path / "subtitles.json").write_text(text)
    with pytest.raises(DamagedAtlasError, match=r"subtitles\.json"):
        read_subtitles(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"tracks": []}', "[" * 100_000, "\udc80"])
def test_other_files_are_refused(tmp_path, text):
    (tmp_path / "subtitles.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DamagedAtlasError, match=r"subtitles\.json"):
        read_subtitles(tmp_path)
