"""The main path in Firefox, where there is one, and the static site from disk."""

import io

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.process, pytest.mark.slow]


@pytest.fixture(scope="module")
def firefox(module_at, root, tmp_path_factory):
    client = module_at(root / "tests" / "browser" / "firefox.py")
    program = client.find_firefox()
    if program is None:
        pytest.skip("there is no Firefox on this machine")
    one = client.Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield one
    one.close()


def colours(firefox):
    with Image.open(io.BytesIO(firefox.picture())) as picture:
        return np.asarray(picture.convert("RGB"))


def complaints(firefox):
    return firefox.run("return window.complaints || []")


def test_the_main_path(firefox, site):
    firefox.open(site)
    firefox.until("document.body.classList.contains('fa-ready')")
    firefox.run(
        "window.complaints = []; addEventListener('error', (e) => complaints.push(e.message));"
        "addEventListener('unhandledrejection', (e) => complaints.push(String(e.reason)));"
    )
    firefox.until("[...document.images].some((one) => one.naturalWidth > 64)")
    firefox.run("const b = document.querySelector('#fa-first button'); if (b) b.click();")
    assert len(np.unique(colours(firefox)[100:700].reshape(-1, 3), axis=0)) > 100
    before = firefox.run("return FrameAtlas.map.leaflet.getZoom()")
    firefox.wheel(640, 420, -300)
    firefox.until(f"FrameAtlas.map.leaflet.getZoom() > {before} + 0.5")
    firefox.run("FrameAtlas.map.whole(true)")
    x, y = firefox.run(
        "const place = FrameAtlas.map.toLatLng(0.08, 0.1);"
        "const p = FrameAtlas.map.leaflet.latLngToContainerPoint(place);"
        "const b = FrameAtlas.map.leaflet.getContainer().getBoundingClientRect();"
        "return [p.x + b.x, p.y + b.y]"
    )
    firefox.click(x, y)
    firefox.until("FrameAtlas.state.value.f !== null")
    firefox.until("location.hash.includes('/f=')")
    firefox.run("FrameAtlas.state.set({f: null, p: ''}, true)")
    firefox.run("const b = document.querySelector('#fa-search'); b.focus();")
    firefox.keys("film")
    firefox.until("document.querySelector('#fa-drawer').innerText.includes('film')")
    firefox.run("FrameAtlas.state.set({find: '', p: '', c: 'video'}, true)")
    firefox.until("document.querySelectorAll('#fa-legend li').length >= 4")
    firefox.until("document.querySelector('canvas.fa-cells')")
    firefox.run("history.back()")
    firefox.until("FrameAtlas.state.value.c === ''")
    assert complaints(firefox) == []


def test_names_of_regions(firefox, site):
    firefox.open(site + "#/o=clusters")
    firefox.until("document.querySelector('.fa-cluster')", 90)
    before = firefox.run("return document.querySelectorAll('.fa-cluster').length")
    assert before > 3
    firefox.press(".fa-cluster .fa-tiny")
    firefox.until("document.querySelector('.fa-cluster input')")
    firefox.keys("Harbour\ue007")
    firefox.until(
        "[...document.querySelectorAll('.fa-cluster span')]"
        ".some((one) => one.textContent === 'Harbour')"
    )
    firefox.press("#fa-theme")
    firefox.until("document.documentElement.dataset.theme")


def test_the_static_site_from_disk(firefox, pictured, tmp_path):
    from frameatlas.browser import SiteOptions, export_site

    folder = export_site(pictured, SiteOptions(tmp_path / "site")).output
    firefox.open(f"file://{folder}/index.html")
    firefox.until("document.body.dataset.ready")
    firefox.run("FrameSite.panel.pin(3)")
    firefox.until("document.querySelector('#like button')")
    firefox.run("const s = document.getElementById('colour'); s.value = 'video'; s.onchange();")
    firefox.until("document.querySelectorAll('#legend li').length === 4")
    firefox.until("document.querySelector('canvas.edges')")
    assert len(np.unique(colours(firefox)[100:700].reshape(-1, 3), axis=0)) > 100
