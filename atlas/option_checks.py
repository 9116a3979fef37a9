"""Refusals of options that cannot be meant, in one sentence each."""

import math
from collections.abc import Sequence

from frameatlas.errors import InputError


def check_within(option: str, value: float, least: float, most: float, remedy: str) -> None:
    """Refuse a number out of its range, and what is no number.

    Args:
        option: As the user writes it.
        value: What was given.
        least: The smallest that can be meant.
        most: The largest.
        remedy: What to do instead; without a full stop.

    Raises:
        InputError: One sentence with all of it.
    """
    if not (math.isfinite(value) and least <= value <= most):
        raise InputError(
            f"Expected {option} between {least:g} and {most:g}. Received: {value:g}; {remedy}."
        )


def check_one_of(option: str, value: str, choices: Sequence[str]) -> None:
    """Refuse a word that is none of some; InputError."""
    if value not in choices:
        raise InputError(f"Expected {option} to be {' or '.join(choices)}. Received: {value!r}.")
