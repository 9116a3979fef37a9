"""Shots are given cameras by the light on the ground: drawn crops of which the truth is known."""

import numpy as np
import pytest

from frameatlas.reid.crops import shot_cameras
from frameatlas.reid.crops.cut_films import tell_cameras
from frameatlas.reid.crops.ground import ground_light
from frameatlas.reid.crops.shot_cameras import cameras_of_shots
from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets

GRASS = np.array([70.0, 130, 60])
WARM, DIM = (1.06, 1.0, 0.85), (0.78, 0.88, 1.03)
BOX = (20, 0, 88, 256)


def crop(random, cast):
    """A person in some shirt on mown grass, as a camera of this cast shows it."""
    pixels = np.zeros((256, 128, 3))
    left, top, width, height = BOX
    pixels[top : top + height, left : left + width] = GRASS * random.uniform(0.95, 1.05)
    pixels[30:240, 44:84] = random.uniform(30, 220, 3)
    pixels += random.normal(0, 4, (256, 128, 1))
    return np.clip(pixels * cast, 0, 255).astype(np.uint8)


@pytest.fixture
def filmed():
    """``filmed(casts, people)``: light, tracklet and shot of a film with a shot for each cast."""

    def make(casts, people=6, crops=3):
        random = np.random.default_rng(1)
        light, tracklet, shot = [], [], []
        for number, cast in enumerate(casts):
            for _ in range(people):
                light += [ground_light(crop(random, cast), BOX) for _ in range(crops)]
                tracklet += [len(shot)] * crops
                shot.append(number)
        return np.array(light), np.array(tracklet), np.array(shot)

    return make


def test_the_ground_is_seen_beside_whoever_stands_on_it():
    random = np.random.default_rng(0)
    seen = np.array([ground_light(crop(random, DIM), BOX) for _ in range(20)])
    np.testing.assert_allclose(seen.mean(axis=0), np.log(GRASS * DIM / 255), atol=0.05)
    assert seen.std(axis=0).max() < 0.08


def test_two_cameras_alternate(filmed):
    assert cameras_of_shots(*filmed([WARM, DIM] * 3)).tolist() == [0, 1, 0, 1, 0, 1]


def test_a_jump_cut_is_the_same_camera(filmed):
    assert cameras_of_shots(*filmed([WARM] * 7)).tolist() == [0] * 7


def test_ten_cameras_with_one_tracklet_each(filmed):
    steps = [(a, 1.0, b) for a in (0.6, 0.8, 1.0, 1.25, 1.5) for b in (0.7, 1.3)]
    casts = [steps[number] for number in [*range(10), *reversed(range(10))]]
    found = cameras_of_shots(*filmed(casts, people=1))
    assert found.tolist() == [*range(10), *reversed(range(10))]


def test_little_that_few_people_differ_by_is_chance():
    random = np.random.default_rng(3)
    sizes = [12, 1, 9, 1, 10, 2]
    shot = np.repeat(np.arange(6), sizes)
    light = random.normal(0, 0.25, (len(shot), 3))
    assert cameras_of_shots(light, np.arange(len(shot)), shot).tolist() == [0] * 6


def test_a_number_is_kept_to(filmed):
    light, tracklet, shot = filmed([WARM, DIM, WARM, (0.5, 0.5, 0.5)])
    assert cameras_of_shots(light, tracklet, shot).tolist() == [0, 1, 0, 2]
    assert cameras_of_shots(light, tracklet, shot, 2).max() == 1
    assert cameras_of_shots(light, tracklet, shot, 9).max() == 3


def test_a_shot_without_crops_is_of_the_camera_before(filmed):
    light, tracklet, shot = filmed([WARM, DIM, WARM])
    shot[shot == 2] = 3
    assert cameras_of_shots(light, tracklet, shot).tolist() == [0, 1, 1, 0]


