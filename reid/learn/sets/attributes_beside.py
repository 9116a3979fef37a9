"""What people wear, where the annotation of Market-1501 lies beside its pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from frameatlas.reid.learn.market_attributes import CLASSES, Attributes, read_attributes
from frameatlas.reid.learn.sets.people_set import PeopleSet
from frameatlas.reid.learn.sets.picture_files import folders_of

NAME = "market_attribute"
"""``market_attribute.mat``; or CSV files whose names begin so, each of which holds one half."""

UNKNOWN = -1


def with_attributes(people: PeopleSet, root: Path) -> PeopleSet:
    """The set with the attributes of its people; the same where no annotation lies beside it.

    Args:
        people: Market-1501, whose numbers of people are those of its names.
        root: Its folder: looked for are it, the folders in it, and the one that it lies in.

    Raises:
        SourceError: The file is no such file.
    """
    found = _read([*folders_of(root), root.parent])
    if not found:
        return people
    classes = np.full((len(people), len(CLASSES)), UNKNOWN, np.int64)
    for one in found:
        order = np.argsort(one.person)
        place = np.searchsorted(one.person[order], people.person).clip(max=len(order) - 1)
        known = one.person[order][place] == people.person
        classes[known] = one.classes()[order][place][known]
    named = people.people(np.flatnonzero(classes[:, 0] != UNKNOWN))
    note = f"attributes are known of {named} of {people.people(np.arange(len(people)))} people"
    return replace(people, attributes=classes, notes=(*people.notes, note))


def _read(places: list[Path]) -> list[Attributes]:
    """Both halves of the first annotation that there is."""
    for place in places:
        matlab = place / f"{NAME}.mat"
        if matlab.is_file():
            return [read_attributes(matlab, "train"), read_attributes(matlab, "test")]
        tables = sorted(place.glob(f"{NAME}*.csv"))
        if tables:
            return [read_attributes(table, "train") for table in tables]
    return []
