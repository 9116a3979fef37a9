import json
from dataclasses import replace

import numpy as np
import pytest

from frameatlas import Atlas
from frameatlas.browser import make_app
from frameatlas.browser.view.overlays import POINT, spread_evenly
from frameatlas.browser.view.trust import GRID, lost_neighbours, order_of
from frameatlas.drawing.tiles import pyramid_of
from frameatlas.errors import InputError
from frameatlas.geometry.pyramid import EMPTY
from frameatlas.regions.clusters import METHODS, Clustering, cluster_map
from frameatlas.store.atomic import describe_files


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    return synthetic_atlas(tmp_path_factory.mktemp("over") / "over.atlas")


@pytest.fixture(scope="module")
def client(tmp_path_factory, atlas):
    return make_app(atlas, cache=tmp_path_factory.mktemp("cache")).server.test_client()


@pytest.fixture(scope="module")
def name(atlas):
    return atlas.map_folder.name


def points(client, name, query=""):
    answer = client.get(f"/api/points/{name}?{query}")
    assert answer.status_code == 200
    return np.frombuffer(answer.data, POINT), int(answer.headers["X-Total"])


def groups(count=600):
    rng = np.random.default_rng(0)
    middles = np.array([[-0.8, 0.5], [0.0, -0.6], [0.7, 0.7]])
    return np.repeat(middles, count // 3, axis=0) + rng.normal(0, 0.03, (count, 2))


def test_points_are_where_frames_are_drawn(client, name):
    found, total = points(client, name, "value=source")
    assert total == 28
    assert found["frame"].tolist() == list(range(28))
    place = client.get("/api/frame/9").json["place"]
    assert [found["x"][9], found["y"][9]] == pytest.approx(place, abs=1e-6)
    assert found["value"].tolist() == [0] * 12 + [1] * 7 + [2] * 5 + [4] * 4


def test_points_of_a_filter_and_a_window(client, name):
    every, _ = points(client, name)
    some, total = points(client, name, "v=1&from=0.5&to=1.4")
    assert some["frame"].tolist() == [14, 15, 16]
    assert total == 3
    window, _ = points(client, name, "left=-1&right=0&bottom=-1&top=1")
    assert set(window["frame"]) == set(every["frame"][every["x"] <= 0])
    shares, _ = points(client, name, "v=1&value=time")
    assert shares["value"].tolist() == pytest.approx(np.arange(7) / 7)


def test_many_points_are_thinned_evenly():
    chosen = spread_evenly(1_000_000, 50_000)
    assert len(chosen) == len(np.unique(chosen)) == 50_000
    assert set(np.diff(chosen)) == {20}
    assert spread_evenly(7, 10).tolist() == list(range(7))


def test_density_shows_where_frames_are(client, name):
    answer = client.get(f"/api/density/{name}")
    shape = int(answer.headers["X-Height"]), int(answer.headers["X-Width"])
    grid = np.frombuffer(answer.data, np.uint8).reshape(shape)
    x, y = client.get("/api/frame/0").json["place"]
    assert grid[int((1 - y) / 2 * shape[0]), int((x + 1) / 2 * shape[1])] > 0
    assert 0 < (grid > 0).sum() <= 28
    nothing = client.get(f"/api/density/{name}?v=3").data
    assert not any(nothing)


def test_a_map_that_keeps_neighbours_loses_none():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 300)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]).astype(np.float32)
    assert lost_neighbours(ring, ring).max() < 0.1
    assert lost_neighbours(ring, rng.permutation(ring)).mean() > 0.8
    assert lost_neighbours(ring[:1], ring[:1]).tolist() == [0]


def test_trust_counts_its_sample(client, name):
    answer = client.get(f"/api/trust/{name}")
    lost, counts = np.frombuffer(answer.data, np.uint8).reshape(2, *GRID)
    assert counts.sum() == 28
    assert not lost[counts == 0].any()


@pytest.mark.parametrize(
    ("figures", "order"),
    [({"map": {"order": 0.75}}, 0.75), ({"map": {"order": None}}, None), ({}, None), ([], None)],
)
def test_the_order_of_far_regions_is_told_where_it_is_known(
    synthetic_atlas, tmp_path, figures, order
):
    atlas = synthetic_atlas(tmp_path / "a.atlas")
    path = atlas.map_folder / "quality.json"
    path.write_text(json.dumps(figures))
    record = atlas.manifest.map
    files = {**record.files, **describe_files(path.parent, [path.name])}
    atlas = Atlas(atlas.folder, replace(atlas.manifest, map=replace(record, files=files)))
    assert order_of(atlas) == order
    path.unlink()
    assert order_of(atlas) is None


