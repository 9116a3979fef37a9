"""What a press on the page does to the corrections: merge, move, rename, cut, same, not the same.

Every edit takes what the page shows and gives new corrections under which the page shows what was
wanted. Whoever is merged, moved or kept apart is held together as the page then shows it, the rest
of the player that somebody left too: a person has looked at both sheets.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from frameatlas.browser.players.segments import Segment
from frameatlas.browser.players.view import IGNORED, NOBODY, Player, PlayersView, view_of
from frameatlas.errors import InputError
from frameatlas.players.corrections import ROLES, Corrections
from frameatlas.players.tables import NOBODY as UNASSIGNED
from frameatlas.players.tables import PlayerTables

LONGEST_NAME = 40
"""Characters of a player's name."""

_Pair = tuple[str, str]


def merge(view: PlayersView, ids: Sequence[int]) -> Corrections:
    """Two or more players are one person."""
    players = _players(view, ids)
    if len(players) < 2:
        raise InputError("Expected two or more players to merge. Received: fewer; choose more.")
    segments = [segment for player in players for segment in _segments(view, player)]
    _refuse_apart(view, [segments])
    name = next((player.name for player in players if player.named), "")
    return _hold_together(view, [(segments, name)], [])


def move(view: PlayersView, ids: Sequence[int], to: int | None) -> Corrections:
    """Segments are somebody else than the player that shows them: ``to``, or a new player."""
    chosen = _choose(view, ids)
    wanted = {segment.id for segment in chosen}
    left = [view.players[n] for n in sorted({_player(view, segment) for segment in chosen} - {-1})]
    target = None if to is None else _players(view, [to])[0]
    left = [player for player in left if player is not target]
    rests = [([p for p in _segments(view, one) if p.id not in wanted], one) for one in left]
    stay = [(rest, one) for rest, one in rests if rest]
    if target is None and not stay and len(left) == 1:
        raise InputError(
            "Expected some of a player's tracklets to move. Received: all of them, which are one "
            "player already; choose fewer."
        )
    if target is None and len(chosen) < 2 and not left:
        raise InputError(
            "Expected two or more unassigned tracklets for a new player. Received: one; add it to "
            "a player, or choose another with it."
        )
    here = [p for p in (_segments(view, target) if target else []) if p.id not in wanted]
    group = [*here, *chosen]
    bans = _inherit(view, stay, wanted)
    bans += [(_name_of(rest), _name_of(group)) for rest, _ in stay]
    name = target.name if target and target.named else ""
    kept = [(rest, one.name if one.named else "") for rest, one in stay]
    return _hold_together(view, [*kept, (group, name)], bans, wanted)


def rename(view: PlayersView, player_id: int, name: str) -> Corrections:
    """A player is called so; "" as before."""
    (player,) = _players(view, [player_id])
    name = _check_name(view, player, name)
    segments = _segments(view, player)
    own = {segment.name for segment in segments}
    others = tuple(pair for pair in view.corrections.rename if pair[0] not in own)
    new = ((_name_of(segments), name),) if name else ()
    return _complete(view, view.corrections, rename=(*others, *new))


def tell_apart(view: PlayersView, ids: Sequence[int]) -> Corrections:
    """Two players are two people, whatever the next run finds."""
    players = _players(view, ids)
    if len(players) != 2:
        raise InputError("Expected two players who are not the same. Received: another number.")
    groups = [(_segments(view, one), one.name if one.named else "") for one in players]
    pair = (_name_of(groups[0][0]), _name_of(groups[1][0]))
    return _hold_together(view, groups, [pair])


def confirm(view: PlayersView, segment_id: int) -> Corrections:
    """A segment shows the person whom the rest of its player shows."""
    (segment,) = _choose(view, [segment_id])
    number = _player(view, segment)
    rest = (
        [p for p in _segments(view, view.players[number]) if p.id != segment_id]
        if number >= 0
        else []
    )
    if not rest:
        raise InputError(
            f"Expected tracklets beside {segment.name} to be the same person as. Received: none; "
            "merge its player with another."
        )
    group = (segment.name, _name_of(rest))
    return _complete(view, view.corrections, merge=(*view.corrections.merge, group))


