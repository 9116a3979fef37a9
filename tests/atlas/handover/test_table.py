"""Tables: each reader counts what info counts, and reads what the atlas holds."""

import csv
import sys
from fractions import Fraction

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.columns.frame_column import FrameColumn, date_text, text_column
from frameatlas.errors import InputError, MissingExtraError
from frameatlas.handover import table as tables
from frameatlas.handover.table import write_table
from frameatlas.store.shot_table import ShotTable, write_shots
from frameatlas.summary import atlas_info

NAMES = ["frame", "source", "path", "seconds", "pts", "x", "y", "code_x", "code_y", "shot"]


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def with_shots(atlas):
    """The first video gets two shots, from 0 and 1 s."""
    zero = np.array([0, 90_000], np.int64)
    table = ShotTable(
        first=zero,
        last=np.array([86_400, 350_000], np.int64),
        begin=zero,
        end=zero,
        kind=np.array([0, 1], np.uint8),
        strength=np.array([0, 30], np.float32),
        time_base=Fraction(1, 90_000),
    )
    write_shots(atlas.folder / "sources" / atlas.sources[0].id, table)
    return open_atlas(atlas.folder)


def test_a_csv_has_a_row_for_each_frame_in_order(tmp_atlas, tmp_path, typed):
    atlas = with_shots(tmp_atlas)
    done = typed(tmp_path, "table", atlas.folder, "-o", "frames.csv")
    assert done.returncode == 0
    assert done.stdout.strip() == "frames.csv"
    rows = read_csv(tmp_path / "frames.csv")
    assert list(rows[0]) == [*NAMES, "cluster", "region"]
    assert len({(row["cluster"], row["region"]) for row in rows}) == len(
        {row["cluster"] for row in rows}
    )
    assert [int(row["frame"]) for row in rows] == list(range(len(atlas)))
    for number in (0, 11, 19, 20, 27):
        row, origin = rows[number], atlas.origins[number]
        assert row["source"] == origin.source.id
        assert row["path"] == str(origin.path)
        assert int(row["pts"]) == origin.pts
        assert [float(row["x"]), float(row["y"])] == atlas.coordinates[number].tolist()
        assert row["seconds"] == ("" if origin.name else repr(float(atlas.seconds[number])))
    assert [row["shot"] for row in rows[:13]] == ["0"] * 3 + ["1"] * 9 + [""]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_duckdb_counts_what_info_counts(tmp_atlas, tmp_path, typed, ending):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    atlas = with_shots(tmp_atlas)
    path = tmp_path / f"frames.{ending}"
    assert typed(tmp_path, "table", atlas.folder, "-o", path, "--vectors").returncode == 0
    info = atlas_info(atlas)
    ask = f"SELECT source, count(*), count(DISTINCT shot) FROM '{path}' GROUP BY source"
    found = {source: (n, shots) for source, n, shots in duckdb.sql(ask).fetchall()}
    told = {s["id"]: s["frames"] for s in info["sources"] if s["frames"]}
    assert {source: n for source, (n, _) in found.items()} == told
    assert sum(shots for _, shots in found.values()) == info["shots"]["number"]
    assert duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall() == [(info["frames"],)]


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_vectors_and_missing_values_come_back(tmp_atlas, tmp_path, typed, ending):
    pytest.importorskip("pyarrow", reason="pyarrow (the extra parquet) is not installed")
    from pyarrow import feather, parquet

    atlas = with_shots(tmp_atlas)
    path = tmp_path / f"frames.{ending}"
    typed(tmp_path, "table", atlas.folder, "-o", path, "--vectors")
    found = (parquet if ending == "parquet" else feather).read_table(str(path))
    assert np.allclose(found["components"].to_pylist(), atlas.scores)
    assert found["shot"].to_pylist()[:4] == [0, 0, 0, 1]
    assert found["shot"].null_count == len(atlas) - 12
    assert found["seconds"].null_count == 5
    assert found["path"].to_pylist()[0] == atlas.sources[0].path


def test_every_kind_in_every_form_and_over_several_blocks(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow", reason="pyarrow (the extra parquet) is not installed")
    from pyarrow import feather, parquet

    monkeypatch.setattr(tables, "AT_ONCE", 2)
    columns = [
        FrameColumn("n", "whole", np.array([2**53 + 1, -1, 5])),
        FrameColumn("a", "number", np.array([0.1, np.nan, -2.5])),
        FrameColumn("d", "date", np.array([0.0, 1_625_320_000.25, np.nan])),
        text_column("t", ["=1+1", None, "é\ud800"]),
        FrameColumn("bins", "texts", np.array([1, -1, 0], np.int32), [("x",), ("y", "z; w")]),
    ]
    for ending, read in ((".parquet", parquet.read_table), (".arrow", feather.read_table)):
        path = tmp_path / f"all{ending}"
        assert write_table(path, columns) == 3
        rows = read(str(path)).to_pylist()
        assert [row["n"] for row in rows] == [2**53 + 1, -1, 5]
        assert [row["a"] for row in rows] == [0.1, None, -2.5]
        assert rows[1]["d"].isoformat() == "2021-07-03T13:46:40.250000"
        assert [row["t"] for row in rows] == ["=1+1", None, "é?"]
        assert [row["bins"] for row in rows] == [["y", "z; w"], [], ["x"]]
    write_table(tmp_path / "all.csv", columns, frames=np.array([0, 2]))
    rows = read_csv(tmp_path / "all.csv")
    assert [row["t"] for row in rows] == ["'=1+1", "é?"]
    assert rows[0] == {"n": str(2**53 + 1), "a": "0.1", "d": "1970-01-01T00:00:00", "t": "'=1+1",
                       "bins": "y; z; w"}  # fmt: skip


def test_without_pyarrow_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"frameatlas\[parquet\]"):
        write_table(tmp_path / "a.parquet", [text_column("t", ["a"])])
    assert write_table(tmp_path / "a.csv", [text_column("t", ["a"])]) == 1


def test_another_ending_is_refused_and_nothing_written(tmp_atlas, tmp_path, typed):
    done = typed(tmp_path, "table", tmp_atlas.folder, "-o", "frames.xlsx")
    assert done.returncode == 2
    assert "Expected -o FILE with one of .csv, .parquet, .arrow" in done.stderr
    assert not list(tmp_path.glob("frames*"))
    with pytest.raises(InputError):
        write_table(tmp_path / "frames", [text_column("t", ["a"])])


def test_an_atlas_without_a_map_is_told_so(synthetic_atlas, tmp_path, typed):
    atlas = synthetic_atlas(tmp_path / "a.atlas", mapped=False)
    done = typed(tmp_path, "table", atlas.folder)
    assert done.returncode == 2
    assert "Expected a map" in done.stderr


def test_dates_are_written_to_the_thousandth():
    assert date_text(0) == "1970-01-01T00:00:00"
    assert date_text(-0.5) == "1969-12-31T23:59:59.500"
