"""Statistics as tables: CSV with a header, decimal points, seconds from the video's beginning."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from frameatlas.reid.statistics.movement import Stay
from frameatlas.reid.statistics.statistics import GameStatistics, Movement, PlayerStatistics
from frameatlas.safe_text import spreadsheet_cell

STATS = (
    *("player", "team", "role", "seconds", "intervals", "first_second", "last_second"),
    *("heights", "mean_heights_a_second", "top_heights_a_second"),
    *("metres", "mean_metres_a_second", "top_metres_a_second"),
)
INTERVALS = ("player", "camera", "first_frame", "last_frame", "from_second", "to_second")
TOGETHER = ("player", "other", "seconds")
PATHS = ("player", "camera", "frame", "second", "x", "y", "height", "metres_along", "metres_across")
"""Headers."""

PATH_RATE = 5.0
"""Rows a second of a way, at most."""


def stats_table(found: GameStatistics) -> str:
    """The text of ``stats.csv``: one row a player."""
    return _table(STATS, (_stats_row(found, player) for player in found.players))


def intervals_table(found: GameStatistics) -> str:
    """When each player is seen, one row a stay."""
    return _table(
        INTERVALS,
        (
            [player.name, found.boxes[stay.recording].camera, stay.first, stay.last,
             *(f"{second:.3f}" for second in seconds_of(found, stay))]
            for player in found.players
            for stay in player.stays
        ),
    )  # fmt: skip


def together_table(found: GameStatistics) -> str:
    """How long every two players are in one picture; pairs who never are have no row."""
    names = [player.name for player in found.players]
    pairs = np.argwhere(np.triu(found.together, 1) > 0).tolist()
    return _table(TOGETHER, ([names[a], names[b], f"{found.together[a, b]:.2f}"] for a, b in pairs))


def paths_table(found: GameStatistics) -> str:
    """Where each player was, at most five rows a second."""
    return _table(PATHS, _path_rows(found))


def seconds_of(found: GameStatistics, stay: Stay) -> tuple[float, float]:
    """When a stay begins and ends, in seconds of its video."""
    rate = found.boxes[stay.recording].rate
    begin = (stay.first - 1) / rate
    return begin, begin + stay.seconds


def _stats_row(found: GameStatistics, player: PlayerStatistics) -> list[Any]:
    spans = [seconds_of(found, stay) for stay in player.stays]
    return [
        player.name,
        player.team or "",
        player.role,
        f"{player.seconds:.2f}",
        len(player.stays),
        _number(min((begin for begin, _ in spans), default=math.nan)),
        _number(max((end for _, end in spans), default=math.nan)),
        *_movement(player.heights),
        *(_movement(player.metres) if player.metres else ("", "", "")),
    ]


def _movement(moved: Movement) -> tuple[str, ...]:
    return _number(moved.distance), _number(moved.mean), _number(moved.top)


def _path_rows(found: GameStatistics) -> Iterator[list[Any]]:
    for player in found.players:
        for stay in player.stays:
            boxes = found.boxes[stay.recording]
            every = max(1, round(boxes.rate / PATH_RATE / boxes.step))
            for place in range(0, len(stay.frame), every):
                frame = int(stay.frame[place])
                yield [
                    player.name,
                    boxes.camera,
                    frame,
                    f"{(frame - 1) / boxes.rate:.3f}",
                    *(f"{value:.1f}" for value in stay.pixels[place]),
                    f"{stay.height[place]:.1f}",
                    *(_number(float(value)) for value in stay.metres[place]),
                ]


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: Any) -> Any:
    """Names become what no spreadsheet takes for a formula; numbers stay, negative ones too."""
    if not isinstance(value, str):
        return value
    try:
        float(value)
    except ValueError:
        return spreadsheet_cell(value)
    return value


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"