def cut_at(tables: PlayerTables, view: PlayersView, segment_id: int, frame: int) -> Corrections:
    """A segment shows somebody else from a crop on, which its frame of the atlas names."""
    (segment,) = _choose(view, [segment_id])
    if frame not in segment.crops[1:]:
        raise InputError(
            f"Expected a later crop of {segment.name} to cut at. Received: another; choose one "
            "that is not its first."
        )
    old = view.corrections
    new = (tables.owners.tracklets[segment.tracklet], int(tables.owners.picture[frame]))
    split = tuple(dict.fromkeys([*old.split, new]))
    parted = view_of(tables, replace(old, split=split))
    return move(parted, [frame], None)


def leave_out(view: PlayersView, ids: Sequence[int]) -> Corrections:
    """Segments are nobody to follow: in no player, sheet, count or statistic."""
    names = tuple(segment.name for segment in _choose(view, ids))
    if len(set(view.corrections.ignore) | set(names)) >= len(view.segments):
        raise InputError(
            "Expected somebody who is not left out. Received: all tracklets; choose fewer."
        )
    ignore = tuple(dict.fromkeys((*view.corrections.ignore, *names)))
    return _complete(view, replace(view.corrections, ignore=ignore))


def take_back(view: PlayersView, ids: Sequence[int]) -> Corrections:
    """Segments that were left out are somebody again."""
    names = {segment.name for segment in _choose(view, ids)}
    kept = tuple(name for name in view.corrections.ignore if name not in names)
    return _complete(view, replace(view.corrections, ignore=kept))


def give_role(view: PlayersView, ids: Sequence[int], role: str) -> Corrections:
    """Players do this in the game; "" says nothing of them."""
    if role not in ("", *ROLES):
        raise InputError(f"Expected a role: {', '.join(ROLES)}. Received: {role!r:.40}.")
    players = _players(view, ids)
    if not players:
        raise InputError("Expected players who have that role. Received: none; choose some.")
    own = {segment.name for player in players for segment in _segments(view, player)}
    kept = tuple(pair for pair in view.corrections.role if pair[0] not in own)
    new = [(_name_of(_segments(view, player)), role) for player in players if role]
    return _complete(view, replace(view.corrections, role=(*kept, *new)))


def _players(view: PlayersView, ids: Iterable[int]) -> list[Player]:
    known = {player.id: player for player in view.players}
    unknown = [n for n in ids if n not in known]
    if NOBODY in unknown or IGNORED in unknown:
        raise InputError("Expected a player. Received: those who are unassigned; choose another.")
    if unknown:
        raise InputError("Expected players of this page. Received: one that is not there any more.")
    return [known[n] for n in dict.fromkeys(ids)]


def _choose(view: PlayersView, ids: Sequence[int]) -> list[Segment]:
    if not ids or any(n not in view.places for n in ids):
        raise InputError("Expected tracklets of this page. Received: none, or one that is gone.")
    return [view.segments[view.places[n]] for n in dict.fromkeys(ids)]


def _segments(view: PlayersView, player: Player) -> list[Segment]:
    return [view.segments[place] for place in player.segments]


def _player(view: PlayersView, segment: Segment) -> int:
    return int(view.player[view.places[segment.id]])


def _name_of(segments: Sequence[Segment]) -> str:
    """The segment that stands for some: the surest, the longest of equals."""
    return max(segments, key=lambda segment: (segment.confidence, segment.length, -segment.id)).name


def _apart_names(view: PlayersView) -> list[_Pair]:
    return [
        (_name_of(view.together(one)), _name_of(view.together(other)))
        for one, other in sorted(view.apart)
    ]


def _refuse_apart(view: PlayersView, groups: Sequence[Sequence[Segment]]) -> None:
    """Nobody may be merged of whom the user has said that they are two people."""
    for group in groups:
        links = {int(view.linked[view.places[segment.id]]) for segment in group}
        for one, other in sorted(view.apart):
            if one in links and other in links:
                names = [_name_of(view.together(link)) for link in (one, other)]
                raise InputError(
                    f"Expected players of whom nothing else was said. Received: tracklets "
                    f"{names[0]} and {names[1]}, which you said are not the same; undo that first."
                )


