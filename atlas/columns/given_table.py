"""A table of one's own, as it is read: names of columns, and rows of texts."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from frameatlas.columns.column_file import LONGEST_NAME, LONGEST_TEXT, MOST_COLUMNS
from frameatlas.columns.dates import written_date
from frameatlas.columns.frame_column import FrameColumn, text_column
from frameatlas.columns.text_file import read_text
from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.safe_text import one_line

MOST_ROWS = 20_000_000

_DELIMITERS = (",", ";", "\t", "|")
_LARGEST = 2.0**53


@dataclass(frozen=True)
class GivenTable:
    """A table that a user brought.

    Attributes:
        path: Its file, for messages.
        names: Of its columns, in lower case where they say to which frames a row belongs.
        rows: As many texts as there are names, stripped of spaces.
        decimal: "," where numbers are written so.
    """

    path: Path
    names: tuple[str, ...]
    rows: list[list[str]]
    decimal: str = "."

    def column(self, name: str) -> list[str]:
        """The texts of a column."""
        place = self.names.index(name)
        return [row[place] for row in self.rows]


def read_table(path: Path) -> GivenTable:
    """Read a CSV file: comma, semicolon, tab or bar; the first line names the columns.

    Raises:
        InputError: It cannot be read, or is no such table.
    """
    text = read_text(path, "a CSV file")
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    limit = csv.field_size_limit()
    csv.field_size_limit(10 * LONGEST_TEXT)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row
        ]
    except csv.Error as error:
        raise _wrong(path, f"{error}") from error
    finally:
        csv.field_size_limit(limit)
    if not 2 <= len(rows) <= MOST_ROWS:
        raise _wrong(path, f"{count_of(len(rows), 'line')}")
    names = tuple(one_line(name.strip()) for name in rows[0])
    _check_names(path, names)
    for number, row in enumerate(rows[1:], 2):
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            raise _wrong(path, f"{len(row)} cells in row {number}, of {len(names)} columns")
    width = len(names)
    cells = [[cell.strip()[:LONGEST_TEXT] for cell in row[:width]] for row in rows[1:]]
    filled = [row + [""] * (width - len(row)) for row in cells]
    return GivenTable(path, names, filled, "," if delimiter == ";" else ".")


def typed_column(name: str, texts: Sequence[str], decimal: str = ".") -> FrameColumn:
    """A column of the type that all its texts have: numbers, dates, or else texts.

    Whole numbers that begin with a zero, such as 007, are names and stay texts.
    """
    filled = [text for text in texts if text]
    for kind in ("number", "date"):
        read = _number if kind == "number" else written_date
        if filled and all(read(_pointed(text, decimal)) is not None for text in filled):
            found = (read(_pointed(text, decimal)) if text else np.nan for text in texts)
            values = np.array(list(found), np.float64)
            return FrameColumn(name, _number_kind(kind, values), values)
    return text_column(name, texts)


def _number_kind(kind: str, values: "np.typing.NDArray[np.float64]") -> str:
    some = values[np.isfinite(values)]
    whole = kind == "number" and bool((some % 1 == 0).all() and (np.abs(some) < _LARGEST).all())
    return "whole" if whole else kind


def _pointed(text: str, decimal: str) -> str:
    return text.replace(",", ".") if decimal == "," and text.count(",") == 1 else text


def _number(text: str) -> float | None:
    plain = text.lstrip("+-")
    if not plain[:1].isdigit() and plain[:1] != ".":
        return None  # nan, inf, and words
    if len(plain) > 1 and plain[0] == "0" and plain[1].isdigit():
        return None
    try:
        value = float(text) if "_" not in text else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e300 else None


def _check_names(path: Path, names: Sequence[str]) -> None:
    if len(names) > MOST_COLUMNS or any(not 0 < len(name) <= LONGEST_NAME for name in names):
        raise _wrong(
            path, f"{count_of(len(names), 'column')}, one of them without a name or with a long one"
        )
    folded = [name.casefold() for name in names]
    twice = next((name for name in names if folded.count(name.casefold()) > 1), None)
    if twice is not None:
        raise _wrong(path, f"two columns named {twice!r}")


def _wrong(path: Path, received: str) -> InputError:
    return InputError(
        f"Expected {path} as a CSV file whose first line names its columns. Received: {received}; "
        "mend it, or save it as CSV once more."
    )
