"""``metadata.h5`` of a source, and ``columns.h5`` of an atlas: columns on disk.

header   uint8: a JSON object in UTF-8: columns (name, kind, labels) and sources (id, rows)
values   float64 of shape (columns, rows); of texts their places among the labels; NaN is nothing

Both vouch for themselves by the attribute ``digest``: the manifest does not list them, so that
older releases read and check newer atlases.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.columns.frame_column import EARLIEST, LATEST, FrameColumn
from frameatlas.errors import DamagedAtlasError, FormatError
from frameatlas.store.atomic import sync_file, translate_os_errors
from frameatlas.store.hdf5_reader import column_in, dataset_of, open_table
from frameatlas.store.hdf5_writer import new_table
from frameatlas.store.json_fields import Fields
from frameatlas.store.source_record import METADATA_FILE

STORED_KINDS = ("whole", "number", "date", "text")

MOST_COLUMNS = 500
LONGEST_NAME = 100
LONGEST_TEXT = 10_000
"""Characters of a column's name, and of a text in it."""


@dataclass(frozen=True, eq=False)
class ColumnTable:
    """Columns of the rows of some sources.

    Attributes:
        columns: All of one length; of kinds ``STORED_KINDS``.
        sources: Id and number of rows of each source, in the order of the rows.
    """

    columns: tuple[FrameColumn, ...]
    sources: tuple[tuple[str, int], ...]


def write_columns(path: Path, table: ColumnTable) -> None:
    """Write a file of columns, beside its place and then renamed.

    Raises:
        SpaceError: The disk is full.
    """
    heads = [
        {"name": column.name, "kind": column.kind, "labels": list(column.labels)}
        for column in table.columns
    ]
    sources = [{"id": name, "rows": rows} for name, rows in table.sources]
    header = json.dumps({"columns": heads, "sources": sources}).encode()
    rows = sum(count for _, count in table.sources)
    values = np.zeros((len(heads), rows), "<f8")
    for place, column in enumerate(table.columns):
        values[place] = np.where(column.known, column.values, np.nan)
    beside = path.with_name(f".{path.name}.new")
    with translate_os_errors(path):
        with new_table(beside) as file:
            file.attrs["digest"] = np.bytes_(_digest(header, values).encode())
            file["header"] = np.frombuffer(header, np.uint8)
            file["values"] = values
        sync_file(beside)
        beside.replace(path)


def read_columns(path: Path) -> ColumnTable | None:
    """Read a file of columns; None where there is none.

    Raises:
        DamagedAtlasError: It is not what was written.
    """
    if not path.is_file():
        return None
    with open_table(path) as file:
        digest = bytes(file.attrs.get("digest", b"")).decode("ascii", "replace")
        for name, kind, rank in (("header", "|u1", 1), ("values", "<f8", 2)):
            dataset = dataset_of(file, name, path)
            if dataset.dtype != np.dtype(kind) or dataset.ndim != rank:
                raise _damaged(path, f"{name} of {dataset.dtype} and shape {dataset.shape}")
        # Opening takes most of the time, and an atlas has a file for each video.
        raw, values = (column_in(file, name, path) for name in ("header", "values"))
    header = raw.tobytes()
    if digest != _digest(header, values):
        raise _damaged(path, "other content")
    try:
        return _parse(header, values, str(path))
    except (FormatError, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from error


def _parse(header: bytes, values: NDArray[np.float64], place: str) -> ColumnTable:
    fields = Fields.of_json(header.decode(), place)
    sources = tuple(
        (one.name("id"), one.integer("rows", least=0)) for one in fields.objects("sources")
    )
    heads = fields.objects("columns")
    if values.shape != (len(heads), sum(rows for _, rows in sources)) or len(heads) > MOST_COLUMNS:
        raise FormatError(f"values of shape {values.shape} for {len(heads)} columns")
    columns = tuple(_column(head, row) for head, row in zip(heads, values, strict=True))
    if len({column.name for column in columns}) != len(columns):
        raise FormatError("two columns of one name")
    return ColumnTable(columns, sources)


def _column(head: Fields, row: NDArray[np.float64]) -> FrameColumn:
    name, kind = head.text("name"), head.choice("kind", STORED_KINDS)
    labels = tuple(head.texts("labels"))
    if not 0 < len(name) <= LONGEST_NAME or any(len(label) > LONGEST_TEXT for label in labels):
        raise FormatError(f"a column named {name[:LONGEST_NAME]!r}, or a text, that is too long")
    known = ~np.isnan(row)
    some = row[known]
    low, high = (float(some.min()), float(some.max())) if len(some) else (0.0, 0.0)
    least, most = {
        "text": (0, len(labels) - 1 if len(some) else 0),
        "date": (EARLIEST, LATEST),
        "whole": (-(2**53), 2**53),
    }.get(kind, (-1.7e308, 1.7e308))
    if low < least or high > most or (kind == "text" and (some % 1).any()):
        raise FormatError(f"numbers of {name!r} from {low:g} to {high:g}")
    if kind != "text":
        return FrameColumn(name, kind, row)
    return FrameColumn(name, kind, np.where(known, row, -1).astype(np.int32), labels)


def _digest(header: bytes, values: NDArray[np.float64]) -> str:
    total = blake2b(header, digest_size=16)
    total.update(np.ascontiguousarray(values, "<f8").tobytes())
    return total.hexdigest()


def _damaged(path: Path, received: str) -> DamagedAtlasError:
    remedy = (
        "The next `frameatlas index`, or `frameatlas metadata --again`, reads it anew."
        if path.name == METADATA_FILE
        else "Remove that file, and join your tables anew by `frameatlas metadata --columns FILE`."
    )
    return DamagedAtlasError(f"Expected {path} as it was written. Received: {received}. {remedy}")


def stacked(columns: Sequence[FrameColumn], rows: int) -> FrameColumn:
    """Columns of one name, one after the other; those that lack rows are filled by the caller."""
    first = columns[0]
    if first.kind != "text":
        joined = np.concatenate([column.values for column in columns]) if rows else np.zeros(0)
        return FrameColumn(first.name, first.kind, joined)
    places: dict[str, int] = {}
    parts = [np.zeros(0, np.int32)]
    for column in columns:
        codes = [places.setdefault(str(label), len(places)) for label in column.labels]
        parts.append(np.array([*codes, -1], np.int32)[column.values])
    return FrameColumn(first.name, "text", np.concatenate(parts), tuple(places))
