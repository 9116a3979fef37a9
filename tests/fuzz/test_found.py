"""Inputs that once did more harm than one sentence; each was found by the tests beside this one."""

import io
import json
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameatlas.browser import make_app
from frameatlas.browser.view.index_status import indexing
from frameatlas.embedder.build.source_progress import load_progress
from frameatlas.embedder.decode.ffmpeg.log import FFmpegReport
from frameatlas.embedder.layout.registry import load_layout
from frameatlas.embedder.sources.path_arguments import expand_argument
from frameatlas.errors import DamagedAtlasError, FormatError, InputError, SourceError
from frameatlas.reid.ranking.datasets import _with_cameras
from frameatlas.reid.tracks.mot import parse_mot, read_mot
from frameatlas.search.source_lookup import find_source
from frameatlas.store.frame_rows import AtlasFrames
from frameatlas.summary import atlas_info

OURS = {"X-Frameatlas": "1", "Content-Type": "application/json"}


def test_an_array_whose_header_never_closes(tmp_path):
    np.save(tmp_path / "frames.npy", np.zeros((3, 4, 6, 3), np.uint8))
    data = (tmp_path / "frames.npy").read_bytes()
    (tmp_path / "frames.npy").write_bytes(data.replace(b"}", b" ", 1))
    with pytest.raises(DamagedAtlasError, match=r"frames\.npy"):
        AtlasFrames([tmp_path / "frames.npy"], [3])[0]


def test_an_array_that_claims_endless_pictures(tmp_path):
    np.save(tmp_path / "frames.npy", np.zeros((3, 4, 6, 3), np.uint8))
    data = (tmp_path / "frames.npy").read_bytes()
    (tmp_path / "frames.npy").write_bytes(data.replace(b"4, 6, 3)", b"1<<40, 6, 3)"))
    with pytest.raises(DamagedAtlasError):
        AtlasFrames([tmp_path / "frames.npy"], [3])[0]


def test_a_zip_whose_lzma_is_damaged(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("gt/gt.txt", b"1,1,1,1,9,9\n" * 200)
    data = bytearray(file.getvalue())
    data[50:60] = bytes(10)
    (tmp_path / "cvat.zip").write_bytes(data)
    with pytest.raises(SourceError, match="zip from CVAT"):
        read_mot(tmp_path / "cvat.zip")


@pytest.mark.parametrize("base", ["1/0", "9" * 5000 + "/1"])
def test_a_time_base_that_is_none(base):
    report = FFmpegReport(Fraction(1, 1000))
    report.add(f"[Parsed_showinfo_4 @ 0x55] [info] config in time_base: {base}, frame_rate: 25/1")
    report.add("[Parsed_showinfo_4 @ 0x55] [info] n:   0 pts: 7 pts_time:0.08 x s:534x300 i:P ")
    assert report.next_note(0.1).time_base == Fraction(1, 1000)


@pytest.mark.parametrize("told", [{"name": [[]]}, {"name": "pca"}, {"name": {}}, {}])
def test_a_layout_that_is_none(tmp_path, told):
    (tmp_path / "layout.json").write_text(json.dumps(told))
    with pytest.raises(FormatError, match=r"layout\.json"):
        load_layout(tmp_path)


def test_progress_with_an_infinite_time_base(tmp_path):
    told = {"key": "k", "frames": 4, "described": 2, "width": 64, "height": 36}
    (tmp_path / "progress.json").write_text(json.dumps({**told, "time_base": [float("inf"), 1]}))
    assert load_progress(tmp_path, "k") is None


@pytest.mark.parametrize("text", ['{"process": Infinity, "host": "", "since": 0}', "[" * 100_000])
def test_a_lock_that_was_scribbled_on(tmp_path, text):
    (tmp_path / "lock").write_text(text)
    assert indexing(tmp_path, None) is None


@pytest.mark.parametrize("text", ['{"report": "abc"}', "[" * 100_000, '{"name": "a", "seed": "b"}'])
def test_a_map_that_says_nonsense_of_itself(tmp_atlas, monkeypatch, text):
    vouched_for = "frameatlas.summary.verify_file"  # whoever makes an atlas can sign it
    monkeypatch.setattr(vouched_for, lambda folder, record, name: folder / name)
    (tmp_atlas.map_folder / "map.json").write_text(text)
    with pytest.raises((DamagedAtlasError, FormatError), match=r"map\.json"):
        atlas_info(tmp_atlas)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/poster", '{"width": ' + "[" * 900 + "]" * 900 + "}"),
        ("/api/poster", '{"count": ' + "1" * 400 + "}"),
        ("/charts/_dash-update-component", "[" * 100_000),
    ],
)
def test_orders_without_end(tmp_atlas, tmp_path, path, body):
    client = make_app(tmp_atlas, cache=tmp_path).server.test_client()
    answer = client.post(path, data=body, headers=OURS)
    assert answer.status_code == 400
    assert "fault" not in answer.json["error"]


def test_names_that_no_system_takes(tmp_atlas):
    assert find_source(tmp_atlas, "x" * 5000) is None
    for name in ("@~nobody-at-all/list.txt", "~nobody-at-all/*.mp4", "*/" * 1500, "x" * 5000):
        with pytest.raises(InputError):
            list(expand_argument(name, None))


def test_a_picture_of_nobody():
    assert len(_with_cameras("market", [Path("---1_c3s2_1.jpg"), Path("-1_c3s2_1.jpg")])) <= 2


def test_a_confidence_beyond_all_numbers():
    tracks, _ = parse_mot(["1,1,0,0,9,9," + "1" * 50, "2,1,0,0,9,9,1e400"], "tracks.txt")
    assert np.isfinite(tracks.confidence).all()
