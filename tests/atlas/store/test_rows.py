"""Long arrays read a block at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameatlas.store.rows import ConcatenatedRows, blocks

LENGTHS = st.lists(st.integers(0, 5), max_size=6)


def parts_of(lengths):
    whole = np.arange(2 * sum(lengths), dtype=np.int32).reshape(-1, 2)
    return whole, np.split(whole, np.cumsum(lengths)[:-1]) if lengths else []


@given(LENGTHS, st.integers(-40, 40) | st.none(), st.integers(-40, 40) | st.none())
def test_slices_as_one_array_would(lengths, start, stop):
    whole, parts = parts_of(lengths)
    rows = ConcatenatedRows(parts, (2,), np.dtype(np.int32))
    assert rows.shape == whole.shape
    np.testing.assert_array_equal(rows[start:stop], whole[start:stop])


@given(LENGTHS.filter(sum), st.data())
def test_one_row(lengths, data):
    whole, parts = parts_of(lengths)
    rows = ConcatenatedRows(parts, (2,), np.dtype(np.int32))
    index = data.draw(st.integers(-len(whole), len(whole) - 1))
    np.testing.assert_array_equal(rows[index], whole[index])
    np.testing.assert_array_equal(rows[np.int64(index)], whole[index])


@pytest.mark.parametrize("index", [3, -4, 10**9])
def test_a_row_that_is_not_there(index):
    rows = ConcatenatedRows([np.zeros((3, 2))], (2,), np.dtype(float))
    with pytest.raises(IndexError, match=f"Expected a row below 3. Received: {index}"):
        rows[index]


def test_steps_are_read_rightly():
    whole = np.arange(12.0).reshape(6, 2)
    rows = ConcatenatedRows([whole[:4], whole[4:]], (2,), np.dtype(float))
    np.testing.assert_array_equal(rows[::2], whole[::2])
    np.testing.assert_array_equal(rows[::-1], whole[::-1])


def test_reads_only_the_parts_that_a_slice_touches():
    class Untouchable:
        shape = (4, 2)

        def __len__(self):
            return 4

        def __getitem__(self, rows):
            raise AssertionError("read without need")

    rows = ConcatenatedRows([Untouchable(), np.ones((4, 2)), Untouchable()], (2,), np.dtype(float))
    assert rows[4:8].sum() == 8


@given(st.integers(0, 50), st.integers(1, 20))
def test_blocks_are_the_whole_in_order(n, size):
    array = np.arange(n)
    pieces = list(blocks(array, size))
    assert all(0 < len(piece) <= size for piece in pieces)
    np.testing.assert_array_equal(np.concatenate([*pieces, array[:0]]), array)


def test_rows_keep_their_type_without_parts():
    rows = ConcatenatedRows([], (7,), np.dtype(np.float16))
    assert (len(rows), rows[:].shape, rows[:].dtype) == (0, (0, 7), np.float16)
