"""Frames in rows by day, month or year, as the page lays them out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.open_map import OpenMap

STEPS = ("day", "month", "year")
"""How dates are grouped, the finest first; as NumPy's units: D, M, Y."""

MOST_GROUPS = 400
"""Groups of a step that is chosen where none is asked for: more are no overview."""


def date_rows(opened: OpenMap, chosen: Filter, step: str, *, every: bool) -> dict[str, Any]:
    """The frames of a filter in the order of their dates.

    Args:
        opened: The map.
        chosen: Which frames.
        step: One of ``STEPS``, or "" for the finest that gives few groups.
        every: All frames; without it, where shots are known, the middle one of each shot.

    Returns:
        ``step``; ``groups``, each a label such as "2021-07-03", how many frames it has, and how
        many of them are dated by their file alone; ``frames``, their numbers in order;
        ``undated``, how many frames have no date; and ``shots``, whether any are known.
    """
    columns = opened.known.columns()
    date = columns.get("date")
    mask = chosen.mask(opened)
    kept = np.arange(len(opened.atlas)) if mask is None else np.flatnonzero(mask)
    shots = opened.shot_groups()
    if not every and shots is not None:
        kept = _middle_of_each(kept, shots)
    facts: dict[str, Any] = {"shots": shots is not None, "step": step or STEPS[0]}
    if date is None:
        return {**facts, "groups": [], "frames": [], "undated": len(kept)}
    known = kept[date.known[kept]]
    frames = known[np.argsort(date.values[known], kind="stable")]
    days = np.floor(date.values[frames] / 86_400).astype("datetime64[D]")
    step = step or next((one for one in STEPS if _number(days, one) <= MOST_GROUPS), STEPS[-1])
    starts = np.flatnonzero(_changes(days, step))
    by_file = np.zeros(len(opened.atlas), np.bool_)
    source = columns.get("date_from")
    if source is not None and "file" in source.labels:
        by_file = source.values == source.labels.index("file")
    counts = np.diff(starts, append=len(frames))
    files = np.diff(np.append(0, by_file[frames].cumsum())[np.append(starts, len(frames))])
    labels = days[starts].astype(f"datetime64[{step[0].upper()}]").astype(str)
    return {
        **facts,
        "step": step,
        "groups": [
            list(one) for one in zip(labels, map(int, counts), map(int, files), strict=True)
        ],
        "frames": frames.tolist(),
        "undated": len(kept) - len(frames),
    }


def _middle_of_each(frames: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of the frames of each group the middle one."""
    if not len(frames):
        return frames
    starts = np.flatnonzero(np.diff(groups[frames], prepend=-1))
    return np.asarray(frames[(starts + np.append(starts[1:], len(frames))) // 2], np.int64)


def _changes(days: NDArray[np.datetime64], step: str) -> NDArray[np.bool_]:
    """Where a group begins, bool of the shape of the days, which rise."""
    units = days.astype(f"datetime64[{step[0].upper()}]").astype(np.int64)
    return np.asarray(np.diff(units, prepend=units[:1] - 1) != 0)


def _number(days: NDArray[np.datetime64], step: str) -> int:
    return int(_changes(days, step).sum())
