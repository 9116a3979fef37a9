"""Tables of an atlas, made wrong and signed, as whoever makes an atlas can."""

import io
import json

import h5py
import numpy as np

from frameatlas import open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.store.atomic import describe_files
from frameatlas.store.digests import text_digest

WRONG = [
    *("text", "other bytes", "compound", "flat", "deep", "number", "empty", "fewer"),
    *("nan", "infinite", "huge", "large", "negative"),
]
"""Every way in which a table is made wrong; the last two are of whole numbers."""

FLOATS = {"nan": np.nan, "infinite": np.inf, "huge": 1e308}
WHOLES = {"large": 2**62, "negative": -(2**62)}


def wrong_values(values, kind):
    """An array as wrong as ``kind`` says; None where its type knows no such thing."""
    values = np.asarray(values)
    if values.dtype.kind == "O":  # texts of any length
        values = values.astype("S")
    rows = max(1, len(values) if values.ndim else 1)
    shape = values.shape or (1,)
    if kind in FLOATS:
        return _with(values.astype(np.float64), FLOATS[kind]) if values.dtype.kind == "f" else None
    if kind in WHOLES:
        return _with(values.astype(np.int64), WHOLES[kind]) if values.dtype.kind in "iu" else None
    found = {
        "text": np.full(shape, b"a\n../x"),
        "other bytes": np.full(shape, b"\xff\xfe"),
        "compound": np.zeros(shape, [("a", "<f8"), ("b", "<i4")]),
        "flat": np.zeros(values.size + 1, values.dtype),
        "deep": np.zeros((rows, 2, 2, 2), values.dtype),
        "number": np.zeros((), values.dtype),
        "empty": np.zeros(0, values.dtype),
        "fewer": np.atleast_1d(values)[: rows - 1],
    }
    return found[kind]


def _with(values, number):
    changed = values.copy()
    changed.flat[changed.size // 2] = number
    return changed


def make_wrong(path, name, kind):
    """Make a table wrong in one way; False where its type knows no such thing."""
    if path.suffix == ".npy":
        values = wrong_values(np.load(path), kind)
        if values is None:
            return False
        data = io.BytesIO()
        np.save(data, values)
        path.unlink()  # the one before may still be mapped
        path.write_bytes(data.getvalue())
        return True
    with h5py.File(path, "a") as file:
        held = file.attrs if name.startswith("@") else file
        values = wrong_values(held[name.lstrip("@")], kind)
        if values is None:
            return False
        del held[name.lstrip("@")]
        held[name.lstrip("@")] = values
    return True


def sign(folder):
    """Have the manifest, and each source of itself, say what is there now; opens the atlas."""
    values = json.loads((folder / MANIFEST).read_text())
    for entry in [*values["sources"], values["map"]]:
        place = folder / ("maps" if entry is values["map"] else "sources") / entry["id"]
        entry["files"] = _described(place, entry["files"])
        if (place / "source.json").is_file():
            told = json.loads((place / "source.json").read_text())
            told["source"]["files"] = entry["files"]
            (place / "source.json").write_text(json.dumps(told))
    for source in values["words"]["files"] if values.get("words") else ():
        found = _described(folder / "sources" / source, ["words.h5"])
        values["words"]["files"][source] = found["words.h5"]
    values.pop("checksum")
    inner = json.dumps(values, sort_keys=True, separators=(",", ":"))
    (folder / MANIFEST).write_text(json.dumps({**values, "checksum": text_digest(inner)}))
    return open_atlas(folder)


def _described(place, names):
    stored = describe_files(place, list(names))
    return {name: {"bytes": one.bytes, "blake2b": one.blake2b} for name, one in stored.items()}


def assert_answered(done, said):
    """A command ended as one does that met a wrong table: well, or with one sentence."""
    assert done.returncode in (0, 1, 2), said
    assert "fault of its own" not in said
    if done.returncode == 2:
        assert done.stderr.count("Error: ") == 1, said
