"""Statistics of each player: how long, how far, how fast, and together with whom."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.crops.game import Game
from frameatlas.reid.identify.identities import Identities
from frameatlas.reid.statistics.court import Court
from frameatlas.reid.statistics.movement import WINDOW, Stay, stays_of
from frameatlas.reid.statistics.player_boxes import PlayerBoxes, player_boxes

TURNING = 0.2
"""Share of moments at which five people or more all move to one side, from which on the camera is
taken to turn: of people who walk by themselves somebody mostly stands."""

_STANDS = 0.1
"""Heights in half a second below which somebody stands."""


FASTEST_RUNNER = 12.5
"""Metres a second that no human being has run."""


@dataclass(frozen=True)
class Movement:
    """How far and how fast, in one unit of length.

    Attributes:
        distance: While seen.
        mean: Of the speed, a second.
        top: The fastest second; NaN where nobody was seen for a second on end.
    """

    distance: float
    mean: float
    top: float


@dataclass(frozen=True, eq=False)
class PlayerStatistics:
    """Statistics of one player.

    Attributes:
        name: What the player is called.
        team: 1, 2, …; 0 where it is not known.
        role: What the player does; "" where nobody said it.
        seconds: Time seen; short gaps count, and what several cameras see at once counts twice.
        stays: By recording, then by time.
        heights: Movement in the picture, in heights of the player.
        metres: Movement on the court; None without one.
    """

    name: str
    team: int
    role: str
    seconds: float
    stays: tuple[Stay, ...]
    heights: Movement
    metres: Movement | None


@dataclass(frozen=True, eq=False)
class GameStatistics:
    """Statistics of a game.

    Attributes:
        players: Of each player, in the order of ``Identities.names``.
        together: float64 of shape (players, players): seconds in which two are in one picture; on
            the diagonal the time of each.
        boxes: What they are made of, one a recording.
        court: The court, or None.
        moving: Names of cameras that seem to move while no court says how.
    """

    players: tuple[PlayerStatistics, ...]
    together: NDArray[np.float64]
    boxes: tuple[PlayerBoxes, ...]
    court: Court | None
    moving: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user."""
        notes = []
        if self.moving:
            notes.append(
                f"All people seem to move alike in {', '.join(self.moving)}: where the camera "
                "turns, its own movement is in the ways and speeds; --court with points at several "
                "frames takes it out."
            )
        unseen = [b.camera for b in self.boxes if self.court and not self.court.sees(b.camera)]
        if unseen:
            notes.append(
                f"--court has no points of {', '.join(unseen)}: there are no metres of it."
            )
        fast = [p.name for p in self.players if p.metres and p.metres.top > FASTEST_RUNNER]
        if fast:
            notes.append(
                f"Nobody runs {FASTEST_RUNNER:g} m in a second, as it seems of "
                f"{', '.join(fast[:5])}{', …' if len(fast) > 5 else ''}: are the points of --court "
                "right, on the ground and around all who are measured? Or two people are one."
            )
        return tuple(notes)


def game_statistics(game: Game, found: Identities, court: Court | None = None) -> GameStatistics:
    """Statistics of every player of a game.

    Args:
        game: The game.
        found: Who is who.
        court: Where the court is; None leaves metres out.
    """
    return statistics_of(player_boxes(game, found), found, court)


def statistics_of(
    boxes: tuple[PlayerBoxes, ...], found: Identities, court: Court | None = None
) -> GameStatistics:
    """The same, from the boxes of each recording."""
    players = []
    for number, name in enumerate(found.names):
        stays = tuple(
            stay
            for recording, own in enumerate(boxes)
            for stay in stays_of(own, recording, number, court)
        )
        rates = [boxes[stay.recording].rate for stay in stays]
        steps = [stay.steps(rate) for stay, rate in zip(stays, rates, strict=True)]
        known = court is not None and any(np.isfinite(metres).any() for _, _, metres in steps)
        players.append(
            PlayerStatistics(
                name,
                team_of(found, number),
                found.role_of(number),
                sum(stay.seconds for stay in stays),
                stays,
                _movement([(seconds, heights) for seconds, heights, _ in steps]),
                _movement([(seconds, metres) for seconds, _, metres in steps]) if known else None,
            )
        )
    moving = {own.camera for own in boxes if not (court and court.sees(own.camera)) and _moves(own)}
    return GameStatistics(
        tuple(players), _together(players, boxes), boxes, court, tuple(sorted(moving))
    )


def _movement(
    steps: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> Movement:
    """Distance, mean speed, and the fastest second, of steps of which NaN do not count."""
    distance = sum(float(np.nansum(moved)) for _, moved in steps)
    time = sum(float(seconds[np.isfinite(moved)].sum()) for seconds, moved in steps)
    top = float("nan")
    for seconds, moved in steps:
        if not len(seconds):
            continue
        number = max(1, round(WINDOW / float(seconds[0])))
        if len(moved) >= number and len(moved) * float(seconds[0]) >= WINDOW * 0.99:
            sums = np.convolve(moved, np.ones(number), "valid")  # NaN makes its windows NaN
            best = np.nanmax(sums) if np.isfinite(sums).any() else np.nan
            top = float(np.fmax(top, best / (number * float(seconds[0]))))
    return Movement(distance, distance / time if time else 0.0, top)


def team_of(found: Identities, player: int) -> int:
    """The commonest team of a player's tracklets, 1, 2, …; 0 where none is known."""
    teams = found.team[(found.player == player) & (found.team >= 0)]
    return int(np.bincount(teams).argmax()) + 1 if len(teams) else 0


def _together(
    players: Sequence[PlayerStatistics], boxes: Sequence[PlayerBoxes]
) -> NDArray[np.float64]:
    """Seconds that every two stays of one recording share."""
    out = np.zeros((len(players), len(players)))
    for recording, own in enumerate(boxes):
        spans = [
            (number, stay.first, stay.last + own.step)
            for number, player in enumerate(players)
            for stay in player.stays
            if stay.recording == recording
        ]
        if not spans:
            continue
        who, first, stop = (np.array(column) for column in zip(*spans, strict=True))
        for number, begin, end in spans:
            shared = np.minimum(stop, end) - np.maximum(first, begin)
            np.add.at(out[number], who, np.maximum(shared, 0) / own.rate)
    return out


def _moves(boxes: PlayerBoxes) -> bool:
    """Whether all people of a picture move alike, as they seem to where the camera pans."""
    order = np.lexsort((boxes.frame, boxes.tracklet))
    frame, tracklet = boxes.frame[order], boxes.tracklet[order]
    middle = (boxes.box[:, 0] + boxes.box[:, 2] / 2)[order]
    reach = max(1, round(0.5 * boxes.rate / boxes.step))  # rows: half a second
    same = (tracklet[reach:] == tracklet[:-reach]) & (
        frame[reach:] - frame[:-reach] == reach * boxes.step
    )
    moved = ((middle[reach:] - middle[:-reach]) / boxes.box[order[reach:], 3])[same]
    when = frame[reach:][same]
    order = np.argsort(when, kind="stable")
    when, moved = when[order], moved[order]
    parts = np.split(moved, np.flatnonzero(np.diff(when)) + 1)
    crowds = [part for part in parts if len(part) >= 5]
    alike = sum(bool(part.min() > _STANDS or part.max() < -_STANDS) for part in crowds)
    return len(crowds) >= 10 and alike > TURNING * len(crowds)
