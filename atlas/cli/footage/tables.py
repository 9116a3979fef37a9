"""Tables that come from elsewhere: CSV by itself, Parquet and Arrow by pyarrow."""

from pathlib import Path
from typing import Any

from frameatlas.columns.given_table import GivenTable, read_table
from frameatlas.errors import InputError, MissingExtraError


def read_any_table(path: Path) -> GivenTable:
    """Read a CSV, Parquet or Arrow file as texts.

    Raises:
        InputError: It cannot be read.
        MissingExtraError: Parquet and Arrow need pyarrow.
    """
    if path.suffix.lower() not in (".parquet", ".arrow"):
        return read_table(path)
    try:
        import pyarrow
        from pyarrow import feather, parquet
    except ImportError as error:
        raise MissingExtraError(
            f"Expected pyarrow to read {path.name}. Received: it is not installed. Install it with "
            "`pip install frameatlas[parquet]`, or save the table as CSV."
        ) from error
    read = parquet.read_table if path.suffix.lower() == ".parquet" else feather.read_table
    try:
        table = read(str(path))
        wanted = [n for n in table.column_names if n != "components"]
        columns = [[_text(value) for value in table[name].to_pylist()] for name in wanted]
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise InputError(
            f"Expected {path} as a table. Received: {str(error)[:200]}; save it once more."
        ) from error
    rows = [list(row) for row in zip(*columns, strict=True)]
    return GivenTable(path, tuple(wanted), rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return repr(value) if isinstance(value, float) else str(value)
