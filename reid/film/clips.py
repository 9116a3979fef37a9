"""Clips of players: where each begins and ends, and the pictures of all of them in one pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge

import numpy as np

from frameatlas.errors import InputError
from frameatlas.reid.statistics.player_boxes import PlayerBoxes, rows_of_player, runs

BEFORE = 0.5
"""Seconds that a clip shows before its player comes and after they have gone."""

SHORTEST = 0.5
"""Seconds for which a player has to be seen."""


@dataclass(frozen=True)
class Clip:
    """One stay of a player.

    Attributes:
        player: Number of the player.
        place: 1 for the player's first stay in this recording, then 2, ….
        first: First frame that is shown.
        last: Last one.
    """

    player: int
    place: int
    first: int
    last: int


def clips_of(boxes: PlayerBoxes, player: int, last: int) -> list[Clip]:
    """The clips of a player, by time; stays that would overlap are one clip.

    Args:
        boxes: The recording.
        player: The player.
        last: Last frame of the video.
    """
    frame = boxes.frame[rows_of_player(boxes, player)]
    pad = round(BEFORE * boxes.rate)
    shortest = SHORTEST * boxes.rate
    parts = [frame[part] for part in runs(frame, max(boxes.longest_gap, 2 * pad))]
    spans = [(int(p[0]), int(p[-1])) for p in parts if p[-1] - p[0] + boxes.step >= shortest]
    return [
        Clip(player, place, max(1, first - pad), min(last, stop + pad))
        for place, (first, stop) in enumerate(spans, 1)
    ]


def players_named(wanted: Sequence[str], names: Sequence[str]) -> list[int]:
    """Numbers of players by what they are called.

    Raises:
        InputError: Nobody is called so.
    """
    for name in wanted:
        if name not in names:
            shown = ", ".join(names[:30]) + (", …" if len(names) > 30 else "")
            raise InputError(
                f"Expected --clips to name a player. Received: {name!r}; there are {shown}."
            )
    return [names.index(name) for name in dict.fromkeys(wanted)]


def frames_of(clips: Sequence[Clip]) -> list[int]:
    """Every frame that one of some clips shows, ascending."""
    all_frames = merge(*(range(clip.first, clip.last + 1) for clip in clips))
    return list(_without_repeats(all_frames))


def _without_repeats(numbers: Iterator[int]) -> Iterator[int]:
    before = None
    for number in numbers:
        if number != before:
            yield number
        before = number


def last_frame(boxes: PlayerBoxes, count: int) -> int:
    """The last frame of a video: as it says, or that of the last box."""
    return max(count, int(np.max(boxes.frame, initial=1)))
