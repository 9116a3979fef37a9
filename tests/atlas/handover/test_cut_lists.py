"""Cut lists: what is written is what other programs read, to the frame."""

import json
import re
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas.cli.main import cli
from frameatlas.errors import InputError
from frameatlas.handover.cut_lists import cut_list_texts, write_cut_list
from frameatlas.handover.cuts import Cut, CutOptions, Media, Stretch, cuts_of, stretches_of
from frameatlas.handover.edl import reel_names
from frameatlas.handover.timecode import Timebase, counted_rate, with_dropped

RATES = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(25, 2), Fraction(60)]


def media(rate, name='a film & its "name".mp4', seconds=7200):
    return Media(Path("/films") / name, Fraction(0), Fraction(seconds), rate, 1920, 1080)


def cuts_at(rate, *places):
    film = media(rate)
    return [Cut(film, a / rate, b / rate, f"shot {n}") for n, (a, b) in enumerate(places)]


@pytest.mark.parametrize("rate", RATES)
def test_opentimelineio_reads_equal_ranges(rate, tmp_path):
    otio = pytest.importorskip("opentimelineio", reason="opentimelineio is not installed")
    places = [(0, 10), (99, 250), (86_000, 86_001)]
    (path,) = write_cut_list(cuts_at(rate, *places), tmp_path / "cuts.otio", "A title")
    timeline = otio.adapters.read_from_file(str(path))
    assert timeline.name == "A title"
    clips = list(timeline.find_clips())
    found = [(c.source_range.start_time.value, c.source_range.duration.value) for c in clips]
    assert found == [(a, b - a) for a, b in places]
    assert {clip.source_range.start_time.rate for clip in clips} == {float(rate)}
    reference = clips[0].media_reference
    assert otio.url_utils.filepath_from_url(reference.target_url) == str(media(rate).path)
    assert clips[0].name == "shot 0"
    total = sum(b - a for a, b in places)
    assert timeline.duration().value == total


@pytest.mark.parametrize("rate", RATES)
def test_fcpxml_is_whole_frames(rate, tmp_path):
    places = [(3, 10), (99, 250)]
    (path,) = write_cut_list(cuts_at(rate, *places), tmp_path / "cuts.fcpxml", "A & B")
    root = ElementTree.parse(path).getroot()
    clips = root.findall(".//asset-clip")
    starts = [Fraction(clip.get("start").rstrip("s")) * rate for clip in clips]
    assert starts == [3, 99]
    step = Fraction(root.find(".//format[@id='r0']").get("frameDuration").rstrip("s"))
    for name in ("offset", "duration"):
        for clip in clips:
            assert (Fraction(clip.get(name).rstrip("s")) / step).denominator == 1
    assert root.find(".//media-rep").get("src").startswith("file:///films/a%20film%20%26%20its")
    ends = [Fraction(c.get("offset")[:-1]) + Fraction(c.get("duration")[:-1]) for c in clips]
    assert Fraction(clips[1].get("offset")[:-1]) == ends[0]
    assert Fraction(root.find(".//sequence").get("duration")[:-1]) == ends[1]


def test_an_edl_of_29_97_drops_numbers():
    rate = Fraction(30000, 1001)
    texts = cut_list_texts(cuts_at(rate, (1799, 1801), (17_981, 17_983)), Path("a.edl"), "t")
    (text,) = texts.values()
    assert "FCM: DROP FRAME" in text
    assert "00:00:59;29 00:01:00;03 01:00:00;00 01:00:00;02" in text
    assert "00:09:59;29 00:10:00;01" in text


@pytest.mark.parametrize(
    ("frames", "called"),
    [(0, 0), (1799, 1799), (1800, 1802), (3597, 3599), (3598, 3602), (17_982, 18_000)],
)
def test_numbers_are_dropped_as_smpte_says(frames, called):
    assert with_dropped(frames, 30) == called


def test_an_hour_of_drop_frame_is_an_hour():
    base = Timebase(Fraction(30000, 1001), drop=True)
    assert base.timecode(107_892) == "01:00:00;00"
    assert Timebase(Fraction(60000, 1001), drop=True).timecode(215_784) == "01:00:00;00"


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001)])
def test_opentimelineios_reader_of_edls_finds_equal_ranges(rate, tmp_path):
    pytest.importorskip("otio_cmx3600_adapter", reason="otio-cmx3600-adapter is not installed")
    otio = pytest.importorskip("opentimelineio", reason="opentimelineio is not installed")
    places = [(0, 10), (1799, 1802), (17_990, 18_100)]
    (path,) = write_cut_list(cuts_at(rate, *places), tmp_path / "c.edl", "t")
    timeline = otio.adapters.read_from_file(str(path), rate=float(rate))
    found = [clip.source_range for clip in timeline.find_clips()]
    assert [(one.start_time.value, one.duration.value) for one in found] == [
        (a, b - a) for a, b in places
    ]


def test_no_comment_stands_before_the_first_event():
    (text,) = cut_list_texts(cuts_at(Fraction(25), (0, 5)), Path("a.edl"), "t").values()
    lines = [line for line in text.splitlines() if line]
    assert [line[:5] for line in lines[:3]] == ["TITLE", "FCM: ", "001  "]
    assert "* FRAME RATE: 25" in lines


def test_more_than_999_events_go_on_in_another_list(tmp_path):
    cuts = cuts_at(Fraction(25), *((n * 10, n * 10 + 5) for n in range(2100)))
    paths = write_cut_list(cuts, tmp_path / "many.edl", "many")
    assert [path.name for path in paths] == ["many.edl", "many-2.edl", "many-3.edl"]
    events = [re.findall(r"^(\d+) .* C ", path.read_text(), re.MULTILINE) for path in paths]
    assert [len(found) for found in events] == [999, 999, 102]
    assert max(len(number) for found in events for number in found) == 3


