"""The tiles' figures as Markdown."""

from typing import Any

from benchmark.machine import NOT_INSTALLED
from benchmark.tables import Cell, markdown

SECONDS = {
    "pyramid_seconds": "the pyramid, s",
    "pyramid_seconds_all_in_one_place": "the same, all frames in one place, s",
    "filter_seconds": "a filter, s",
}

MILLISECONDS = {
    "frames_of_a_tile_milliseconds_p95": "frames of a tile, ms (p95)",
    "tile_milliseconds_p95": "a new tile, ms (p95)",
    "tile_milliseconds_p95_four_at_a_time": "the same, four at a time, ms (p95)",
    "dense_tile_milliseconds_p95": "a dense new tile, ms (p95)",
}

PEERS = {
    "overview_tile_milliseconds_p95": "64 pictures on a tile: ours, ms (p95)",
    "overview_tile_by_pillow_at_once_milliseconds_p95": "the same by Pillow",
    "overview_tile_by_montage_milliseconds_p95": "the same by ImageMagick's `montage`",
}


def table(report: dict[str, Any]) -> str:
    """What ``python -m benchmark tiles --json`` prints, for people."""
    rows: list[list[Cell]] = [
        [text, report[name]] for name, text in (SECONDS | MILLISECONDS).items() if name in report
    ]
    rows += [[text, report.get(name, NOT_INSTALLED)] for name, text in PEERS.items()]
    lines = [
        f"{report['frames']:,} frames; the pyramid takes {report['pyramid_peak_megabytes']} MB."
    ]
    if "export_tiles_a_second" in report:
        lines.append(
            f"Export: {report['export_tiles']:,} tiles, {report['export_tiles_a_second']} a second."
        )
    return f"{markdown(['', 'ours or the peer'], rows)}\n\n{' '.join(lines)}"
