"""Players as JSON for the page, and as columns for colours and filters."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.players.segments import Segment
from frameatlas.browser.players.store import Players, Shown, check_frames, writable
from frameatlas.browser.players.view import IGNORED, NOBODY, Player
from frameatlas.browser.view.open_map import OpenMap, display_name
from frameatlas.errors import LockedError
from frameatlas.players.corrections import ROLES
from frameatlas.players.tables import IGNORED as LEFT_OUT
from frameatlas.players.tables import NOBODY as UNASSIGNED
from frameatlas.players.tables import Doubt

ON_CARD = 8
"""Crops of a player that its card shows."""

ON_STRIP = 6
"""Crops of a segment that its strip shows."""


def players_facts(opened: OpenMap, players: Players, shown: Shown) -> dict[str, Any]:
    """All that the page says of players."""
    view, owners = shown.view, shown.tables.owners
    nobody = np.flatnonzero((view.player < 0) & ~view.ignored).tolist()
    ignored = np.flatnonzero(view.ignored).tolist()
    rows = [_player_facts(opened, shown, one) for one in view.players]
    everybody = Player(NOBODY, UNASSIGNED, False, -1, tuple(nobody), -1)
    left_out = Player(IGNORED, LEFT_OUT, False, -1, tuple(ignored), -1)
    unsaved = shown.unsaved
    if not unsaved and not writable(players.folder):
        unsaved = (
            f"{players.folder} cannot be written: what you change is kept until frameatlas browse "
            "ends; download it."
        )
    return {
        "revision": shown.revision,
        "file": display_name(str(players.file)),
        "unsaved": unsaved,
        "command": display_name(players.command(shown)),
        "numbers": bool(shown.tables.settings.get("numbers")) and not shown.numbers_file,
        "pending": view.corrections != shown.tables.applied,
        "corrections": _count(shown),
        "undo": shown.undoable,
        "cameras": [display_name(name) for name in owners.cameras],
        "teams": int(shown.tables.team.max(initial=0)),
        "tracklets": len(owners.tracklets),
        "players": rows,
        "nobody": _player_facts(opened, shown, everybody) if nobody else None,
        "ignored": _player_facts(opened, shown, left_out) if ignored else None,
        "roles": list(ROLES),
        "doubts": [
            *_kit_facts(shown),
            *(_doubt_facts(shown, doubt) for doubt in shown.tables.doubts),
        ],
    }


def crop_facts(opened: OpenMap, shown: Shown, segment: Segment) -> dict[str, Any]:
    """Every crop of a segment: its frame of the atlas, of the video, and the second."""
    picture, seconds = shown.tables.owners.picture, opened.atlas.seconds
    crops = [[n, int(picture[n]), round(float(seconds[n]), 3)] for n in segment.crops]
    return {"id": segment.id, "name": segment.name, "crops": crops}


def colour_numbers(shown: Shown, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number that decides the colour of the player on each frame; -1 unassigned."""
    colours = np.array([*(one.colour for one in shown.view.players), -1], np.int64)
    return np.asarray(colours[shown.view.player[shown.view.segment[frames]]])


def player_ids(shown: Shown) -> NDArray[np.int64]:
    """Id of the player on every frame; ``NOBODY`` where unassigned, ``IGNORED`` where left out."""
    view = shown.view
    ids = np.array([*(one.id for one in view.players), NOBODY], np.int64)
    found = np.where(view.ignored, IGNORED, ids[view.player])
    return np.asarray(found[view.segment])


def team_numbers(shown: Shown) -> NDArray[np.int64]:
    """Team on every frame of the atlas: 1, 2, …; 0 unknown."""
    return np.asarray(shown.tables.team[shown.tables.owners.tracklet])


def players_at(opened: OpenMap, edit: str | None) -> Shown:
    """The players that a page shows, for its colours and its filter.

    Raises:
        LockedError: The page shows another revision: its pictures would be kept under a wrong
            address.
    """
    shown = check_frames(opened.players.shown(), opened.atlas)
    if edit != shown.revision:
        raise LockedError(
            "Expected the players as they are now. Received: an address of others; load the page "
            "again."
        )
    return shown


