"""HDF5 on a disk that takes only a part: an error, never a short file that looks well."""

import errno
import os
import subprocess
import sys

import h5py
import numpy as np
import pytest

from frameatlas.store.hdf5_writer import _Patient, new_table

CHILD = """
import resource, sys
from pathlib import Path
import numpy as np
from frameatlas.store.hdf5_writer import new_table, prove_room
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    with new_table(Path(sys.argv[1])) as file:
        file["small"] = np.arange(500)
        file["large"] = np.arange(int(sys.argv[3]))
    print("written")
except OSError as error:
    print(error.errno)
try:
    prove_room(Path(sys.argv[1]).parent, 1000)
    print("room")
except OSError as error:
    print(error.errno)
"""


def test_a_table_is_written(tmp_path):
    with new_table(tmp_path / "a.h5") as file:
        file["numbers"] = np.arange(7)
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["numbers"][:].tolist() == list(range(7))


def test_an_error_in_the_block_is_that_error(tmp_path):
    with pytest.raises(ZeroDivisionError), new_table(tmp_path / "a.h5"):
        raise ZeroDivisionError


def test_what_hdf5_stumbles_over_then_is_not_what_is_said(tmp_path, monkeypatch):
    def full(self, data):
        self.refused = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return len(data)

    monkeypatch.setattr(_Patient, "write", full)
    full_disk = pytest.raises(OSError, match=os.strerror(errno.ENOSPC))
    with full_disk, new_table(tmp_path / "a.h5") as file:
        file["numbers"] = np.arange(9000)
        raise RuntimeError("unable to load a node of a tree")


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX systems")
@pytest.mark.parametrize(("limit", "count"), [(3000, 10), (5000, 10), (6000, 9000), (70_000, 9000)])
def test_what_the_disk_does_not_take_is_an_error(tmp_path, limit, count):
    command = [sys.executable, "-c", CHILD, str(tmp_path / "a.h5"), str(limit), str(count)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stderr == "", "nothing is printed behind our back"
    assert ended.stdout.split() == [str(errno.EFBIG)] * 2
    assert not (tmp_path / ".room.new").exists()