@pytest.mark.parametrize("method", METHODS)
def test_groups_are_found_by_every_method(method):
    found = cluster_map(groups(), Clustering(method, 3))
    assert found.sizes.tolist() == [200, 200, 200]
    assert found.labels.tolist() == [0] * 200 + [1] * 200 + [2] * 200
    assert [int(frame) // 200 for frame in found.frames] == [0, 1, 2]
    again = cluster_map(groups(), Clustering(method, 3))
    assert np.array_equal(found.labels, again.labels)
    assert np.array_equal(found.frames, again.frames)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_few_frames_are_clustered_too(method, count):
    rng = np.random.default_rng(count)
    for coordinates in (rng.uniform(-1, 1, (count, 2)), np.zeros((count, 2))):
        found = cluster_map(coordinates, Clustering(method, 12))
        assert len(found.labels) == count
        assert found.sizes.sum() == count
        assert len(found.frames) == len(found.sizes)


def test_large_maps_are_clustered_by_a_sample():
    coordinates = groups(300_000)
    found = cluster_map(coordinates, Clustering("kmeans", 3))
    assert found.sizes.tolist() == [100_000] * 3


def test_clusters_have_a_frame_and_a_name(client, name):
    found = client.get(f"/api/clusters/{name}?clusters=4").json["regions"]
    assert [cluster["n"] for cluster in found] == [0, 1, 2, 3]
    assert sum(cluster["frames"] for cluster in found) == 28
    labels = np.frombuffer(client.get(f"/api/cluster_of/{name}?clusters=4").data, np.uint8)
    for cluster in found:
        assert labels[cluster["frame"]] == cluster["n"]
        assert cluster["title"]
    shown, _ = points(client, name, "k=2&clusters=4")
    assert shown["frame"].tolist() == np.flatnonzero(labels == 2).tolist()


@pytest.mark.parametrize("query", ["by=magic", "clusters=1", "clusters=65", "clusters=x"])
def test_clusters_that_cannot_be(client, name, query):
    assert client.get(f"/api/clusters/{name}?{query}").status_code == 400
    with pytest.raises(InputError):
        Clustering("magic", 3)


def test_a_way_over_the_map(client, name):
    way = np.frombuffer(client.get(f"/api/path/{name}/1").data, "<f4").reshape(-1, 3)
    assert len(way) == 7
    assert way[:, 2] == pytest.approx(np.arange(7) / 3, abs=1e-4)
    assert way[0, :2] == pytest.approx(client.get("/api/frame/12").json["place"], abs=1e-6)
    assert client.get(f"/api/path/{name}/3").data == b""
    assert client.get(f"/api/path/{name}/5").status_code == 400


def test_novelty_is_a_distance_between_successive_frames(client, name):
    rows = np.frombuffer(client.get(f"/api/novelty/{name}/1").data, "<f4").reshape(-1, 2)
    assert len(rows) == 7
    assert rows[0, 1] == 0
    assert (rows[1:, 1] > 0).all()
    assert client.get(f"/api/novelty/{name}/3").data == b""


def test_the_nearest_frames_leave_the_frame_out(client):
    found = client.get("/api/nearest/5?count=6").json
    assert len(found) == 6
    assert 5 not in [one["frame"] for one in found]
    assert sorted((one["similarity"] for one in found), reverse=True) == [
        one["similarity"] for one in found
    ]
    apart = client.get("/api/nearest/5?count=6&apart=1").json
    assert 0 not in [one["source"] for one in apart]
    assert client.get("/api/nearest/5?count=0").status_code == 400
    assert client.get("/api/nearest/5?apart=2").status_code == 400


def test_similar_and_different_videos(client):
    found = client.get("/api/similar/0?count=2").json
    assert all(one["source"] != 0 for one in found["similar"] + found["different"])
    assert found["similar"][0]["distance"] <= found["different"][0]["distance"]
    assert client.get("/api/similar/2").status_code == 400  # photos go no way


def test_figures_of_the_map_are_json(client):
    facts = client.get("/api/quality").json
    assert facts["fps"] == 3
    assert facts["quality"] == {"sample": 28}


def test_the_cells_of_a_tile_tell_what_they_are_coloured_by(client, atlas):
    pyramid = pyramid_of(atlas)
    for z, x, y in ((0, 0, 0), (1, 1, 0)):
        answer = client.get(f"/api/cells/{atlas.map_folder.name}/{z}/{x}/{y}?value=source")
        found = np.frombuffer(answer.data, "<f4").reshape(pyramid.tile(z, x, y).shape)
        grid = pyramid.tile(z, x, y)
        assert np.array_equal(np.isnan(found), grid == EMPTY)
        assert np.array_equal(found[grid != EMPTY], atlas.source_numbers[grid[grid != EMPTY]])
    one = client.get(f"/api/cells/{atlas.map_folder.name}/0/0/0?value=source&v=1")
    values = np.frombuffer(one.data, "<f4")
    assert set(values[~np.isnan(values)]) == {1.0}
    for place in ("0/0/0", "0/0/0?value=magic", "0/1/0?value=time", "99/0/0?value=time"):
        assert client.get(f"/api/cells/{atlas.map_folder.name}/{place}").status_code == 400
