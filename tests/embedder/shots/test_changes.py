"""Changes of shot in small pictures drawn here: what is one, and what only looks like one."""

import numpy as np
import pytest

from frameatlas.embedder.shots.changes import find_changes
from frameatlas.embedder.shots.differences import Planes, differences


def scene(seed, frames, *, move=0.0):
    """Soft shapes in colours, float32 of shape (frames, 3, 36, 64); they move to the right."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:36, 0:64].astype(np.float32)
    found = np.full((frames, 3, 36, 64), 128, np.float32)
    found[:, 0] = 60 + 20 * (seed % 5)
    spots = random.uniform(0, 1, (14, 6))
    for cy, cx, size, level, blue, red in spots:
        for frame in range(frames):
            far = ((y - cy * 36) ** 2 + (x - cx * 128 + 32 + move * frame) ** 2) / (20 + 160 * size)
            shape = np.exp(-far)
            found[frame, 0] += shape * (level - 0.4) * 220
            found[frame, 1] += shape * (blue - 0.5) * 80
            found[frame, 2] += shape * (red - 0.5) * 80
    noise = np.random.default_rng([seed, 1]).normal(0, 1.5, found.shape)
    return (found + noise).astype(np.float32)


def planes(frames):
    levels = np.clip(frames, 0, 255).round().astype(np.uint8)
    return Planes.of(levels[:, 0], levels[:, 1:, ::2, ::2])


def kinds(frames):
    return [(change.kind, change.first) for change in find_changes(planes(frames))]


A, B, C = (scene(seed, 60) for seed in (1, 2, 3))


def test_one_shot_has_no_change():
    assert kinds(scene(1, 90)) == []
    assert kinds(scene(4, 90, move=0.5)) == []


def test_a_cut_is_found_at_its_very_frame():
    assert kinds(np.concatenate([A, B, C])) == [("cut", 60), ("cut", 120)]


def test_a_shot_of_twelve_frames_is_one():
    assert kinds(np.concatenate([A, B[:12], C])) == [("cut", 60), ("cut", 72)]


@pytest.mark.parametrize("length", [1, 2, 4])
def test_a_flash_is_no_cut(length):
    lit = scene(1, 90)
    lit[40 : 40 + length, 0] = 250
    lit[40 : 40 + length, 1:] = 128
    assert kinds(lit) == []


def test_a_picture_lost_for_some_frames_is_no_cut():
    assert kinds(np.concatenate([A, B[:3], scene(1, 60)])) == []


def test_flicker_is_no_cut_and_hides_none():
    random = np.random.default_rng(0)
    both = np.concatenate([A, B])
    both[:, 0] *= 1 + 0.25 * random.uniform(-1, 1, (len(both), 1, 1))
    assert kinds(both) == [("cut", 60)]


@pytest.mark.parametrize("length", [8, 16, 30])
def test_a_dissolve_is_a_span(length):
    weight = np.linspace(0, 1, length + 2)[1:-1, None, None, None]
    mixed = A[-length:] * (1 - weight) + B[:length] * weight
    (change,) = find_changes(planes(np.concatenate([A[:-length], mixed, B[length:]])))
    assert change.kind == "dissolve"
    assert abs(change.begin - (60 - length - 1)) <= 3
    assert abs(change.end - 60) <= 3
    assert change.begin < change.first <= change.end
    assert abs(change.first - (60 - length / 2)) <= 2


def test_the_later_shot_begins_where_it_prevails():
    """Not half-way of a span that is too long: here the later shot comes late and fast."""
    share = np.r_[np.linspace(0, 0.3, 22)[1:], np.linspace(0.3, 1, 10)[1:-1]]
    weight = share[:, None, None, None]
    length = len(share)
    mixed = A[-length:] * (1 - weight) + B[:length] * weight
    (change,) = find_changes(planes(np.concatenate([A[:-length], mixed, B[length:]])))
    crossing = 60 - length + int(np.argmax(share >= 0.5))
    assert abs(change.first - crossing) <= 1


def test_a_long_dissolve_is_found_though_its_shots_move_as_much_from_frame_to_frame():
    before, after = (scene(seed, 70, move=0.2) for seed in (1, 2))
    weight = np.linspace(0, 1, 32)[1:-1, None, None, None]
    mixed = before[-30:] * (1 - weight) + after[:30] * weight
    parts = np.concatenate([before[:-30], mixed, after[30:]])
    assert [kind for kind, _ in kinds(parts)] == ["dissolve"]


@pytest.mark.parametrize("period", [60, 90, 120])
def test_colours_that_flow_all_the_time_dissolve_nothing(period):
    """Frames in between are mixtures, too; but so are all frames, on both sides."""
    y, x = np.mgrid[0:36, 0:64] / 64
    time = np.arange(180)[:, None, None] / period
    waves = ((1.0, 0.2), (0.7, -0.5), (1.3, 0.4))
    flow = [
        128 + 90 * np.sin(2 * np.pi * (time * pace + 0.3 * x + tilt * y)) for pace, tilt in waves
    ]
    assert kinds(np.stack(flow, axis=1)) == []


def test_a_film_that_changes_from_its_first_frame_on_dissolves_nothing():
    share = np.clip(np.arange(60) / 10, 0, 1).astype(np.float32)[:, None, None, None]
    changes = A * (1 - share) + B * share
    assert kinds(changes) == []
    assert kinds(changes[::-1]) == []
    assert [kind for kind, _ in kinds(np.concatenate([A[:30], changes]))] == ["dissolve"]


def test_a_slow_turn_is_no_dissolve():
    for seed in range(1, 7):
        assert kinds(scene(seed, 100, move=0.4)) == []


@pytest.mark.parametrize(("level", "dark"), [(16, 0), (16, 10), (235, 4), (16, 200)])
def test_a_fade_through_nothing_is_one_span(level, dark):
    empty = np.full((1, 3, 36, 64), 128, np.float32)
    empty[:, 0] = level
    weight = np.linspace(1, 0, 12)[:, None, None, None]
    out = A[-12:] * weight + empty * (1 - weight)
    back = B[:12] * weight[::-1] + empty * (1 - weight[::-1])
    parts = [A[:-12], out, np.repeat(empty, dark, 0), back, B[12:]]
    (change,) = find_changes(planes(np.concatenate(parts)))
    assert change.kind == "fade"
    assert abs(change.begin - 47) <= 3
    assert abs(change.end - (72 + dark)) <= 3


def test_nothing_at_the_beginning_and_the_end_is_no_shot():
    empty = np.full((20, 3, 36, 64), 128, np.float32)
    empty[:, 0] = 16
    assert kinds(np.concatenate([empty, A, empty])) == []


def test_a_camera_that_is_swept_round_makes_no_cut():
    wide = scene(7, 1)[0]
    wide = np.concatenate([wide, wide[..., ::-1], wide], axis=2)
    swept = np.stack([wide[..., x : x + 64] for x in (np.arange(30) * 4).tolist()])
    assert [kind for kind, _ in kinds(swept)].count("cut") == 0


def test_a_camera_that_is_thrown_round_once_makes_no_cut():
    wide = np.concatenate([scene(7, 1)[0], scene(8, 1)[0]], axis=2)
    places = [*[0] * 20, 1, 4, 10, 30, 42, 45, *[46] * 20]
    thrown = np.stack([wide[..., x : x + 64] for x in places])
    noise = np.random.default_rng(0).normal(0, 1.5, thrown.shape)
    assert kinds(thrown + noise) == []


@pytest.mark.parametrize(("one", "other", "frames"), [(7, 8, 10), (4, 5, 6), (4, 5, 14), (3, 6, 8)])
def test_a_turn_from_one_thing_to_another_is_no_dissolve(one, other, frames):
    wide = np.concatenate([scene(one, 1)[0], scene(other, 1)[0]], axis=2)
    places = [*[0] * 20, *np.linspace(0, 26, frames).round().astype(int).tolist(), *[26] * 20]
    turned = np.stack([wide[..., x : x + 64] for x in places])
    assert kinds(turned + np.random.default_rng(0).normal(0, 1.5, turned.shape)) == []


def test_differences_are_small_for_what_moves_and_large_for_what_is_another():
    found = planes(np.concatenate([scene(5, 2, move=1.0), scene(6, 1)]))
    moved, other = differences(found, np.array([0, 0]), np.array([1, 2]))
    assert moved < 1.5
    assert other > 10


def test_few_frames_are_no_trouble():
    for count in (1, 2, 5):
        assert kinds(scene(1, count)) == []
    assert kinds(np.concatenate([A[:5], B[:5]])) == [("cut", 5)]
