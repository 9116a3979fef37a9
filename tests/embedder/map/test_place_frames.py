import json

import numpy as np
import pytest

from frameatlas.embedder.map.place_frames import place_frames, tell_misfits


class Told:
    def __init__(self):
        self.notes = []

    def expect(self, total):
        del total

    def note(self, text):
        self.notes.append(text)


class Half:
    """Places frames at the origin; every other one fits badly."""

    def place(self, scores):
        return np.zeros((len(scores), 2)), np.arange(len(scores)) % 2 == 0


class Silent:
    def place(self, scores):
        return np.zeros((len(scores), 2)), None


def test_only_new_frames_are_placed_and_misfits_counted():
    scores = np.zeros((9000, 4), np.float16)
    codes, misfits = place_frames(Half(), scores, 1000)
    assert codes.shape == (8000, 2)
    assert misfits == 4000
    assert place_frames(Half(), scores, 9000)[0].shape == (0, 2)
    assert place_frames(Silent(), scores, 0)[1] is None


def test_many_misfits_are_told_and_added_up(tmp_path):
    told = Told()
    assert tell_misfits(tmp_path, 12, 100, told) == {"frames": 100, "misfits": 12}
    assert told.notes == [
        "12% of the 100 new frames fit this map badly: consider --refit.",
    ]
    before = {"placed_later": {"frames": 100, "misfits": 12}}
    (tmp_path / "quality.json").write_text(json.dumps(before))
    assert tell_misfits(tmp_path, 1, 50, told) == {"frames": 150, "misfits": 13}
    assert len(told.notes) == 1  # a fiftieth is nothing to speak of


@pytest.mark.parametrize(
    "text", ["[]", "[" * 9999, '{"placed_later": {"frames": "x", "misfits": 1}}', "{", "\udcff"]
)
def test_a_note_of_misfits_that_is_none_counts_for_nothing(tmp_path, text):
    (tmp_path / "quality.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert tell_misfits(tmp_path, 1, 50, Told()) == {"frames": 50, "misfits": 1}


def test_a_layout_that_cannot_tell_and_no_new_frames_say_nothing(tmp_path):
    told = Told()
    assert tell_misfits(tmp_path, None, 100, told) is None
    assert tell_misfits(tmp_path, 0, 0, told) is None
    assert told.notes == []
