"""Tracks of any shape are read as they were written."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from frameatlas.reid.tracks.mot import parse_mot, read_mot, write_mot

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True)
HUNDREDTHS = st.integers(-10_000_000, 10_000_000).map(lambda n: n / 100)
SIZES = st.integers(1, 1_000_000).map(lambda n: n / 100)
ROWS = st.lists(
    st.tuples(
        *(st.integers(1, 10**8), st.integers(0, 10**6), HUNDREDTHS, HUNDREDTHS, SIZES, SIZES)
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda row: row[:2],
)
BETWEEN = st.sampled_from([",", ", ", ";", " ", "\t", " ,\t"])


@given(ROWS, BETWEEN, st.sampled_from(["", ",1", ",0.5,-1,-1,-1"]))
@BOUNDED
def test_rows_are_read_however_they_are_parted(rows, between, more):
    lines = [between.join(map(repr, row)) + more.replace(",", between) for row in rows]
    tracks, bad = parse_mot(lines, "tracks.txt")
    assert bad == ()
    expected = sorted(rows)
    assert list(zip(tracks.frame.tolist(), tracks.track.tolist(), strict=True)) == [
        row[:2] for row in expected
    ]
    np.testing.assert_allclose(tracks.box, [row[2:] for row in expected])


@given(ROWS)
@BOUNDED
def test_what_is_written_is_read_again(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("mot") / "tracks.txt"
    tracks, _ = parse_mot([",".join(map(repr, row)) for row in rows], "tracks.txt")
    write_mot(path, tracks, tracks.track + 1)
    again, bad = read_mot(path)
    assert bad == ()
    assert np.array_equal(again.frame, tracks.frame)
    assert np.array_equal(again.track, tracks.track + 1)
    np.testing.assert_allclose(again.box, tracks.box, atol=1e-9)
