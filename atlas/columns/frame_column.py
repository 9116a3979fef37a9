"""One thing that is known of every frame: a column of a table, and what searches ask for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = ("whole", "number", "date", "text", "texts")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)

EARLIEST, LATEST = -62_135_596_800.0, 253_402_300_799.0
"""Seconds since 1970 of the years 1 and 9999, between which dates can be written down."""


@dataclass(frozen=True, eq=False)
class FrameColumn:
    """One thing that is known of the n frames of an atlas, or of some of them.

    Attributes:
        name: What it is called.
        kind: One of ``KINDS``.
        values: float64 of shape (n,), NaN where nothing is known; of kind "whole" also int64; of
            kind "date" seconds since 1970 by the clock of whoever noted them, without a zone; of
            kinds "text" and "texts" int32, places in ``labels``, -1 where nothing is known.
        labels: The texts; of kind "texts" each is a tuple of texts.
    """

    name: str
    kind: str
    values: NDArray[Any]
    labels: Sequence[str | tuple[str, ...]] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of which frames it is known, bool of shape (n,)."""
        if self.kind in ("text", "texts"):
            return np.asarray(self.values >= 0)
        return np.asarray(np.isfinite(self.values))

    def at(self, frame: int) -> str | float | int | tuple[str, ...] | None:
        """What is known of one frame; None for nothing. Dates are texts, ISO 8601."""
        value = self.values[frame]
        if self.kind in ("text", "texts"):
            return self.labels[int(value)] if value >= 0 else None
        if not np.isfinite(value):
            return None
        if self.kind == "date":
            return date_text(float(value))
        return int(value) if self.kind == "whole" else float(value)


def text_column(name: str, texts: Iterable[str | None]) -> FrameColumn:
    """A column of texts, each kept once; None, and "", where nothing is known."""
    places: dict[str, int] = {}
    codes = [places.setdefault(text, len(places)) if text else -1 for text in texts]
    return FrameColumn(name, "text", np.array(codes, np.int32), tuple(places))


def date_text(seconds: float) -> str:
    """A date as ISO 8601 writes it, to the second, or to a thousandth where it is none."""
    moment = EPOCH + timedelta(seconds=round(seconds, 3))
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def seconds_of(moment: datetime) -> float:
    """Seconds since 1970 of what a clock showed, whatever its zone."""
    return (moment.replace(tzinfo=None) - EPOCH) / timedelta(seconds=1)
