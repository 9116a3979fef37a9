"""Frames that show what the one before showed are described once, and only those."""

import numpy as np

from frameatlas.embedder.describe.repeats import count_repeats, described_in_place

BOXES = np.tile(np.array([[0, 0, 16, 12]], np.int32), (40, 1))


def frames(*levels):
    shape = (12, 16, 3)
    return np.stack([np.full(shape, level, np.uint8) for level in levels])


def places(pixels, boxes=BOXES):
    return described_in_place(pixels, boxes[: len(pixels)]).tolist()


def test_what_is_within_a_level_takes_the_features_of_the_one_before():
    assert places(frames(9, 9, 10, 8, 9, 200, 200)) == [0, 0, 0, 0, 0, 5, 5]


def test_slow_changes_add_up_and_are_seen():
    assert places(frames(*range(10, 16))) == [0, 0, 2, 2, 4, 4]


def test_neither_end_of_the_levels_wraps():
    assert places(frames(0, 255, 0)) == [0, 1, 2]


def test_one_value_that_differs_is_enough():
    random = np.random.default_rng(2)
    for _ in range(20):
        pixels = frames(100, 100)
        place = tuple(random.integers(0, size) for size in pixels.shape[1:])
        pixels[(1, *place)] += 2
        assert places(pixels) == [0, 1]


def test_what_returns_later_is_described_again():
    assert places(frames(5, 90, 5)) == [0, 1, 2]


def test_another_part_of_the_frame_is_another_picture():
    boxes = BOXES.copy()
    boxes[1] = (1, 0, 15, 12)
    assert places(frames(7, 7), boxes) == [0, 1]


def test_no_frames_and_one():
    assert places(frames(3)[:0]) == []
    assert places(frames(3)) == [0]


def test_repeats_are_counted_within_blocks_only():
    rows = np.zeros((9, 4), np.float16)
    assert count_repeats(rows, 4) == 6
    rows[5] = 1
    assert count_repeats(rows, 4) == 4
    assert count_repeats(rows[:1], 4) == count_repeats(rows[:0], 4) == 0
