"""Tracks, corrections and descriptions of sequences: text that trackers, tools and people write."""

import io
import zipfile
from pathlib import Path

import pytest

from frameatlas.errors import SourceError
from frameatlas.players.corrections import corrections_text, parse_corrections
from frameatlas.reid.ranking.datasets import _by_folder, _soccernet, _with_cameras
from frameatlas.reid.tracks.frame_reader import open_sequence
from frameatlas.reid.tracks.mot import parse_mot, read_mot

TRACKER = b"1,7,250.5,103,40,92,0.9,-1,-1,-1\n2,7,251,103.5,40,92,0.8,-1,-1,-1\n2,8,1,2,3,4\n"
TRUTH = b"# by hand\n1,1,0,0,9,9,1,1,0.8\n1 2 0 0 9 9 0 1 1\n1;3;0;0;9;9;1;3;1\n"
CORRECTIONS = b"""\
merge:                  # one person
  - [3, 17, 22]
  - ["east:4", 'west:4']
not-same:
  - [4@230, 9]
split:
  4: 230
rename:
  3: Anna
  "7": "10: the captain"
"""
SEQUENCE = b"[Sequence]\nname=MOT17-02\nimDir=img1\nframeRate=30\nseqLength=600\nimExt=.jpg\n"


def test_tracks(fuzz, tmp_path):
    def run(data):
        path = tmp_path / "tracks.txt"
        path.write_bytes(data)
        tracks, bad = read_mot(path)
        assert len(tracks) == len(tracks.box) > 0
        assert (tracks.frame >= 1).all()
        assert (tracks.box[:, 2:] > 0).all()
        assert all(str(line) for line in bad)

    fuzz("MOT", [TRACKER, TRUTH], run, 10_000)


@pytest.mark.parametrize("line", ["1" * 100_000 + "x", "1," * 50_000 + "x", " " * 99_999 + "\x0b,"])
def test_a_line_of_tracks_that_never_ends_is_refused_at_once(line):
    row = "1,7,250.5,103,40,92"
    tracks, bad = parse_mot([row, line, row.replace("1,", "2,", 1)], "tracks.txt")
    assert len(tracks) == 2
    assert [one.number for one in bad] in ([2], [])


def test_a_row_of_many_columns_does_not_widen_the_table():
    rows = [f"{n},7,250.5,103,40,92" for n in range(1, 50)] + ["50,7,1,1,9,9" + ",1" * 400]
    tracks, _ = parse_mot(rows, "tracks.txt")
    assert len(tracks) == 50


def test_zips(fuzz, tmp_path):
    seeds = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as archive:
            archive.writestr("gt/gt.txt", TRUTH)
            archive.writestr("gt/labels.txt", b"person\n")
        seeds.append(file.getvalue())

    def run(data):
        path = tmp_path / "cvat.zip"
        path.write_bytes(data)
        tracks, _ = read_mot(path)
        assert len(tracks)

    fuzz("CVAT zip", seeds, run, 6_000)


def test_descriptions_of_sequences(fuzz, tmp_path):
    (tmp_path / "img1").mkdir()
    (tmp_path / "img1" / "000001.jpg").write_bytes(b"")

    def run(data):
        (tmp_path / "seqinfo.ini").write_bytes(data)
        found = open_sequence(tmp_path)
        assert 0.001 <= found.rate <= 1000
        assert tmp_path in (found.path, *found.path.parents)

    fuzz("seqinfo.ini", [SEQUENCE], run, 5_000)


def test_corrections(fuzz):
    def run(data):
        found = parse_corrections(data.decode("utf-8", "replace"))
        assert parse_corrections(corrections_text(found)) == found

    fuzz("corrections", [CORRECTIONS], run, 10_000)


def test_names_of_pictures_of_people(fuzz):
    names = [b"0002_c1s1_000451_03.jpg", b"-1_c3s2_1.jpg", b"1-2-3-4-x_y-64x128.png", b"12/a.jpg"]

    def run(data):
        name = data.decode("utf-8", "replace").replace("\0", "").strip("/") or "a"
        path = Path("people", name)
        for kind in ("market", "duke", "cuhk03", "mars", "msmt17"):
            _with_cameras(kind, [path])
        _by_folder(Path("people"), [path])
        if len(path.stem.split("_")) >= 8:
            _soccernet([Path("people/0-0-10-3-red_1-64x128.png")])

    fuzz("picture names", names, run, 3_000)


def test_a_rate_of_a_billion_digits_is_no_rate(tmp_path):
    (tmp_path / "seqinfo.ini").write_bytes(SEQUENCE.replace(b"=30", b"=1e999999999"))
    with pytest.raises(SourceError, match="frameRate"):
        open_sequence(tmp_path)


def test_a_row_of_many_numbers_is_refused_at_once():
    with pytest.raises(SourceError, match="not numbers"):
        parse_mot(["2,7" + ",251" * 200 + ",x"], "tracks.txt")
