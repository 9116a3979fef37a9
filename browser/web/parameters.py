"""Numbers, names and places out of a request: valid, or one sentence why not."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from frameatlas.errors import InputError

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_REAL = re.compile(
    r"[+-]?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})([eE][+-]?[0-9]{1,3})?", re.ASCII
)
_SHOWN = 40
"""Characters of a wrong value that a message repeats."""


def whole(values: Mapping[str, str], name: str, least: int, most: int, default: int) -> int:
    """A whole number of the query, within bounds.

    Raises:
        InputError: It is none, or out of bounds.
    """
    text = values.get(name)
    return default if text is None else whole_of(text, name, least, most)


def whole_of(text: str, name: str, least: int, most: int) -> int:
    """The whole number that a text means, within bounds; InputError otherwise."""
    if not _WHOLE.fullmatch(text) or not least <= (value := int(text)) <= most:
        raise InputError(
            f"Expected {name} to be a whole number from {least} to {most}. Received: "
            f"{show_value(text)}."
        )
    return value


def real(
    values: Mapping[str, str], name: str, least: float, most: float, default: float | None
) -> float:
    """A number of the query, finite and within bounds.

    Args:
        values: The query.
        name: Which.
        least: Smallest that is allowed.
        most: Largest that is allowed.
        default: Where it is left out; None where it may not be.

    Raises:
        InputError: It is none, missing, or out of bounds.
    """
    text = values.get(name)
    if text is None:
        if default is None:
            raise InputError(f"Expected the number {name}. Received: nothing; add {name}=….")
        return default
    if not _REAL.fullmatch(text):
        raise InputError(f"Expected {name} to be a number. Received: {show_value(text)}.")
    return within(float(text), name, least, most)


def within(value: Any, name: str, least: float, most: float) -> float:
    """A finite number within bounds, out of JSON or a query; InputError otherwise."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if not plain or not least <= value <= most:  # which no NaN and no infinity is
        raise InputError(
            f"Expected {name} to be a number from {least:g} to {most:g}. Received: "
            f"{show_value(value)}."
        )
    return float(value)


def wholes(text: str, name: str, most: int, longest: int = 10_000) -> tuple[int, ...]:
    """Whole numbers such as "3,5", each once, in order.

    Raises:
        InputError: One of them is none or above ``most``, or there are too many.
    """
    parts = text.split(",") if text else []
    if len(parts) > longest:
        raise InputError(f"Expected {name} to list at most {longest} numbers. Received: more.")
    return tuple(sorted({whole_of(part, name, 0, most) for part in parts}))


def switch(values: Mapping[str, str], name: str) -> bool:
    """Whether a switch of the query is on: 0 or 1."""
    return whole(values, name, 0, 1, 0) == 1


def one_of(value: Any, name: str, choices: Sequence[str]) -> str:
    """One of a few words; InputError otherwise."""
    if value not in choices or not isinstance(value, str):
        raise InputError(
            f"Expected {name} to be one of {', '.join(choices)}. Received: {show_value(value)}."
        )
    return value


def show_value(value: Any) -> str:
    """A wrong value as a message repeats it: short, quoted, without control characters."""
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python writes
        return "a very long number"
    except RecursionError:
        return "brackets without end"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


MOST_BODY = 2 * 1024 * 1024
"""Bytes of a selection: a lasso of thousands of corners takes a twentieth."""


def json_body() -> Any:
    """The JSON of a request; InputError where it is none, or too much."""
    if (request.content_length or 0) > MOST_BODY:
        raise InputError(f"Expected at most {MOST_BODY} bytes of JSON. Received: more.")
    try:
        return request.get_json(force=True, silent=True)
    except RecursionError:
        raise InputError("Expected JSON. Received: brackets without end.") from None