def _inherit(
    view: PlayersView, stay: Sequence[tuple[list[Segment], Player]], wanted: set[int]
) -> list[_Pair]:
    """What was said of a whole player goes on to hold for the part that stays."""
    bans = []
    for rest, player in stay:
        links = {int(view.linked[place]) for place in player.segments}
        for pair in sorted(view.apart):
            for own, other in (pair, pair[::-1]):
                some = {segment.id for segment in view.together(own)}
                if own in links and other not in links and some - wanted:
                    names = (_name_of(rest), _name_of(view.together(other)))
                    bans.append(names if own == pair[0] else names[::-1])
    return bans


def _hold_together(
    view: PlayersView,
    groups: Sequence[tuple[Sequence[Segment], str]],
    bans: Sequence[_Pair],
    moving: set[int] | None = None,
) -> Corrections:
    """Corrections that hold some groups together under their names, and keep the rest."""
    old = view.corrections
    named = {segment.name for group, _ in groups for segment in group}
    whole = [{segment.name for segment in group} for group, _ in groups]
    merge = [group for group in old.merge if not named & set(group) or _answers(group, whole)]
    merge += [tuple(segment.name for segment in group) for group, _ in groups if len(group) > 1]
    rename = [pair for pair in old.rename if pair[0] not in named]
    rename += [(_name_of(group), name) for group, name in groups if name]
    kept = [
        pair
        for (one, other), pair in zip(sorted(view.apart), _apart_names(view), strict=True)
        if not _is_split_up(view, one, moving) and not _is_split_up(view, other, moving)
    ]
    of_group = {segment.name: n for n, (group, _) in enumerate(groups) for segment in group}
    for one, other in kept:
        if one in of_group and of_group[one] == of_group.get(other):
            raise InputError(
                f"Expected players of whom nothing else was said. Received: tracklets {one} and "
                f"{other}, which you said are not the same; undo that first."
            )
    return _complete(view, old, merge=merge, not_same=[*kept, *bans], rename=rename)


def _answers(group: Sequence[str], whole: Sequence[set[str]]) -> bool:
    """Whether a group is the answer to a question, and still holds; it says what was answered."""
    return len(group) == 2 and any(set(group) < one for one in whole)


def _is_split_up(view: PlayersView, link: int, moving: set[int] | None) -> bool:
    """Whether some of what the user calls one person moves and some stays."""
    ids = {segment.id for segment in view.together(link)}
    return bool(moving and ids & moving and ids - moving)


def _complete(
    view: PlayersView,
    old: Corrections,
    *,
    merge: Iterable[tuple[str, ...]] | None = None,
    not_same: Iterable[tuple[str, ...]] | None = None,
    rename: Iterable[_Pair] | None = None,
) -> Corrections:
    """Corrections whose every segment exists in the next run as well.

    A run cuts tracklets by itself, but not those that are merged or renamed: where a segment of
    several is named, all cuts of its tracklet are written down.
    """
    groups = tuple(dict.fromkeys(old.merge if merge is None else merge))
    apart = tuple(dict.fromkeys(old.not_same if not_same is None else not_same))
    names = tuple(old.rename if rename is None else rename)
    said = {name for group in (*groups, *apart) for name in group} | {name for name, _ in names}
    said |= {name for name, _ in old.role} | set(old.ignore)
    by_name = {segment.name: segment.tracklet for segment in view.segments}
    whole = {segment.tracklet: segment.name for segment in reversed(view.segments)}
    cut_now = {name for name, _ in old.split}
    wanted = {by_name[name] for name in said} | {t for t, name in whole.items() if name in cut_now}
    split = tuple(
        (whole[segment.tracklet], segment.first)
        for segment in view.segments
        if segment.tracklet in wanted and segment.name != whole[segment.tracklet]
    )
    return replace(old, merge=groups, not_same=apart, split=split, rename=names)


def _check_name(view: PlayersView, player: Player, name: str) -> str:
    name = " ".join(name.split())
    wrong = ""
    if len(name) > LONGEST_NAME or not name.isprintable() or ("'" in name and '"' in name):
        wrong = f"another; take at most {LONGEST_NAME} letters, and one kind of quotation mark"
    elif re.fullmatch(r"\d+|new .*", name) or name == UNASSIGNED:
        wrong = f"{name!r}, as players without a name are called; write No. {name} for example"
    elif any(name == one.name for one in view.players if one.id != player.id):
        wrong = f"{name!r}, which another player has; merge them, or take another"
    if wrong:
        raise InputError(f"Expected a name for a player. Received: {wrong}.")
    return name
