"""Vectors from elsewhere: joined by path and time, and wrong tables in one sentence each."""

from pathlib import Path

import numpy as np
import pytest

from frameatlas.embedder.describe.vectors import read_vectors, unmatched
from frameatlas.errors import InputError, SourceError
from frameatlas.store.manifest import Source

FILM = Source("a", "/films/one.mp4", "video", "ok", "", "d")
PHOTOS = Source("b", "/photos", "photos", "ok", "", "d")


def npz(path, **arrays):
    np.savez(path, **arrays)
    return path


def table(tmp_path, **changes):
    arrays = {
        "vectors": np.arange(12, dtype=np.float32).reshape(6, 2),
        "paths": np.array(["/films/one.mp4"] * 4 + ["photos/x.jpg", "/elsewhere/y.jpg"]),
        "seconds": np.array([0.0, 1.0, 3.0, 2.0, np.nan, np.nan]),
    }
    return npz(tmp_path / "v.npz", **{**arrays, **changes})


def test_a_frame_takes_the_vector_nearest_in_time(tmp_path):
    vectors = read_vectors(table(tmp_path), [])
    found = vectors.features(FILM, np.array([0.1, 0.9, 1.8, 3.2]), [], 1 / 3)
    assert found.dtype == np.float16
    assert found.tolist() == [[0, 1], [2, 3], [6, 7], [4, 5]]  # rows in the file are in no order


def test_a_photo_is_found_by_its_path_or_by_the_end_of_it(tmp_path):
    vectors = read_vectors(table(tmp_path), [])
    assert vectors.features(PHOTOS, np.zeros(1), ["x.jpg"], 1.0).tolist() == [[8, 9]]
    with pytest.raises(SourceError, match=r"no vector for z\.jpg"):
        vectors.features(PHOTOS, np.zeros(2), ["x.jpg", "z.jpg"], 1.0)


def test_frames_too_far_from_any_vector_are_named(tmp_path):
    vectors = read_vectors(table(tmp_path), [])
    with pytest.raises(SourceError, match=r"near 2 of its frames, the first at 4\.00 s"):
        vectors.features(FILM, np.array([3.0, 4.0, 5.0]), [], 1 / 3)


def test_paths_that_match_nothing_are_named(tmp_path):
    vectors = read_vectors(table(tmp_path), [])
    left = unmatched(vectors, [FILM], [Path("/photos/x.jpg")])
    assert "1 paths" in left
    assert "/elsewhere/y.jpg" in left
    everything = [Path("/photos/x.jpg"), Path("/elsewhere/y.jpg")]
    assert unmatched(vectors, [FILM], everything) == ""


def test_rows_alone_belong_to_photos_in_their_order(tmp_path):
    np.save(tmp_path / "v.npy", np.eye(3, dtype=np.float64))
    files = [Path("/photos/b.jpg"), Path("/photos/a.jpg"), Path("/photos/c.jpg")]
    vectors = read_vectors(tmp_path / "v.npy", files)
    found = vectors.features(PHOTOS, np.zeros(3), ["a.jpg", "b.jpg", "c.jpg"], 1.0)
    assert found.argmax(axis=1).tolist() == [1, 0, 2]
    with pytest.raises(InputError, match="a row for each of the 2 photos"):
        read_vectors(tmp_path / "v.npy", files[:2])


def test_parquet_says_the_same_as_npz(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="pyarrow (the extra parquet) is not installed")
    import pyarrow.parquet as pq

    columns = {
        "path": ["/films/one.mp4"] * 2,
        "seconds": [0.0, 1.0],
        "vector": [[1.0, 2.0], [3.0, 4.0]],
    }
    pq.write_table(pa.table(columns), tmp_path / "v.parquet")
    found = read_vectors(tmp_path / "v.parquet", []).features(FILM, np.array([0.0, 1.0]), [], 1)
    assert found.tolist() == [[1, 2], [3, 4]]
    pq.write_table(pa.table({**columns, "vector": [[1.0], [3.0, 4.0]]}), tmp_path / "v.parquet")
    with pytest.raises(InputError, match="different lengths"):
        read_vectors(tmp_path / "v.parquet", [])
    pq.write_table(pa.table({"path": ["a"]}), tmp_path / "v.parquet")
    with pytest.raises(InputError, match="path and vector are needed"):
        read_vectors(tmp_path / "v.parquet", [])
    (tmp_path / "v.parquet").write_bytes(b"PAR1 not at all")
    with pytest.raises(InputError, match="table of vectors"):
        read_vectors(tmp_path / "v.parquet", [])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vectors": np.full((6, 2), np.nan)}, "NaN or infinity in 6 rows"),
        ({"vectors": np.zeros(6)}, "shape"),
        ({"vectors": np.zeros((6, 1))}, "2 to 65536"),
        ({"vectors": np.zeros((0, 2)), "paths": np.array([], "U1")}, "shape"),
        ({"vectors": np.array([["a", "b"]] * 6)}, "numbers"),
        ({"vectors": np.zeros((5, 2))}, "Received: 6 paths"),
        ({"seconds": np.zeros(6)}, "twice at the same time"),
        ({"seconds": np.zeros(5)}, "times of shape"),
        ({"seconds": np.array(["a"] * 6)}, "seconds of .* to be numbers"),
        ({"paths": np.arange(6)}, "paths as int"),
    ],
)
def test_a_wrong_table_is_one_sentence(tmp_path, changes, message):
    with pytest.raises(InputError, match=message) as error:
        read_vectors(table(tmp_path, **changes), [])
    assert str(error.value).startswith("Expected")
    assert "\n" not in str(error.value)


def test_pickled_tables_are_refused(tmp_path):
    np.savez(tmp_path / "v.npz", vectors=np.array([[1, None]], object), paths=np.array(["a"]))
    np.save(tmp_path / "v.npy", np.array([{}], object))
    (tmp_path / "text.npz").write_text("hello")
    for name in ("v.npz", "v.npy", "text.npz"):
        with pytest.raises(InputError, match="table of vectors") as error:
            read_vectors(tmp_path / name, [])
        assert "not opened; docs" in str(error.value)
        assert "unsafe" not in str(error.value)
        assert "allow_pickle" not in str(error.value)


@pytest.mark.parametrize("name", ["v.csv", "missing.npz", "folder.npz"])
def test_what_is_no_table_is_refused(tmp_path, name):
    (tmp_path / "v.csv").write_text("1,2")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(InputError, match="ending in"):
        read_vectors(tmp_path / name, [])


def test_numbers_beyond_float16_are_said_of_the_source(tmp_path):
    vectors = read_vectors(table(tmp_path, vectors=np.full((6, 2), 1e6)), [])
    with pytest.raises(SourceError, match="beyond 65,504"):
        vectors.features(FILM, np.array([0.0]), [], 1.0)
