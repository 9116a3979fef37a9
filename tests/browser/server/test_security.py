import re

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from frameatlas.browser import make_app
from frameatlas.browser.server.security import MOST_UPLOAD, Access, is_loopback

OURS = {"X-Frameatlas": "1"}


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    return synthetic_atlas(tmp_path_factory.mktemp("safe") / "safe.atlas")


@pytest.fixture(scope="module")
def app(tmp_path_factory, atlas):
    return make_app(atlas, cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture
def client(app):
    return app.server.test_client()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, atlas):
    access = Access("0.0.0.0", "a-token-of-this-test")
    return make_app(atlas, access=access, cache=tmp_path_factory.mktemp("wide"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8050", "[::1]:80", "127.1.2.3"])
def test_names_of_this_machine_are_answered(client, host):
    assert client.get("/api/atlas", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8050", "127.0.0.1.evil.example", "localhost.evil.example"]
    + ["192.168.1.7", "", "[::1", "2130706433", "evil@127.0.0.1.example"],
)
@pytest.mark.parametrize("path", ["/", "/api/atlas", "/charts/_dash-layout", "/assets/none.css"])
def test_another_host_name_is_refused(app, host, path):
    # Not by the client: Werkzeug's takes the address apart itself, and older ones stop at "[::1".
    asked = EnvironBuilder(path=path).get_environ() | {"HTTP_HOST": host}
    _, status, _ = run_wsgi_app(app.server, asked)
    assert status.startswith("403 ")


@pytest.mark.parametrize("path", ["/", "/api/atlas", "/nowhere", "/tiles/a/b/c/d.webp"])
def test_every_answer_forbids_outside_addresses(client, path):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_no_script_is_written_into_the_page(client):
    answer = client.get("/")
    assert "sha256-" not in answer.headers["Content-Security-Policy"]
    tags = re.findall(r"<script[^>]*>", answer.get_data(as_text=True))
    assert all(" src=" in tag or 'type="application/json"' in tag for tag in tags)


def test_dash_takes_json_of_its_own_page_only(client):
    assert client.post("/charts/_dash-update-component", data="{}").status_code == 415
    headers = {"Origin": "http://evil.example"}
    assert (
        client.post("/charts/_dash-update-component", json={}, headers=headers).status_code == 403
    )


def test_uploads_are_bounded(client):
    large = client.post("/api/image", data=b"\0" * (MOST_UPLOAD + 1), headers=OURS)
    larger = client.post("/api/image", data=b"\0" * (MOST_UPLOAD + 100_000), headers=OURS)
    assert (large.status_code, larger.status_code) == (413, 413)
    assert "error" in large.json


def test_a_token_lets_in_and_stays_as_a_cookie(guarded):
    client = guarded.server.test_client()
    assert client.get("/").status_code == 403
    assert client.get("/api/atlas?token=wrong").status_code == 403
    let_in = client.get("/?token=a-token-of-this-test&x=0.5&v=1")
    assert let_in.status_code == 302
    assert let_in.headers["Location"] == "/?x=0.5&v=1"
    cookie = let_in.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get("/api/atlas").status_code == 200
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("token", ["", "x", "é", "a-token-of-this-test "])
def test_another_token_lets_nobody_in(guarded, token):
    client = guarded.server.test_client()
    assert client.get("/", query_string={"token": token}).status_code == 403
    client.set_cookie(
        Access("", "a-token-of-this-test").cookie, token.encode("ascii", "ignore").decode()
    )
    assert client.get("/api/atlas").status_code == 403


def test_beyond_loopback_names_cannot_be_rebound(guarded):
    client = guarded.server.test_client()
    for host, status in (("evil.example", 403), ("192.168.1.7:8050", 302), ("[fe80::1]", 302)):
        got = client.get("/?token=a-token-of-this-test", headers={"Host": host})
        assert got.status_code == status


def test_what_loopback_is():
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "::1", "127.9.9.9"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "192.168.0.1", "localhost.evil", ""]))
    assert Access.of_host("127.0.0.1").token is None
    assert Access.of_host("0.0.0.0").token != Access.of_host("0.0.0.0").token


def test_there_is_no_debug_mode(app, client):
    assert not app.server.debug
    for path in ("/_reload-hash", "/console", "/?__debugger__=yes&cmd=resource&f=style.css"):
        assert b"werkzeug" not in client.get(path).data.lower()


@pytest.mark.parametrize(
    "path", ["/assets/../app.py", "/assets/%2e%2e/app.py", "/assets//etc/passwd", "/video/..%2f"]
)
def test_no_path_is_taken_from_a_request(client, path):
    got = client.get(path)
    assert got.status_code in (200, 400, 404)
    assert b"def make_app" not in got.data
    assert b"root:" not in got.data
