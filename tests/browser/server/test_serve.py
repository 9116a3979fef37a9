import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from frameatlas.browser import make_app
from frameatlas.browser.server.security import Access
from frameatlas.browser.server.serve import address_of, has_screen, listening_socket, serve
from frameatlas.errors import InputError


def fetched(address, **headers):
    asked = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_port_is_listened_on_by_this_machine_alone():
    with listening_socket("127.0.0.1", 0) as place:
        assert place.getsockname()[0] == "127.0.0.1"


def test_a_taken_port_moves_to_the_next_free_one():
    with listening_socket("127.0.0.1", 0) as first:
        taken = first.getsockname()[1]
        with listening_socket("127.0.0.1", taken) as second:
            assert taken < second.getsockname()[1] <= taken + 50


@pytest.mark.parametrize("host", ["no such host.invalid", "192.0.2.77", "a" * 300])
def test_an_address_of_another_machine_is_refused(host, monkeypatch):
    real = socket.getaddrinfo

    def unresolved(name, *rest, **options):
        if "invalid" in name:
            raise socket.gaierror(-2, "Name or service not known")
        return real(name, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    with pytest.raises(InputError, match="Expected --host"):
        listening_socket(host, 8050)


def test_addresses_are_typeable():
    assert address_of("127.0.0.1", 8050, Access()) == "http://127.0.0.1:8050/"
    assert address_of("::1", 8050, Access("::1")) == "http://[::1]:8050/"
    wide = Access.of_host("0.0.0.0")
    assert address_of("0.0.0.0", 80, wide) == f"http://localhost:80/?token={wide.token}"


def test_serving_answers_says_where_and_ends_quietly(tmp_path, tmp_atlas, monkeypatch):
    import waitress

    servers, said, opened = [], [], []
    create = waitress.create_server

    def remembered(*arguments, **options):
        servers.append(create(*arguments, **options))
        return servers[-1]

    monkeypatch.setattr(waitress, "create_server", remembered)
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")
    taken = listening_socket("127.0.0.1", 0)
    port = taken.getsockname()[1]
    thread = threading.Thread(
        target=serve,
        args=(lambda access: make_app(tmp_atlas, access=access, cache=tmp_path), "127.0.0.1", port),
        kwargs={"open_page": True, "say": said.append},
    )
    with taken:
        thread.start()
        waited(lambda: said and said[-1].startswith("http://127.0.0.1:"))
    address = said[-1].split()[0]
    assert said[0].startswith(f"Port {port} is taken; using ")
    assert fetched(address)[0] == 200
    assert b'"frames":28' in fetched(address + "api/atlas")[1]
    assert fetched(address, Host="rebound.example:80")[0] == 403
    assert servers[0].effective_host == "127.0.0.1"
    servers[0].trigger.pull_trigger(servers[0].close)
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert opened == [address]


def test_another_host_is_told_what_it_means(tmp_path, tmp_atlas, monkeypatch):
    import waitress

    class Ended:
        def run(self):
            pass

        def maintenance(self, now):
            pass

        close = run

    monkeypatch.setattr(waitress, "create_server", lambda *_, **__: Ended())
    said, given = [], []

    def make(access):
        given.append(access)
        return make_app(tmp_atlas, access=access, cache=tmp_path)

    serve(make, "0.0.0.0", 0, open_page=False, say=said.append)
    assert "nothing is encrypted" in said[0]
    assert f"/?token={given[0].token}" in said[1]
    assert socket.gethostname() in said[2]
    assert len(given[0].token) >= 32


def test_no_request_leaves_the_machine(tmp_path, tmp_atlas, monkeypatch):
    connected = []

    def refused(self, address):
        connected.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket.socket, "connect_ex", refused)
    client = make_app(tmp_atlas, cache=tmp_path).server.test_client()
    page = client.get("/").text
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    facts = client.get("/api/atlas").json
    client.get(f"/tiles/{facts['map']}/0/0/0.webp")
    client.get("/charts/_dash-layout")
    client.get("/charts/_dash-dependencies")
    assert not connected


def waited(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing was served"
        time.sleep(0.02)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_program_ends_quietly(tmp_path, tmp_atlas, end):
    # A shell starts what runs in its background with SIGINT ignored, and children inherit that.
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    program += "from frameatlas.cli.main import main; main()"
    command = [sys.executable, "-c", program, "browse"]
    running = subprocess.Popen(
        [*command, str(tmp_atlas.folder), "--port", "0", "--no-open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
    )
    with running:
        try:
            address = running.stderr.readline().split()[0]
            assert fetched(address)[0] == 200
            running.send_signal(end)
            out, errors = running.communicate(timeout=30)
        finally:
            running.kill()
    assert (running.returncode, out, errors) == (0, "", "")


def test_no_browser_opens_in_a_terminal(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not has_screen()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert has_screen()
