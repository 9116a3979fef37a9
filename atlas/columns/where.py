"""Conditions on columns, as they are typed: ``date>=2021-07``, ``camera=NIKON D5|Leica``.

    name=value      equal; of dates: within; of texts however they are capitalised
    name!=value     not that, nothing known included
    name>value      also >=, < and <=: numbers and dates; a date means all of it
    name~value      texts that contain it
    name=  name!=   nothing is known; something is

``|`` stands between values of which any will do. Of several conditions all have to hold.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.columns.dates import date_span
from frameatlas.columns.frame_column import FrameColumn
from frameatlas.errors import InputError
from frameatlas.text_matching import folded

Mask = NDArray[np.bool_]

_CONDITION = re.compile(r"\s*([^=<>!~]+?)\s*(!=|>=|<=|=|>|<|~)\s*(.*?)\s*", re.DOTALL)
_LONGEST = 10_000


@dataclass(frozen=True)
class Condition:
    """One condition.

    Attributes:
        name: The column's.
        sign: One of = != > >= < <= ~.
        value: What stands after it.
    """

    name: str
    sign: str
    value: str

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """The condition that a text means; InputError where it means none."""
        found = _CONDITION.fullmatch(text) if len(text) <= _LONGEST else None
        if found is None:
            raise InputError(
                "Expected a condition such as date>=2021-07, camera=Leica or price<3. Received: "
                f"{text[:60]!r}; write a column, a sign of = != > >= < <= ~, and a value."
            )
        return cls(*found.groups())


def frames_where(columns: Mapping[str, FrameColumn], conditions: Sequence[str]) -> Mask:
    """The frames for which all conditions hold, bool of shape (n,).

    Args:
        columns: By name; ``all_columns.Columns``.
        conditions: As they are typed; at least one.

    Raises:
        InputError: One means none, names no column, or compares it with what it cannot be.
    """
    kept: Mask | None = None
    for text in conditions:
        condition = Condition.parse(text)
        try:
            column = columns[condition.name]
        except KeyError:
            names = ", ".join(columns)
            raise InputError(
                f"Expected a column of the atlas. Received: {condition.name[:60]!r}; there are: "
                f"{names[:1000]}."
            ) from None
        mask = _holds(column, condition)
        kept = mask if kept is None else kept & mask
    if kept is None:
        raise InputError("Expected at least one condition. Received: none; try date>=2021-07.")
    return kept


def _holds(column: FrameColumn, condition: Condition) -> Mask:
    if condition.sign == "!=":
        return ~_holds(column, Condition(condition.name, "=", condition.value))
    if not condition.value:
        if condition.sign != "=":
            raise _wrong(condition, "a value")
        return ~column.known
    values = [part.strip() for part in condition.value.split("|") if part.strip()]
    if not values or (len(values) != 1 and condition.sign not in "=~"):
        raise _wrong(condition, "one value")
    test = _texts if column.kind in ("text", "texts") else _numbers
    kept = test(column, condition, values[0])
    for value in values[1:]:
        kept = kept | test(column, condition, value)
    return kept


def _texts(column: FrameColumn, condition: Condition, value: str) -> Mask:
    if condition.sign not in "=~":
        raise _wrong(condition, "= or ~, for it holds texts")
    wanted = folded(value)

    def fits(label: str | tuple[str, ...]) -> bool:
        texts = [folded(one) for one in ([label] if isinstance(label, str) else label)]
        return any(wanted in t if condition.sign == "~" else wanted == t for t in texts)

    chosen = np.array([*(fits(label) for label in column.labels), False], bool)
    return np.asarray(chosen[column.values])


def _numbers(column: FrameColumn, condition: Condition, value: str) -> Mask:
    if condition.sign == "~":
        raise _wrong(condition, "= < or >, for it holds no texts")
    if column.kind == "date":
        span = date_span(value)
        if span is None:
            raise _wrong(condition, "a date such as 2021, 2021-07 or 2021-07-03T14:05")
        low, high = span
    else:
        try:
            low = high = float(value)
        except ValueError:
            raise _wrong(condition, "a number such as 12.5") from None
    found = column.values
    within = (found >= low) & ((found < high) if column.kind == "date" else (found <= high))
    match condition.sign:
        case "=":
            kept = within
        case ">":
            kept = (found >= low) & ~within
        case ">=":
            kept = found >= low
        case "<":
            kept = found < low
        case _:
            kept = (found < low) | within
    return np.asarray(kept & column.known)


def _wrong(condition: Condition, expected: str) -> InputError:
    return InputError(
        f"Expected {condition.name[:60]} to be compared with {expected}. Received: "
        f"{condition.sign}{condition.value[:60]!r}; write that."
    )
