import csv
import io
import zipfile

import numpy as np
import pytest

from frameatlas.browser import make_app
from frameatlas.browser.downloads.frames import check_pictures
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.shapes import Shape, select, shapes_of
from frameatlas.errors import InputError

OURS = {"X-Frameatlas": "1"}
SQUARE = [[-1, -1], [1, -1], [1, 1], [-1, 1]]


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    return synthetic_atlas(tmp_path_factory.mktemp("chosen") / "chosen.atlas")


@pytest.fixture(scope="module")
def client(tmp_path_factory, atlas):
    return make_app(atlas, cache=tmp_path_factory.mktemp("cache")).server.test_client()


@pytest.fixture(scope="module")
def opened(atlas):
    return OpenMap(atlas)


def polygon(points, **more):
    return {"kind": "polygon", "points": points, **more}


def rectangle(points, **more):
    return {"kind": "rectangle", "points": points, **more}


def test_a_lasso_holds_what_a_ray_test_says():
    rng = np.random.default_rng(1)
    corners = rng.uniform(-1, 1, (17, 2))  # crosses itself
    points = rng.uniform(-1.2, 1.2, (3000, 2))
    shape = Shape("polygon", tuple(map(tuple, corners.tolist())))

    def ray(x, y):
        odd = False
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                odd = not odd
        return odd

    assert shape.holds(points).tolist() == [ray(x, y) for x, y in points]


def test_shapes_add_and_subtract_in_order():
    points = np.array([[-0.5, 0.0], [0.5, 0.0], [0.9, 0.9]])
    left, whole = [[-1, -1], [0, 1]], [[-1, -1], [1, 1]]
    assert select(shapes_of([rectangle(left)]), points).tolist() == [True, False, False]
    both = shapes_of([rectangle(whole), rectangle(left, subtract=True)])
    assert select(both, points).tolist() == [False, True, True]
    assert select(shapes_of([rectangle(left, subtract=True)]), points).tolist() == [False] * 3
    assert select((), points).all()


@pytest.mark.parametrize(
    "shapes",
    [
        "x",
        {},
        [1],
        [{}],
        [{"kind": "circle", "points": SQUARE}],
        [{"kind": ["polygon"], "points": SQUARE}],
        [polygon(SQUARE[:2])],
        [polygon([[0, 0]] * 5001)],
        [polygon([[0, 0, 0]] * 3)],
        [polygon([[0, "x"]] * 3)],
        [polygon([[0, None]] * 3)],
        [polygon([[0, float("nan")]] * 3)],
        [polygon([[0, 1e30]] * 3)],
        [polygon([[0, True]] * 3)],
        [rectangle(SQUARE)],
        [polygon(SQUARE)] * 101,
    ],
)
def test_what_is_no_shape_is_refused(client, shapes):
    with pytest.raises(InputError, match="Expected"):
        shapes_of(shapes)
    answer = client.post("/api/select", json={"shapes": shapes}, headers=OURS)
    assert answer.status_code == 400


def test_selecting_counts_and_shows_a_sample(client):
    every = client.post("/api/select", json={"shapes": [polygon(SQUARE)]}, headers=OURS).json
    assert every["count"] == 28
    assert every["sample"] == list(range(28))
    assert [video["frames"] for video in every["videos"]] == [12, 7, 5, 4]
    some = client.post("/api/select", json={"filter": {"v": [1]}}, headers=OURS).json
    assert some["sample"] == list(range(12, 19))
    picked = {"frames": [3, 3, 27, 10**9], "filter": {"v": "0"}}
    assert client.post("/api/select", json=picked, headers=OURS).json["sample"] == [3]


def test_one_frame_is_selected_where_it_is_drawn(client):
    x, y = client.get("/api/frame/5").json["place"]
    small = rectangle([[x - 1e-6, y + 1e-6], [x + 1e-6, y - 1e-6]])
    assert client.post("/api/select", json={"shapes": [small]}, headers=OURS).json["sample"] == [5]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"frames": "all"}',
        b'{"frames": [true]}',
        b'{"frames": [1.5]}',
        b'{"frames": [-1]}',
        b'{"filter": 3}',
        b'{"filter": {"v": "x"}}',
        b'{"filter": {"from": [1, 2]}}',
        b'{"shapes": ' + b" " * 3_000_000 + b"[]}",
    ],
    ids=range(13),
)
@pytest.mark.parametrize("path", ["/api/select", "/api/export/csv"])
def test_what_is_no_selection_is_refused(client, body, path):
    assert client.post(path, data=body, headers=OURS).status_code == 400


def test_the_table_has_a_row_for_each_frame(client, atlas):
    answer = client.post("/api/export/csv", json={"filter": {"v": "0,2"}}, headers=OURS)
    assert "selection.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 17
    assert rows[1]["video"] == "0.mp4"
    assert float(rows[1]["seconds"]) == pytest.approx(1 / 3, abs=1e-6)
    assert float(rows[1]["x"]) == pytest.approx(atlas.coordinates[1][0], abs=1e-6)
    assert rows[-1]["photo"] == "photo 4.jpg"


def test_the_zip_holds_the_pictures(client):
    answer = client.post("/api/export/zip", json={"filter": {"v": "1"}}, headers=OURS)
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 7
    assert archive.read(archive.namelist()[0])[:2] == b"\xff\xd8"
    for name in archive.namelist():
        assert not name.startswith("/")
        assert ".." not in name


def test_a_zip_is_bounded(client):
    nothing = client.post("/api/export/zip", json={"filter": {"v": "3"}}, headers=OURS)
    assert nothing.status_code == 400
    with pytest.raises(InputError, match="5000"):
        check_pictures(5001)


@pytest.mark.parametrize("kind", ["otio", "fcpxml", "edl", "llc", "concat"])
def test_cut_lists_of_photos_alone_are_refused(client, kind):
    answer = client.post(f"/api/export/{kind}", json={"filter": {"v": "2"}}, headers=OURS)
    assert answer.status_code == 400
    whole = client.post(f"/api/export/{kind}", json={}, headers=OURS)
    assert whole.status_code == 200
    assert b"1.mp4" in whole.data or b"selection-1.llc" in whole.data


def test_an_unknown_download_is_not_there(client):
    assert client.post("/api/export/exe", json={}, headers=OURS).status_code in (404, 405)
