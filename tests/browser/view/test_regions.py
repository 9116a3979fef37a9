"""Regions and their names as the server gives them, and what happens when several write."""

import threading

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app
from frameatlas.store.notes.names_file import NAMES_FILE, read_names

POST = {"X-Frameatlas": "1"}


def places():
    rng = np.random.default_rng(0)
    middles = np.repeat([[-0.7, 0.6], [0.7, 0.6], [0.0, -0.7]], 40, axis=0)
    return middles + rng.normal(0, 0.05, (120, 2))


@pytest.fixture
def atlas(tmp_path, synthetic_atlas):
    sources = [("video", 40)] * 3
    return synthetic_atlas(
        tmp_path / "r.atlas", sources=sources, dimension=16, coordinates=places()
    )


@pytest.fixture
def open_client(atlas, tmp_path):
    """Another server of the same atlas each time, as of two people."""

    def make():
        return make_app(open_atlas(atlas.folder), cache=tmp_path / "cache").server.test_client()

    return make


def regions(client, count=3):
    return client.get(f"/api/clusters/{client.get('/api/atlas').json['map']}?clusters={count}").json


def name(client, region, text, seen=None, count=3):
    body = {"level": region["level"], "n": region["n"], "given": region["given"], "name": text}
    body["seen"] = (region["name"] if region["given"] else "") if seen is None else seen
    return client.post("/api/names", json={**body, "clusters": count}, headers=POST)


def test_every_region_tells_place_size_and_a_title_of_its_own(open_client):
    found = regions(open_client())["regions"]
    assert [one["frames"] for one in found if one["level"] == 0] == [40] * 3
    assert any(one["level"] == 1 for one in found)
    assert len({one["title"] for one in found}) == len(found)
    assert all(one["spread"] > 0 and -1 <= one["place"][0] <= 1 for one in found)


def test_a_name_is_seen_by_another_browser_at_another_number(open_client):
    one, other = open_client(), open_client()
    before = other.get("/api/state").json["names"]
    answer = name(one, regions(one)["regions"][0], "  The   sea ")
    assert answer.json["regions"][0]["name"] == "The sea"
    assert other.get("/api/state").json["names"] == answer.json["revision"] != before
    assert [r["name"] for r in regions(other)["regions"] if r["given"]] == ["The sea"]
    more = [r for r in regions(other, 6)["regions"] if r["given"]]
    assert [r["name"] for r in more] == ["The sea"]


def test_renaming_and_taking_away(open_client):
    client = open_client()
    first = name(client, regions(client)["regions"][0], "sea").json["regions"][0]
    second = name(client, first, "ocean").json["regions"][0]
    assert (second["name"], second["given"]) == ("ocean", first["given"])
    assert name(client, second, "").json["regions"][0]["given"] == ""


def test_two_regions_never_bear_one_name(open_client):
    client = open_client()
    found = regions(client)["regions"]
    name(client, found[0], "sea")
    refused = name(client, found[1], "SEA")
    assert refused.status_code == 400
    assert "no other region" in refused.json["error"]


def test_two_browsers_that_edit_one_region_lose_nothing(open_client, atlas):
    one, other = open_client(), open_client()
    seen = regions(other)["regions"][0]
    name(one, regions(one)["regions"][0], "sea")
    late = name(other, seen, "lake")
    assert late.status_code == 503
    assert "'sea'" in late.json["error"]
    assert [n.name for n in read_names(atlas.folder)] == ["sea"]
    again = name(other, regions(other)["regions"][0], "lake")
    assert again.json["regions"][0]["name"] == "lake"


def test_two_browsers_that_edit_others_at_once_lose_nothing(open_client, atlas):
    clients = [open_client() for _ in range(3)]
    found = [regions(client)["regions"][n] for n, client in enumerate(clients)]
    threads = [
        threading.Thread(target=name, args=(client, region, f"name {n}"))
        for n, (client, region) in enumerate(zip(clients, found, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.name for one in read_names(atlas.folder)} == {"name 0", "name 1", "name 2"}


def test_a_name_without_a_region_can_be_renamed(open_client, atlas):
    client = open_client()
    small = next(one for one in regions(client, 8)["regions"] if one["level"] == 0)
    name(client, small, "corner", count=8)
    found = next(one for one in regions(client, 2)["regions"] if one["given"])
    assert name(client, found, "nook", count=2).status_code == 200
    assert [one.name for one in read_names(atlas.folder)] == ["nook"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"level": 0, "n": 99, "name": "x"},
        {"level": "0", "n": 0, "name": "x"},
        {"level": 0, "n": -1, "given": "", "name": "x"},
        {"level": 0, "n": 0, "name": 7},
        {"level": 0, "n": 0, "name": "x" * 5000},
        {"level": 0, "n": 0, "name": "x", "clusters": [1]},
        {"level": 0, "n": 0, "name": "Group 2"},
    ],
)
def test_what_cannot_be_meant_is_refused(open_client, atlas, body):
    answer = open_client().post("/api/names", json=body, headers=POST)
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Expected")
    assert not (atlas.folder / NAMES_FILE).exists()


def test_names_are_written_for_nobody_else(open_client):
    answer = open_client().post("/api/names", json={"level": 0, "n": 0, "name": "x"})
    assert answer.status_code in (400, 403)


def test_damaged_names_are_a_sentence_and_the_map_stays(open_client, atlas):
    (atlas.folder / NAMES_FILE).write_text("{")
    client = open_client()
    assert client.get("/api/atlas").json["names"] is None
    answer = client.get(f"/api/clusters/{atlas.map_folder.name}")
    assert answer.status_code == 503
    assert NAMES_FILE in answer.json["error"]
