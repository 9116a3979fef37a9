import threading

import pytest

from frameatlas.browser import make_app
from frameatlas.search import cosine_scan as cosines


def test_a_server_draws_the_lowest_tiles_before_anybody_asks(tmp_path, tmp_atlas, soon):
    make_app(tmp_atlas, cache=tmp_path, ahead=True)
    assert soon(lambda: len(list(tmp_path.glob("tiles/??/[!.]*.webp"))) >= 4)


@pytest.mark.parametrize("address", ["/", "/api/atlas"])
def test_a_page_makes_the_search_ready(tmp_path, tmp_atlas, soon, address):
    client = make_app(tmp_atlas, cache=tmp_path, ahead=True).server.test_client()
    assert tmp_atlas not in cosines._OPEN
    assert client.get(address).status_code == 200
    assert soon(lambda: tmp_atlas in cosines._OPEN)


def test_an_atlas_that_cannot_be_drawn_is_told_to_whoever_asks(tmp_path, tmp_atlas):
    for path in tmp_atlas.folder.glob("sources/*/frames.npy"):
        path.write_bytes(b"")
    before = set(threading.enumerate())
    app = make_app(tmp_atlas, cache=tmp_path, ahead=True)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    answer = app.server.test_client().get(f"/tiles/{tmp_atlas.map_folder.name}/0/0/0.webp")
    assert answer.status_code == 503
    assert answer.json["error"].startswith("Expected ")


def test_scores_that_are_cut_in_place_are_one_sentence_and_the_server_lives(tmp_path, tmp_atlas):
    client = make_app(tmp_atlas, cache=tmp_path).server.test_client()
    for path in ("/api/nearest/3", "/api/similar/0"):
        assert client.get(path).status_code == 200
    scores = tmp_atlas.map_folder / "scores.npy"
    with scores.open("r+b") as file:
        file.truncate(200)
    novelty = f"/api/novelty/{tmp_atlas.map_folder.name}/0"
    for path in ("/api/nearest/4", "/api/similar/1", novelty):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "scores.npy" in answer.json["error"]
    scores.unlink()
    assert client.get("/api/atlas").status_code == 200
