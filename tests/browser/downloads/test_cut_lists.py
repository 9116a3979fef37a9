"""The page's cut lists are those of ``frameatlas cuts``, with handles, gaps and whole shots."""

import io
import json
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from frameatlas.browser import make_app
from frameatlas.browser.downloads.cut_lists import KINDS, CutRequest, cut_file
from frameatlas.errors import InputError
from frameatlas.handover.cuts import CutOptions

OURS = {"X-Frameatlas": "1"}
NTSC = Fraction(30_000, 1001)


@pytest.fixture
def client(tmp_path, tmp_atlas):
    return make_app(tmp_atlas, cache=tmp_path / "cache").server.test_client()


def ranges(answer):
    """First frames and lengths of a timeline's clips."""
    clips = json.loads(answer.data)["tracks"]["children"][0]["children"]
    times = [clip["source_range"] for clip in clips]
    return [(one["start_time"]["value"], one["duration"]["value"]) for one in times]


def asked(client, kind, **body):
    return client.post(f"/api/export/{kind}", json=body, headers=OURS)


def test_frames_are_cuts_with_handles_and_closed_gaps(client):
    frames = [0, 1, 4, 9]
    assert ranges(asked(client, "otio", frames=frames)) == [(0, 17), (33, 9), (75, 8)]
    assert ranges(asked(client, "otio", frames=frames, cut={"handles": 0.2})) == [
        *((0, 22), (28, 19), (70, 18)),
    ]
    assert ranges(asked(client, "otio", frames=frames, cut={"merge": 1.0})) == [(0, 42), (75, 8)]


def test_what_was_found_is_cut_in_its_order(client):
    found = [9, 0, 13, 1, 20]
    answer = asked(client, "otio", frames=found, cut={"each": True})
    assert ranges(answer) == [(75, 8), (0, 8), (8, 9), (8, 9)]


def test_a_list_has_the_title_that_was_asked_for(client):
    answer = asked(client, "edl", frames=[1], cut={"title": "sea / side"})
    assert answer.data.decode().splitlines()[0] == "TITLE: sea / side"


def test_whole_videos_are_cut_in_the_order_that_was_asked_for(client):
    answer = asked(client, "otio", cut={"videos": [1, 0, 2, 99]})
    assert ranges(answer) == [(0, 58), (0, 100)]


def test_lists_of_several_files_come_as_one(client):
    answer = asked(client, "llc", filter={"v": "0,1"})
    assert answer.headers["Content-Disposition"].endswith('"selection.llc.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["selection-0.llc", "selection-1.llc"]
    assert json.loads(asked(client, "llc", filter={"v": "0"}).data)["mediaFileName"] == "0.mp4"


def test_more_than_999_events_are_several_lists(tmp_path, synthetic_atlas):
    atlas = synthetic_atlas(tmp_path / "a.atlas", sources=(("video", 2400),), dimension=16)
    frames = np.arange(0, 2400, 2)
    made = cut_file(atlas, frames, "edl", "many", CutRequest(), lambda _: NTSC)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        lists = [archive.read(name).decode() for name in archive.namelist()]
    assert [text.count("* FROM CLIP NAME") for text in lists] == [999, 201]
    assert "FCM: DROP FRAME" in lists[0]
    assert "* FRAME RATE: 29.97" in lists[0]


@pytest.mark.parametrize(
    "cut",
    [5, [], {"handles": -1}, {"handles": "1"}, {"merge": float("1e9")}, {"snap": "frames"},
     {"snap": 5}, {"handles": True}, {"videos": 5}, {"videos": ["1"]}, {"videos": [-1]}],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(client, cut):
    answer = asked(client, "otio", cut=cut)
    assert answer.status_code == 400
    assert b"Expected" in answer.data


def test_every_kind_is_served(client):
    for kind, (ending, media) in KINDS.items():
        answer = asked(client, kind, frames=[3])
        assert answer.headers["Content-Disposition"].endswith(f'"selection{ending}"')
        assert answer.mimetype == media


def test_nothing_to_cut_is_one_sentence(tmp_atlas):
    with pytest.raises(InputError, match="Expected some video"):
        cut_file(tmp_atlas, np.array([], int), "edl", "", CutRequest(), lambda _: None)
    assert CutRequest.parse({"snap": "shots"}).options == CutOptions(snap="shots")
