"""Tables that are rightly signed and wrong: one sentence, wherever they are read."""

import json

import h5py
import numpy as np
import pytest

from frameatlas import DamagedAtlasError, FormatError, open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.poster.originals.originals import OriginalPictures
from frameatlas.store.atomic import describe_files
from frameatlas.store.digests import text_digest


def change(path, name, values):
    with h5py.File(path, "a") as file:
        del file[name]
        if values is not None:
            file[name] = values


def sign(atlas):
    """Have the manifest say what is there now, as whoever makes an atlas can."""
    values = json.loads((atlas.folder / MANIFEST).read_text())
    for entry in [*values["sources"], values["map"]]:
        kind = "maps" if entry is values["map"] else "sources"
        place = atlas.folder / kind / entry["id"]
        stored = describe_files(place, list(entry["files"]))
        entry["files"] = {n: {"bytes": f.bytes, "blake2b": f.blake2b} for n, f in stored.items()}
    values.pop("checksum")
    inner = json.dumps(values, sort_keys=True, separators=(",", ":"))
    (atlas.folder / MANIFEST).write_text(json.dumps({**values, "checksum": text_digest(inner)}))
    return open_atlas(atlas.folder)


def wrong(values):
    """Every way in which a table of numbers may be wrong."""
    values = np.asarray(values)
    found = {
        "text": np.full(values.shape, b"abc"),
        "compound": np.zeros(len(values), [("a", "<f8"), ("b", "<i4")]),
        "flat": np.zeros(len(values) * max(1, values[0].size) + 1),
        "deep": np.zeros((len(values), 2, 2, 2)),
    }
    if values.dtype.kind == "f":
        for name, number in (("nan", np.nan), ("infinite", np.inf), ("huge", 1e308)):
            changed = values.astype(np.float64)
            changed.flat[0] = number
            found[name] = changed
    return found


KINDS = ["text", "compound", "flat", "deep", "nan", "infinite", "huge"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["coordinates", "code"])
def test_tables_of_the_map(tmp_atlas, name, kind):
    values = wrong(getattr(tmp_atlas, name))[kind]
    change(tmp_atlas.map_folder / "coordinates.h5", name, values)
    opened = sign(tmp_atlas)
    with pytest.raises(DamagedAtlasError, match=r"Expected .*\. Received"):
        assert getattr(opened, name) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["seconds", "box", "pts"])
def test_tables_of_a_source(tmp_atlas, name, kind):
    source = tmp_atlas.sources[0]
    path = tmp_atlas.folder / "sources" / source.id / "features.h5"
    with h5py.File(path) as file:
        found = wrong(file[name][:])
    if kind not in found:
        return
    change(path, name, found[kind])
    opened = sign(tmp_atlas)
    read = {"seconds": lambda: opened.seconds, "box": lambda: opened.boxes}
    with pytest.raises(DamagedAtlasError, match=r"Expected .*\. Received"):
        assert read.get(name, lambda: opened.origins[0])() is None


@pytest.mark.parametrize("values", [np.zeros(28), np.zeros((28, 9000)), np.full((28, 8), np.nan)])
def test_scores(tmp_atlas, values):
    np.save(tmp_atlas.map_folder / "scores.npy", values.astype(np.float32))
    opened = sign(tmp_atlas)
    with pytest.raises(DamagedAtlasError, match=r"Expected .*\. Received"):
        assert opened.scores is None


@pytest.mark.parametrize("box", [(0, 0, 0, 5), (60, 30, 40, 40), (-1, 0, 5, 5), (0, 0, 9000, 5)])
def test_boxes_lie_within_their_frames(tmp_atlas, box):
    source = tmp_atlas.sources[0]
    path = tmp_atlas.folder / "sources" / source.id / "features.h5"
    boxes = np.tile(np.array(box, np.int32), (source.frames, 1))
    change(path, "box", boxes)
    opened = sign(tmp_atlas)
    with pytest.raises(DamagedAtlasError, match=r"Expected .*\. Received"):
        StoredPictures(opened)(0)


def test_huge_pictures_in_a_hollow_file_are_refused(tmp_atlas):
    source = tmp_atlas.sources[0]
    place = tmp_atlas.folder / "sources" / source.id / "frames.npy"
    shape = (source.frames, 30_000, 30_000, 3)
    with place.open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + int(np.prod(shape)))
    opened = open_atlas(tmp_atlas.folder)
    with pytest.raises(DamagedAtlasError, match="30000 × 30000"):
        assert opened.frames[0] is None


PRIVATE = ["../me.png", "/etc/hostname", "..", "a/b.png", ""]


@pytest.mark.parametrize("name", PRIVATE)
def test_photos_names_stay_in_their_folder(tmp_atlas, name):
    number = next(n for n, s in enumerate(tmp_atlas.sources) if s.kind == "photos")
    source = tmp_atlas.sources[number]
    path = tmp_atlas.folder / "sources" / source.id / "features.h5"
    change(path, "names", np.array([name.encode()] * source.frames))
    opened = sign(tmp_atlas)
    with pytest.raises(DamagedAtlasError, match="names"):
        assert opened.origins[int(opened.offsets[number])].path is None


def test_without_a_digest_no_original_is_shown(tmp_atlas, tmp_path):
    from PIL import Image

    number = next(n for n, s in enumerate(tmp_atlas.sources) if s.kind == "photos")
    source = tmp_atlas.sources[number]
    path = tmp_atlas.folder / "sources" / source.id / "features.h5"
    Image.new("RGB", (9, 9), (1, 2, 3)).save(tmp_path / "me.png")
    change(path, "names", np.array([b"me.png"] * source.frames))
    change(path, "digests", None)
    values = json.loads((tmp_atlas.folder / MANIFEST).read_text())
    values["sources"][number]["path"] = str(tmp_path)
    (tmp_atlas.folder / MANIFEST).write_text(json.dumps(values))
    opened = sign(tmp_atlas)
    frame = int(opened.offsets[number])
    stored = StoredPictures(opened)
    originals = OriginalPictures(opened, np.array([frame]), stored)
    assert np.array_equal(originals(frame), stored(frame))
    assert "does not say what its content was" in originals.missing[0]


def test_a_manifest_of_half_a_gigabyte_is_not_parsed(tmp_atlas):
    with (tmp_atlas.folder / "atlas.json").open("r+b") as file:
        file.truncate(500 << 20)
    with pytest.raises(FormatError, match="at most 128 MB"):
        open_atlas(tmp_atlas.folder)
