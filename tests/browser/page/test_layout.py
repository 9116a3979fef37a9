import pytest

from frameatlas.browser import make_app
from frameatlas.browser.page.charts import CHARTS


def asked(client, data):
    body = {
        "output": "fa-charts.children",
        "outputs": {"id": "fa-charts", "property": "children"},
        "inputs": [{"id": "fa-charts-of", "property": "data", "value": data}],
        "changedPropIds": ["fa-charts-of.data"],
    }
    return client.post("/charts/_dash-update-component", json=body)


def test_charts_come_when_they_are_asked_for(tmp_path, tmp_atlas):
    client = make_app(tmp_atlas, cache=tmp_path / "cache").server.test_client()
    answer = asked(client, {"video": 1, "dark": True, "map": tmp_atlas.map_folder.name})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert all(f"fa-chart-{name}" in text for name in CHARTS)
    assert "New along 1.mp4" in text


@pytest.mark.parametrize(
    "data",
    [None, [], "x", {"video": -1}, {"video": 10**30}, {"video": True, "map": 3}, {"video": "1"}],
)
def test_a_store_with_anything_in_it_gets_the_first_video(tmp_path, tmp_atlas, data):
    client = make_app(tmp_atlas, cache=tmp_path / "cache").server.test_client()
    answer = asked(client, data)
    assert answer.status_code == 200
    assert "New along" in answer.get_data(as_text=True)


def test_a_map_that_is_gone_is_said_in_a_sentence(tmp_path, tmp_atlas):
    client = make_app(tmp_atlas, cache=tmp_path / "cache").server.test_client()
    answer = asked(client, {"map": "map-gone"})
    assert answer.status_code == 200
    assert "Expected the id of a map" in answer.get_data(as_text=True)