def joined_the_slow_way(centre, weight, variance, wanted):
    """Every pair is compared before each merge."""
    limit = max(shot_cameras.LEAST**2, shot_cameras.SPREAD**2 * variance)
    groups = [
        ([number], middle, mass)
        for number, (middle, mass) in enumerate(zip(centre, weight, strict=True))
    ]
    while len(groups) > (wanted or 1):
        chance = shot_cameras.CHANCE * variance
        pairs = [
            (((a[1] - b[1]) ** 2).sum() / (limit + chance * (1 / a[2] + 1 / b[2])), i, j)
            for i, a in enumerate(groups)
            for j, b in enumerate(groups[:i])
        ]
        far, later, earlier = min(pairs)
        if wanted is None and far >= 1:
            break
        other, one = groups.pop(later), groups[earlier]
        both = one[2] + other[2]
        middle = (one[2] * one[1] + other[2] * other[1]) / both
        groups[earlier] = (one[0] + other[0], middle, both)
    label = np.empty(len(centre), int)
    for place, (members, _, _) in enumerate(sorted(groups, key=lambda group: min(group[0]))):
        label[members] = place
    return label


@pytest.mark.parametrize("wanted", [None, 1, 3, 50])
@pytest.mark.parametrize("variance", [0.0, 0.02, 0.1])
def test_shots_are_joined_as_by_comparing_all_pairs_each_time(variance, wanted):
    random = np.random.default_rng(5)
    for spread in (0.05, 0.2, 0.2, 1.0):
        weight = random.integers(1, 9, 20).astype(float)
        centre = random.normal(0, spread, (20, 3))
        quick = shot_cameras._joined(centre, weight, variance, wanted)
        assert quick.tolist() == joined_the_slow_way(centre, weight, variance, wanted).tolist()


def film(light, tracklet, shot, sequences=1):
    """A film of these crops; every shot is 40 frames long."""
    shots, people = int(shot.max()) + 1, len(shot)
    row = np.repeat(np.arange(people), 20)
    frame = (1 + 40 * shot)[row] + np.tile(np.arange(20), people)
    sequence = np.arange(people) % sequences
    tracklets = Tracklets(
        tuple(map(str, range(people))), sequence, sequence, tuple("abc"[:sequences]), row, frame,
        np.ones((len(row), 4)),
    )  # fmt: skip
    place = np.arange(len(tracklet)) - np.searchsorted(tracklet, tracklet)
    features = np.zeros((len(tracklet), 4), np.float32)
    crops = TrackletFeatures(
        tracklets, tracklet, (1 + 40 * shot)[tracklet] + 5 * place, features, features,
        np.ones(len(tracklet), np.float32),
    )  # fmt: skip
    assert shots > 1
    return crops


def test_tracklets_get_the_camera_of_their_shot(filmed):
    light, tracklet, shot = filmed([WARM, DIM, WARM, DIM])
    told, (shots,) = tell_cameras(film(light, tracklet, shot), ["a"], lambda k: light[k])
    assert told.tracklets.cameras == ("a 1", "a 2")
    assert (told.tracklets.camera == shot % 2).all()
    assert shots.first.tolist() == [1, 41, 81, 121]
    assert "4 shots of 2 cameras" in shots.words()


def test_one_camera_leaves_everything_as_it_is(filmed):
    light, tracklet, shot = filmed([WARM] * 4)
    crops = film(light, tracklet, shot)
    told, (shots,) = tell_cameras(crops, ["a"], lambda k: light[k])
    assert told is crops
    assert not shots.camera.any()
    light, tracklet, shot = filmed([WARM, DIM])
    assert tell_cameras(crops, ["a"], lambda k: light[k], 1) == (crops, ())


def test_films_of_one_named_camera_stay_of_it(filmed):
    light, tracklet, shot = filmed([WARM, DIM])
    crops = film(light, tracklet, shot, sequences=2)
    assert tell_cameras(crops, ["a", "a"], lambda k: light[k])[0] is crops
    told, _ = tell_cameras(crops, ["a", "b"], lambda k: light[k])
    assert told.tracklets.cameras == ("a 1", "a 2", "b 1", "b 2")
