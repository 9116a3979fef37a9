"""``bins.json``: named selections of frames, and verdicts on duplicates, in one file of the atlas.

Frames are told by their source's id and their row in it: both stay when sources are added, moved
or a map is drawn anew.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import BINS_FILE, Atlas
from frameatlas.errors import DamagedAtlasError, FormatError, InputError
from frameatlas.safe_text import one_line
from frameatlas.store.atomic import write_text
from frameatlas.store.json_fields import Fields
from frameatlas.store.json_file import check_content, checked_text, read_json_file
from frameatlas.store.lock import waiting_lock

MOST_BINS = 1000
LONGEST_NAME = 100
MOST_VERDICTS = 200_000
MOST_FRAMES = 20_000_000
"""Frames that a bin has of one source: some months of video."""

_LARGEST_FILE = 1 << 30
_MOST_ROWS = 1_000_000_000

Rows = Mapping[str, NDArray[np.int64]]
"""By a source's id: int64, rising, the rows of some of its frames."""


@dataclass(frozen=True, eq=False)
class Bins:
    """All decisions of one atlas.

    Attributes:
        frames: By a bin's name, its frames.
        different: Pairs of items that are no duplicates of each other. An item is a source's id,
            of a photo ``id/row``, or of a shot ``id@seconds``.
        kept: Items of which nothing is to be spared.
    """

    frames: Mapping[str, Rows] = field(default_factory=dict)
    different: frozenset[frozenset[str]] = frozenset()
    kept: frozenset[str] = frozenset()


def read_bins(folder: Path) -> Bins:
    """The decisions of an atlas; none where nothing was decided.

    Raises:
        DamagedAtlasError: The file is not what was written.
    """
    path = folder / BINS_FILE
    try:
        fields = read_json_file(path, _LARGEST_FILE)
        if fields is None:
            return Bins()
        check_content(fields)
        return _parse(fields)
    except FormatError as error:
        raise DamagedAtlasError(
            f"Expected {path} as it was written. Received: {error}. Put a copy of yours in its "
            "place, or remove it: bins and verdicts are gone then."
        ) from error


def edit_bins(folder: Path, change: Callable[[Bins], Bins]) -> Bins:
    """Change the decisions of an atlas and save them.

    What others have saved meanwhile is read first: two pages that each add to a bin lose nothing.

    Args:
        folder: The atlas.
        change: Gives the new decisions of those that are there.

    Raises:
        LockedError: Another process keeps the file to itself.
        InputError: The folder may not be written, or the change cannot be meant.
    """
    with waiting_lock(folder / f".{BINS_FILE}.lock"):
        before = read_bins(folder)
        after = change(before)
        if len(after.different) > MOST_VERDICTS:
            raise InputError(
                f"Expected at most {MOST_VERDICTS} pairs that are said to differ. Received: more; "
                "nothing was changed."
            )
        if after is not before:
            _write(folder, after)
        return after


def with_frames(bins: Bins, name: str, rows: Rows, *, without: bool = False) -> Bins:
    """Bins with frames added to one, or taken out of it; an empty bin stays.

    Raises:
        InputError: The name cannot be one, or there are too many bins.
    """
    name = checked_name(name)
    held = dict(bins.frames.get(name, {}))
    for source, numbers in rows.items():
        join = np.setdiff1d if without else np.union1d
        held[source] = join(held.get(source, np.zeros(0, np.int64)), numbers).astype(np.int64)
    frames = {**bins.frames, name: {s: n for s, n in held.items() if len(n)}}
    if len(frames) > MOST_BINS:
        raise InputError(f"Expected at most {MOST_BINS} bins. Received: another; remove some.")
    return Bins(frames, bins.different, bins.kept)


def renamed(bins: Bins, name: str, to: str | None) -> Bins:
    """Bins of which one has another name, or is gone (None); a name that is there takes it in.

    Raises:
        InputError: There is no such bin, or the new name cannot be one.
    """
    if name not in bins.frames:
        there = ", ".join(bins.frames) or "none"
        raise InputError(f"Expected a bin of the atlas. Received: {name!r}; there are: {there}.")
    rest = Bins({n: r for n, r in bins.frames.items() if n != name}, bins.different, bins.kept)
    return rest if to is None else with_frames(rest, to, bins.frames[name])


