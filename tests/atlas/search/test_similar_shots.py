"""Shots like those of a video, and shots that come again."""

from fractions import Fraction

import numpy as np
import pytest

from frameatlas import InputError, open_atlas
from frameatlas.search.similar_shots import near_duplicate_shots, similar_shots
from frameatlas.shots import Shots
from frameatlas.store.shot_table import ShotTable, write_shots


def write_some(atlas, number, firsts):
    """Shots of a video that begin at some seconds."""
    base = Fraction(1, 90_000)
    first = np.array([round(s / base) for s in firsts], np.int64)
    count = len(first)
    last = np.append(first[1:] - 3600, 10**7)
    kinds = np.array([0] + [1] * (count - 1), np.uint8)
    strength = np.zeros(count, np.float32)
    table = ShotTable(first, last, first, first, kinds, strength, base)
    write_shots(atlas.folder / "sources" / atlas.sources[number].id, table)


@pytest.fixture
def reused(tmp_path, synthetic_atlas):
    """Two videos of 12 frames; the second shot of one is the third of the other, shown anew."""
    atlas = synthetic_atlas(
        tmp_path / "r.atlas",
        sources=(("video", 12), ("video", 12), ("video", 6)),
        dimension=64,
        components=16,
    )
    write_some(atlas, 0, [0, 4 / 3, 8 / 3])
    write_some(atlas, 1, [0, 4 / 3, 8 / 3])
    scores = np.load(atlas.map_folder / "scores.npy", mmap_mode="r+")
    scores[:24] = np.random.default_rng(3).normal(size=(24, 16)).astype(np.float16)
    scores[20:24] = scores[[5, 4, 7, 6]]
    scores.flush()
    return open_atlas(atlas.folder)


def test_the_shot_that_was_used_again_is_nearest(reused):
    found = similar_shots(reused, 0, 2)
    assert (found[0].shot.source, found[0].shot.number) == (1, 2)
    assert found[0].distance == pytest.approx(0, abs=1e-3)
    assert found[0].of.number == 1
    assert found[1].distance > 0.3


def test_a_row_is_a_shot_of_another_video(reused):
    found = similar_shots(reused, 1, 9)
    assert [one.shot.source for one in found] == [0, 0, 0]
    assert len({one.shot.number for one in found}) == 3


def test_shots_that_come_again_are_a_group(reused):
    (group,) = near_duplicate_shots(reused)
    assert [(one.shot.source, one.shot.number) for one in group] == [(0, 1), (1, 2)]
    assert near_duplicate_shots(reused, within=0) in ([], [group])


def test_shots_that_nobody_knows_are_told_of(reused, tmp_atlas):
    with pytest.raises(InputError, match="frameatlas shots"):
        similar_shots(reused, 2)
    with pytest.raises(InputError, match="none are; `frameatlas shots`"):
        near_duplicate_shots(tmp_atlas)
    with pytest.raises(InputError, match="--within of 0 to 1"):
        near_duplicate_shots(reused, within=2)


def test_a_video_without_known_shots_stays_in_frames(reused):
    groups = Shots(reused).groups
    assert groups.tolist() == [*np.repeat(range(6), 4), *range(6, 12)]


def test_one_table_serves_all(reused):
    shots = Shots(reused)
    assert shots.of_source(0) is shots.of_source(0)
    assert [shots.shot_of(frame).number for frame in range(12)] == [0] * 4 + [1] * 4 + [2] * 4
    assert shots.shot_of(25) is None
