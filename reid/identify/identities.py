"""Identities: who every tracklet is, how sure that is, and what a person should look at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.error_estimate import ExpectedRange

UNASSIGNED = -1

IGNORED = -2
"""Whom the user leaves out: in no player, count or statistic."""


@dataclass(frozen=True, eq=False)
class Segments:
    """Tracklets after splitting: p ≥ t segments, each of one person as far as can be told.

    Attributes:
        tracklet: int64 of shape (p,), ascending: the tracklet that each is a segment of.
        first: int64 of shape (p,): its first frame.
        last: int64 of shape (p,): its last frame.
        player: int64 of shape (p,): as in ``Identities``.
        confidence: float64 of shape (p,): as in ``Identities``.
    """

    tracklet: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    player: NDArray[np.int64]
    confidence: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.tracklet)


@dataclass(frozen=True)
class Decision:
    """One decision that a person may want to look at.

    Attributes:
        tracklet: Name of the tracklet.
        first: First frame of its segment.
        last: Last frame of its segment.
        player: Player that it was given to, or -1.
        other: The next best player that it could be, or -1.
        margin: How much nearer the chosen player is, in [0, 1].
    """

    tracklet: str
    first: int
    last: int
    player: int
    other: int
    margin: float


@dataclass(frozen=True, eq=False)
class Identities:
    """Who every tracklet is.

    Attributes:
        player: int64 of shape (t,): 0, 1, … from the one seen most; -1 unassigned, -2 ignored. A
            tracklet that was split counts for the player of most of its frames.
        team: int64 of shape (t,): 0, 1, … from the one seen most; -1 unknown.
        confidence: float64 of shape (t,) in [0, 1]: margin to the next best player.
        segments: The same for every segment.
        names: Name of each player: "1", "2", … unless the user named it.
        roles: Role of each player; "" where nobody said it.
        other_kits: Players in neither team's kit, of whom a role is to be asked.
        threshold: Distance that parts pairs known to be two people from halves of one tracklet.
        reached: Distance of the last merge that was made; 0 where there was none.
        calibrated: Whether ``threshold`` was found on these tracklets.
        false_links: Share of pairs of segments, known to be two people, that become one where that
            is hidden; NaN where no two are known to be.
        missed_links: Share of segments that become two people where they are cut in two; NaN where
            none is long enough.
        least_count: Most people seen at the same time: there are at least as many.
        expected: What drawn games of such an error estimate had; None where there is none, or the
            user gave the number of people or the threshold.
        decisions: The least certain ones, the least certain first.
        notes: Sentences for the user.
    """

    player: NDArray[np.int64]
    team: NDArray[np.int64]
    confidence: NDArray[np.float64]
    segments: Segments
    names: tuple[str, ...]
    threshold: float
    reached: float
    calibrated: bool
    false_links: float
    missed_links: float
    least_count: int
    decisions: tuple[Decision, ...] = ()
    notes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    other_kits: tuple[int, ...] = ()
    expected: ExpectedRange | None = None

    def role_of(self, player: int) -> str:
        """What a player does in the game; "" where nobody said it."""
        return self.roles[player] if 0 <= player < len(self.roles) else ""

    @property
    def count(self) -> int:
        """Number of players."""
        return len(self.names)
