"""Which rows of a file of tracks are people who play: by class, by role, or as the user says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.reid.tracks.formats.table import TrackTable

PLAYING = frozenset(
    (
        *("person", "people", "persons", "pedestrian", "pedestrians", "player", "players"),
        *("goalkeeper", "goalkeepers", "keeper", "goalie", "man", "men", "woman", "women", "human"),
        *("humans", "athlete", "athletes", "runner", "dancer", "child", "boy", "girl", "skater"),
        *("skier", "swimmer", "fighter", "boxer", "batsman", "bowler", "pitcher", "batter"),
    )
)
"""Words in the names of classes that mean people whom ``players`` is about."""

BESIDE = frozenset(
    (
        *("ball", "puck", "referee", "referees", "ref", "official", "officials", "umpire", "coach"),
        *("coaches", "staff", "linesman", "crowd", "spectator", "spectators", "bench", "other"),
        *("ignore", "ignored", "dontcare", "logo", "car", "vehicle", "bicycle", "net", "goal"),
    )
)
"""Words in the names of classes that mean somebody or something else."""


@dataclass(frozen=True, eq=False)
class ChosenRows:
    """Which boxes are used.

    Attributes:
        kept: bool of shape (n,).
        dropped: Number of boxes that are not used, by class, role or "marked to be ignored".
        notes: Sentences for the user.
    """

    kept: NDArray[np.bool_]
    dropped: Mapping[str, int]
    notes: tuple[str, ...]


def choose_rows(table: TrackTable, wanted: Sequence[str]) -> ChosenRows:
    """Choose the boxes of people.

    Args:
        table: What a file says.
        wanted: Classes, by name or number, or roles, that the user asked for; none leaves the
            choice to us, which is told.

    Raises:
        InputError: The file has none of the wanted classes.
    """
    kinds = kinds_of(table)
    counts = {kind: int(n) for kind, n in zip(*np.unique(kinds, return_counts=True), strict=True)}
    if wanted:
        keep = _wanted(wanted, counts)
    else:
        usable = kinds[~table.ignored]
        keep = _playing(table, usable)
    kept = np.isin(kinds, list(keep))
    ignored = table.ignored & kept if not wanted else np.zeros(len(table), bool)
    dropped = {kind: count for kind, count in counts.items() if kind not in keep}
    if ignored.any():
        dropped["marked to be ignored"] = int(ignored.sum())
    return ChosenRows(kept & ~ignored, dropped, _notes(counts, keep, dropped, wanted))


def kinds_of(table: TrackTable) -> NDArray[np.str_]:
    """The role, else the class of each box, as text of shape (n,); "" where it has neither."""
    names = np.array([*table.labels, ""])
    kinds = names[table.label] if len(table) else np.zeros(0, names.dtype)
    roles = {track: person.role for track, person in table.people.items() if person.role}
    if roles:
        pairs = zip(table.track.tolist(), kinds.tolist(), strict=True)
        kinds = np.array([roles.get(track, kind) for track, kind in pairs])
    return kinds


def words_of(name: str) -> set[str]:
    """The words in a name: ``team_left_player`` and ``TeamLeftPlayer`` have three."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return {word.lower() for word in re.split(r"[^A-Za-z]+", parted) if word}


def _wanted(wanted: Sequence[str], counts: Mapping[str, int]) -> set[str]:
    known = {kind.casefold(): kind for kind in counts}
    missing = [name for name in wanted if name.casefold() not in known]
    if missing:
        shown = ", ".join(
            f"{kind or 'no class'} ({count_of(n, 'box', 'boxes')})" for kind, n in counts.items()
        )
        raise InputError(
            f"Expected --class to name classes of the tracks: {shown}. Received: {missing[0]}; "
            "choose among these, or leave --class out."
        )
    return {known[name.casefold()] for name in wanted}


def _playing(table: TrackTable, kinds: NDArray[np.str_]) -> set[str]:
    """The kinds that are kept where the user does not say."""
    present = set(kinds.tolist()) or set(kinds_of(table).tolist())
    if table.named or any(words_of(kind) for kind in present):
        playing = {kind for kind in present if words_of(kind) & PLAYING and not _beside(kind)}
        return playing or {kind for kind in present if not _beside(kind)} or present
    numbers = {kind for kind in present if kind in table.person_numbers}
    share = np.isin(kinds, list(numbers)).mean() if numbers and len(kinds) else 0.0
    return numbers if share > 0.5 else present


def _beside(kind: str) -> bool:
    return bool(words_of(kind) & BESIDE)


def _notes(
    counts: Mapping[str, int], keep: set[str], dropped: Mapping[str, int], wanted: Sequence[str]
) -> tuple[str, ...]:
    if dropped and not wanted:
        shown = ", ".join(f"{n} of {kind or 'no class'}" for kind, n in dropped.items())
        kept = ", ".join(sorted(kind or "no class" for kind in keep))
        other = next((kind for kind in dropped if kind in counts and kind), "")
        way = f"; --class {other} takes those" if other else ""
        return (f"Boxes that are left out: {shown}; used are those of {kept}{way}.",)
    if len(keep) > 1 and not wanted and not any(words_of(kind) for kind in keep):
        shown = ", ".join(
            f"{kind} ({count_of(counts[kind], 'box', 'boxes')})" for kind in sorted(keep)
        )
        return (
            f"The tracks have {len(keep)} classes without names, all of them used: {shown}; if one "
            f"is the ball, keep the others, such as --class {max(keep, key=lambda k: counts[k])}.",
        )
    return ()
