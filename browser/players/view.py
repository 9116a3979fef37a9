"""Players as the page shows them: what was found, with the user's corrections laid over it.

A correction holds at once for what it names. Everything else stays as it was found; the next run
of ``frameatlas players`` finds it anew around the corrections.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.players.segments import Segment, segment_of_frames, segments_of, unknown
from frameatlas.errors import InputError
from frameatlas.players.corrections import Corrections
from frameatlas.players.tables import PlayerTables

NOBODY = 999_999_999
"""The id of all who are nobody: above every id of a player."""

IGNORED = 999_999_998
"""The id of all whom the user leaves out."""


@dataclass(frozen=True)
class Player:
    """One player.

    Attributes:
        id: Number of the found player that it is most of; for a new one, a number above those.
        name: What it is called.
        named: Whether the user called it so.
        colour: Number that decides its colour: as far as possible that of the found player.
        segments: Numbers of its segments.
        found: Number of the found player that it is most of, or -1.
        role: What the user says that the player does; "" for nothing.
    """

    id: int
    name: str
    named: bool
    colour: int
    segments: tuple[int, ...]
    found: int
    role: str = ""


@dataclass(frozen=True, eq=False)
class PlayersView:
    """All players, with the corrections.

    Attributes:
        segments: All segments.
        players: Those found first, then new ones.
        player: int64 of shape (p,): number of each segment's player, or -1.
        ignored: bool of shape (p,): whether the user leaves it out.
        linked: int64 of shape (p,): segments that the user calls one person have equal numbers.
        apart: Pairs of numbers of ``linked`` that the user calls two people; where the second was
            moved away from the first, in this order.
        segment: int64 of shape (n,): the segment of each frame of the atlas.
        places: Number of each segment by its id.
        corrections: What was laid over.
    """

    segments: tuple[Segment, ...]
    players: tuple[Player, ...]
    player: NDArray[np.int64]
    ignored: NDArray[np.bool_]
    linked: NDArray[np.int64]
    apart: frozenset[tuple[int, int]]
    segment: NDArray[np.int64]
    places: Mapping[int, int]
    corrections: Corrections

    def together(self, linked: int) -> list[Segment]:
        """The segments of one number of ``linked``."""
        return [self.segments[place] for place in np.flatnonzero(self.linked == linked)]


def view_of(tables: PlayerTables, corrections: Corrections) -> PlayersView:
    """Lay corrections over what was found.

    Raises:
        InputError: They name tracklets that are not there, or contradict themselves.
    """
    segments = segments_of(tables, corrections.split)
    places = {segment.name: place for place, segment in enumerate(segments)}
    linked = _link(corrections, places)
    apart = _apart(corrections, places, linked)
    ignored = np.zeros(len(segments), bool)
    ignored[[_place(name, places, "ignore") for name in corrections.ignore]] = True
    groups = [
        group
        for family in _families(segments, linked, ignored)
        for group in _part(family, segments, linked, apart)
    ]
    names = _names(corrections, places, groups)
    heirs = _heirs(groups, segments, linked, apart)
    players = _players(groups, segments, names, tables.owners.players, heirs)
    players = _with_roles(players, corrections, places)
    player = np.full(len(segments), -1, np.int64)
    for number, one in enumerate(players):
        player[list(one.segments)] = number
    frames = segment_of_frames(segments, len(tables.owners.segment))
    by_id = {segment.id: place for place, segment in enumerate(segments)}
    return PlayersView(
        segments, players, player, ignored, linked, apart, frames, by_id, corrections
    )


def _place(name: str, places: dict[str, int], what: str) -> int:
    if name not in places:
        raise unknown(what, name, list(places))
    return places[name]


def _link(corrections: Corrections, places: dict[str, int]) -> NDArray[np.int64]:
    """Segments that the user calls one person have equal numbers: the first of them."""
    linked = np.arange(len(places))
    for group in corrections.merge:
        own = linked[[_place(name, places, "merge") for name in group]]
        linked[np.isin(linked, own)] = own.min()
    return linked


def _apart(
    corrections: Corrections, places: dict[str, int], linked: NDArray[np.int64]
) -> frozenset[tuple[int, int]]:
    pairs: set[tuple[int, int]] = set()
    for group in corrections.not_same:
        for one, other in combinations([(n, _place(n, places, "not-same")) for n in group], 2):
            a, b = int(linked[one[1]]), int(linked[other[1]])
            if a == b:
                raise InputError(
                    f"Expected the corrections to agree. Received: {one[0]} and {other[0]} both "
                    "as one person and as two; mend merge or not-same."
                )
            if (b, a) not in pairs:
                pairs.add((a, b))
    return frozenset(pairs)


def _families(
    segments: Sequence[Segment], linked: NDArray[np.int64], ignored: NDArray[np.bool_]
) -> list[list[int]]:
    """Segments of one found player, or of several that a correction joins; nobody's are left out.

    They come in the order of the found players.
    """
    family: dict[int, int] = {}  # found player, or -1 - segment, to the family's number
    members: dict[int, list[int]] = {}
    of_link: dict[int, int] = {}
    order = sorted(
        np.flatnonzero(~ignored).tolist(),
        key=lambda n: (segments[n].found < 0, segments[n].found, n),
    )
    for place in order:
        key = segments[place].found if segments[place].found >= 0 else -1 - place
        joined = (family.get(key), of_link.get(int(linked[place])))
        known = {number for number in joined if number is not None}
        number = min(known, default=key if key >= 0 else len(segments) + place)
        for other in known - {number}:
            members[number] += members.pop(other)
            family = {k: number if v == other else v for k, v in family.items()}
            of_link = {k: number if v == other else v for k, v in of_link.items()}
        family[key] = of_link[int(linked[place])] = number
        members.setdefault(number, []).append(place)
    sizes = Counter(linked[~ignored].tolist())
    return [
        sorted(own)
        for _, own in sorted(members.items())
        if any(segments[n].found >= 0 or sizes[int(linked[n])] > 1 for n in own)
    ]


def _part(
    family: Sequence[int],
    segments: Sequence[Segment],
    linked: NDArray[np.int64],
    apart: frozenset[tuple[int, int]],
) -> list[list[int]]:
    """A family as one player, or as several where the user calls some of it different people.

    Who is called somebody else is a player of its own; those of whom nothing was said stay with
    whom they were found to be.
    """
    links: dict[int, list[int]] = {}
    for place in family:
        links.setdefault(int(linked[place]), []).append(place)
    bans = [(a, b) for a, b in apart if a in links and b in links]
    if not bans:
        return [list(family)]
    torn = {link for pair in bans for link in pair}
    count = Counter(link for pair in bans for link in pair)
    parts = [list(links[n]) for n in sorted(torn, key=lambda n: (-len(links[n]), count[n], n))]
    for link in sorted(links.keys() - torn):
        best = max(parts, key=lambda part: _likeness(links[link], part, segments))
        if _likeness(links[link], best, segments):
            best.extend(links[link])
        else:
            parts.append(list(links[link]))
    return [sorted(part) for part in parts]


def _likeness(own: Sequence[int], others: Sequence[int], segments: Sequence[Segment]) -> float:
    """Share of others that were found to be the same player as one's own."""
    found = {segments[place].found for place in own} - {-1}
    return sum(segments[place].found in found for place in others) / len(others)


