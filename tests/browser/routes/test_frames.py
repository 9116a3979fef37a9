import io

import numpy as np
import pytest
from PIL import Image

from frameatlas.browser import make_app
from frameatlas.clock import clock
from frameatlas.geometry.pyramid import Pyramid


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    return synthetic_atlas(tmp_path_factory.mktemp("frames") / "frames.atlas")


@pytest.fixture(scope="module")
def client(tmp_path_factory, atlas):
    return make_app(atlas, cache=tmp_path_factory.mktemp("cache")).server.test_client()


def test_the_facts_of_an_atlas(client, atlas):
    facts = client.get("/api/atlas").json
    assert facts["map"] == atlas.map_folder.name
    assert facts["frames"] == 28
    assert facts["cell"] == [64, 36]
    assert facts["tile"] == [256, 144]
    assert [source["first"] for source in facts["sources"]] == [0, 12, 19, 24, 24]
    assert [source["kind"] for source in facts["sources"]][2] == "photos"
    assert facts["tools"] == []
    assert facts["indexing"] is None
    assert facts["newer"] is None


def test_folders_are_shown_from_where_they_differ(client):
    facts = client.get("/api/atlas").json
    assert sorted(facts["folders"]) == ["2", "videos"] or len(facts["folders"]) == 2


def test_a_frame_says_where_it_comes_from(client, atlas):
    found = client.get("/api/frame/13").json
    assert (found["source"], found["name"], found["frame"]) == (1, "1.mp4", 13)
    assert found["seconds"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["time"] == "0:00:00.33"
    assert found["address"] == "1.mp4@0.333"
    assert (found["previous"], found["next"]) == (12, 14)
    assert found["missing"] == "expected at /videos/1.mp4"
    assert found["playable"] is None
    places = Pyramid.of(atlas.coordinates, atlas.source_numbers).places
    assert found["place"] == pytest.approx(places[13].tolist())


def test_a_video_s_ends_have_no_neighbour_in_time(client):
    assert client.get("/api/frame/12").json["previous"] is None
    assert client.get("/api/frame/18").json["next"] is None


def test_a_photo_is_named_by_its_file(client):
    found = client.get("/api/frame/20").json
    assert found["time"] == "photo 1.jpg"
    assert found["file"].endswith("photo 1.jpg")


def test_every_frame_is_found_where_it_is_drawn(client, atlas):
    deepest = client.get("/api/atlas").json["deepest"]
    for frame in range(len(atlas)):
        x, y = client.get(f"/api/frame/{frame}").json["place"]
        found = client.get("/api/at", query_string={"x": x, "y": y, "z": deepest}).json
        assert found["frame"] == frame
        left, bottom, right, top = found["cell"]
        assert left <= x <= right
        assert bottom <= y <= top


def test_nothing_is_found_beyond_the_map(client):
    for x, y in ((5, 0), (0, -7), (1e30, 0)):
        assert client.get("/api/at", query_string={"x": x, "y": y}).json == {"frame": None}


@pytest.mark.parametrize(
    "query", ["", "x=1", "x=nan&y=0", "x=inf&y=0", "x=1e999&y=0", "x=0&y=0&z=-1", "x=0&y=0&z=1e3"]
)
def test_garbage_is_no_place(client, query):
    answer = client.get(f"/api/at?{query}")
    assert answer.status_code == 400
    assert "Expected" in answer.json["error"]


@pytest.mark.parametrize("frame", ["-1", "28", "99999999999999999999", "1.5", "nan", "x", "1e3"])
@pytest.mark.parametrize("path", ["/api/frame/{}", "/api/nearest/{}", "/frames/MAP/{}.jpg"])
def test_a_frame_that_is_not_there(client, atlas, frame, path):
    path = path.format(frame).replace("MAP", atlas.map_folder.name)
    assert client.get(path).status_code == 400


def test_a_stored_picture_comes_without_its_bars(client, atlas, synthetic):
    upright = 20  # every second photo of the synthetic atlas has black at both sides
    answer = client.get(f"/frames/{atlas.map_folder.name}/{upright}.jpg")
    picture = np.asarray(Image.open(io.BytesIO(answer.data)))
    assert picture.shape == (36, 32, 3)
    assert np.abs(picture.mean(axis=(0, 1)) - synthetic.colour_of(upright)).max() < 6


def test_a_picture_is_made_smaller_never_larger(client, atlas):
    def height(wished):
        path = f"/frames/{atlas.map_folder.name}/3.webp?height={wished}"
        return Image.open(io.BytesIO(client.get(path).data)).height

    assert (height(18), height(36), height(2000)) == (18, 36, 36)


def test_the_frame_at_a_time(client):
    for seconds, frame in ((0, 12), (0.4, 13), (0.66, 13), (0.67, 14), (99, 18), (-5, 12)):
        found = client.get(f"/api/moment/1?seconds={seconds}").json
        assert found["frame"] == frame, seconds
    assert client.get("/api/moment/3?seconds=0").status_code == 400
    assert client.get("/api/moment/9?seconds=0").status_code == 400
    assert client.get("/api/moment/1").status_code == 400


def test_times_are_read_as_people_do():
    assert clock(0, 2, hours=True) == "0:00:00.00"
    assert clock(83.4, 2, hours=True) == "0:01:23.40"
    assert clock(3599.999, 2, hours=True) == "1:00:00.00"
    assert clock(-1.5, 2, hours=True) == "-0:00:01.50"
    assert clock(100 * 3600, 2, hours=True) == "100:00:00.00"


def test_names_are_found(client):
    found = client.get("/api/find?text=1.MP4").json
    assert [source["n"] for source in found["sources"]] == [1]
    assert client.get("/api/find?text=videos").json["total"] >= 3
    assert client.get("/api/find?text=nothing like it").json["sources"] == []
    for text in ("", "   ", "x" * 1000):
        assert client.get("/api/find", query_string={"text": text}).status_code == 400
