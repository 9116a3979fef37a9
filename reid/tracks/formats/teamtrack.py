"""TeamTrack and SportsLabKit: a row a frame, columns under team, player and attribute."""

import re
from collections.abc import Sequence

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.formats.table import BadLine, Person, TableBuilder, TrackTable
from frameatlas.reid.tracks.formats.text import Line, cells_of, number_of

_SIDES = ("bb_left", "bb_top", "bb_width", "bb_height")


def is_teamtrack(lines: Sequence[Line]) -> bool:
    """Whether the first lines name teams, players and attributes of each column."""
    heads = [re.split(r"[,;]", line.text)[0].strip().lower() for line in lines[:3]]
    return heads[:3] == ["teamid", "playerid", "attributes"]


def read_teamtrack(lines: Sequence[Line], place: str) -> TrackTable:
    """The boxes; "BALL" is the ball.

    Raises:
        SourceError: The columns are not those of boxes.
    """
    team, player, attribute = (cells_of(line.text, ",") for line in lines[:3])
    columns: dict[tuple[str, str], dict[str, int]] = {}
    for number in range(1, min(len(team), len(player), len(attribute))):
        name = attribute[number].strip().lower()
        columns.setdefault((team[number], player[number]), {})[name] = number
    boxes = {who: own for who, own in columns.items() if all(side in own for side in _SIDES)}
    if not boxes:
        raise SourceError(
            f"Expected columns bb_left, bb_top, bb_width and bb_height in {place}. Received: "
            f"{', '.join(dict.fromkeys(attribute[1:6]))}; name TeamTrack's file of boxes."
        )
    builder = TableBuilder("TeamTrack")
    people = {}
    for number, who in enumerate(boxes, 1):
        ball = "ball" in who[0].lower() or "ball" in who[1].lower()
        people[number] = Person("ball" if ball else "player", "" if ball else who[0], "")
    for line in lines[3:]:
        row = cells_of(line.text, ",")
        frame = number_of(row[0])
        if frame is None:
            if row[0].strip().lower() not in ("frame", ""):
                builder.bad.append(BadLine(line.number, f"not a frame: {row[0][:40]!r}"))
            continue
        for number, own in enumerate(boxes.values(), 1):
            _add(builder, row, own, (frame, number, people[number].role), line.number)
    return builder.built(named=True, people=people)


def _add(
    builder: TableBuilder,
    row: Sequence[str],
    own: dict[str, int],
    whose: tuple[float, int, str],
    line: int,
) -> None:
    """Add one player's box of a row; who is not seen has empty cells."""
    cells = [row[own[side]] if own[side] < len(row) else "" for side in _SIDES]
    if not any(cells):
        return
    values = [number_of(cell) for cell in cells]
    box = [value for value in values if value is not None]
    if len(box) == 4:
        builder.add(whose[0], whose[1], box, label=whose[2], line=line)
    elif all(cell.lower() not in ("nan", "") for cell in cells):
        builder.bad.append(BadLine(line, f"not a box: {', '.join(cells)[:40]!r}"))
