"""A table with a row for each frame: CSV by itself, Parquet and Arrow by pyarrow."""

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from frameatlas.columns.frame_column import FrameColumn
from frameatlas.errors import InputError, MissingExtraError
from frameatlas.safe_text import spreadsheet_cell
from frameatlas.store.atomic import translate_os_errors
from frameatlas.store.atomic_file import fresh_file
from frameatlas.store.rows import Rows

TABLES = (".csv", ".parquet", ".arrow")

AT_ONCE = 1 << 16
"""Rows that are written at once."""

VECTORS = "components"

Numbers = NDArray[np.int64]


def check_table(path: Path) -> None:
    """Refuse a file whose ending is that of no table, or whose library is missing.

    Raises:
        InputError: The ending.
        MissingExtraError: Parquet and Arrow need pyarrow.
    """
    if path.suffix.lower() not in TABLES:
        raise InputError(
            f"Expected -o FILE with one of {', '.join(TABLES)}. Received: {path.name}; choose one "
            "of them."
        )
    if path.suffix.lower() != ".csv":
        _arrow(path)


def write_table(
    path: Path,
    columns: Sequence[FrameColumn],
    vectors: Rows | None = None,
    frames: Numbers | None = None,
) -> int:
    """Write a table, beside its place and then renamed.

    Args:
        path: Ends in one of ``TABLES``.
        columns: All of one length.
        vectors: Of shape (n, k): ``components``, a list of k numbers in Parquet and Arrow; in CSV
            k columns, ``component_0`` and so on.
        frames: int64, rising: which rows; all of them by default.

    Returns:
        How many rows it has.

    Raises:
        InputError: The ending is of no table.
        MissingExtraError: Parquet and Arrow need pyarrow.
        SpaceError: The disk is full.
    """
    check_table(path)
    count = len(columns[0])
    rows = np.arange(count, dtype=np.int64) if frames is None else frames
    write = _WRITERS[path.suffix.lower()]
    with translate_os_errors(path), fresh_file(path) as file:
        write(file, path, columns, vectors, rows)
        file.flush()
        os.fsync(file.fileno())
    return len(rows)


def _blocks(rows: Numbers) -> Iterator[Numbers]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _some(vectors: Rows, rows: Numbers) -> NDArray[np.float32]:
    """Rows of vectors, of what lies between the first and the last of them."""
    first = int(rows[0])
    part = np.asarray(vectors[first : int(rows[-1]) + 1], np.float32)
    return np.ascontiguousarray(part[rows - first])


# CSV


def _csv(
    file: BinaryIO,
    path: Path,
    columns: Sequence[FrameColumn],
    vectors: Rows | None,
    rows: Numbers,
) -> None:
    del path
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    width = 0 if vectors is None else vectors.shape[1]
    names = [spreadsheet_cell(column.name) for column in columns]
    writer.writerow([*names, *(f"component_{n}" for n in range(width))])
    for block in _blocks(rows):
        cells = [_cells(column, block) for column in columns]
        if vectors is not None:
            cells += [[f"{v:.6g}" for v in part] for part in _some(vectors, block).T.tolist()]
        writer.writerows(zip(*cells, strict=True))
    text.flush()
    text.detach()


def _cells(column: FrameColumn, rows: Numbers) -> list[str]:
    """A block of a column as a spreadsheet reads it; empty where nothing is known."""
    if column.kind in ("text", "texts"):
        shown = [
            spreadsheet_cell(label if isinstance(label, str) else "; ".join(label))
            for label in column.labels
        ]
        return [shown[code] if code >= 0 else "" for code in column.values[rows].tolist()]
    values = (column.at(int(row)) for row in rows)
    return ["" if v is None else repr(v) if isinstance(v, float) else str(v) for v in values]


# Parquet and Arrow


def _arrow(path: Path) -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise MissingExtraError(
            f"Expected pyarrow to write {path.name}. Received: it is not installed. Install it "
            "with `pip install frameatlas[parquet]`, or choose a name that ends in .csv."
        ) from error
    return pyarrow


def _columnar(open_writer: Callable[[BinaryIO, Any], Any]) -> "_Write":
    def write(
        file: BinaryIO,
        path: Path,
        columns: Sequence[FrameColumn],
        vectors: Rows | None,
        rows: Numbers,
    ) -> None:
        pa = _arrow(path)
        schema = _schema(pa, columns, vectors)
        labels = [_labels(pa, column) for column in columns]
        with open_writer(file, schema) as writer:
            for block in _blocks(rows):
                arrays = [_array(pa, c, block, n) for c, n in zip(columns, labels, strict=True)]
                if vectors is not None:
                    part = pa.array(_some(vectors, block).reshape(-1), pa.float32())
                    arrays.append(pa.FixedSizeListArray.from_arrays(part, vectors.shape[1]))
                writer.write_batch(pa.record_batch(arrays, schema=schema))

    return write


def _schema(pa: Any, columns: Sequence[FrameColumn], vectors: Rows | None) -> Any:
    kinds = {
        "whole": pa.int64(),
        "number": pa.float64(),
        "date": pa.timestamp("us"),
        "text": pa.dictionary(pa.int32(), pa.string()),
        "texts": pa.list_(pa.string()),
    }
    fields = [(column.name, kinds[column.kind]) for column in columns]
    if vectors is not None:
        fields.append((VECTORS, pa.list_(pa.float32(), vectors.shape[1])))
    return pa.schema(fields)


def _labels(pa: Any, column: FrameColumn) -> Any:
    """The texts of a column, once for all blocks; a name that is no UTF-8 gets question marks."""
    if column.kind != "text":
        return None
    shown = [str(label).encode("utf-8", "replace").decode() for label in column.labels]
    return pa.array(shown, pa.string())


def _array(pa: Any, column: FrameColumn, rows: Numbers, labels: Any) -> Any:
    values, unknown = column.values[rows], ~column.known[rows]
    if column.kind == "text":
        codes = pa.array(values, pa.int32(), mask=unknown)
        return pa.DictionaryArray.from_arrays(codes, labels)
    if column.kind == "texts":
        lists = [list(column.labels[code]) if code >= 0 else [] for code in values.tolist()]
        return pa.array(lists, pa.list_(pa.string()))
    if column.kind == "number":
        return pa.array(values, pa.float64(), mask=unknown)
    scale = 1_000_000 if column.kind == "date" else 1
    whole = np.round(np.where(unknown, 0, values) * scale).astype(np.int64)
    kind = pa.timestamp("us") if column.kind == "date" else pa.int64()
    return pa.array(whole, kind, mask=unknown)


def _parquet_writer(file: BinaryIO, schema: Any) -> Any:
    from pyarrow import parquet

    return parquet.ParquetWriter(file, schema, compression="zstd")


def _arrow_writer(file: BinaryIO, schema: Any) -> Any:
    import pyarrow

    return pyarrow.ipc.new_file(file, schema)


_Write = Callable[[BinaryIO, Path, Sequence[FrameColumn], Rows | None, Numbers], None]

_WRITERS: dict[str, _Write] = {
    ".csv": _csv,
    ".parquet": _columnar(_parquet_writer),
    ".arrow": _columnar(_arrow_writer),
}
