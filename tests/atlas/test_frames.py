"""Frames, and what a user may wish: values that refuse what they cannot mean."""

import math
from fractions import Fraction

import numpy as np
import pytest

from frameatlas import FormatError, Frames, IndexOptions, InputError, LayoutOptions
from frameatlas.store.digests import file_digest, text_digest


def frames(pixels=None, pts=None, box=None, names=()):
    return Frames(
        np.zeros((2, 4, 6, 3), np.uint8) if pixels is None else pixels,
        np.array([0, 30_030]) if pts is None else pts,
        Fraction(1, 90_000),
        np.zeros((2, 4), np.int32) if box is None else box,
        names,
    )


def test_seconds_are_those_of_the_very_frame():
    assert len(frames()) == 2
    np.testing.assert_allclose(frames().seconds, [0, 0.333_666_667])
    assert frames().seconds.dtype == np.float64
    assert frames(names=("a.jpg", "b.jpg")).names == ("a.jpg", "b.jpg")


@pytest.mark.parametrize(
    "wrong",
    [
        {"pixels": np.zeros((2, 4, 6), np.uint8)},
        {"pixels": np.zeros((2, 4, 6, 4), np.uint8)},
        {"pixels": np.zeros((2, 4, 6, 3), np.float32)},
        {"pts": np.array([0])},
        {"box": np.zeros((2, 3), np.int32)},
        {"names": ("a.jpg",)},
    ],
)
def test_parts_that_disagree_are_refused(wrong):
    with pytest.raises(FormatError, match=r"^Expected .*Received: "):
        frames(**wrong)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[("fps", value) for value in (0, -3, math.nan, math.inf, 1e9)],
        *[("height", value) for value in (0, -1, 15, 10**6)],
        *[("jobs", value) for value in (0, -1, 1000)],
        ("engine", "abacus"),
    ],
)
def test_an_index_wish_that_cannot_be_meant(option, value):
    with pytest.raises(InputError, match=f"^Expected --{option} .*Received: "):
        IndexOptions(**{option: value})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[("std", value) for value in (5, 0, -0.3, math.nan)],
        *[("seed", value) for value in (-1, 2**31)],
        *[("rotate", value) for value in (361, math.nan)],
        *[("temporal", value) for value in (-1, math.inf)],
    ],
)
def test_a_layout_wish_that_cannot_be_meant(option, value):
    with pytest.raises(InputError, match=f"^Expected --{option} .*Received: "):
        LayoutOptions(**{option: value})


def test_an_unknown_layout_names_those_that_there_are():
    with pytest.raises(InputError, match=r"--layout to be one of .*article"):
        LayoutOptions(name="spiral")


def test_wishes_that_can_be_meant():
    assert IndexOptions(fps=0.5, height=16, jobs=1).layout == LayoutOptions()
    assert LayoutOptions(std=0.6, rotate=-90, temporal=2).std == 0.6


def test_digests_tell_contents_apart(tmp_path):
    (tmp_path / "a").write_bytes("ü".encode())
    (tmp_path / "long").write_bytes(bytes(3 << 20))
    (tmp_path / "longer").write_bytes(bytes((3 << 20) + 1))
    digests = {file_digest(path) for path in tmp_path.iterdir()}
    assert len(digests) == 3
    assert text_digest("ü") == file_digest(tmp_path / "a")
