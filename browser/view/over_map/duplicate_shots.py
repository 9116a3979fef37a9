"""Shots that come again, as the page puts them side by side: one row a shot."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from frameatlas.bins.stored import read_bins
from frameatlas.browser.view.neighbours import check_scores
from frameatlas.browser.view.open_map import OpenMap, display_name
from frameatlas.browser.view.over_map.duplicates import (
    date_of,
    first_groups,
    member_of,
    moments_of,
    sharpness_of,
)
from frameatlas.search.duplicates import Duplicate, near_duplicates
from frameatlas.search.similar_shots import AlikeShot, near_duplicate_shots, shot_item
from frameatlas.store.content_digest import is_gone


def duplicate_shot_groups(
    opened: OpenMap, within: float, check: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """All groups of shots, and of photos, that are nearly the same.

    Args:
        opened: The map.
        within: Largest distance to the nearest member of a group.
        check: Called now and then; raises where nobody waits any more.

    Returns:
        As ``duplicate_groups``; ``unknown`` is the number of videos without known shots.

    Raises:
        InputError: No shots are known.
    """
    check_scores(opened)
    bins = read_bins(opened.atlas.folder)
    shots = near_duplicate_shots(opened.atlas, within=within, bins=bins)
    photos = near_duplicates(opened.atlas, within=within, bins=bins, videos=False)
    found: list[tuple[AlikeShot | Duplicate, ...]] = [*shots, *photos]
    found.sort(key=lambda group: -len(group))
    tables = (opened.shots().table_of(n) for n in range(len(opened.sources)))
    unknown = [s for s, t in zip(opened.sources, tables, strict=True) if t is None]
    return {
        "groups": first_groups(found, partial(_row, opened), check),
        "number": len(found),
        "within": within,
        "unknown": sum(source.kind == "video" and source.frames > 0 for source in unknown),
        "map": opened.id,
    }


def _row(opened: OpenMap, one: AlikeShot | Duplicate, *, measured: bool) -> dict[str, Any]:
    if isinstance(one, Duplicate):
        return member_of(opened, one, measured=measured)
    shot, source = one.shot, opened.sources[one.shot.source]
    frames = moments_of(shot.frames)
    path = Path(source.path)
    return {
        "item": shot_item(opened.atlas, shot),
        "source": shot.source,
        "photo": False,
        "shot": [round(shot.begin, 3), round(shot.until, 3)],
        "first": shot.frames.start,
        "count": len(shot.frames),
        "frames": frames,
        "name": opened.name_of(shot.source),
        "folder": display_name(str(path.parent)),
        "distance": round(one.distance, 4),
        "seconds": round(shot.until - shot.begin, 3),
        "width": source.width,
        "height": source.height,
        "bytes": None,
        "date": date_of(opened, frames[0]),
        "sharpness": sharpness_of(opened, frames) if measured else None,
        "kept": False,
        "gone": is_gone(path),
    }
