"""An atlas opened read-only: order, origins, and what is said about each damaged file."""

import json
import shutil
from fractions import Fraction

import h5py
import numpy as np
import pytest

import frameatlas
from frameatlas import DamagedAtlasError, FormatError, NoAtlasError, open_atlas


def test_arrays_agree_in_length_type_and_range(tmp_atlas):
    n = len(tmp_atlas)
    assert n == 28 == tmp_atlas.manifest.frames == len(tmp_atlas.frames) == len(tmp_atlas.origins)
    assert tmp_atlas.features.shape == (n, 4096)
    assert tmp_atlas.features[3:5].dtype == np.float16
    assert tmp_atlas.scores.shape == (n, 8)
    assert tmp_atlas.scores.dtype == np.float16
    assert tmp_atlas.coordinates.shape == tmp_atlas.code.shape == (n, 2)
    assert np.abs(tmp_atlas.coordinates).max() <= 1
    assert tmp_atlas.seconds.shape == tmp_atlas.source_numbers.shape == (n,)
    assert tmp_atlas.boxes.shape == (n, 4)


def test_frames_follow_the_manifests_order(tmp_atlas, synthetic):
    assert [source.frames for source in tmp_atlas.sources] == [12, 7, 5, 0, 4]
    np.testing.assert_array_equal(tmp_atlas.offsets, [0, 12, 19, 24, 24, 28])
    assert list(tmp_atlas.range_of(2)) == [19, 20, 21, 22, 23]
    for number, picture in enumerate(tmp_atlas.frames):
        assert picture.shape == (36, 64, 3)
        assert tuple(picture[18, 32]) == synthetic.colour_of(number)
    assert tuple(tmp_atlas.frames[-1][0, 0]) == synthetic.colour_of(27)


def test_every_frame_knows_where_and_when_it_comes_from(tmp_atlas):
    origins = list(tmp_atlas.origins)
    assert [origin.source.id for origin in origins] == [
        source.id for source in tmp_atlas.sources for _ in range(source.frames)
    ]
    np.testing.assert_allclose([o.seconds for o in origins], tmp_atlas.seconds)
    film, photo = tmp_atlas.origins[14], tmp_atlas.origins[20]
    assert (film.pts, film.time_base, film.name) == (60_000, Fraction(1, 90_000), "")
    assert film.seconds == pytest.approx(2 / 3)
    assert film.path.name == "1.mp4"
    assert (photo.name, photo.box) == ("photo 1.jpg", (16, 0, 32, 36))
    assert photo.path.parts[-2:] == ("2", "photo 1.jpg")
    assert tmp_atlas.origins[-1] == origins[-1]


@pytest.mark.parametrize("index", [28, -29])
def test_a_frame_that_is_not_there(tmp_atlas, index):
    for rows in (tmp_atlas.frames, tmp_atlas.origins):
        with pytest.raises(IndexError, match=f"below 28. Received: {index}"):
            rows[index]


def test_is_read_only(tmp_atlas):
    with pytest.raises(ValueError, match="read-only"):
        tmp_atlas.frames[0][0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        tmp_atlas.scores[0, 0] = 1


def test_opening_reads_no_array(tmp_atlas):
    for folder in ("sources", "maps"):
        shutil.rmtree(tmp_atlas.folder / folder)
    assert len(open_atlas(str(tmp_atlas.folder))) == 28


def test_same_seed_same_atlas(tmp_path, synthetic_atlas):
    one, two, other = (
        synthetic_atlas(tmp_path / f"{number}.atlas", seed=seed)
        for number, seed in enumerate([3, 3, 4])
    )
    assert one.manifest == two.manifest
    assert one.manifest.map.id != other.manifest.map.id


def test_without_a_map_says_what_to_run(tmp_path, synthetic_atlas):
    atlas = synthetic_atlas(tmp_path / "a.atlas", mapped=False)
    assert len(atlas) == 28
    with pytest.raises(NoAtlasError, match="run `frameatlas index`"):
        _ = atlas.coordinates


def test_sources_that_are_not_yet_on_the_map_are_left_out(tmp_path, synthetic_atlas):
    atlas = synthetic_atlas(tmp_path / "a.atlas", sources=[("video", 3), ("video", 4)])
    values = json.loads((atlas.folder / "atlas.json").read_text())
    record = frameatlas.store.manifest.MapRecord(values["map"]["id"], 3, 1)
    manifest = frameatlas.Manifest(atlas.manifest.made, atlas.manifest.sources, record)
    assert len(frameatlas.Atlas(atlas.folder, manifest)) == 3


def test_no_sources_at_all(tmp_path):
    made = frameatlas.store.manifest.Made(3.0, 300, "", "tensorflow")
    (tmp_path / "atlas.json").write_text(frameatlas.Manifest(made).to_json())
    atlas = open_atlas(tmp_path)
    assert len(atlas) == len(atlas.frames) == len(list(atlas.origins)) == 0
    assert atlas.features[:].shape == (0, 4096)


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_text("")])
def test_where_there_is_no_atlas(tmp_path, make):
    make(tmp_path / "x.atlas")
    with pytest.raises(NoAtlasError, match=r"Expected an atlas in .*x\.atlas.*frameatlas index"):
        open_atlas(tmp_path / "x.atlas")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe\0", b'{"format": 1}'])
