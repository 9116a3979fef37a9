"""The made-up game: the same every time, and what it says is what it shows."""

import csv

import numpy as np
import pytest
from PIL import Image

from frameatlas.errors import InputError
from frameatlas.reid.evaluate.tracker_errors import Breakage
from frameatlas.reid.synthetic.figure import Pose, draw_figure
from frameatlas.reid.synthetic.files import write_game
from frameatlas.reid.synthetic.game import DIFFICULTIES, LEAST_SEEN, GameOptions, SyntheticGame
from frameatlas.reid.synthetic.people import SHIRTS, make_people
from frameatlas.reid.tracks.mot import read_mot


@pytest.fixture(scope="module")
def game():
    return SyntheticGame(GameOptions.named("easy", seconds=30))


def test_the_same_wish_is_the_same_game(game):
    again = SyntheticGame(GameOptions.named("easy", seconds=30))
    for camera in game.cameras:
        assert np.array_equal(game.picture(camera, 17), again.picture(camera, 17))
        assert np.array_equal(game.seen(camera).boxes.box, again.seen(camera).boxes.box)
    other = SyntheticGame(GameOptions.named("easy", seed=1, seconds=30))
    assert not np.array_equal(game.picture(camera, 17), other.picture(camera, 17))


def test_people_leave_come_back_and_hide_each_other(game):
    for camera in game.cameras:
        boxes = game.seen(camera).boxes
        assert set(boxes.track) <= {person.identity for person in game.people}
        away = [np.diff(boxes.frame[boxes.track == person]).max() for person in set(boxes.track)]
        assert max(away) > 10  # frames: somebody was gone for a second and returned
        assert boxes.confidence.min() >= LEAST_SEEN
        assert (boxes.confidence < 0.8).any()


def test_a_box_shows_its_person(game):
    camera = game.cameras[0]
    boxes = game.seen(camera).boxes
    clear = boxes.rows((boxes.confidence > 0.99) & (boxes.box[:, 3] > 80))
    shirts = []
    for row in range(0, len(clear), 40):
        left, top, width, height = clear.box[row]
        picture = game.picture(camera, int(clear.frame[row])) / np.array(camera.cast)
        chest = picture[int(top + 0.38 * height), int(left + width / 2)]
        team = game.people[clear.track[row] - 1].team
        nearest = np.argmin([np.abs(chest - shirt).sum() for shirt, _, _ in SHIRTS])
        shirts.append(team == nearest)
    assert len(shirts) >= 5
    assert np.mean(shirts) >= 0.8  # a number or an arm is in the way of the others


def test_cameras_differ_in_colour():
    hard = SyntheticGame(GameOptions.named("hard", seconds=2))
    first, second = (hard.picture(camera, 1)[400:].mean(axis=(0, 1)) for camera in hard.cameras)
    assert first[0] > 1.3 * second[0]


def test_variety_makes_people_differ():
    def looks(variety):
        people = make_people(10, variety, seed=0)
        return {(p.team, p.skin, p.hair, p.style, p.shoes) for p in people}

    assert len(looks(1.0)) > 15
    assert len(looks(0.0)) == 3
    numbers = {(p.team, p.number) for p in make_people(10, 0.0, seed=0)}
    assert len(numbers) == 21


def test_a_figure_turns():
    person = make_people(1, 1.0, 0)[0]
    front, back, side = (draw_figure(person, Pose(f, 0, 0), 90) for f in (0, np.pi, np.pi / 2))
    assert front.shape == (90, 56, 4)
    assert not np.array_equal(front, back)
    assert (side[..., 3] > 0).sum() < (front[..., 3] > 0).sum()


def test_files_as_the_mot_challenge_has_them(tmp_path):
    game = SyntheticGame(GameOptions(per_team=3, seconds=3, figure=60))
    places = write_game(game, tmp_path / "game", Breakage())
    assert [place.name for place in places] == ["camera-a", "camera-b"]
    for place, camera in zip(places, game.cameras, strict=True):
        assert len(list((place / "img1").glob("*.jpg"))) == 30
        with Image.open(place / "img1" / "000030.jpg") as image:
            assert image.size == (960, 540)
        truth, bad = read_mot(place / "gt" / "gt.txt", camera.name)
        assert not bad
        assert np.array_equal(truth.track, game.seen(camera).boxes.track)
        tracks, bad = read_mot(place / "tracks.txt")
        assert not bad
        with (place / "truth.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [int(row["tracklet"]) for row in rows] == sorted(set(tracks.track))
        assert {int(row["identity"]) for row in rows} <= {p.identity for p in game.people}
        assert "seqLength=30" in (place / "seqinfo.ini").read_text()


def test_the_caller_encodes(tmp_path):
    shown = []

    def encode(path, pictures, rate):
        shown.append((path.name, sum(1 for _ in pictures), rate))

    write_game(SyntheticGame(GameOptions(4, seconds=1)), tmp_path, Breakage(), encode)
    assert shown == [("video.mp4", 10, 10)] * 2
    with pytest.raises(InputError, match="empty folder"):
        write_game(SyntheticGame(GameOptions(4, seconds=1)), tmp_path, Breakage(), encode)


def test_what_is_no_game():
    with pytest.raises(InputError, match="easy, moderate, hard"):
        GameOptions.named("harder")
    with pytest.raises(InputError, match="at least one player"):
        SyntheticGame(GameOptions(per_team=0))
    assert list(DIFFICULTIES) == ["easy", "moderate", "hard"]
