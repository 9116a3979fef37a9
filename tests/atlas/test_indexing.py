"""An atlas' long arrays take numbers, slices, lists and masks, and read what is asked for."""

from typing import Any

import numpy as np
import pytest

from frameatlas.store.pictures.raw_file import RawFile

INDEXES: tuple[Any, ...] = (
    slice(0, 5),
    slice(None, None, 3),
    slice(None, None, -1),
    slice(-4, None),
    slice(3, 3),
    [5, 1, 1, -1],
    np.array([0, 7]),
    [],
)


@pytest.mark.parametrize("index", INDEXES, ids=str)
def test_features_and_frames_take_the_same_indexes(tmp_atlas, index):
    features, frames = tmp_atlas.features[:], list(tmp_atlas.frames)
    numbers = np.arange(len(tmp_atlas))[
        np.asarray(index, int) if isinstance(index, list) else index
    ]
    np.testing.assert_array_equal(tmp_atlas.features[index], features[numbers])
    chosen = tmp_atlas.frames[index]
    assert len(chosen) == len(numbers)
    for picture, number in zip(chosen, numbers, strict=True):
        np.testing.assert_array_equal(picture, frames[number])


def test_a_mask_chooses(tmp_atlas):
    mask = np.arange(len(tmp_atlas)) % 4 == 1
    np.testing.assert_array_equal(tmp_atlas.features[mask], tmp_atlas.features[:][mask])
    assert len(tmp_atlas.frames[mask]) == mask.sum()


def test_numbers_count_from_the_end(tmp_atlas):
    last = len(tmp_atlas) - 1
    np.testing.assert_array_equal(tmp_atlas.frames[-1], tmp_atlas.frames[last])
    np.testing.assert_array_equal(tmp_atlas.features[-1], tmp_atlas.features[last])
    np.testing.assert_array_equal(tmp_atlas.frames[2:6][-1], tmp_atlas.frames[5])
    np.testing.assert_array_equal(tmp_atlas.frames[2:6][[1]][0], tmp_atlas.frames[3])


@pytest.mark.parametrize(
    "index", [[10**6], [-(10**6)], 10**6, "a", [[1]], np.array([0.5])], ids=str
)
def test_what_there_is_not_is_an_index_error(tmp_atlas, index):
    with pytest.raises(IndexError, match=r"Expected .*Received: "):
        tmp_atlas.features[index]
    with pytest.raises(IndexError, match=r"Expected .*Received: "):
        tmp_atlas.frames[index]


def test_frames_are_read_when_they_are_asked_for(tmp_atlas, monkeypatch):
    read = []
    take = RawFile.picture
    monkeypatch.setattr(RawFile, "picture", lambda *args: (read.append(args[1]), take(*args))[1])
    chosen = tmp_atlas.frames[1:5]
    assert read == []
    chosen[2]
    assert len(read) == 1