def test_a_damaged_manifest_is_named(tmp_atlas, content):
    (tmp_atlas.folder / "atlas.json").write_bytes(content)
    with pytest.raises(FormatError, match=r"atlas\.json"):
        open_atlas(tmp_atlas.folder)


def read_all(atlas):
    """Everything that an atlas can be asked for."""
    list(atlas.frames)
    list(atlas.origins)
    return (atlas.features[:], atlas.boxes, atlas.seconds, atlas.scores, atlas.coordinates)


def remove(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def scribble(path):
    path.write_bytes(b"no such format " * 50)


def pickled(path):
    np.save(path.with_suffix(".npy"), np.array([{"a": 1}], dtype=object), allow_pickle=True)
    path.with_suffix(".npy").replace(path)


def shorter(path):
    if path.suffix == ".npy":
        np.save(path, np.load(path)[:-1])
    else:
        with h5py.File(path, "r+") as file:
            for name in list(file):
                rows = file[name][:-1]
                del file[name]
                file[name] = rows


def linked_elsewhere(path):
    if path.suffix != ".h5":
        return scribble(path)
    with h5py.File(path, "r+") as file:
        for name in list(file):
            del file[name]
            file[name] = h5py.ExternalLink("/etc/passwd", "/")
    return None


@pytest.mark.parametrize(
    "damage", [remove, empty, cut, scribble, pickled, shorter, linked_elsewhere]
)
@pytest.mark.parametrize(
    "pattern",
    [
        "sources/*1/frames.npy",
        "sources/*1/features.h5",
        "maps/*/scores.npy",
        "maps/*/coordinates.h5",
    ],
)
def test_each_damaged_file_is_named(tmp_atlas, pattern, damage):
    (path,) = tmp_atlas.folder.glob(pattern)
    damage(path)
    with pytest.raises(DamagedAtlasError, match="frameatlas") as caught:
        read_all(open_atlas(tmp_atlas.folder))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["pts", "box", "seconds", "features", "names"])
def test_a_table_that_is_gone_is_named(tmp_atlas, name):
    (path,) = tmp_atlas.folder.glob("sources/*2/features.h5")
    with h5py.File(path, "r+") as file:
        del file[name]
    with pytest.raises(DamagedAtlasError) as caught:
        read_all(open_atlas(tmp_atlas.folder))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("left", [None, [1], [0, 1], [1, 0], [-1, 25], "1/25"])
def test_a_time_base_that_is_none_is_named(tmp_atlas, left):
    (path,) = tmp_atlas.folder.glob("sources/*1/features.h5")
    with h5py.File(path, "r+") as file:
        del file.attrs["time_base"]
        if left is not None:
            file.attrs["time_base"] = left
    with pytest.raises(DamagedAtlasError) as caught:
        read_all(open_atlas(tmp_atlas.folder))
    assert str(path) in str(caught.value)


def test_a_file_of_frames_that_is_cut_in_place_is_one_sentence(tmp_atlas):
    atlas = open_atlas(tmp_atlas.folder)
    before = atlas.frames[0].copy()
    path = tmp_atlas.folder / "sources" / tmp_atlas.sources[0].id / "frames.npy"
    whole = path.read_bytes()
    for left in (len(whole) // 2, 10, 0):
        with path.open("r+b") as file:
            file.truncate(left)
        with pytest.raises(DamagedAtlasError, match=r"Expected .*frames.npy to hold 12 frames"):
            atlas.frames[0]
    path.write_bytes(whole)
    assert np.array_equal(atlas.frames[0], before)
    with pytest.raises(ValueError, match="read-only"):
        atlas.frames[0][:] = 0
