"""Jersey numbers that somebody, or some program, has read: who has one number, who another.

A file has a row a tracklet: ``tracklet,number``. Tracklets of two numbers are two people. Those of
one number and of one team are one person, unless they were seen together: then one of them is
misread, and the number joins nobody.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from frameatlas.errors import InputError
from frameatlas.reid.tracks.segments import Segmentation
from frameatlas.store.atomic import translate_os_errors

Numbers = tuple[tuple[str, str], ...]
"""(tracklet, number) of those whose number is known."""

_HEADER = ["tracklet", "number"]
_MOST_BYTES = 1 << 26


def read_numbers(path: Path) -> Numbers:
    """Read a file of jersey numbers; rows without a number are passed over.

    Raises:
        InputError: A row is no such row, or a tracklet has two numbers.
    """
    with translate_os_errors(path):
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(
                f"Expected numbers in {path}. Received: a file of more than 64 MiB; name a CSV of "
                "tracklet,number."
            )
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error as error:
        raise InputError(
            f"Expected rows of tracklet,number in {path}. Received: {error}; name such a CSV."
        ) from error
    found: dict[str, str] = {}
    for line, row in enumerate(rows, 1):
        fields = [field.strip() for field in row]
        if not any(fields) or fields[:2] == _HEADER:
            continue
        if len(fields) < 2 or not fields[0] or found.get(fields[0], fields[1]) != fields[1]:
            raise InputError(
                f"Expected a tracklet and its number, once each, in {path}, line {line}. Received: "
                f"{','.join(row)[:60]!r}; for example 17,9."
            )
        if fields[1]:
            found[fields[0]] = fields[1]
    return tuple(found.items())


def number_of_segments(numbers: Numbers, segmentation: Segmentation) -> NDArray[np.int64]:
    """int64 of shape (p,): which number each segment shows; -1 where that is not known.

    Of a tracklet that was cut nobody knows which segment showed the number.

    Raises:
        InputError: There is no such tracklet.
    """
    place = {name: segment for segment, name in enumerate(segmentation.names)}
    whole = np.bincount(segmentation.tracklet, minlength=len(segmentation)) == 1
    order = {text: number for number, text in enumerate(dict.fromkeys(n for _, n in numbers))}
    known = np.full(len(segmentation), -1, np.int64)
    for name, text in numbers:
        if name not in place:
            raise InputError(
                "Expected --numbers to name tracklets, such as "
                f"{', '.join(segmentation.names[:3])}. Received: {name!r}; players.csv lists all "
                "of them."
            )
        segment = place[name]
        if whole[segmentation.tracklet[segment]] or "@" in name:
            known[segment] = order[text]
    return known


def number_bans(known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Segments of two numbers, bool of shape (p, p)."""
    return np.asarray((known[:, None] != known) & (known[:, None] >= 0) & (known >= 0))


def number_groups(
    known: NDArray[np.int64],
    team: NDArray[np.int64],
    banned: NDArray[np.bool_],
    groups: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Groups in which segments of one number and one team are one person.

    Args:
        known: int64 of shape (p,), from ``known_numbers``.
        team: int64 of shape (p,); -1 where it is not known: a number is then nobody's.
        banned: bool of shape (p, p): cannot be one person.
        groups: int64 of shape (p,): segments that are one person already have equal numbers.

    Returns:
        int64 of shape (p,).
    """
    for number in np.unique(known[known >= 0]):
        for side in np.unique(team[(known == number) & (team >= 0)]):
            own = np.flatnonzero((known == number) & (team == side))
            joined = _join(groups, own)
            member = np.flatnonzero(joined == joined[own[0]])
            if not banned[np.ix_(member, member)].any():
                groups = joined
    return groups


def _join(groups: NDArray[np.int64], segments: Iterable[int]) -> NDArray[np.int64]:
    """Groups after all of these segments are one person."""
    chain = list(segments)
    size = int(groups.max(initial=0)) + 1
    first, second = groups[chain[:-1]], groups[chain[1:]]
    graph = coo_matrix((np.ones(len(first)), (first, second)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)[groups]
