"""Whatever is asked, the answer is no stack trace, and the server lives."""

import random
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from frameatlas.browser import make_app

NUMBERS = some.one_of(
    some.integers(-(10**30), 10**30).map(str),
    some.floats().map(str),
    some.text(max_size=12),
    some.sampled_from(["", "NaN", "-0", "1e400", "0x10", "١٢", "1;2", "../..", "%00", "1" * 5000]),
)
PLACES = some.sampled_from(
    [
        "/tiles/MAP/{}/{}/{}.webp",
        "/frames/MAP/{}.jpg",
        "/api/frame/{}",
        "/api/moment/{}",
        "/api/nearest/{}",
        "/api/similar/{}",
        "/api/path/MAP/{}",
        "/api/novelty/MAP/{}",
        "/api/points/MAP",
        "/api/density/MAP",
        "/api/clusters/MAP",
        "/api/cluster_of/{}",
        "/api/trust/{}",
        "/api/at",
        "/api/find",
        "/api/atlas",
        "/api/state",
        "/api/jobs/{}",
        "/api/poster/preview",
        "/api/poster/command",
        "/video/{}",
        "/clip/{}",
        "/{}",
    ]
)
NAMES = some.sampled_from(
    ["x", "y", "z", "v", "k", "from", "to", "folder", "by", "clusters", "scale", "height", "count"]
    + [
        "apart",
        "map",
        "seconds",
        "text",
        "value",
        "left",
        "right",
        "top",
        "bottom",
        "grid",
        "width",
    ]
    + ["center", "tile_height", "token"]
)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(
            some.sampled_from(
                ["shapes", "filter", "frames", "kind", "points", "center", "grid", "v"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
UNHURRIED = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    return synthetic_atlas(tmp_path_factory.mktemp("odd") / "odd.atlas")


@pytest.fixture(scope="module")
def app(tmp_path_factory, atlas):
    return make_app(atlas, cache=tmp_path_factory.mktemp("cache"))


@given(place=PLACES, parts=some.lists(NUMBERS, min_size=3, max_size=3), data=some.data())
@UNHURRIED
def test_no_address_breaks_the_server(app, atlas, place, parts, data):
    client = app.server.test_client()
    query = data.draw(some.dictionaries(NAMES, NUMBERS, max_size=5))
    path = place.replace("MAP", atlas.map_folder.name).format(*parts)
    path = "/" + path.lstrip("/").replace("?", "%3f").replace("#", "%23")
    with client.get(path, query_string=query) as answer:
        assert answer.status_code < 500 or answer.status_code == 501, (path, query, answer.data)


@given(
    place=some.sampled_from(["/api/select", "/api/export/edl", "/api/export/csv", "/api/poster"]),
    body=JSON,
)
@UNHURRIED
def test_no_body_breaks_the_server(app, place, body):
    client = app.server.test_client()
    with client.post(place, json=body, headers={"X-Frameatlas": "1"}) as answer:
        assert answer.status_code < 500 or answer.status_code == 501, (body, answer.data)


@given(body=some.binary(max_size=300))
@UNHURRIED
def test_no_bytes_break_the_server(app, body):
    client = app.server.test_client()
    headers = {"X-Frameatlas": "1", "Content-Type": "application/json"}
    for place in ("/api/select", "/api/poster", "/charts/_dash-update-component"):
        with client.post(place, data=body, headers=headers) as answer:
            assert answer.status_code in (400, 501), answer.data


@pytest.mark.parametrize(
    "body", [{}, [], 3, {"output": "x"}, {"output": "..a.b..", "outputs": [], "inputs": 3}]
)
def test_garbage_for_dash_is_refused(app, body):
    answer = app.server.test_client().post("/charts/_dash-update-component", json=body)
    assert answer.status_code == 400
    assert "error" in answer.json


def test_a_thousand_quick_requests_are_answered(app, atlas):
    rng, odd = random.Random(0), []
    name = atlas.map_folder.name
    places = [
        (f"/tiles/{name}/{z}/{rng.randrange(2**z)}/{rng.randrange(2**z)}.webp", 200)
        for z in (rng.randrange(4) for _ in range(600))
    ]
    places += [(f"/tiles/{name}/99/{n}/0.webp", 400) for n in range(200)]
    places += [(f"/api/frame/{rng.randrange(28)}", 200) for _ in range(200)]
    rng.shuffle(places)

    def ask(mine):
        client = app.server.test_client()
        for path, expected in mine:
            with client.get(path) as answer:
                if answer.status_code != expected:
                    odd.append((path, answer.status_code))

    threads = [threading.Thread(target=ask, args=(places[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not odd


def test_a_very_long_query_is_refused_or_ignored(app):
    client = app.server.test_client()
    for path in ("/api/at?x=" + "1" * 50_000, "/api/find?text=" + "x" * 50_000):
        assert client.get(path).status_code == 400
    assert client.get("/?" + "x" * 50_000).status_code == 200
