"""``shots.h5``: what is written is read, and what was changed is refused."""

from dataclasses import replace
from fractions import Fraction

import h5py
import numpy as np
import pytest

from frameatlas.errors import DamagedAtlasError
from frameatlas.store.shot_table import ShotTable, read_shots, write_shots

TABLE = ShotTable(
    first=np.array([0, 50, 90], np.int64),
    last=np.array([49, 89, 149], np.int64),
    begin=np.array([0, 49, 80], np.int64),
    end=np.array([0, 50, 99], np.int64),
    kind=np.array([0, 1, 3], np.uint8),
    strength=np.array([0, 30, 20], np.float32),
    time_base=Fraction(1001, 30000),
    every_frame=False,
)


def test_what_is_written_is_read(tmp_path):
    write_shots(tmp_path, TABLE)
    read = read_shots(tmp_path)
    assert read is not None
    assert read.digest == TABLE.digest
    assert read.time_base == TABLE.time_base
    assert not read.every_frame
    assert [path.name for path in tmp_path.iterdir()] == ["shots.h5"]


def test_no_file_is_no_shots(tmp_path):
    assert read_shots(tmp_path) is None


def test_a_changed_number_is_refused(tmp_path):
    write_shots(tmp_path, TABLE)
    with h5py.File(tmp_path / "shots.h5", "r+") as file:
        file["first"][1] = 51
    with pytest.raises(DamagedAtlasError, match="--again"):
        read_shots(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no table", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_what_is_no_table_is_refused(tmp_path, content):
    (tmp_path / "shots.h5").write_bytes(content)
    with pytest.raises(DamagedAtlasError):
        read_shots(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(TABLE, first=TABLE.first[::-1].copy()),
        replace(TABLE, kind=np.array([0, 1, 9], np.uint8)),
        replace(TABLE, last=TABLE.last[:2]),
        replace(TABLE, first=TABLE.first.astype(np.float64)),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path, wrong):
    write_shots(tmp_path, TABLE)
    with h5py.File(tmp_path / "shots.h5", "r+") as file:
        for name in ("first", "last", "kind"):
            del file[name]
            file[name] = getattr(wrong, name)
        file.attrs["digest"] = np.bytes_(wrong.digest.encode())
    with pytest.raises(DamagedAtlasError):
        read_shots(tmp_path)
