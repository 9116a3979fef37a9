"""What people and strangers ask a server: mostly tiles, some work, some nonsense, by chance."""

import http.client
import io
import json
import random
import socket
import threading
import time

from PIL import Image

GUARD = {"X-Frameatlas": "1"}
NONSENSE = (
    "/",
    "/tiles/x/0/0/0.webp",
    "/api/frame/-1",
    "/api/at?x=nan",
    "/clip/99",
    "/%ff%00",
)
SECONDS = 40
"""Of the video that clips are cut from."""


class Visitor:
    """Asks over a connection that stays open, as web browsers do.

    Args:
        address: Host and port.
        facts: What ``/api/atlas`` said.
        seed: Of what is asked.
        clips: One in so many requests has FFmpeg cut a clip.
    """

    def __init__(self, address, facts, seed, clips):
        self.address, self.facts, self.clips = address, facts, clips
        self.chance = random.Random(seed)
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.statuses = {}

    def ask(self, path, method="GET", body=None, headers=None):
        """The answer's body; a status of 500 or a connection that breaks is an error."""
        self.connection.request(method, path, body, {**(headers or {}), **(GUARD if body else {})})
        answer = self.connection.getresponse()
        content = answer.read()
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        assert answer.status != 500, (path, content[:300])
        return content

    def visit(self, count, end):
        """So many requests, or fewer where time is up."""
        kinds = [self.tile] * 12 + [self.filtered] * 2 + [self.frame] * 4 + [self.hover] * 5
        kinds += [self.nearest, self.lasso, self.export, self.upload, self.nonsense, self.hang_up]
        for number in range(count):
            if time.monotonic() > end:
                break
            (self.clip if number % self.clips == 0 else self.chance.choice(kinds))()
        self.connection.close()

    def tile(self, query=""):
        z = self.chance.randint(0, self.facts["deepest"])
        x, y = (self.chance.randrange(2**z + (self.chance.random() < 0.05)) for _ in range(2))
        scale = self.chance.choice((1, 2))
        self.ask(f"/tiles/{self.facts['map']}/{z}/{x}/{y}.webp?scale={scale}{query}")

    def filtered(self):
        begin = self.chance.randint(0, 9)
        self.tile(f"&v={self.chance.randint(0, 3)}&from={begin}&to={begin + 9}")

    def frame(self):
        number = self.chance.randrange(self.facts["frames"])
        self.ask(f"/frames/{self.facts['map']}/{number}.jpg?height={self.chance.choice((96, 288))}")

    def hover(self):
        x, y = self.chance.uniform(-1, 1), self.chance.uniform(-1, 1)
        self.ask(f"/api/at?x={x:.5f}&y={y:.5f}&z={self.chance.randint(0, 5)}")

    def nearest(self):
        self.ask(f"/api/nearest/{self.chance.randrange(self.facts['frames'])}?apart=1")
        self.ask(f"/api/similar/{self.chance.randint(0, 1)}")

    def selection(self):
        corners = [[self.chance.uniform(-1, 1), self.chance.uniform(-1, 1)] for _ in range(40)]
        shape = {"kind": "polygon", "points": corners, "subtract": False}
        return json.dumps({"shapes": [shape], "filter": {}})

    def lasso(self):
        self.ask("/api/select", "POST", self.selection())

    def export(self):
        kind = self.chance.choice(("csv", "zip", "edl", "concat"))
        self.ask(f"/api/export/{kind}", "POST", self.selection())

    def upload(self):
        data = io.BytesIO()
        Image.new("RGB", (64, 36), self.chance.choice(("teal", "black", "white"))).save(data, "PNG")
        body = data.getvalue() if self.chance.random() < 0.7 else b"no picture"
        job = json.loads(self.ask("/api/image", "POST", body)).get("job")
        for _ in range(500 if job else 0):
            if json.loads(self.ask(f"/api/jobs/{job}"))["state"] in ("done", "failed"):
                return
            time.sleep(0.01)

    def clip(self):
        self.ask(f"/clip/0?from={self.chance.uniform(0, SECONDS):.1f}")
        begin = self.chance.randint(0, 50_000)
        self.ask("/video/1", headers={"Range": f"bytes={begin}-{begin + 9_999}"})

    def nonsense(self):
        self.ask(self.chance.choice(NONSENSE))

    def hang_up(self):
        """Ask, and be gone before the answer."""
        host, port = self.address.rsplit(":", 1)
        path = f"/tiles/{self.facts['map']}/1/0/0.webp?scale=2&from={self.chance.random():.3f}"
        with socket.create_connection((host, int(port)), timeout=60) as gone:
            gone.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n".encode())
            if self.chance.random() < 0.5:
                gone.sendall(b"\r\n")


def visited(address, facts, *, requests, seconds, seed, clips=60, visitors=4):
    """Have several visitors at once; what answers they had by status."""
    end = time.monotonic() + seconds
    people = [Visitor(address, facts, f"{seed} {n}", clips) for n in range(visitors)]
    failed = []

    def run(one):
        try:
            one.visit(requests // visitors, end)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
    statuses = {}
    for one in people:
        for status, count in one.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return statuses
