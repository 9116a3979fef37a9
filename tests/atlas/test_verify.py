"""``check_atlas`` and ``atlas_info`` on a small atlas, whole and damaged."""

import json
from dataclasses import replace

import h5py
import numpy as np
import pytest

from frameatlas import Atlas, DamagedAtlasError, open_atlas
from frameatlas.cli.info import _lines
from frameatlas.store.atomic import describe_files
from frameatlas.summary import atlas_info
from frameatlas.verify import check_atlas, count_files


def test_a_whole_atlas_has_nothing_wrong(tmp_atlas):
    seen = []
    assert check_atlas(tmp_atlas.folder, lambda done, name: seen.append((done, name))) == []
    assert [done for done, _ in seen] == list(range(count_files(tmp_atlas)))
    assert len(seen) == 4 * 2 + 8, "two files of each source with frames, eight of the map"


def every_file(atlas):
    return sorted(
        path
        for path in atlas.folder.rglob("*")
        if path.is_file() and path.name not in ("atlas.json", "source.json")
    )


@pytest.mark.parametrize("damage", ["remove", "cut", "flip"])
@pytest.mark.parametrize("number", range(16))
def test_any_damaged_file_is_named(tmp_atlas, damage, number):
    path = every_file(tmp_atlas)[number]
    content = path.read_bytes()
    if damage == "remove":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(content[:-1])
    else:
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    (sentence,) = check_atlas(tmp_atlas.folder)
    assert str(path) in sentence
    assert sentence.startswith("Expected ")


def test_a_map_that_is_missing_is_said(tmp_path, synthetic_atlas):
    atlas = synthetic_atlas(tmp_path / "a.atlas", mapped=False)
    (sentence,) = check_atlas(atlas.folder)
    assert "map" in sentence


def test_coordinates_that_are_none_are_said(tmp_path, synthetic_atlas):
    places = np.zeros((3, 2))
    places[1] = np.nan
    atlas = synthetic_atlas(tmp_path / "a.atlas", sources=[("video", 3)], coordinates=places)
    (sentence,) = check_atlas(atlas.folder)
    assert "finite" in sentence


def test_info_says_all_that_programs_rely_on(tmp_atlas):
    values = json.loads(json.dumps(atlas_info(tmp_atlas)))
    assert set(values) >= {
        *("format", "sources", "frames", "features", "components", "layout", "map"),
        *("engine", "weights", "versions", "bytes"),
    }
    assert (values["format"], values["frames"], values["features"]) == (1, 28, 4096)
    assert [source["frames"] for source in values["sources"]] == [12, 7, 5, 0, 4]
    assert set(values["sources"][0]) == {
        *("id", "path", "kind", "status", "reason", "frames", "seconds_missing"),
        *("duration", "width", "height", "codec", "sample", "repeated"),
    }
    assert values["components"]["number"] == 8
    assert 0 < values["components"]["variance_kept"] < 1
    assert len(values["layout"]["mean"]) == len(values["layout"]["std"]) == 2
    assert values["layout"]["wish"]["std"] == 0.3
    assert values["map"] == tmp_atlas.manifest.map.id
    sizes = [path.stat().st_size for path in every_file(tmp_atlas)]
    assert values["bytes"] == sum(sizes)


def test_info_tells_how_well_far_regions_lie_in_order(tmp_atlas):
    assert not [line for line in _lines(atlas_info(tmp_atlas)) if line.startswith("far regions")]
    for order, shown in ((0.8312, "order 0.83"), (None, "order –")):
        figures = {"trustworthiness": 0.9, "continuity": 0.9, "fill": 0.9, "order": order}
        path = tmp_atlas.map_folder / "quality.json"
        path.write_text(json.dumps({"map": figures}))
        files = {**tmp_atlas.manifest.map.files, **describe_files(path.parent, [path.name])}
        signed = replace(tmp_atlas.manifest, map=replace(tmp_atlas.manifest.map, files=files))
        values = atlas_info(Atlas(tmp_atlas.folder, signed))
        assert values["quality"]["map"]["order"] == order
        (line,) = [line for line in _lines(values) if line.startswith("far regions")]
        assert shown in line


def test_info_before_a_map_is_drawn(tmp_path, synthetic_atlas):
    values = atlas_info(synthetic_atlas(tmp_path / "a.atlas", mapped=False))
    assert [values[k] for k in ("components", "layout", "map", "quality")] == [None] * 4


@pytest.mark.parametrize("name", ["components.h5", "map.json", "quality.json"])
@pytest.mark.parametrize("content", [None, b"", b"[1]", b"\xff\xfe"])
def test_info_of_a_damaged_map_names_the_file(tmp_atlas, name, content):
    path = tmp_atlas.map_folder / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DamagedAtlasError) as caught:
        atlas_info(open_atlas(tmp_atlas.folder))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["explained_variance", "total_variance"])
def test_info_without_the_components_figures_names_the_file(tmp_atlas, name):
    path = tmp_atlas.map_folder / "components.h5"
    with h5py.File(path, "r+") as file:
        del (file if name in file else file.attrs)[name]
    with pytest.raises(DamagedAtlasError) as caught:
        atlas_info(open_atlas(tmp_atlas.folder))
    assert str(path) in str(caught.value)
