"""All tables and figures of statistics, as files in a folder."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas.reid.statistics.charts import timeline, together_chart
from frameatlas.reid.statistics.heat_map import (
    picture_heat,
    picture_path,
    plan_heat,
    plan_path,
)
from frameatlas.reid.statistics.statistics import GameStatistics
from frameatlas.reid.statistics.tables import (
    intervals_table,
    paths_table,
    stats_table,
    together_table,
)
from frameatlas.reid.tracks.frame_reader import Pictures
from frameatlas.store.atomic import sync_file, translate_os_errors, write_text

STATS = "stats.csv"
FOLDER = "statistics"
"""The folder of all else."""

MOST_TOGETHER = 150
"""Players whom one chart of who was together shows."""

_REACH = 500
"""Frames among which a background is looked for: those before it have to be decoded."""


def write_statistics(folder: Path, found: GameStatistics, pictures: Sequence[Pictures]) -> None:
    """Write ``stats.csv``, and ``statistics/`` with the other tables and the figures.

    Args:
        folder: Where to.
        found: The statistics.
        pictures: The video of each recording, for backgrounds.
    """
    write_text(folder / STATS, stats_table(found))
    place = folder / FOLDER
    with translate_os_errors(place):
        place.mkdir(parents=True, exist_ok=True)
    write_text(place / "intervals.csv", intervals_table(found))
    write_text(place / "together.csv", together_table(found))
    write_text(place / "paths.csv", paths_table(found))
    _save(place / "timeline.png", timeline(found))
    if 1 < len(found.players) <= MOST_TOGETHER:
        _save(place / "together.png", together_chart(found))
    backgrounds = [_background(p, own.frame) for p, own in zip(pictures, found.boxes, strict=True)]
    for number, background in enumerate(backgrounds, 1):
        if background is not None:
            _save(place / f"view{_suffix(number, len(backgrounds))}.png", background)
    for number, player in enumerate(found.players, 1):
        for recording, background in enumerate(backgrounds):
            if background is None or not any(s.recording == recording for s in player.stays):
                continue
            name = f"player-{number}{_suffix(recording + 1, len(backgrounds))}.png"
            _save(place / f"heat-{name}", picture_heat(player, recording, background))
            _save(place / f"path-{name}", picture_path(player, recording, background))
        if player.metres is not None:
            _save(place / f"court-heat-player-{number}.png", plan_heat(found, player))
            _save(place / f"court-path-player-{number}.png", plan_path(found, player))


def _suffix(number: int, count: int) -> str:
    return f"-camera-{number}" if count > 1 else ""


def _background(pictures: Pictures, frame: NDArray[np.int64]) -> NDArray[np.uint8] | None:
    """A frame of the video with as many people as can be, not far from the first of them."""
    shown, counts = np.unique(frame, return_counts=True)
    early = shown <= (shown[0] if len(shown) else 0) + _REACH
    wanted = [int(shown[early][counts[early].argmax()])] if early.any() else [1]
    return next((picture.pixels for picture in pictures.pictures(wanted)), None)


def _save(path: Path, picture: NDArray[np.uint8]) -> None:
    with translate_os_errors(path):
        held = io.BytesIO()
        Image.fromarray(picture).save(held, "PNG", compress_level=6)
        path.write_bytes(held.getvalue())
        sync_file(path)
