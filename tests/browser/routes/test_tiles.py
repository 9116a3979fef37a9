import io

import numpy as np
import pytest
from PIL import Image

from frameatlas.browser import make_app
from frameatlas.browser.web.responses import FOREVER


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    return synthetic_atlas(tmp_path_factory.mktemp("tiles") / "tiles.atlas")


@pytest.fixture(scope="module")
def client(tmp_path_factory, atlas):
    return make_app(atlas, cache=tmp_path_factory.mktemp("cache")).server.test_client()


@pytest.fixture(scope="module")
def facts(client):
    return client.get("/api/atlas").json


def picture(answer):
    assert answer.status_code == 200, answer.data
    return np.asarray(Image.open(io.BytesIO(answer.data)).convert("RGBA")).astype(int)


def test_a_tile_shows_its_frames_and_is_kept_for_ever(client, facts, synthetic):
    answer = client.get(f"/tiles/{facts['map']}/0/0/0.webp")
    assert answer.headers["Cache-Control"] == FOREVER
    assert answer.headers["Content-Type"] == "image/webp"
    assert picture(answer).shape == (facts["tile"][1], facts["tile"][0], 4)


def test_the_deepest_tile_shows_the_frame_itself(client, facts, synthetic):
    found = client.get("/api/frame/9").json
    side = 2 ** facts["deepest"]
    x, y = int((found["place"][0] + 1) / 2 * side), int((1 - found["place"][1]) / 2 * side)
    shown = picture(client.get(f"/tiles/{facts['map']}/{facts['deepest']}/{x}/{y}.webp"))
    colour = np.array(synthetic.colour_of(9))
    assert np.abs(shown[..., :3].mean(axis=(0, 1)) - colour).max() < 6
    assert shown[..., 3].min() == 255


def test_empty_cells_are_clear(client, facts):
    shown = picture(client.get(f"/tiles/{facts['map']}/1/0/0.webp"))
    assert set(np.unique(shown[..., 3])) == {0, 255}


def test_dense_screens_get_no_less(client, facts):
    small = picture(client.get(f"/tiles/{facts['map']}/0/0/0.jpg"))
    large = picture(client.get(f"/tiles/{facts['map']}/0/0/0.jpg?scale=2"))
    assert large.shape[0] == 2 * small.shape[0]


def test_the_second_time_a_tile_comes_from_the_cache(tmp_path, atlas, monkeypatch, soon):
    from frameatlas.browser.view import drawn_tiles

    client = make_app(atlas, cache=tmp_path).server.test_client()
    path = f"/tiles/{atlas.map_folder.name}/0/0/0.webp"
    first = client.get(path).data
    # The low tiles are drawn beforehand: another may be on the disk before this one. What is being
    # written has a name with a dot before it, and may be gone when it is read.
    written = "tiles/??/[!.]*.webp"
    assert soon(lambda: [p for p in tmp_path.glob(written) if p.read_bytes() == first])

    def never(*_, **__):
        raise AssertionError("it was drawn again")

    monkeypatch.setattr(drawn_tiles, "render_tile", never)
    assert client.get(path).data == first
    other = make_app(atlas, cache=tmp_path).server.test_client()
    assert other.get(path).data == first


def test_tiles_of_another_drawing_are_drawn_anew(tmp_path, atlas, facts, monkeypatch):
    from frameatlas.browser.view import drawn_tiles

    server = make_app(atlas, cache=tmp_path).server.test_client()
    address = f"/tiles/{facts['map']}/0/0/0.webp"
    before = server.get(address).data
    monkeypatch.setattr(drawn_tiles, "draw_tile", lambda *_args: b"another")
    assert server.get(address).data == before
    monkeypatch.setattr(drawn_tiles, "DRAWING", facts["drawing"] + 1)
    assert server.get(address).data == b"another"


def test_a_filter_hides_the_other_frames(client, facts):
    every = picture(client.get(f"/tiles/{facts['map']}/0/0/0.webp"))[..., 3].mean()
    some = picture(client.get(f"/tiles/{facts['map']}/0/0/0.webp?v=1"))[..., 3].mean()
    nothing = client.get(f"/tiles/{facts['map']}/0/0/0.webp?v=999")
    assert 0 < some < every
    assert picture(nothing)[..., 3].max() == 0


def test_a_tile_that_no_filter_touches_is_the_same_on_every_server(tmp_path, atlas, client, facts):
    other = make_app(atlas, cache=tmp_path).server.test_client()
    path = f"/tiles/{facts['map']}/1/1/1.webp"
    assert other.get(path).data == client.get(path).data


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("0/1/0", 404),
        ("3/8/0", 404),
        ("64/0/0", 404),
        ("99/0/0", 400),
        ("-1/0/0", 400),
        ("1/-1/0", 400),
        ("1/9999999999999999999999999999999/0", 400),
        ("1/0.5/0", 400),
        ("nan/0/0", 400),
        ("1/0x1/0", 400),
        ("१/0/0", 400),
    ],
)
def test_tiles_beyond_the_map_are_refused(client, facts, place, status):
    assert client.get(f"/tiles/{facts['map']}/{place}.webp").status_code == status


@pytest.mark.parametrize(
    "query", ["scale=3", "scale=-1", "v=x", "k=-1", "from=nan", "to=inf", "by=magic", "v=1,,2"]
)
def test_garbage_in_the_query_is_refused(client, facts, query):
    answer = client.get(f"/tiles/{facts['map']}/0/0/0.webp?{query}")
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Expected ")


def test_another_map_is_not_there(client):
    assert client.get("/tiles/other/0/0/0.webp").status_code == 400
    assert client.get("/tiles/..%2f..%2fetc/0/0/0.webp").status_code in (400, 404)
