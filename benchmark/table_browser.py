"""The page's figures as Markdown: a column for each size of atlas."""

import re
from typing import Any

from benchmark.tables import Cell, markdown

GOALS = {
    "start_seconds": 3,
    "first_picture_seconds": 2,
    "hover_p95_ms": 50,
    "tile_warm_p95_ms": 5,
    "tile_cold_p95_ms": 50,
}
"""Where we set ourselves one, in the figure's own unit."""

_OF = re.compile(r"(\w+)_of_(\d+)")


def table(report: dict[str, Any]) -> str:
    """What ``python -m benchmark browser --json`` prints, for people."""
    found = [(match, value) for name, value in report.items() if (match := _OF.fullmatch(name))]
    sizes = list(dict.fromkeys(match[2] for match, _ in found))
    figures: dict[str, dict[str, Cell]] = {}
    for match, value in found:
        figures.setdefault(match[1], {})[match[2]] = value
    rows: list[list[Cell]] = [
        [name.replace("_", " "), *(own.get(size) for size in sizes), GOALS.get(name)]
        for name, own in figures.items()
    ]
    return markdown(["frames", *(f"{int(size):,}" for size in sizes), "goal"], rows)
