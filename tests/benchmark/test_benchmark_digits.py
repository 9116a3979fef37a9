"""The digits benchmark: its data, and how it scores."""

import gzip
import struct

import numpy as np
import pytest


@pytest.fixture(scope="module")
def digits(from_root):
    return from_root("benchmark.digits")


def idx(array):
    head = b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.tobytes()


@pytest.mark.parametrize("packed", [False, True])
def test_the_users_own_mnist_is_read(digits, tmp_path, packed):
    pictures = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 28, 28)
    for name, array in (
        ("t10k-images-idx3-ubyte", pictures),
        ("t10k-labels-idx1-ubyte", np.array([7, 3], np.uint8)),
    ):
        data = idx(array)
        path = tmp_path / (name + ".gz" if packed else name)
        path.write_bytes(gzip.compress(data) if packed else data)
    read = digits.read_digits(tmp_path)
    assert read.pictures.shape == (2, 784)
    assert read.pictures.max() == 1
    assert read.labels.tolist() == [7, 3]


def test_scikit_learn_stands_in(digits, tmp_path, monkeypatch):
    monkeypatch.setattr(digits, "SHARED", tmp_path / "none")
    read = digits.read_digits(None)
    assert read.pictures.shape == (1797, 64)
    assert read.name.startswith("scikit-learn")
    with pytest.raises(SystemExit, match="Received: none"):
        digits.read_digits(tmp_path)


def test_ten_clusters_of_five_digits_cannot_be_right(digits):
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(5), 40)
    codes = np.eye(5)[labels] * 10 + 0.1 * random.normal(size=(200, 5))
    right = digits.clustered(codes.astype(np.float32), labels, 5, 0)
    published = digits.clustered(codes.astype(np.float32), labels, 10, 0)
    assert right["accuracy"] == 1
    assert published["accuracy"] < 0.9
    assert published["purity"] == 1  # the clusters are fine: one to one is what costs


def test_summary_and_table(digits):
    runs = [
        {"variant": name, "part": part, "k": k, "accuracy": 0.5 + 0.1 * seed}
        | {"purity": 1.0, "ari": 0.4, "nmi": 0.4, "spread": 1.0}
        for seed in range(2)
        for name in ("PCA, no network", "with losses")
        for part in digits.PARTS
        for k in digits.KS
    ]
    rows = digits.summary(runs)
    row = next(
        r for r in rows if (r["variant"], r["part"], r["k"]) == ("with losses", "unseen", 10)
    )
    assert (row["accuracy"], row["accuracy_sd"], row["published"]) == (0.55, 0.0707, 0.45)
    report = {"pictures": 10, "data": "made up", "seeds": 2, "seconds": 1.0, "rows": rows}
    shown = digits.table(report)
    assert "0.76" in shown
    assert "0.550 ±0.071" in shown
