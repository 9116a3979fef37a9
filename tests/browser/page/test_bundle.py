import gzip
import json
import re
from dataclasses import replace

import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app
from frameatlas.browser.page.bundle import ASSETS, bundles, scripts, styles

OF_OTHERS = ("leaflet",)
OTHERS_PAGE = ("site",)
FORBIDDEN = (
    r"innerHTML\s*=(?!\s*\"\")",
    r"outerHTML\s*=",
    r"insertAdjacentHTML",
    r"document\.write",
    r"\beval\(",
    r"new Function",
    r"https?://(?!www\.w3\.org/2000/svg)",
)


def own(kind):
    paths = (path for path in ASSETS.rglob(f"*.{kind}") if path.parent.name not in OF_OTHERS)
    return sorted(path for path in paths if path.parent.name not in OTHERS_PAGE)


def test_nothing_is_left_out_of_the_bundle_and_nothing_is_in_it_twice():
    for listed, kind in ((scripts(), "js"), (styles(), "css")):
        assert len(set(listed)) == len(listed)
        assert {path for path in listed if path.parent.name not in OF_OTHERS} == set(own(kind))


@pytest.mark.parametrize(
    "path", [*own("js"), *own("css")], ids=lambda path: str(path.relative_to(ASSETS))
)
def test_a_script_is_short_and_makes_no_html_of_names(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    for pattern in FORBIDDEN:
        assert not re.search(pattern, text), pattern


def test_a_folder_holds_few_files():
    for folder in (ASSETS, *(path for path in ASSETS.iterdir() if path.is_dir())):
        assert sum(path.is_file() for path in folder.iterdir()) <= 22


@pytest.fixture(scope="module")
def client(tmp_path_factory, synthetic_atlas):
    folder = tmp_path_factory.mktemp("bundled")
    atlas = synthetic_atlas(folder / "a.atlas", sources=(("video", 4),))
    return make_app(atlas, cache=folder / "cache").server.test_client()


def test_the_page_loads_one_script_and_one_style_sheet(client):
    html = client.get("/").get_data(as_text=True)
    assert '<html lang="en">' in html
    assert html.count("<script defer") == 1
    assert html.count('rel="stylesheet"') == 1
    script, style = bundles()
    for one in (script, style):
        assert f'"{one.address}"' in html
        plain = client.get(one.address)
        packed = client.get(one.address, headers={"Accept-Encoding": "gzip"})
        assert plain.data == one.content
        assert gzip.decompress(packed.data) == one.content
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "immutable" in plain.headers["Cache-Control"]


def test_what_is_in_the_atlas_comes_with_the_page(client):
    facts = client.get("/api/atlas").json  # the map is open from here on
    assert facts_of(client.get("/").get_data(as_text=True)) == facts


def facts_of(html):
    return json.loads(re.search(r'id="fa-facts">(.*?)</script>', html, re.DOTALL)[1])


def test_names_of_videos_end_no_script(tmp_path, synthetic_atlas):
    atlas = synthetic_atlas(tmp_path / "a.atlas", sources=(("video", 4),))
    name = "</script><script>alert(1)</script><!-- $style.mp4"
    manifest = atlas.manifest
    manifest = replace(manifest, sources=(replace(manifest.sources[0], path=f"/videos/{name}"),))
    (atlas.folder / "atlas.json").write_text(manifest.to_json())
    client = make_app(open_atlas(atlas.folder), cache=tmp_path / "c").server.test_client()
    facts = client.get("/api/atlas").json
    html = client.get("/").get_data(as_text=True)
    assert html.count("</script>") == 2
    assert "<!-- " not in html
    assert facts_of(html)["sources"] == facts["sources"]


def test_a_page_of_many_videos_is_sent_small(tmp_path, synthetic_atlas):
    atlas = synthetic_atlas(tmp_path / "a.atlas", sources=(("video", 1),) * 300)
    client = make_app(atlas, cache=tmp_path / "c").server.test_client()
    assert client.get("/api/atlas").status_code == 200
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 4
    assert gzip.decompress(packed.data) == plain.data


def test_page_and_bundle_are_small(client):
    sent = len(client.get("/").data) + sum(len(one.packed) for one in bundles())
    assert sent < 200_000, "this much comes before the first picture is asked for"


def test_another_bundle_is_refused_with_a_sentence(client):
    answer = client.get("/page/0123456789abcdef/frameatlas.js")
    assert answer.status_code == 404
    assert "load the page again" in answer.json["error"]
