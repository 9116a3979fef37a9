"""The files in ../shared/data/tracks, as 17 trackers and tools write them, and what is right."""

import csv

import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.tracks.fitted import read_fitted
from frameatlas.reid.tracks.formats.read import read_table
from frameatlas.reid.tracks.frame_reader import open_pictures
from frameatlas.reid.tracks.labels import choose_rows
from frameatlas.reid.tracks.mot import read_mot
from frameatlas.reid.tracks.options import TrackOptions

FIRST = (499, 158, 31, 75)
"""The box of tracklet 22 in frame 1."""


@pytest.fixture(scope="module")
def pictures(shared):
    return open_pictures(shared / "data" / "people" / "PETS09-S2L1_vtest.avi")


@pytest.fixture(scope="module")
def truth(shared):
    return read_mot(shared / "data" / "people" / "tracklets.txt")[0]


def read(shared, pictures, name, **options):
    return read_fitted(shared / "data" / "tracks" / name, pictures, "pets", TrackOptions(**options))


RIGHT = {
    "boxmot10_confidence_0.txt": 120,
    "boxmot_football_only_ball_kept.txt": 2002,
    "cvat_for_video.zip": 2002,
    "darklabel_many_in_a_line.txt": 154,
    "decimal_comma.csv": 119,
    "header_id_in_column_6.csv": 104,
    "header_x1y1x2y2_read_as_wh.csv": 104,
    "supervision_csvsink.csv": 119,
    "ultralytics_labels": 9,
}


@pytest.mark.shared
@pytest.mark.parametrize("name", RIGHT)
def test_every_box_lies_where_it_should(name, shared, pictures, truth):
    found = read(shared, pictures, name)
    tracks = found.tracks
    assert len(tracks) == RIGHT[name]
    assert found.cuts == ()
    places = {(f, tuple(np.rint(b[:2]))) for f, b in zip(truth.frame, truth.box, strict=True)}
    own = [(f, tuple(np.rint(b[:2]))) for f, b in zip(tracks.frame, tracks.box, strict=True)]
    assert sum(each in places for each in own) > 0.95 * len(own)
    assert (tracks.confidence > 0).all()


@pytest.mark.shared
def test_the_good_files_give_no_note(shared, pictures):
    for name in ("cvat_for_video.zip", "pets_bytetrack.txt"):
        assert read(shared, pictures, name).notes == ()


@pytest.mark.shared
def test_classes_are_spoken_of(shared, pictures):
    football = read(shared, pictures, "boxmot_football_only_ball_kept.txt")
    assert "1 (64 boxes), 2 (64 boxes), 3 (1810 boxes), 4 (64 boxes)" in football.notes[0]
    few = read(shared, pictures, "boxmot_football_only_ball_kept.txt", classes=("2", "3"))
    assert len(few.tracks) == 1874
    assert few.dropped == {"1": 64, "4": 64}
    cvat = read(shared, pictures, "cvat_mot_two_labels_only_ball_kept.zip")
    assert len(cvat.tracks) == 1938
    assert cvat.dropped == {"ball": 64}


@pytest.mark.shared
def test_soccernet_says_who_is_who(shared, pictures):
    found = read(shared, pictures, "soccernet_gt_with_ball.txt")
    assert found.dropped == {"ball": 64, "referee": 64}
    table = read_table(shared / "data" / "tracks" / "soccernet_gt_with_ball.txt")
    assert set(choose_rows(table, ("referee",)).dropped) >= {"ball", "player"}
    assert any(person.number for person in found.people.values())


@pytest.mark.shared
def test_tracks_of_a_longer_recording_are_refused(shared, pictures):
    with pytest.raises(InputError, match=r"frames 1 to 795.*up to 830; .*longer recording"):
        read(shared, pictures, "tracks_beyond_the_video.txt")


@pytest.mark.shared
def test_a_smaller_copy_and_fewer_frames_are_mended_by_their_options(shared, pictures):
    half = read(shared, pictures, "boxes_of_half_size_video.txt", size=(384, 288)).tracks
    np.testing.assert_allclose(half.box[0], FIRST, atol=0.2)
    fifth = read(shared, pictures, "every_5th_frame_renumbered.txt", rate=2.0).tracks
    assert fifth.frame[:4].tolist() == [1, 1, 1, 6]


@pytest.mark.shared
def test_ids_that_begin_anew_become_tracks_of_one_person(shared, pictures, truth):
    found = read(shared, pictures, "ids_restart_in_each_shot.txt")
    assert len(found.cuts) > 30
    with (shared / "data" / "people" / "tracklet_identities.csv").open() as file:
        identity = {int(row["tracklet"]): row["identity"] for row in csv.DictReader(file)}
    rows = zip(truth.frame, truth.box, map(identity.get, truth.track.tolist()), strict=True)
    who = {(f, *np.rint(b[:2])): t for f, b, t in rows}
    tracks = found.tracks
    boxes = zip(tracks.frame, tracks.box, strict=True)
    person = np.array([who[f, *np.rint(b[:2])] for f, b in boxes])
    right = 0
    for track in np.unique(tracks.track):
        right += np.unique(person[tracks.track == track], return_counts=True)[1].max()
    assert len(tracks) == 2002
    assert right / 2002 >= 0.95
