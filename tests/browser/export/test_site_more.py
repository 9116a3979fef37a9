"""What a static site knows beforehand: frames like each, groups, short clips."""

import base64
import json
import re

import numpy as np
import pytest

from frameatlas.browser import SiteOptions, export_site
from frameatlas.browser.export import likeness, site_clips
from frameatlas.browser.export.likeness import LIKE, NONE, alike_frames
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.search.neighbours import frame_neighbours

WEBM = b"\x1aE\xdf\xa3 a clip"


def told(site, name):
    text = (site / "data" / name).read_text(encoding="ascii")
    return json.loads("[" + re.fullmatch(r"FrameSite\.\w+\((.*)\);\n", text, re.DOTALL)[1] + "]")


@pytest.fixture
def long(synthetic_atlas, tmp_path):
    """Two videos of thirteen seconds, photos, and a video that gave nothing."""
    sources = [("video", 40), ("video", 40), ("photos", 5), ("failed", 0)]
    return synthetic_atlas(tmp_path / "long.atlas", sources=sources, dimension=64)


def cutter(calls=None, fail=()):
    def cut(source, start, seconds, output):
        if source.name in fail:
            raise SourceError("it is gone")
        if calls is not None:
            calls.append((source.name, start, seconds))
        output.write_bytes(WEBM)

    return cut


def test_frames_like_each_are_those_that_search_finds(long):
    found = alike_frames(long)
    assert found.shape == (len(long), LIKE)
    for frame in (0, 20, 61, 82):
        exact = frame_neighbours(long, frame, LIKE, skip_near=5)
        best = exact.frames[exact.similarity >= max(0.15, 0.5 * exact.similarity[0])]
        told_here = found[frame][found[frame] != NONE]
        assert told_here.tolist() == best.tolist()[: len(told_here)]
        assert frame not in told_here
        assert len(told_here) == len(best)


def test_large_atlases_have_no_lists_of_frames_alike(long, tmp_path, monkeypatch):
    monkeypatch.setattr(likeness, "MOST_FRAMES", 10)
    assert alike_frames(long) is None
    site = export_site(long, SiteOptions(tmp_path / "site", depth=0)).output
    assert told(site, "atlas.js")[0]["like"] == 0
    assert not list((site / "data").glob("like-*.js"))


def test_the_site_carries_groups_and_likenesses(long, tmp_path):
    site = export_site(long, SiteOptions(tmp_path / "site", depth=0)).output
    (about,) = told(site, "atlas.js")
    (text,) = told(site, "groups.js")
    labels = np.frombuffer(base64.b64decode(text), np.uint8)
    assert [size for _, size in about["groups"]] == np.bincount(labels).tolist()
    _, packed = told(site, "like-0.js")
    rows = np.frombuffer(base64.b64decode(packed), "<u4").reshape(-1, about["like"])
    assert np.array_equal(rows, alike_frames(long))
    assert about["clips"] is None
    assert not (site / "clips").exists()


def test_clips_cover_every_frame_and_are_kept(long, tmp_path):
    calls = []
    options = SiteOptions(tmp_path / "site", depth=0, cut_clip=cutter(calls))
    site = export_site(long, options).output
    (about,) = told(site, "atlas.js")
    assert about["clips"] == {
        "seconds": 6, "ending": ".webm", "there": {"0": [[0, 2]], "1": [[0, 2]]}
    }  # fmt: skip
    assert calls[:3] == [("0.mp4", 0.0, 6.0), ("0.mp4", 6.0, 6.0), ("0.mp4", 12.0, 6.0)]
    assert (site / "clips/1/2.webm").read_bytes() == WEBM
    done = len(calls)
    export_site(long, options)
    assert len(calls) == done
    export_site(long, SiteOptions(tmp_path / "site", depth=0))
    assert not (site / "clips").exists()


def test_a_video_that_is_gone_has_no_clips_and_the_rest_has(long, tmp_path):
    options = SiteOptions(tmp_path / "site", depth=0, cut_clip=cutter(fail=("0.mp4",)))
    report = export_site(long, options)
    (about,) = told(report.output, "atlas.js")
    assert list(about["clips"]["there"]) == ["1"]
    assert any("0.mp4 has no clips" in note for note in report.notes)


def test_clips_end_where_the_room_does(long, tmp_path):
    plain = export_site(long, SiteOptions(tmp_path / "plain", depth=0))
    room = plain.bytes * 4

    def large(source, start, seconds, output):
        output.write_bytes(WEBM.ljust(room // 3))

    options = SiteOptions(tmp_path / "site", depth=0, cut_clip=large, max_bytes=room)
    report = export_site(long, options)
    assert any("--max-bytes" in note for note in report.notes)
    assert 0 < len(list(report.output.rglob("*.webm"))) < 6


def test_a_stopped_run_keeps_its_clips(long, tmp_path):
    calls = []
    options = SiteOptions(tmp_path / "site", depth=0, cut_clip=cutter(calls))
    with pytest.raises(InterruptedIndexError):
        export_site(long, options, stopped=lambda: len(calls) > 1)
    assert not (tmp_path / "site" / "index.html").exists()
    export_site(long, options)
    assert len(calls) == 6


def test_runs_of_numbers():
    assert site_clips._runs([0, 1, 2, 5, 7, 8]) == [[0, 2], [5, 5], [7, 8]]
    assert site_clips._runs([]) == []
