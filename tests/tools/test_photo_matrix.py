"""Every kind of photo: the table in docs/photos.md is what comes out, and the colours are right."""

import pytest
from PIL import features


@pytest.fixture(scope="module")
def matrix(from_root):
    return from_root("tools.photo_matrix")


@pytest.fixture(scope="module")
def documented(root, matrix):
    text = (root / "docs" / "photos.md").read_text()
    lines = text.split(matrix.BEGIN)[1].split(matrix.END)[0].splitlines()[2:]
    return {tuple(line.strip("| ").split(" | ")[:2]): f"{line}\n" for line in lines}


def test_every_kind_is_as_documented_and_its_colours_are_right(matrix, documented):
    if not (features.check("avif") and features.check("jpg_2000")):
        pytest.skip("this Pillow reads fewer formats than the table has")
    wrong = []
    for case, row, clauses in matrix.measure_all():
        if row.line() != documented.get((case.topic, case.name)):
            wrong.append((documented.get((case.topic, case.name)), row.line()))
        wrong += [(case.name, clause) for clause in clauses]
    assert not wrong


def test_the_document_has_no_other_rows(matrix, documented):
    assert list(documented) == [(case.topic, case.name) for case in matrix.CASES]


def test_a_wrong_colour_is_noticed(matrix):
    case = matrix.CASES[0]
    _, pictures = matrix.measure(case)
    assert matrix.wrong_corners(case, pictures) == []
    assert matrix.wrong_corners(case, [pictures[0][::-1]])