def checked_name(name: str) -> str:
    """A bin's name on one line; InputError where it cannot be one."""
    name = one_line(name.strip())
    if not 0 < len(name) <= LONGEST_NAME or any(sign in name for sign in ";|"):
        raise InputError(
            f"Expected a bin's name of 1 to {LONGEST_NAME} letters without ; and |. Received: "
            f"{name[:40]!r}; choose another."
        )
    return name


def rows_of(atlas: Atlas, frames: Iterable[int]) -> dict[str, NDArray[np.int64]]:
    """Frames by number as rows of their sources."""
    numbers = np.unique(np.fromiter(frames, np.int64))
    sources = atlas.source_numbers[numbers]
    return {
        atlas.sources[int(s)].id: numbers[sources == s] - atlas.offsets[int(s)]
        for s in np.unique(sources)
    }


def frames_of(atlas: Atlas, rows: Rows) -> NDArray[np.int64]:
    """Frames of a bin by number, int64, rising; those of sources that are gone are left out."""
    found = [np.zeros(0, np.int64)]
    for number, source in enumerate(atlas.sources):
        held = rows.get(source.id)
        if held is not None:
            found.append(held[held < source.frames] + atlas.offsets[number])
    return np.concatenate(found).astype(np.int64)


def item_of(atlas: Atlas, frame: int) -> str:
    """What a verdict calls the video of a frame, or the photo."""
    number = int(atlas.source_numbers[frame])
    source = atlas.sources[number]
    row = frame - int(atlas.offsets[number])
    return source.id if source.kind == "video" else f"{source.id}/{row}"


def _write(folder: Path, bins: Bins) -> None:
    content = {
        "bins": [
            {"name": name, "frames": {s: _spans(n) for s, n in sorted(rows.items())}}
            for name, rows in bins.frames.items()
        ],
        "different": sorted(sorted(pair) for pair in bins.different),
        "kept": sorted(bins.kept),
    }
    write_text(folder / BINS_FILE, checked_text(content, indent=1))


def _parse(fields: Fields) -> Bins:
    frames: dict[str, Rows] = {}
    for one in fields.objects("bins"):
        held = one.object("frames").values
        name = checked_name(one.text("name"))
        frames[name] = {one.safe(str(source)): _rows(spans, one) for source, spans in held.items()}
    pairs = fields.values.get("different")
    if not isinstance(pairs, list) or len(pairs) > MOST_VERDICTS:
        raise FormatError("verdicts that are no list")
    for pair in pairs:
        if not (
            isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, str) for p in pair)
        ):
            raise FormatError(f"a verdict of {str(pair)[:80]}")
    different = frozenset(frozenset(pair) for pair in pairs)
    return Bins(frames, different, frozenset(fields.texts("kept")))


def _spans(rows: NDArray[np.int64]) -> list[list[int]]:
    """Rows as first and last of each run."""
    if not len(rows):
        return []
    breaks = np.flatnonzero(np.diff(rows) > 1)
    firsts, lasts = rows[np.r_[0, breaks + 1]], rows[np.r_[breaks, len(rows) - 1]]
    return [[int(a), int(b)] for a, b in zip(firsts, lasts, strict=True)]


def _rows(spans: Any, fields: Fields) -> NDArray[np.int64]:
    parts = [np.zeros(0, np.int64)]
    after = -1
    for span in spans if isinstance(spans, list) else [None]:
        pair = span if isinstance(span, list) and len(span) == 2 else [-1, -1]
        first, last = (end if type(end) is int else -1 for end in pair)
        if not after < first <= last < _MOST_ROWS:
            raise FormatError(f"{fields.place}: rows of {str(span)[:80]}")
        after = last
        parts.append(np.array(span, np.int64))
    ends = np.concatenate(parts).reshape(-1, 2)
    lengths = ends[:, 1] - ends[:, 0] + 1
    if lengths.sum() > MOST_FRAMES:  # a short file must not ask for any memory
        raise FormatError(f"{fields.place}: {int(lengths.sum())} frames of one source")
    starts = np.repeat(ends[:, 0] - (lengths.cumsum() - lengths), lengths)
    return np.asarray(starts + np.arange(int(lengths.sum())), np.int64)
