"""Files of columns: what is written is read; what vouches for itself and is wrong is refused."""

import json
from typing import Any

import h5py
import numpy as np
import pytest

from frameatlas.columns.column_file import (
    ColumnTable,
    _digest,
    read_columns,
    stacked,
    write_columns,
)
from frameatlas.columns.frame_column import FrameColumn, text_column
from frameatlas.errors import DamagedAtlasError


def table():
    columns = (
        FrameColumn("n", "whole", np.array([1, np.nan, 3])),
        FrameColumn("d", "date", np.array([0.5, np.nan, -7])),
        text_column("t", ["b", None, "ä"]),
    )
    return ColumnTable(columns, (("one", 1), ("two", 2)))


def test_what_is_written_is_read(tmp_path):
    write_columns(tmp_path / "columns.h5", table())
    found = read_columns(tmp_path / "columns.h5")
    assert found.sources == (("one", 1), ("two", 2))
    for before, after in zip(table().columns, found.columns, strict=True):
        assert [before.at(i) for i in range(3)] == [after.at(i) for i in range(3)]
    assert read_columns(tmp_path / "none.h5") is None
    assert [path.name for path in tmp_path.iterdir()] == ["columns.h5"]


GOOD: dict[str, Any] = {
    "columns": [{"name": "n", "kind": "number", "labels": []}],
    "sources": [{"id": "one", "rows": 2}],
}


def column(**more):
    return {**GOOD, "columns": [{**GOOD["columns"][0], **more}]}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        (GOOD, [[1.0, 2.0, 3.0]]),
        (GOOD, [[1.0, np.inf]]),
        (GOOD, [[1.0, 2.0], [1.0, 2.0]]),
        ({**GOOD, "columns": GOOD["columns"] * 2}, [[1.0, 2.0], [1.0, 2.0]]),
        ({**GOOD, "sources": [{"id": "../one", "rows": 2}]}, [[1.0, 2.0]]),
        ({**GOOD, "sources": [{"id": "one", "rows": -2}]}, [[1.0, 2.0]]),
        (column(kind="pickle"), [[1.0, 2.0]]),
        (column(kind="text", labels=["a"]), [[0.0, 1.0]]),
        (column(kind="text", labels=["a"]), [[0.0, -1.0]]),
        (column(kind="text", labels=["a", "b"]), [[0.0, 0.5]]),
        (column(kind="text", labels=["a" * 20_000]), [[0.0, 0.0]]),
        (column(kind="text", labels=[]), [[0.0, 0.0]]),
        (column(kind="date"), [[0.0, 1e15]]),
        (column(kind="whole"), [[0.0, 1e300]]),
        (column(name=""), [[0.0, 1.0]]),
        (column(name="n" * 200), [[0.0, 1.0]]),
        (column(labels=7), [[0.0, 1.0]]),
        ([], [[0.0, 1.0]]),
        ({}, [[0.0, 1.0]]),
    ],
)
def test_what_vouches_for_itself_and_is_wrong_is_refused(tmp_path, header, values):
    path = tmp_path / "columns.h5"
    text, numbers = json.dumps(header).encode(), np.array(values)
    with h5py.File(path, "w") as file:
        file.attrs["digest"] = np.bytes_(_digest(text, numbers).encode())
        file["header"], file["values"] = np.frombuffer(text, np.uint8), numbers
    with pytest.raises(DamagedAtlasError, match=r"^Expected .*columns\.h5 as it was written"):
        read_columns(path)


@pytest.mark.parametrize("name", ["header", "values"])
@pytest.mark.parametrize("wrong", [np.zeros(3, ">f4"), np.array([b"x"]), np.zeros((1, 2, 3))])
def test_tables_of_another_type_or_rank_are_refused(tmp_path, name, wrong):
    path = tmp_path / "columns.h5"
    write_columns(path, table())
    with h5py.File(path, "r+") as file:
        del file[name]
        file[name] = wrong
    with pytest.raises(DamagedAtlasError, match=r"columns\.h5"):
        read_columns(path)


def test_text_columns_are_stacked_by_their_texts():
    both = stacked([text_column("t", ["a", None]), text_column("t", ["b", "a"])], 4)
    assert [both.at(i) for i in range(4)] == ["a", None, "b", "a"]
    assert both.labels == ("a", "b")
