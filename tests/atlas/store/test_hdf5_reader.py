"""Whatever fails while a table is read is an error of its own class: the atlas is damaged."""

import h5py
import numpy as np
import pytest

from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.store.hdf5_reader import open_table


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
