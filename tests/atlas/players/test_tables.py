"""Tables of players out of another's hand: refused in a sentence, in no more memory than is due."""

import tracemalloc

import h5py
import numpy as np
import pytest

from frameatlas.errors import FormatError
from frameatlas.players.tables import CropOwners, _teams, read_owners, write_owners


@pytest.fixture
def written(tmp_path):
    """Two players in three tracklets of two crops each, as a file."""
    tracklet = np.repeat(np.arange(3), 2)
    segments = {
        "tracklet": np.arange(3),
        "first": np.array([1, 5, 9]),
        "last": np.array([4, 8, 12]),
        "player": np.array([0, 1, -1]),
    }
    player = segments["player"][tracklet]
    owners = CropOwners(
        player,
        tracklet,
        tracklet,
        np.arange(1, 13, 2),
        segments,
        np.array([0.5, 1, 0]),
        ("1", "2", "Žofie"),
        np.zeros(3, np.int64),
        ("west",),
        ("1", "Anna"),
    )
    path = tmp_path / "crops.h5"
    write_owners(path, owners)
    return path


def replace(path, name, values, **options):
    with h5py.File(path, "a") as file:
        del file[name]
        file.create_dataset(name, data=values, **options)


def test_tables_are_read_as_they_were_written(written):
    found = read_owners(written)
    assert found.tracklets == ("1", "2", "Žofie")
    assert found.players == ("1", "Anna")
    assert found.segments["last"].tolist() == [4, 8, 12]
    assert found.confidence.tolist() == [0.5, 1, 0]


def test_a_game_without_players_and_crops_is_read(written):
    replace(written, "player_names", np.array([], h5py.string_dtype()))
    replace(written, "pieces/player", np.full(3, -1))
    for name in ("player", "tracklet", "piece", "picture"):
        replace(written, name, np.array([], np.int64))
    found = read_owners(written)
    assert (found.players, len(found.segment)) == ((), 0)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("player", np.array([0, 0, 1, 1, 2, 2])),
        ("player", np.array([0.0, 0, 1, 1, -1, -1])),
        ("player", np.zeros((6, 2), np.int64)),
        ("piece", np.array([0, 0, 1, 1, 2])),
        ("picture", np.array([b"1"] * 6)),
        ("pieces/first", np.array([1, 50, 9])),
        ("pieces/last", np.array([4, 8, 2**60])),
        ("pieces/tracklet", np.array([0, 1, 1])),
        ("pieces/confidence", np.array([0.5, np.nan, 0])),
        ("pieces/confidence", np.array([0.5, 1.5, 0])),
        ("tracklet_camera", np.array([0, 0, 1])),
        ("tracklet_names", np.arange(3)),
        ("tracklet_names", np.array([[b"1", b"2", b"3"]])),
        ("tracklet_names", np.array([b"1", b"2", b"\xff"])),
    ],
)
def test_tables_that_cannot_be_meant_are_one_sentence(written, name, values):
    replace(written, name, values)
    with pytest.raises(FormatError, match="give the same `frameatlas players` command again"):
        read_owners(written)


def test_a_table_of_nothing_but_a_size_takes_no_memory(written):
    with h5py.File(written, "a") as file:
        del file["player"]
        file.create_dataset("player", (1 << 40,), "i8", chunks=(1 << 20,))
    refused_in_little(written, "packed or not whole")


def test_names_that_lie_in_one_another_take_no_memory(written):
    count, long = 20_000, 4_000_000
    with h5py.File(written, "a") as file:
        del file["tracklet_names"]
        names = file.create_dataset("tracklet_names", (count,), h5py.string_dtype())
        names[0] = "x" * long
        address = names.id.get_offset()
    data = bytearray(written.read_bytes())
    data[address : address + 16 * count] = data[address : address + 16] * count
    written.write_bytes(data)
    refused_in_little(written, "longer than the file")


def refused_in_little(path, reason):
    tracemalloc.start()
    with pytest.raises(FormatError, match="Expected") as refused:
        read_owners(path)
    assert reason in str(refused.value.__cause__)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 200_000_000


def test_tables_of_another_file_are_not_followed(written, tmp_path):
    other = tmp_path / "other.h5"
    other.write_bytes(written.read_bytes())
    with h5py.File(written, "a") as file:
        del file["pieces"]
        file["pieces"] = h5py.ExternalLink(str(other), "/pieces")
    with pytest.raises(FormatError, match="Expected"):
        read_owners(written)


@pytest.mark.parametrize("team", ["-1", "9" * 30, "x", "1001"])
def test_a_team_that_is_none_is_one_sentence(tmp_path, team):
    path = tmp_path / "players.csv"
    path.write_text(f"tracklet,player,team,confidence\n1,1,{team},1\n")
    with pytest.raises(FormatError, match="Expected"):
        _teams(path, 1)
