"""Strangers who reach the page by --host: no body without the token, and few connections."""

import socket
import threading
import time
from contextlib import ExitStack, suppress

import pytest

from frameatlas.browser.server import bounded_server
from frameatlas.browser.server.bounded_server import knows_token, make_server
from frameatlas.browser.server.security import Access

ACCESS = Access("0.0.0.0", "a-long-token")


def app(environ, start):
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", "2")])
    app.bodies.append(len(body))
    return [b"ok"]


@pytest.fixture
def server():
    """A server that runs; gives its port."""
    app.bodies = []
    place = socket.create_server(("127.0.0.1", 0))
    made = make_server(app, place, ACCESS, threads=2, cleanup_interval=0, channel_timeout=60)

    def run():
        with suppress(OSError):  # its loop may wait at the very socket that is closed at the end
            made.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield place.getsockname()[1]
    made.close()
    thread.join(10)
    place.close()


@pytest.fixture
def connected(server):
    """``connected()``: a connection, closed after the test."""
    with ExitStack() as stack:

        def connect():
            line = stack.enter_context(socket.create_connection(("127.0.0.1", server)))
            line.settimeout(20)
            return line

        yield connect


def answer(line):
    return line.recv(65536)


HEAD = b"POST /api/image HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n"


def test_a_body_without_the_token_is_refused_before_it_comes(connected):
    line = connected()
    line.sendall(HEAD + b"\r\n")
    assert answer(line).startswith(b"HTTP/1.1 403")
    assert app.bodies == []


def test_a_chunked_body_without_the_token_is_refused_too(connected):
    line = connected()
    line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert answer(line).startswith(b"HTTP/1.1 403")


def test_with_the_token_a_body_is_taken(connected):
    line = connected()
    cookie = f"Cookie: {ACCESS.cookie}={ACCESS.token}\r\n".encode()
    line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n" + cookie + b"\r\n12345")
    assert answer(line).startswith(b"HTTP/1.1 200")
    assert app.bodies == [5]


def test_one_address_has_so_many_connections_and_others_are_served(connected, monkeypatch, soon):
    monkeypatch.setattr(bounded_server, "MOST_CONNECTIONS", 5)
    lines = [connected() for _ in range(5)]
    late = connected()
    assert answer(late) == b""  # closed at once
    lines.pop().close()

    def served():
        line = connected()
        try:
            line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            return answer(line).startswith(b"HTTP/1.1 200")
        except OSError:
            return False
        finally:
            line.close()

    assert soon(served)
    for line in lines:
        line.close()


def test_a_request_that_never_ends_is_ended(connected, monkeypatch, soon):
    monkeypatch.setattr(bounded_server, "HEADER_SECONDS", 0.2)
    line = connected()
    line.settimeout(0.2)
    closed = []

    def ended():
        try:
            line.sendall(b"X")
            closed.append(line.recv(10) == b"")
        except TimeoutError:
            closed.append(False)
        except OSError:
            closed.append(True)
        return closed[-1]

    line.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
    assert soon(ended, 20)


def test_the_token_is_known_by_cookie_or_address():
    assert knows_token(ACCESS, {"COOKIE": f"{ACCESS.cookie}=a-long-token"}, "")
    assert knows_token(ACCESS, {}, "token=a-long-token&x=1")
    assert not knows_token(ACCESS, {"COOKIE": f"{ACCESS.cookie}=another"}, "token=another")
    assert not knows_token(ACCESS, {"COOKIE": "\x00=;;"}, "")
    assert knows_token(Access(), {}, "")


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("[::1]", True),
        ("[::1]:8050", True),
        ("localhost:8050", True),
        ("127.0.0.1", True),
        ("[::1].evil", False),
        ("[::1].evil:80", False),
        ("localhost.evil", False),
        ("localhost:80:80", False),
        ("user@localhost", False),
        ("localhost#.evil", False),
        ("", False),
    ],
)
def test_only_names_of_this_machine_are_answered(tmp_atlas, tmp_path, host, known):
    from frameatlas.browser import make_app

    client = make_app(tmp_atlas, cache=tmp_path / "cache").server.test_client()
    status = client.get("/api/atlas", headers={"Host": host}).status_code
    assert (status != 403) == known


def test_an_atlas_in_a_folder_of_any_name(tmp_atlas, tmp_path):
    import os
    import shutil

    from frameatlas import open_atlas
    from frameatlas.browser import make_app

    place = tmp_path / os.fsdecode(b"holiday-\xe9t\xe9.atlas")
    try:
        shutil.copytree(tmp_atlas.folder, place)
    except OSError:
        pytest.skip("this disk takes only names of UTF-8")
    client = make_app(open_atlas(place), cache=tmp_path / "cache").server.test_client()
    for address in ("/", "/api/atlas", "/tile/0/0/0.webp", "/frame/0"):
        assert client.get(address).status_code < 500, address
    assert time.monotonic() > 0
