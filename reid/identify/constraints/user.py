"""What the user knows, as constraints on segments of tracklets."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from frameatlas.errors import InputError
from frameatlas.players.corrections import ROLES, Corrections
from frameatlas.reid.tracks.formats.table import Person
from frameatlas.reid.tracks.segments import Segmentation
from frameatlas.reid.tracks.tracklets import Tracklets


def user_cuts(corrections: Corrections, tracklets: Tracklets) -> list[tuple[int, int]]:
    """(tracklet, first frame of a new segment) for each split that the user wants.

    Raises:
        InputError: There is no such tracklet, or it is not seen at that frame.
    """
    numbers = {name: number for number, name in enumerate(tracklets.names)}
    cuts = []
    for name, frame in corrections.split:
        if name not in numbers:
            raise _unknown("split", name, tracklets.names)
        own = tracklets.row_frame[tracklets.row_tracklet == numbers[name]]
        if not own.min() < frame <= own.max():
            raise InputError(
                f"Expected the corrections to split {name} between its frames {own.min()} and "
                f"{own.max()}. Received: {frame}; mend the corrections."
            )
        cuts.append((numbers[name], frame))
    return cuts


def whole_tracklets(corrections: Corrections, tracklets: Tracklets) -> list[int]:
    """Tracklets that the user speaks of as of one person: they are cut only where the user says."""
    named = {name for group in corrections.merge for name in group}
    pairs = (*corrections.rename, *corrections.split, *corrections.role)
    named |= {str(name) for name, _ in pairs}
    return [number for number, name in enumerate(tracklets.names) if name in named]


def user_groups(corrections: Corrections, segmentation: Segmentation) -> NDArray[np.int64]:
    """int64 of shape (p,): segments that the user calls one person have equal numbers."""
    first, second = [], []
    for group in corrections.merge:
        segments = [_segment(name, segmentation, "merge") for name in group]
        first += segments[:-1]
        second += segments[1:]
    size = len(segmentation)
    graph = coo_matrix((np.ones(len(first)), (first, second)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def user_bans(
    corrections: Corrections, segmentation: Segmentation, groups: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which segments the user calls different people, bool of shape (p, p).

    Raises:
        InputError: The same two are called one person elsewhere.
    """
    ban = np.zeros((len(segmentation), len(segmentation)), bool)
    for group in corrections.not_same:
        segments = [_segment(name, segmentation, "not-same") for name in group]
        for place, one in enumerate(segments):
            for other in segments[place + 1 :]:
                if groups[one] == groups[other]:
                    raise InputError(
                        "Expected the corrections to agree. Received: "
                        f"{segmentation.names[one]} and {segmentation.names[other]} both as one "
                        "person and as two; mend merge or not-same."
                    )
                ban[one, other] = ban[other, one] = True
    return ban


def user_names(
    corrections: Corrections, segmentation: Segmentation, player: NDArray[np.int64]
) -> dict[int, str]:
    """Name of each player that the user renamed.

    Raises:
        InputError: One player has two names, or one name two players.
    """

    def player_of(tracklet: str) -> int | None:
        number = int(player[_segment(tracklet, segmentation, "rename")])
        return None if number < 0 else number

    return corrections.names_of(player_of)


def user_roles(
    corrections: Corrections, segmentation: Segmentation, player: NDArray[np.int64]
) -> dict[int, str]:
    """Role of each player of whom the user says it.

    Raises:
        InputError: One player has two roles.
    """

    def player_of(tracklet: str) -> int | None:
        number = int(player[_segment(tracklet, segmentation, "role")])
        return None if number < 0 else number

    return corrections.roles_of(player_of)


def roles_as_said(
    people: Sequence[tuple[str, Person]], names: Sequence[str], player: NDArray[np.int64]
) -> dict[int, str]:
    """Role of each player as the file of tracks says it of most of their tracklets.

    Args:
        people: What the file says of tracklets, by their names.
        names: Names of all tracklets.
        player: int64 of shape (t,): of each of them.
    """
    number = {name: place for place, name in enumerate(names)}
    votes: dict[int, Counter[str]] = {}
    for name, person in people:
        if person.role in ROLES and name in number and player[number[name]] >= 0:
            votes.setdefault(int(player[number[name]]), Counter())[person.role] += 1
    return {who: count.most_common(1)[0][0] for who, count in votes.items()}


def _segment(name: str, segmentation: Segmentation, what: str) -> int:
    if name not in segmentation.names:
        raise _unknown(what, name, segmentation.names)
    return segmentation.names.index(name)


def _unknown(what: str, name: str, names: Sequence[str]) -> InputError:
    return InputError(
        f"Expected the corrections' {what} to name tracklets, such as {', '.join(names[:3])}. "
        f"Received: {name!r}; players.csv lists all of them."
    )
