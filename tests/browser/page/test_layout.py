import re

import pytest

from frameatlas.browser import make_app
from frameatlas.browser.page.charts import CHARTS
from frameatlas.browser.page.layout import PANELS, SCRIPTS, STYLES, page

OF_OTHERS = ("leaflet/leaflet",)
FORBIDDEN = (
    r"innerHTML\s*=(?!\s*\"\")",
    r"outerHTML\s*=",
    r"insertAdjacentHTML",
    r"document\.write",
    r"\beval\(",
    r"new Function",
    r"https?://(?!www\.w3\.org/2000/svg)",
)


@pytest.fixture(scope="module")
def assets(root):
    return root / "browser" / "assets"


def own(names, kind):
    return [f"{name}.{kind}" for name in names if name not in OF_OTHERS]


def test_every_script_and_style_is_there_and_none_is_forgotten(assets):
    for name in (*(f"{n}.js" for n in SCRIPTS), *(f"{n}.css" for n in STYLES)):
        assert (assets / name).is_file(), name
    there = {path.name for kind in ("js", "css") for path in assets.glob(f"*.{kind}")}
    assert there == {*own(SCRIPTS, "js"), *own(STYLES, "css")}


@pytest.mark.parametrize("name", [*own(SCRIPTS, "js"), *own(STYLES, "css")])
def test_a_script_is_short_and_makes_no_html_of_names(assets, name):
    text = (assets / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    for pattern in FORBIDDEN:
        assert not re.search(pattern, text), pattern


def test_the_page_names_its_scripts_in_order(tmp_path, tmp_atlas):
    client = make_app(tmp_atlas, cache=tmp_path / "cache").server.test_client()
    html = client.get("/").get_data(as_text=True)
    places = [html.index(f"/{name}.js") for name in SCRIPTS]
    assert places == sorted(places)
    assert '<html lang="en">' in html
    assert "viewport" in html
    assert "site/" not in html
    for name in SCRIPTS:
        with client.get(f"/assets/{name}.js") as answer:
            assert answer.status_code == 200


def test_every_panel_has_a_place_and_a_name_for_readers():
    text = str(page())
    for name in PANELS:
        assert f"fa-panel-{name}" in text
        assert f"fa-tab-{name}" in text


def asked(client, data):
    body = {
        "output": "fa-charts.children",
        "outputs": {"id": "fa-charts", "property": "children"},
        "inputs": [{"id": "fa-charts-of", "property": "data", "value": data}],
        "changedPropIds": ["fa-charts-of.data"],
    }
    return client.post("/_dash-update-component", json=body)


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
