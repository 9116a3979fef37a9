import re

import numpy as np
import pytest

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.mot import parse_mot, read_mot, write_mot
from frameatlas.reid.tracks.short_tracks import with_short_tracks
from frameatlas.reid.tracks.tracklets import Tracklets

ROW = "1,7,250.5,103,40,92"


def parsed(text):
    return parse_mot(text.splitlines(), "game.txt")


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        ROW + ",0.9",
        ROW + ",0.9,-1,-1,-1",
        ROW + ",0.9,-1,-1,-1,3,4.5",
        "1 7 250.5 103 40 92 0.9",
        "1\t7\t250.5\t103\t40\t92",
        " 1 , 7 , 250.50 , 103.0 , 40 , 9.2e1 , 1 ",
        "1;7;250.5;103;40;92",
        "1.0,7.0,250.5,103,40,92,",
    ],
)
def test_a_row_is_read_however_it_is_written(row):
    tracks, bad = parsed(row)
    assert bad == ()
    assert (tracks.frame.tolist(), tracks.track.tolist()) == ([1], [7])
    np.testing.assert_allclose(tracks.box, [[250.5, 103, 40, 92]])
    assert tracks.frame.dtype == tracks.track.dtype == np.int64
    assert tracks.confidence.dtype == np.float32


def test_headers_comments_and_empty_lines_are_passed_over():
    text = f"frame,id,bb_left,bb_top,bb_width,bb_height\n# by a tracker\n\n{ROW} # good\n"
    tracks, bad = parsed(text)
    assert len(tracks) == 1
    assert bad == ()


def test_every_line_that_is_no_box_is_named_by_its_number():
    text = "\n".join(
        [ROW, "1,8,3,4,5", "x,y", "2,7,1,1,0,5", "2.5,7,1,1,4,5", "2,7.5,1,1,4,5", "2,7,nan,1,4,5",
         "-3,7,1,1,4,5", "2,7,1e12,1,4,5", "frame,id,a,b,c,d", "2,7,1,1,4,5"]
    )  # fmt: skip
    tracks, bad = parsed(text)
    assert tracks.frame.tolist() == [1, 2]
    assert [line.number for line in bad] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert str(bad[0]) == "line 2: 5 columns, expected 6 or more"


def test_a_file_without_a_box_says_what_a_row_looks_like():
    with pytest.raises(SourceError, match="frame, id, left, top, width, height") as told:
        parsed("hello\nworld\n")
    assert "line 2" in str(told.value)
    with pytest.raises(SourceError, match="Received: no such row"):
        parsed("")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        read_mot(tmp_path / "none.txt")
    with pytest.raises(SourceError, match="Expected tracks in the folder"):
        read_mot(tmp_path)


def test_bytes_that_are_no_text_are_bad_lines(tmp_path):
    path = tmp_path / "game.txt"
    path.write_bytes(b"\xff\xfe\x00,3\n" + ROW.encode() + b"\n")
    tracks, bad = read_mot(path)
    assert len(tracks) == 1
    assert [line.number for line in bad] == [1]


def test_rows_come_sorted_and_a_repeated_box_counts_once():
    tracks, bad = parsed("2,1,5,5,9,9\n1,2,0,0,9,9\n1,1,1,1,9,9\n1,1,8,8,9,9\n")
    assert tracks.frame.tolist() == [1, 1, 2]
    assert tracks.track.tolist() == [1, 2, 1]
    assert tracks.box[0, 0] == 1
    assert re.match(r"1 box left out", bad[0].reason)


def test_of_ground_truth_only_people_to_be_tracked_are_used():
    truth = "1,1,0,0,9,9,1,1,0.8\n1,2,0,0,9,9,0,1,1\n1,3,0,0,9,9,1,3,1\n2,1,0,0,9,9,1,1,1\n"
    assert parsed(truth)[0].track.tolist() == [1, 1]
    with pytest.raises(SourceError, match="to be ignored"):
        parsed("1,2,0,0,9,9,0,1,1\n")
    # Nine columns of a tracker, whose last ones are unused or a class from 0.
    assert len(parsed("1,2,0,0,9,9,0.7,-1,-1\n1,3,0,0,9,9,0.4,-1,-1\n")[0]) == 2
    assert len(parsed("1,2,0,0,9,9,0.7,0,-1\n")[0]) == 1


def test_confidence_that_is_unused_counts_as_sure():
    assert parsed("1,2,0,0,9,9,-1\n1,3,0,0,9,9,0.25\n")[0].confidence.tolist() == [1, 0.25]


def test_frames_from_zero_are_moved_to_one():
    assert parsed("0,2,0,0,9,9\n1,2,0,0,9,9\n")[0].frame.tolist() == [1, 2]


def test_written_tracks_are_read_again(tmp_path):
    tracks, _ = parsed("1,5,250.5,103,40,92,0.5\n2,5,251,103,40,92,1\n2,6,-3.25,4,5,6,1\n")
    path = tmp_path / "out" / "game.txt"
    write_mot(path, tracks, np.array([3, 3, 0]))
    again, bad = read_mot(path)
    assert bad == ()
    assert again.track.tolist() == [3, 3]
    np.testing.assert_array_equal(again.box, tracks.box[:2])
    assert path.read_text().splitlines()[0] == "1,3,250.50,103.00,40.00,92.00,0.5,-1,-1,-1"


def test_a_detectors_boxes_are_linked_where_they_overlap(tracks_of):
    rows = []
    for frame in range(1, 11):
        rows.append((frame, -1, 100 + 3 * frame, 50, 40, 90))
        rows.append((frame, -1, 300 - 3 * frame, 50, 40, 90))
        if frame not in (4, 5, 6, 7):
            rows.append((frame, -1, 500, 50, 40, 90))
            rows.append((frame, -1, 502, 52, 40, 90))
    linked = with_short_tracks(tracks_of(*rows))
    spans = {t: linked.frame[linked.track == t].tolist() for t in np.unique(linked.track)}
    assert sorted(map(len, spans.values())) == [3, 3, 10, 10], "hidden for long: begins anew"
    left = linked.rows(linked.track == linked.track[linked.box[:, 0] == 103][0])
    assert left.box[:, 0].tolist() == [100 + 3 * k for k in range(1, 11)]
    unsure = tracks_of((1, -1, 0, 0, 9, 9), (1, -1, 50, 0, 9, 9))
    unsure.confidence[1] = 0.1
    assert len(with_short_tracks(unsure)) == 1


def test_tracklets_of_several_videos_are_told_apart(tracks_of):
    one = tracks_of((1, 4, 0, 0, 9, 9), (2, 4, 0, 0, 9, 9), (2, 2, 0, 0, 9, 9), camera="east")
    two = tracks_of((1, 4, 0, 0, 9, 9), (1, -1, 0, 0, 9, 9), camera="west")
    both = Tracklets.of([one, two])
    assert both.names == ("east:2", "east:4", "west:4")
    assert both.sequence.tolist() == [0, 0, 1]
    assert both.camera.tolist() == [0, 0, 1]
    assert both.row_tracklet.tolist() == [0, 1, 1, 2]
    assert Tracklets.of([one]).names == ("2", "4")
