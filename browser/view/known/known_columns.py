"""What is known of frames beside their pictures, as the page shows and filters it."""

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import BINS_FILE, COLUMNS_FILE, Atlas
from frameatlas.browser.view.known.source_folders import SourceFolders
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.frame_column import FrameColumn
from frameatlas.columns.where import Mask, frames_where
from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.store.digests import text_digest
from frameatlas.subtitles.said import Speech, Spoken
from frameatlas.summary import by_frequency, column_facts

SHOWN = ("date", "camera", "lens", "bins", "said")
"""Columns that come first in the panel of a frame."""

HIDDEN = ("date_from", "latitude", "longitude")
"""Columns that the panel of a frame does not list by themselves."""

MOST_BARS = 60
"""Bars of a time line."""


class KnownColumns:
    """The columns of an atlas, read again where what they are made of has changed.

    Safe to use from many threads.

    Args:
        atlas: The atlas.
        folders: Tell whether shots, dates or subtitles have changed.
    """

    def __init__(self, atlas: Atlas, folders: SourceFolders) -> None:
        self._atlas, self._folders = atlas, folders
        self._lock = Lock()
        self._seen: object = None
        self._columns = Columns(atlas)
        self._speech: Speech | None = None

    def columns(self) -> Columns:
        """All columns as they are now."""
        seen = self._stamp()
        with self._lock:
            if seen != self._seen:
                self._seen, self._columns, self._speech = seen, Columns(self._atlas), None
            return self._columns

    @property
    def revision(self) -> str:
        """Another whenever a filter by columns could keep other frames."""
        return text_digest(str(self._stamp()))[:12]

    def mask(self, where: Sequence[str]) -> Mask:
        """The frames for which conditions hold; InputError where one cannot be meant."""
        return frames_where(self.columns(), where)

    @property
    def speaks(self) -> bool:
        """Whether lines of any video are known; damaged files are told of when they are asked."""
        try:
            return Speech(self._atlas).known
        except DamagedAtlasError:
            return True

    def said(self, query: str) -> list[Spoken]:
        """Lines with some words, by video and time."""
        self.columns()  # lets go of lines that another process has replaced
        with self._lock:
            if self._speech is None:
                self._speech = Speech(self._atlas)
            return self._speech.find(query)

    def facts(self) -> dict[str, Any]:
        """What a page may filter by."""
        columns = self.columns()
        listed = column_facts(columns)
        for name in ("bins", "said"):
            if name in columns:
                listed.append(_listed(columns, name))
        dates = columns.get("date")
        return {
            "revision": self.revision,
            "columns": listed,
            "line": None if dates is None else time_line(columns),
        }

    def colours(self, name: str) -> NDArray[np.float32]:
        """What each frame is coloured by, float32 of shape (n,); -1 where nothing is known.

        Of texts the place among the values that ``facts`` lists, of numbers and dates the share of
        the span from the least to the most.

        Raises:
            InputError: There is no such column.
        """
        column = self.columns().get(name)
        if column is None or column.name in HIDDEN:
            raise InputError(
                f"Expected one of the columns of this atlas. Received: {name[:100]!r}; "
                "`frameatlas metadata` lists them."
            )
        return colours_of(column)

    def scaled(self, name: str) -> bool:
        """Whether a column's colours are shares of a span; False where there is none."""
        column = self.columns().get(name)
        return column is not None and column.kind not in ("text", "texts")

    def about(self, frame: int) -> list[list[str]]:
        """What is known of one frame: names and texts, the most asked for first."""
        columns = self.columns()
        names = [n for n in SHOWN if n in columns]
        names += [n for n in columns.user_columns if n not in (*names, *HIDDEN)]
        found = []
        for name in names:
            value = columns[name].at(frame)
            if value is not None:
                text = ", ".join(value) if isinstance(value, tuple) else str(value)
                found.append([name, text.replace("T", " ") if name == "date" else text])
        return found

    def _stamp(self) -> tuple[object, ...]:
        stamps: list[object] = [self._folders.stamp()]
        for name in (BINS_FILE, COLUMNS_FILE):
            try:
                found = (self._atlas.folder / name).stat()
                stamps.append((found.st_mtime_ns, found.st_ino, found.st_size))
            except OSError:
                stamps.append(None)
        return tuple(stamps)


def colours_of(column: FrameColumn) -> NDArray[np.float32]:
    """``KnownColumns.colours`` of one column."""
    found = np.full(len(column), -1, np.float32)
    known = column.known
    if not known.any():
        return found
    values = column.values[known]
    if column.kind == "text":
        counts = np.bincount(values, minlength=len(column.labels))
        places = np.empty(len(counts), np.int64)
        places[by_frequency(counts)] = np.arange(len(counts))
        found[known] = places[values]
    elif column.kind == "texts":
        numbers = {one: n for n, one in enumerate(_names_of(column))}
        places = np.array([numbers[label[0]] if label else -1 for label in column.labels])
        found[known] = places[values]
    else:
        least, most = float(values.min()), float(values.max())
        found[known] = (values - least) / (most - least) if most > least else 0.5
    return found


def time_line(columns: Columns) -> dict[str, Any]:
    """How many frames lie in each of some equal spans of time, from the first date to the last."""
    column = columns["date"]
    known = column.values[column.known]
    if not len(known):
        return {"begin": 0, "end": 0, "bars": []}
    begin, end = float(known.min()), float(known.max())
    bars, _ = np.histogram(known, MOST_BARS, (begin, max(end, begin + 1)))
    return {"begin": begin, "end": max(end, begin + 1), "bars": bars.tolist()}


def _listed(columns: Columns, name: str) -> dict[str, Any]:
    """A column of texts that pictures or people say, and its values where they can be chosen."""
    column = columns[name]
    facts: dict[str, Any] = {"name": name, "kind": column.kind, "frames": int(column.known.sum())}
    if column.kind == "texts":
        facts["values"] = [[one, 0] for one in _names_of(column)]
    return facts


def _names_of(column: FrameColumn) -> list[str]:
    """The single texts of a column of several, in the order of the file."""
    return list(dict.fromkeys(one for label in column.labels for one in label))
