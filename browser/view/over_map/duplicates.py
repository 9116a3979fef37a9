"""Near-duplicates as the page puts them side by side, and what is decided about them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from frameatlas.bins.stored import Bins, edit_bins, item_of, read_bins
from frameatlas.browser.view.neighbours import check_scores
from frameatlas.browser.view.open_map import OpenMap, display_name
from frameatlas.columns.frame_column import date_text
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.errors import InputError
from frameatlas.search.duplicates import Duplicate, near_duplicates
from frameatlas.search.similar_shots import AlikeShot, shot_items
from frameatlas.store.content_digest import is_gone

MOST_GROUPS = 2_000
"""Groups that a page is told of, the largest first."""

MEASURED = 300
"""Groups whose pictures are measured: some milliseconds for each member."""

MOMENTS = (0.2, 0.5, 0.8)
"""Where in a video its frames are shown and measured, as shares of its length."""

ABOUT_SHOTS = ("not_same", "same")
"""Verdicts that may be about shots, too: what is kept or spared is a file."""

VERDICTS = ("not_same", "same", "keep", "spare")


def duplicate_groups(
    opened: OpenMap, within: float, check: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """All groups of near-duplicates of a map, with what tells their members apart.

    Args:
        opened: The map.
        within: Largest distance to the nearest member of a group.
        check: Called now and then; raises where nobody waits any more.
    """
    check_scores(opened)
    found = near_duplicates(opened.atlas, within=within, bins=read_bins(opened.atlas.folder))
    groups = first_groups(found, partial(member_of, opened), check)
    return {"groups": groups, "number": len(found), "within": within, "map": opened.id}


def first_groups(
    found: Sequence[Sequence[Duplicate | AlikeShot]],
    row_of: Callable[..., dict[str, Any]],
    check: Callable[[], None],
) -> list[list[dict[str, Any]]]:
    """Rows of the first groups.

    Args:
        found: All groups.
        row_of: Gives the row of a member, ``measured`` or not, as looking at its pictures takes
            a while.
        check: Called before each group; raises where nobody waits any more.
    """
    groups = []
    for number, group in enumerate(found[:MOST_GROUPS]):
        check()
        groups.append([row_of(one, measured=number < MEASURED) for one in group])
    return groups


def member_of(opened: OpenMap, one: Duplicate, *, measured: bool) -> dict[str, Any]:
    """A video or a photo of a group, as the page shows it."""
    frames = _frames_of(opened, one)
    size = _bytes_of(one.path)
    return {
        "item": one.item,
        "source": one.number,
        "photo": one.seconds is None and "/" in one.item,
        "frames": frames,
        "name": display_name(one.path.name),
        "folder": display_name(str(one.path.parent)),
        "distance": round(one.distance, 4),
        "seconds": one.seconds,
        "width": one.width,
        "height": one.height,
        "bytes": size,
        "date": date_of(opened, frames[0]),
        "sharpness": sharpness_of(opened, frames) if measured else None,
        "kept": one.kept,
        "gone": size is None,
    }


def _frames_of(opened: OpenMap, one: Duplicate) -> list[int]:
    own = opened.atlas.range_of(one.number)
    if "/" in one.item:
        return [own.start + int(one.item.rsplit("/", 1)[1])]
    return moments_of(own)


def moments_of(frames: range) -> list[int]:
    """The frames that stand for a stretch of them."""
    return [frames.start + int(share * (len(frames) - 1)) for share in MOMENTS]


def date_of(opened: OpenMap, frame: int) -> str | None:
    """The date of a frame, to the second, where it is known."""
    dates = opened.known.columns().get("date")
    seconds = float(dates.values[frame]) if dates is not None else float("nan")
    return date_text(seconds)[:19] if np.isfinite(seconds) else None


def _bytes_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return None


def sharpness_of(opened: OpenMap, frames: list[int]) -> float:
    """Mean step of brightness between pixels of the stored pictures, all of which are as high."""
    read = StoredPictures(opened.atlas)
    steps = []
    for frame in sorted(set(frames)):
        bright = np.asarray(read(frame)).astype(np.float32).mean(axis=2)
        parts = [np.abs(np.diff(bright, axis=axis)) for axis in (0, 1)]
        steps.append(sum(float(part.mean()) for part in parts if part.size))
    return round(float(np.mean(steps)), 3)


def decide(opened: OpenMap, verdict: str, items: list[str]) -> dict[str, Any]:
    """Keep a verdict in the atlas, or take one back.

    Args:
        opened: The map.
        verdict: "not_same": the first item is no duplicate of the others; "same" takes that back;
            "keep": each is to be kept; "spare" takes that back.
        items: As verdicts call videos and photos.

    Returns:
        The items that are to be kept.

    Raises:
        InputError: One of them is nothing of this atlas.
    """
    known = _numbers(opened)
    shots = shot_items(opened.shots()) if verdict in ABOUT_SHOTS else frozenset()
    for item in items:
        if item not in shots:
            _path_of(opened, item, known)
    pairs = frozenset(frozenset((items[0], other)) for other in items[1:] if other != items[0])
    changes: dict[str, Callable[[Bins], Bins]] = {
        "not_same": lambda now: replace(now, different=now.different | pairs),
        "same": lambda now: replace(now, different=now.different - pairs),
        "keep": lambda now: replace(now, kept=now.kept | set(items)),
        "spare": lambda now: replace(now, kept=now.kept - set(items)),
    }
    return {"kept": sorted(edit_bins(opened.atlas.folder, changes[verdict]).kept)}


def spare_list(opened: OpenMap, groups: list[list[str]]) -> tuple[list[Path], int]:
    """Files that need not be kept: members of groups of which another one is kept, and is there.

    Nothing is removed. A file is never listed that is the very file to be kept, by another name.

    Args:
        opened: The map.
        groups: The items of each group.

    Returns:
        The files, each once, and how many were left out since no kept one is there.

    Raises:
        InputError: An item is nothing of this atlas.
    """
    kept = read_bins(opened.atlas.folder).kept
    found: dict[Path, None] = {}
    known = _numbers(opened)
    lost = 0
    for group in groups:
        paths = {item: _path_of(opened, item, known) for item in group}
        safe = [path for item, path in paths.items() if item in kept and not is_gone(path)]
        spare = [path for item, path in paths.items() if item not in kept and not is_gone(path)]
        if not safe and any(item in kept for item in group):
            lost += len(spare)
        if safe:
            found |= {path: None for path in spare if not any(_same(path, one) for one in safe)}
    return list(found), lost


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return True  # what cannot be told apart is not listed


def _numbers(opened: OpenMap) -> dict[str, int]:
    return {source.id: number for number, source in enumerate(opened.sources)}


def _path_of(opened: OpenMap, item: str, numbers: dict[str, int]) -> Path:
    """The file that a verdict's item names."""
    identity, _, row = item.partition("/")
    number = numbers.get(identity)
    if number is not None:
        source, own = opened.sources[number], opened.atlas.range_of(number)
        if source.kind == "video" and not row:
            return Path(source.path)
        if row.isascii() and row.isdigit() and len(row) < 10 and int(row) < len(own):
            frame = own.start + int(row)
            if item_of(opened.atlas, frame) == item:
                return opened.atlas.origins[frame].path
    raise InputError(
        f"Expected a video or photo of this atlas. Received: {item[:80]!r}; load the page again."
    )
