"""Every kind of video: the table in docs/videos.md is what comes out, and the times are true."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def matrix(from_root):
    return from_root("tools.video_matrix")


@pytest.fixture(scope="module")
def documented(root, matrix):
    text = (root / "docs" / "videos.md").read_text()
    lines = text.split(matrix.BEGIN)[1].split(matrix.END)[0].splitlines()[2:]
    return {tuple(line.strip("| ").split(" | ")[:2]): f"{line}\n" for line in lines}


def test_every_kind_is_as_documented_and_each_picture_has_its_time(matrix, documented, monkeypatch):
    # Another release may keep a frame more or less: the table is of the shipped FFmpeg.
    monkeypatch.setenv("PATH", "")
    wrong = []
    for case, row, frames in matrix.measure_all():
        if row.line() != documented.get((case.topic, case.name)):
            wrong.append((documented.get((case.topic, case.name)), row.line()))
        wrong += [(case.name, clause) for clause in matrix.wrong_times(case, frames)]
    assert not wrong


def test_the_document_has_no_other_rows(matrix, documented):
    assert list(documented) == [(case.topic, case.name) for case in matrix.CASES]


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_numbers_can_be_read_from_pictures(matrix, turned):
    drawn = np.frombuffer(matrix.numbered_pictures(256, 160, 96), np.uint8).reshape(256, 96, 160)
    pictures = np.rot90(np.repeat(drawn[..., None], 3, axis=3), turned // 90, axes=(1, 2))
    assert [matrix.number_shown(picture, turned) for picture in pictures] == list(range(256))


def test_a_picture_at_a_wrong_time_is_noticed(matrix):
    case = matrix.CASES[0]
    _, frames = matrix.measure(case)
    frames.pictures[2] = frames.pictures[1]
    assert matrix.wrong_times(case, frames)
