"""Whatever fails while a table is read is an error of its own class: the atlas is damaged."""

import h5py
import numpy as np
import pytest

from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.store import hdf5_reader
from frameatlas.store.hdf5_reader import Hdf5Rows, open_table


@pytest.fixture
def table(tmp_path):
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file["a"] = np.arange(3)
        file.attrs["digest"] = "text"
    return tmp_path / "t.h5"


@pytest.mark.parametrize(
    "read",
    [
        lambda file: file["b"],
        lambda file: file["a"][7],
        lambda file: file["a"].asstr(),
        lambda file: bytes(file.attrs["digest"]),
        lambda file: file.attrs["none"],
    ],
)
def test_what_cannot_be_read_of_a_table_is_damage(table, read):
    with pytest.raises(DamagedAtlasError, match=r"t\.h5"), open_table(table) as file:
        read(file)


def test_other_refusals_stay_what_they_are(table):
    def refuse():
        raise InputError("another")

    with pytest.raises(InputError, match="another"), open_table(table):
        refuse()


def test_a_table_that_is_gone_or_none_is_damage(tmp_path):
    (tmp_path / "none.h5").write_bytes(b"no table")
    for name in ("gone.h5", "none.h5"):
        with pytest.raises(DamagedAtlasError, match=name), open_table(tmp_path / name):
            pass


@pytest.fixture
def rows(tmp_path):
    values = np.random.default_rng(0).normal(size=(40, 3)).astype("<f2")
    with h5py.File(tmp_path / "rows.h5", "w") as file:
        file["rows"] = values
    return Hdf5Rows(tmp_path / "rows.h5", "rows", (40, 3)), values


def opened(monkeypatch):
    """How often HDF5 is opened from now on."""
    calls = []
    real = hdf5_reader.open_table
    monkeypatch.setattr(hdf5_reader, "open_table", lambda path: calls.append(path) or real(path))
    return calls


def test_rows_are_read_from_where_they_lie_once_hdf5_has_looked(rows, monkeypatch):
    table, values = rows
    calls = opened(monkeypatch)
    for part in (slice(3, 9), slice(0, 40), slice(39, 40), slice(7, 7), slice(-4, None)):
        found = table[part]
        assert found.dtype == values.dtype
        assert np.array_equal(found, values[part])
    assert np.array_equal(table.parts([slice(2, 4), slice(0, 1)])[1], values[:1])
    assert len(calls) == 1
    assert np.array_equal(table[::2], values[::2])
    assert len(calls) == 2


def test_another_file_in_its_place_is_looked_at_again(rows, tmp_path, monkeypatch):
    table, values = rows
    assert np.array_equal(table[:2], values[:2])
    with h5py.File(tmp_path / "new.h5", "w") as file:
        file.attrs["longer"] = "x" * 500
        file["rows"] = -values
    (tmp_path / "new.h5").replace(table.path)
    calls = opened(monkeypatch)
    assert np.array_equal(table[:2], -values[:2])
    assert len(calls) == 1
    table.path.write_bytes(table.path.read_bytes()[:-20])
    with pytest.raises(DamagedAtlasError, match=r"rows\.h5"):
        table[30:]
    table.path.unlink()
    with pytest.raises(DamagedAtlasError, match=r"rows\.h5"):
        table[:2]


def test_rows_in_pieces_are_read_by_hdf5(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file.create_dataset("rows", data=np.arange(12).reshape(6, 2), chunks=(2, 2))
    table = Hdf5Rows(tmp_path / "t.h5", "rows", (6, 2))
    calls = opened(monkeypatch)
    for _ in range(2):
        assert table[2:5].tolist() == [[4, 5], [6, 7], [8, 9]]
    assert len(calls) == 2


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_coordinates_far_away_are_damage_whatever_they_are_stored_as(tmp_path, kind):
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file["coordinates"] = np.array([[0, 1], [0, 7]], kind)
    with pytest.raises(DamagedAtlasError, match=r"numbers from -1.001 to 1.001"):
        hdf5_reader.read_column(tmp_path / "t.h5", "coordinates")