def _with_roles(
    players: Sequence[Player], corrections: Corrections, places: dict[str, int]
) -> tuple[Player, ...]:
    """The players with the roles that the user says."""
    of_segment = {place: number for number, one in enumerate(players) for place in one.segments}
    roles = corrections.roles_of(lambda name: of_segment.get(_place(name, places, "role")))
    return tuple(replace(one, role=roles.get(n, "")) for n, one in enumerate(players))


def _names(
    corrections: Corrections, places: dict[str, int], groups: Sequence[Sequence[int]]
) -> dict[int, str]:
    """The user's name of each group that has one."""
    of_segment = {place: number for number, group in enumerate(groups) for place in group}
    return corrections.names_of(lambda tracklet: of_segment.get(_place(tracklet, places, "rename")))


def _players(
    groups: Sequence[Sequence[int]],
    segments: Sequence[Segment],
    names: dict[int, str],
    found_names: Sequence[str],
    heir: Mapping[int, int],
) -> tuple[Player, ...]:
    """Players with names and colours; a found player's go to its heir."""
    taken = set(names.values())
    players = []
    for number, group in enumerate(groups):
        found = heir.get(number, -1)
        name = names.get(number) or (found_names[found] if found >= 0 else "")
        if not name or (number not in names and name in taken):
            name = f"new {segments[group[0]].name}"  # after its first tracklet
        colour = found if found >= 0 else len(found_names) + group[0]
        own = tuple(group)
        player_id = found if found >= 0 else len(found_names) + min(segments[n].id for n in group)
        players.append(Player(player_id, name, number in names, colour, own, found))
    return tuple(sorted(players, key=lambda one: (one.colour, one.id)))


def _heirs(
    groups: Sequence[Sequence[int]],
    segments: Sequence[Segment],
    linked: NDArray[np.int64],
    apart: frozenset[tuple[int, int]],
) -> dict[int, int]:
    """The found player that each group goes on as.

    As many groups as can be are one that was found, so that whoever most of a player's tracklets
    move to keeps its own name; among those ways, one in which a player's name and colour stay with
    whom others were moved away from, however many they were; then the one that keeps most frames in
    place.
    """
    from scipy.optimize import linear_sum_assignment

    count = max((segment.found for segment in segments), default=-1) + 1
    length = np.zeros((len(groups), count))
    for number, group in enumerate(groups):
        for place in group:
            if segments[place].found >= 0:
                length[number, segments[place].found] += segments[place].length
    share = length / np.maximum(length.sum(axis=0), 1)
    of_link = {int(linked[place]): number for number, own in enumerate(groups) for place in own}
    left = np.zeros(share.shape, bool)
    for stayed, gone in apart:
        if stayed in of_link and gone in of_link:
            left[of_link[gone]] |= share[of_link[stayed]] > 0
    first = 1e-9 * np.arange(count)[None, ::-1]
    rows, columns = linear_sum_assignment(
        (share > 0) * (8 + 2 * ~left + share + first), maximize=True
    )
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {number: found for number, found in pairs if share[number, found] > 0}
