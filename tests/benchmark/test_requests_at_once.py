"""The benchmark's client: every path once, so many at a time, and nothing but 200 is taken."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@pytest.fixture(scope="module")
def at_once(from_root):
    return from_root("benchmark.requests_at_once").milliseconds_each


class Counting(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.lock:
            self.server.asked.append(self.path)
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
        time.sleep(0.05)
        with self.server.lock:
            self.server.now -= 1
        body = b"x" * 100_000
        self.send_response(404 if self.path == "/lost" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Tests stay silent."""


@pytest.fixture
def counting():
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        server.lock, server.asked, server.now, server.most = threading.Lock(), [], 0, 0
        server.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_every_path_is_asked_for_once_and_four_at_a_time(at_once, counting):
    paths = [f"/{number}" for number in range(10)]
    taken = at_once(counting.address, paths, 4)
    assert sorted(counting.asked) == sorted(paths)
    assert counting.most == 4
    assert len(taken) == 10
    assert min(taken) >= 50


def test_fewer_paths_than_connections(at_once, counting):
    assert len(at_once(counting.address, ["/a"], 4)) == 1


def test_another_answer_than_200_is_a_failure(at_once, counting):
    with pytest.raises(ExceptionGroup) as failed:
        at_once(counting.address, ["/lost"], 2)
    assert "/lost" in str(failed.value.exceptions[0])
