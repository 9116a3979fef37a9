"""The web server: addresses, queries, headers, bodies and uploads, as nobody should send them."""

import io
import json
from contextlib import contextmanager
from urllib.parse import quote_from_bytes

import pytest
from flask.testing import EnvironBuilder
from werkzeug.test import run_wsgi_app

from frameatlas.browser import make_app
from frameatlas.browser.view.wing_tools import BrowserTools
from frameatlas.errors import SourceError
from frameatlas.photos.photo import read_photo
from frameatlas.photos.quiet import quiet_pillow

BUSY_OR_BARE = (501, 503)
"""No tool for it here, or too many at once."""

FINE = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "PATCH")


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    return synthetic_atlas(tmp_path_factory.mktemp("fuzzed") / "fuzzed.atlas")


@pytest.fixture(scope="module")
def server(tmp_path_factory, atlas):
    def described(_, data):
        # As the real tool does: what is no photo is a SourceError.
        with quiet_pillow():
            read_photo(io.BytesIO(data), 8, 8)
        raise SourceError("no network in this test")

    tools = BrowserTools(describe_image=described)
    app = make_app(atlas, tools, cache=tmp_path_factory.mktemp("cache"))
    return app.server


@pytest.fixture
def asked(server, capsys):
    """``asked(data, method, path, …)``: the answer, which must be one that we meant to give."""

    @contextmanager
    def go(method, path, **options):
        # Not by Werkzeug's client, some of which read the Host header themselves.
        builder = EnvironBuilder(server, path, method=method, **options)
        content = run_wsgi_app(server, builder.get_environ())
        builder.close()
        with server.response_class(*content) as answer:
            shown = answer.data[:300]
            assert answer.status_code < 500 or answer.status_code in BUSY_OR_BARE, shown
            assert b"Traceback" not in answer.data
            if answer.status_code >= 400 and answer.is_json and method != "HEAD":
                assert answer.json["error"]
            yield answer
        assert "fault" not in capsys.readouterr().err

    return go


def places(atlas):
    name = atlas.map_folder.name
    fixed = ["/", "/api/atlas", "/api/state", "/api/find?text=mp4", "/api/quality"]
    fixed += ["/charts/_dash-layout"]
    of_map = [f"/tiles/{name}/1/0/1.webp?scale=2", f"/frames/{name}/3.jpg?height=40"]
    of_map += [
        f"/api/{kind}/{name}?v=0,1&from=0&to=9" for kind in ("points", "density", "clusters")
    ]
    of_map += [f"/api/{kind}/{name}/0" for kind in ("path", "novelty")] + [f"/api/trust/{name}"]
    of_frame = ["/api/frame/3", "/api/nearest/3?count=5&apart=1", "/api/similar/0?count=3"]
    rest = ["/api/moment/0?seconds=1.5", "/api/at?x=0.1&y=-0.5&z=3", "/video/0", "/clip/0?from=1"]
    rest += ["/api/poster/command?center=0,0&width=0.5&grid=3x2", "/api/jobs/abc/file"]
    rest += ["/api/poster/preview?center=0,0&width=2&count=9", "/page/0123/frameatlas.js"]
    window = "left=-1&bottom=-1&right=0.5&top=1"
    rest += [f"/api/view/{name}?z=2&{window}", f"/api/legend/{name}?value=source&{window}"]
    rest += [f"/api/near/{name}?x=0.3&y=-1e30"]
    return [place.encode() for place in fixed + of_map + of_frame + rest]


def test_addresses_and_queries(fuzz, asked, atlas):
    def run(data):
        path, mark, query = data.partition(b"?")
        address = "/" + quote_from_bytes(path.lstrip(b"/"), safe="/%.:,;@&=+$!*'()~")
        with asked("GET", address + mark.decode() + quote_from_bytes(query, safe="=&%,.;:+")):
            pass

    fuzz("addresses", places(atlas), run, 12_000)


HEADERS = (
    b"Host: localhost:8050\nRange: bytes=0-99\nOrigin: http://localhost\nCookie: a=b",
    b'Host: 127.0.0.1\nIf-Range: "x"\nRange: bytes=-5,9-\nIf-None-Match: W/"x"\nX-Frameatlas: 1',
    b"Host: [::1]:80\nAccept: text/html;q=0.8\nAccept-Encoding: gzip;q=x\nContent-Type: a/b;c=d",
    b"Host: localhost\nSec-Fetch-Site: same-origin\nIf-Modified-Since: Sat, 21 Nov 2026",
    b"Host: localhost\nX-Forwarded-Host: evil\nForwarded: for=1\nAuthorization: Basic !\nTE: x",
)


def test_headers(fuzz, asked, atlas):
    found = places(atlas)

    def run(data):
        # Line breaks and letters beyond Latin-1 are refused by the web server below us.
        lines = [line.partition(b":") for line in data.splitlines()]
        headers = [
            (name.decode("latin-1").strip(), value.decode("latin-1").strip())
            for name, _, value in lines
            if name.strip() and name.isascii()
        ]
        path = found[len(data) % len(found)].decode()
        method = FINE[len(data) % 7 if data.endswith(b"x") else 0]
        try:
            with asked(method, path, headers=headers):
                pass
        except ValueError as error:
            # Werkzeug's own client stumbles over hosts that are no address; a socket does not.
            if "IPv4 or IPv6" not in str(error):
                raise

    fuzz("headers", list(HEADERS), run, 8_000)


BODIES = (
    {"shapes": [{"kind": "rectangle", "points": [[-0.5, -0.5], [0.5, 0.5]]}], "filter": {"v": [0]}},
    {"shapes": [{"kind": "lasso", "points": [[0, 0], [0, 1], [1, 0.5]]}], "filter": {"from": 0}},
    {"frames": [0, 3, 5, 27], "filter": {"to": 9.5, "folder": [0], "clusters": [1], "k": 4}},
    {"center": [0.1, -0.2], "width": 0.5, "grid": [3, 2], "tile_height": 60, "ending": ".jpg"},
    {"center": ["0", "0"], "width": "2", "count": 9, "fill": "nearest", "apart": 2},
    {
        "output": "a.b",
        "outputs": [],
        "inputs": [{"id": "a", "property": "b"}],
        "changedPropIds": [],
    },
)
PLACES = ("/api/select", "/api/export/csv", "/api/export/edl", "/api/export/concat")
ZIP_AND_REST = ("/api/export/zip", "/api/poster", "/charts/_dash-update-component")


def test_bodies(fuzz, asked):
    posts = PLACES + ZIP_AND_REST

    def run(data):
        path = posts[sum(data[:40]) % len(posts)]
        with asked("POST", path, data=data, headers=SENT) as answer:
            assert path != "/charts/_dash-update-component" or answer.status_code == 400

    fuzz("bodies", [json.dumps(body).encode() for body in BODIES], run, 8_000)


SENT = {"X-Frameatlas": "1", "Content-Type": "application/json"}
FORM = (
    b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\r\n--xyz--\r\n"
)


# Of a form that breaks off midway, Werkzeug leaves a file in memory to be collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_uploads(fuzz, asked):
    def run(data):
        for kind in ("multipart/form-data; boundary=xyz", "application/x-www-form-urlencoded"):
            headers = {"X-Frameatlas": "1", "Content-Type": kind}
            with asked("POST", "/api/image", data=data, headers=headers):
                pass

    fuzz("uploads", [FORM, b"a=b&c=d"], run, 3_000)
