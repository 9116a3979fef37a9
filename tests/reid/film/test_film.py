import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.film.annotate import DrawnBoxes
from frameatlas.reid.film.clips import clips_of, frames_of, players_named
from frameatlas.reid.film.pictures import clip_pictures, film_pictures
from frameatlas.reid.statistics.player_boxes import PlayerBoxes
from frameatlas.reid.statistics.team_colours import TEAMS, UNKNOWN
from frameatlas.reid.tracks.frame_reader import open_pictures

GROUND = np.full((240, 320, 3), 60, np.uint8)


def boxes(parts, step=1):
    """Boxes of (player, frames, left): 40 × 80 pixels at 100 from the top."""
    rows = [(f, p, s, left + f) for s, (p, frames, left) in enumerate(parts) for f in frames]
    frame, player, segment, left = (
        np.array(column, np.int64) for column in zip(*rows, strict=True)
    )
    box = np.column_stack([left, 100 + 0 * left, 40 + 0 * left, 80 + 0 * left]).astype(float)
    ones = np.ones(len(frame), np.float32)
    return PlayerBoxes("a", 25.0, step, (320, 240), frame, player, segment, segment, box, ones)


def test_boxes_are_drawn_in_the_colours_of_teams():
    drawn = DrawnBoxes.of(
        boxes([(0, [5], 20), (1, [5], 120), (-1, [5], 220)]), ("Anna", "2"), (2, 0)
    )
    picture = drawn.draw(GROUND, 5)
    assert tuple(picture[140, 25]) == TEAMS[1]
    assert tuple(picture[140, 125]) == UNKNOWN
    assert tuple(picture[140, 225]) == UNKNOWN
    names = picture[80:98]
    assert (names[:, 20:70] != 60).any(), "Anna has a name above"
    assert (names[:, 220:] == 60).all(), "who is nobody has none"
    assert (drawn.draw(GROUND, 6) == GROUND).all()
    only = drawn.draw(GROUND, 5, {1})
    assert (only[:, :115] == 60).all()
    assert (GROUND == 60).all(), "the picture itself stays"


def test_between_two_boxes_of_a_tracker_there_is_one():
    drawn = DrawnBoxes.of(boxes([(0, [1, 6, 11, 60], 0)], step=5), ("1",), (1,))
    assert drawn.frame.tolist() == [*range(1, 12), 60]
    np.testing.assert_allclose(drawn.box[3], [4, 100, 40, 80])


def test_a_box_at_the_border_does_not_break_the_drawing():
    drawn = DrawnBoxes.of(boxes([(0, [1], -60), (1, [1], 310)]), ("A" * 99, "\x1b[2J"), (1, 2))
    assert drawn.draw(GROUND, 1).shape == GROUND.shape


def test_stays_become_clips_with_a_little_before_and_after():
    found = clips_of(boxes([(0, range(10, 60), 0), (0, range(200, 230), 0), (0, [400], 0)]), 0, 235)
    assert [(clip.place, clip.first, clip.last) for clip in found] == [(1, 1, 71), (2, 188, 235)]
    assert frames_of(found) == [*range(1, 72), *range(188, 236)]


def test_overlapping_clips_are_read_in_one_pass(game_file):
    both = boxes([(0, range(10, 40), 0), (1, range(20, 50), 0)])
    clips = [*clips_of(both, 0, 60), *clips_of(both, 1, 60)]
    drawn = DrawnBoxes.of(both, ("1", "2"), (0, 0))
    rows = [(c.player, n) for c, n, _ in clip_pictures(open_pictures(game_file[0]), drawn, clips)]
    for clip in clips:
        own = [number for player, number in rows if player == clip.player]
        assert own == list(range(clip.first, clip.last + 1))


def test_a_film_has_every_frame(game_file):
    drawn = DrawnBoxes.of(boxes([(0, range(1, 20), 0)]), ("1",), (0,))
    numbers = [n for n, _ in film_pictures(open_pictures(game_file[0]), drawn)]
    assert numbers == list(range(1, 61))


def test_an_unknown_player_is_one_sentence():
    assert players_named(["2", "Anna", "2"], ["Anna", "2"]) == [1, 0]
    with pytest.raises(InputError, match="there are Anna, 2"):
        players_named(["3"], ["Anna", "2"])
