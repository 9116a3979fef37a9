import numpy as np

from frameatlas.reid.tracks.restarts import cut_at_leaps, part_repeated_ids


def walk(track, begin, x, frames=30, step=2.0, y=100):
    return [(begin + k, track, x + step * k, y, 40, 100) for k in range(frames)]


def test_good_tracks_are_left_whole(tracks_of):
    gap = walk(1, 1, 50) + walk(1, 45, 140)  # hidden for 14 frames, and where they would be
    tracks = tracks_of(*sorted(gap + walk(2, 1, 400)))
    cut = cut_at_leaps(tracks)
    assert cut.cuts == ()
    assert cut.tracks is tracks


def test_an_id_that_begins_anew_elsewhere_is_cut_and_called_by_its_frame(tracks_of):
    tracks = tracks_of(*sorted(walk(7, 1, 50) + walk(7, 60, 500) + walk(8, 1, 300)))
    cut = cut_at_leaps(tracks)
    assert cut.cuts == ((7, 60),)
    new = next(iter(cut.tracks.names))
    assert cut.tracks.names[new] == "7@60"
    assert cut.tracks.frame[cut.tracks.track == new].min() == 60
    assert (np.unique(cut.tracks.track) == [7, 8, new]).all()


def test_a_track_that_jumps_to_somebody_else_within_a_frame_is_cut(tracks_of):
    cut = cut_at_leaps(tracks_of(*(walk(1, 1, 50) + walk(1, 31, 300))))
    assert cut.cuts == ((1, 31),)


def test_at_a_cut_of_the_camera_all_tracks_are_cut(tracks_of):
    near = walk(4, 1, 600) + walk(4, 31, 650)  # happens to go on nearly where it was
    rows = near + [
        row for t in (1, 2, 3) for row in walk(t, 1, 100 * t) + walk(t, 31, 90 * t + 290)
    ]
    cut = cut_at_leaps(tracks_of(*sorted(rows)))
    assert cut.cuts == ((1, 31), (2, 31), (3, 31), (4, 31))


def test_runners_of_few_frames_a_second_are_left_whole(tracks_of):
    tracks = tracks_of(*walk(1, 1, 50, step=45.0))
    assert cut_at_leaps(tracks, rate=5.0).cuts == ()


def test_boxes_without_ids_are_left_alone(tracks_of):
    tracks = tracks_of((1, -1, 0, 0, 9, 9), (2, -1, 500, 0, 9, 9))
    assert cut_at_leaps(tracks).cuts == ()


def test_an_id_that_two_people_bear_in_one_frame_is_parted():
    rows = np.array(sorted(walk(3, 1, 50) + walk(3, 20, 400) + walk(5, 1, 700)))
    track, cuts = part_repeated_ids(rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2:])
    assert cuts == ((3, 20),)
    assert set(track[rows[:, 2] >= 400]) == {5, 6}
    assert set(track[rows[:, 2] < 400]) == {3}


def test_a_box_written_twice_is_left_for_the_reader_to_drop():
    rows = np.array([(1, 3, 50, 50, 40, 90), (1, 3, 51, 50, 40, 90)], float)
    track, cuts = part_repeated_ids(rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2:])
    assert cuts == ()
    assert track.tolist() == [3, 3]
