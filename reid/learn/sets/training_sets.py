"""Sets that are learnt from together, and what of them is kept apart for scoring."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from frameatlas.errors import InputError
from frameatlas.reid.learn.sets.open_set import open_set
from frameatlas.reid.learn.sets.people_set import PeopleSet, join_sets

NOTHING = np.zeros(0, np.int64)


def open_training_sets(
    paths: Sequence[Path], *, trust: float | None = None, same_names: bool = False
) -> PeopleSet:
    """Open sets to learn from together.

    Of several games one whole game, the last, is kept apart for scoring; of a single one a third of
    its players are, and of other sets what their parts say.

    Args:
        paths: Their folders.
        trust: See ``open_set``.
        same_names: Whether players of two games under one name are one person.

    Raises:
        InputError: One is no set, or fewer than two people are left to learn from.
    """
    sets = [open_set(path, trust=trust) for path in paths]
    if len(sets) > 1 and all(one.kind == "players" for one in sets):
        sets = _last_apart(sets)
    whole = join_sets(sets, same_names=same_names)
    refuse_too_few(whole)
    return whole


def refuse_too_few(whole: PeopleSet) -> None:
    """Refuse a set of fewer than two people to learn from."""
    rows = whole.train if whole.certain is None else whole.train[whole.certain[whole.train]]
    people = whole.people(rows)
    if people < 2:
        remedy = (
            "merge or rename more players, or take those that are sure too with --trust 0.5"
            if whole.kind == "players"
            else "add a second folder of somebody else"
        )
        raise InputError(
            f"Expected at least two people to learn from in {whole.name}. Received: {people}; "
            f"{remedy}."
        )


def _last_apart(sets: Sequence[PeopleSet]) -> list[PeopleSet]:
    first = [
        replace(one, train=np.arange(len(one)), query=NOTHING, gallery=NOTHING) for one in sets[:-1]
    ]
    last = sets[-1]
    known = np.arange(len(last)) if last.certain is None else np.flatnonzero(last.certain)
    return [*first, replace(last, train=NOTHING, query=known, gallery=known)]
