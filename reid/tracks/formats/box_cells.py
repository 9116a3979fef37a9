"""A whole box in one cell: four numbers, or a dictionary of them; and whether they are corners."""

import re
from collections.abc import Mapping, Sequence, Set

_NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NAMED = re.compile(r"([A-Za-z]\w*)[\"']?\s*:\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")

MOSTLY = 0.95
"""Share of boxes that have to end below and to the right of where they begin, to be corners."""


def numbers_in(cell: str) -> list[float]:
    """The numbers of a list in a cell: ``[250, 103.5, 290, 195]``."""
    return [float(value) for value in _NUMBERS.findall(cell)]


def fields_in(cell: str, known: Mapping[str, str]) -> dict[str, str]:
    """The values of a dictionary in a cell by the names of columns; empty where it is a list.

    Args:
        cell: Such as ``{'x1': 250, 'y1': 103.5, 'x2': 290, 'y2': 195}``.
        known: Columns by their words.
    """
    pairs = _NAMED.findall(cell)
    named = {known[name.lower()]: value for name, value in pairs if name.lower() in known}
    return named if len(named) >= 4 else {}


def kind_of_boxes(cells: Sequence[str], words: Set[str]) -> str:
    """Whether lists of four numbers are "ltrb", corners, or "tlwh", a corner and two sides.

    Args:
        cells: All of a file.
        words: Of the file's columns: COCO's results have sides, and say neither word.
    """
    if {"imageid", "categoryid"} <= words:
        return "tlwh"
    boxes = [box for box in map(numbers_in, cells) if len(box) == 4]
    ordered = sum(box[2] > box[0] and box[3] > box[1] for box in boxes)
    return "tlwh" if boxes and ordered < MOSTLY * len(boxes) else "ltrb"