def _player_facts(opened: OpenMap, shown: Shown, one: Player) -> dict[str, Any]:
    view, tables = shown.view, shown.tables
    segments = [view.segments[place] for place in one.segments]
    lengths = np.array([segment.length for segment in segments])
    confidence = np.average([segment.confidence for segment in segments], weights=lengths)
    links = {int(view.linked[place]) for place in one.segments}
    return {
        "id": one.id,
        "found": one.found,
        "name": display_name(one.name),
        "named": one.named,
        "role": one.role,
        "colour": one.colour,
        "team": _most([int(tables.team[segment.tracklet]) for segment in segments]),
        "confidence": round(float(confidence), 3),
        "tracklets": len({segment.tracklet for segment in segments}),
        "crops": sum(len(segment.crops) for segment in segments),
        "cameras": sorted({int(tables.owners.camera[segment.tracklet]) for segment in segments}),
        "apart": sorted({_id_of(shown, b) for pair in view.apart for a, b in (pair, pair[::-1])
                         if a in links}),
        "sheet": on_card(segments),
        "pieces": [_segment_facts(opened, shown, segment) for segment in segments],
    }  # fmt: skip


def _segment_facts(opened: OpenMap, shown: Shown, segment: Segment) -> dict[str, Any]:
    seconds = opened.atlas.seconds
    crops = segment.crops
    return {
        "id": segment.id,
        "name": display_name(segment.name),
        "camera": int(shown.tables.owners.camera[segment.tracklet]),
        "confidence": round(segment.confidence, 3),
        "frames": [segment.first, segment.last],
        "seconds": [round(float(seconds[n]), 2) for n in (crops[0], crops[-1])] if crops else None,
        "crops": len(crops),
        "strip": spread_crops(crops, ON_STRIP),
    }


def _kit_facts(shown: Shown) -> list[dict[str, Any]]:
    """Questions after the role of those whose kit is neither team's."""
    names = shown.tables.owners.players
    asked = {names.index(name) for name in shown.tables.other_kits if name in names}
    return [
        {"kit": True, "player": one.id, "answer": one.role}
        for one in shown.view.players
        if one.found in asked
    ]


def _doubt_facts(shown: Shown, doubt: Doubt) -> dict[str, Any] | None:
    """One of the least certain decisions, as it stands now; None where its segment is gone."""
    view, owners = shown.view, shown.tables.owners
    place = next(
        (
            n
            for n, segment in enumerate(view.segments)
            if owners.tracklets[segment.tracklet] == doubt.tracklet
            and segment.first <= doubt.first <= segment.last
        ),
        None,
    )
    if place is None or view.ignored[place]:
        return None
    segment, number = view.segments[place], int(view.player[place])
    other = owners.players.index(doubt.other) if doubt.other in owners.players else None
    return {
        "piece": segment.id,
        "player": view.players[number].id if number >= 0 else NOBODY,
        "other": next((one.id for one in view.players if one.found == other), None),
        "margin": round(doubt.margin, 3),
        "answer": _answer(shown, place),
    }


def _answer(shown: Shown, place: int) -> str:
    """What the user has said of a segment: "same", "other" or nothing."""
    view, segment = shown.view, shown.view.segments[place]
    number, link = int(view.player[place]), int(view.linked[place])
    stayed = number >= 0 and view.players[number].found == segment.found
    alone = number >= 0 and len(view.players[number].segments) == 1
    if number >= 0 and not stayed:
        return "other"
    if alone and any(link in pair for pair in view.apart):
        return "other"
    same = any(len(group) == 2 and group[0] == segment.name for group in view.corrections.merge)
    return "same" if stayed and same else ""


def _id_of(shown: Shown, link: int) -> int:
    number = int(shown.view.player[link])
    return shown.view.players[number].id if number >= 0 else NOBODY


def _count(shown: Shown) -> int:
    given = shown.view.corrections
    lists = (given.merge, given.not_same, given.split, given.rename, given.role, given.ignore)
    return sum(map(len, lists))


def _most(values: Iterable[int]) -> int:
    """The commonest team, 0 where none is known."""
    counts = Counter(value for value in values if value > 0)
    return counts.most_common(1)[0][0] if counts else 0


def on_card(segments: Sequence[Segment]) -> list[int]:
    """Crops for a card: of every segment some, of the longest where they are too many; by time."""
    described = sorted((p for p in segments if p.crops), key=lambda segment: -segment.length)[
        :ON_CARD
    ]
    if not described:
        return []
    each = -(-ON_CARD // len(described))
    turns = [spread_crops(segment.crops, each) for segment in described]
    dealt = [turn[n] for n in range(each) for turn in turns if n < len(turn)]
    return sorted(dealt[:ON_CARD])


def spread_crops(crops: Sequence[int], most: int) -> list[int]:
    """Crops evenly through time, never the very first of many: people come in at the border."""
    if len(crops) <= most:
        return list(crops)
    return [crops[int((n + 0.5) * len(crops) / most)] for n in range(most)]