def test_long_names_have_reels_of_their_own():
    names = ["holiday in spain 2019 a.mp4", "holiday in spain 2019 b.mp4", "空.mp4", "海.mp4"]
    reels = reel_names([media(Fraction(25), name) for name in names])
    assert len(set(reels.values())) == 4
    assert all(re.fullmatch("[A-Z0-9]{1,8}", reel) for reel in reels.values())


def test_losslesscut_has_a_project_for_each_video(tmp_path):
    one, two = media(Fraction(25), "a.mp4"), media(Fraction(25), "b.mp4")
    cuts = [Cut(one, Fraction(1), Fraction(2)), Cut(two, Fraction(3), Fraction(5), "x")]
    paths = write_cut_list(cuts, tmp_path / "cuts.llc", "t")
    assert [path.name for path in paths] == ["cuts-a.llc", "cuts-b.llc"]
    project = json.loads(paths[1].read_text())
    assert project["mediaFileName"] == "b.mp4"
    assert project["cutSegments"] == [{"start": 3.0, "end": 5.0, "name": "x"}]
    assert write_cut_list(cuts[:1], tmp_path / "one.llc", "t") == [tmp_path / "one.llc"]


def test_ffconcat_speaks_in_the_files_own_time():
    late = Media(Path("/films/it's.ts"), Fraction(10), Fraction(60), Fraction(25))
    (text,) = cut_list_texts([Cut(late, Fraction(1), Fraction(2))], Path("c.ffconcat"), "").values()
    assert "file '/films/it'\\''s.ts'\ninpoint 11.000000\noutpoint 12.000000\n" in text


@pytest.mark.parametrize(
    ("rate", "meant"),
    [
        (Fraction(2997, 100), Fraction(30000, 1001)),
        (Fraction(23976, 1000), Fraction(24000, 1001)),
        (Fraction(24), Fraction(24)),
        (Fraction(25, 2), Fraction(25, 2)),
        (Fraction(273, 10), Fraction(30000, 1001)),
        (Fraction(0), None),
        (None, None),
    ],
)
def test_a_rate_is_the_one_that_is_meant(rate, meant):
    found = counted_rate(rate)
    assert found == meant or (rate == Fraction(273, 10) and found in (25, meant))


# From an atlas


def test_frames_become_stretches(tmp_atlas):
    found = list(stretches_of(tmp_atlas, np.array([0, 1, 2, 5, 6, 12, 20, 21])))
    assert [(one.source, round(one.begin, 2), round(one.end, 2)) for one in found] == [
        (0, 0.0, 1.0),
        (0, 1.67, 2.33),
        (1, 0.0, 0.33),
    ]


def test_handles_end_where_the_video_does_and_gaps_close(tmp_atlas):
    places = [Stretch(0, 0.5, 1.0), Stretch(0, 1.6, 2.0), Stretch(1, 0.2, 0.4)]
    wide = cuts_of(tmp_atlas, places, CutOptions(handles=1.0))
    assert (float(wide[0].begin), float(wide[0].end)) == (0.0, 3.0)
    closed = cuts_of(tmp_atlas, places, CutOptions(merge=0.7))
    assert [(float(cut.begin), float(cut.end)) for cut in closed] == [(0.5, 2.0), (0.2, 0.4)]
    apart = cuts_of(tmp_atlas, places, CutOptions(merge=0.5))
    assert len(apart) == 3


def test_nothing_to_cut_is_one_sentence(tmp_atlas):
    with pytest.raises(InputError, match="Expected some video"):
        cuts_of(tmp_atlas, stretches_of(tmp_atlas, np.array([20])), CutOptions())


def typed(*words, stdin=None):
    return CliRunner().invoke(cli, ["cuts", *map(str, words)], input=stdin)


def test_the_command_writes_what_was_picked(tmp_atlas, tmp_path):
    done = typed(tmp_atlas.folder, "--frames", "-", "-o", tmp_path / "c.otio", stdin="[0, 1, 2, 6]")
    assert done.exit_code == 0, done.output
    timeline = json.loads((tmp_path / "c.otio").read_text())
    clips = timeline["tracks"]["children"][0]["children"]
    values = [clip["source_range"]["start_time"]["value"] for clip in clips]
    assert values == [0.0, 50.0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--frames", "-", "-o", "cuts.mov"], "Expected -o FILE"),
        (["-o", "cuts.edl"], "Expected --frames, --shots or --where"),
        (["--frames", "-", "-o", "c.edl", "--handles", "-1"], "--handles"),
        (["--frames", "nowhere.txt", "-o", "c.edl"], "Expected numbers of frames"),
        (["--shots", "video0.mp4", "-o", "c.edl"], ""),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(tmp_atlas, words, told):
    done = typed(tmp_atlas.folder, *words, stdin="0 1 2")
    assert isinstance(done.exception, InputError)
    assert told in str(done.exception)


@pytest.mark.parametrize("text", ["0 x", "-1", "99999", "[1, [2]]", "[" * 3000])
def test_what_is_no_list_of_frames_is_refused(tmp_atlas, text):
    done = typed(tmp_atlas.folder, "--frames", "-", "-o", "c.edl", stdin=text)
    assert isinstance(done.exception, InputError)
    assert "Expected numbers of frames" in str(done.exception)
