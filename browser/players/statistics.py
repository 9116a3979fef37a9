"""Statistics of players as the last run wrote them, for the page."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frameatlas.errors import FormatError, InputError
from frameatlas.players.integrity import read_report, refuse_changed, unreadable
from frameatlas.players.tables import REPORT
from frameatlas.plurals import count_of
from frameatlas.store.stored_file import StoredFile

STATS = "stats.csv"
FOLDER = "statistics"

_MOST_ROWS = 200_000
_NUMBERS = (
    *("seconds", "heights", "mean_heights_a_second", "top_heights_a_second"),
    *("metres", "mean_metres_a_second", "top_metres_a_second"),
)


def statistics_facts(folder: Path) -> dict[str, Any]:
    """All that the page says of how long, how far and how fast.

    Args:
        folder: The folder of players.

    Returns:
        ``there``: whether a run wrote statistics; ``players``: of each that was found, in its
        order; ``cameras``; ``figures``: names of pictures and the digests that they are asked by.

    Raises:
        FormatError: A file is damaged, or of another run.
    """
    report, stored = read_report(folder / REPORT)
    if STATS not in stored:
        return {"there": False}
    tables = (STATS, f"{FOLDER}/intervals.csv")
    refuse_changed(folder, stored, tables)
    rows = _rows(folder / STATS)
    if len(rows) != len(report.texts("names")):
        raise unreadable(folder / STATS, "statistics of other players")
    stays: dict[str, list[list[Any]]] = {}
    for row in _rows(folder / tables[1]):
        span = [row["camera"], _number(row, "from_second"), _number(row, "to_second")]
        stays.setdefault(row["player"], []).append(span)
    cameras = [recording.text("camera") for recording in report.objects("recordings")]
    return {
        "there": True,
        "players": [
            {
                **{name: _number(row, name) for name in _NUMBERS},
                "stays": stays.get(row["player"], []),
            }
            for row in rows
        ],
        "cameras": list(dict.fromkeys(cameras)),
        "figures": {name: one.blake2b for name, one in _figures(stored).items()},
    }


def figure(folder: Path, name: str, digest: str) -> bytes:
    """A picture of the statistics, as a PNG file.

    Raises:
        InputError: There is no such picture, or another by now.
        FormatError: It is damaged.
    """
    _, stored = read_report(folder / REPORT)
    one = _figures(stored).get(name)
    if one is None or one.blake2b != digest:
        raise InputError(
            "Expected a figure of these players. Received: another; load the page again."
        )
    refuse_changed(folder, stored, (f"{FOLDER}/{name}.png",))
    try:
        return (folder / FOLDER / f"{name}.png").read_bytes()
    except OSError as error:
        raise unreadable(folder / FOLDER / name, "one that cannot be read") from error


def _figures(stored: Mapping[str, StoredFile]) -> dict[str, StoredFile]:
    """Pictures by their name without ending."""
    begin, end = f"{FOLDER}/", ".png"
    return {
        name.removeprefix(begin).removesuffix(end): one
        for name, one in stored.items()
        if name.startswith(begin) and name.endswith(end)
    }


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(path, "another table") from error
    if len(rows) > _MOST_ROWS:
        raise unreadable(path, f"{count_of(len(rows), 'row')}")
    return rows


def _number(row: Mapping[str, str], name: str) -> float | None:
    try:
        return float(row[name]) if row[name] else None
    except (KeyError, ValueError, TypeError) as error:
        raise FormatError(
            f"Expected numbers in {STATS}, {name}. Received: {row.get(name)!r:.40}; give the same "
            "`frameatlas players` command again."
        ) from error
