"""What is counted is named as a person would."""

import pytest

from frameatlas.plurals import count_of


@pytest.mark.parametrize(
    ("count", "nouns", "said"),
    [
        (0, ("frame",), "0 frames"),
        (1, ("frame",), "1 frame"),
        (2, ("frame",), "2 frames"),
        (1, ("box", "boxes"), "1 box"),
        (3, ("box", "boxes"), "3 boxes"),
    ],
)
def test_a_number_has_the_noun_that_fits(count, nouns, said):
    assert count_of(count, *nouns) == said
