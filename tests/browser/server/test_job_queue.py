import io
import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest

from frameatlas.browser import BrowserTools, make_app
from frameatlas.browser.downloads.poster_orders import command_line, order_of, preview_order
from frameatlas.browser.server import job_queue as jobs_module
from frameatlas.browser.server.job_queue import WAITING, Jobs
from frameatlas.browser.view.wing_tools import PosterOrder
from frameatlas.errors import InputError, LockedError, SourceError

OURS = {"X-Frameatlas": "1"}


@dataclass(frozen=True)
class Described:
    scores: np.ndarray
    coordinates: np.ndarray


def describe(atlas, data):
    if data == b"bad":
        raise SourceError("no photo; --clip takes videos")
    return Described(np.asarray(atlas.scores[4:5], np.float32), np.array([[0.25, -3.0]]))


def render(atlas, order, path, on_cell):
    on_cell(1, 2)
    path.write_bytes(b"a poster of " + str(order.grid).encode())
    return "made"


@pytest.fixture
def client(tmp_path, tmp_atlas):
    tools = BrowserTools(describe_image=describe, render_poster=render)
    return make_app(tmp_atlas, tools, cache=tmp_path / "cache").server.test_client()


def ended(client, job):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        facts = client.get(f"/api/jobs/{job}").json
        if facts["state"] in ("done", "failed"):
            return facts
        time.sleep(0.005)
    raise AssertionError("the job does not end")


def test_a_picture_finds_its_place_and_its_likes(client):
    job = client.post("/api/image", data=b"picture", headers=OURS).json["job"]
    facts = ended(client, job)
    assert facts["state"] == "done"
    assert facts["result"]["place"] == [0.25, -1.0]
    assert facts["result"]["nearest"][0]["frame"] == 4
    assert facts["share"] == 1


def test_a_picture_comes_in_a_form_too(client):
    form = {"file": (io.BytesIO(b"picture"), "a.jpg")}
    assert "job" in client.post("/api/image", data=form, headers=OURS).json


def test_what_is_no_picture_fails_in_words(client):
    assert client.post("/api/image", data=b"", headers=OURS).status_code == 400
    job = client.post("/api/image", data=b"bad", headers=OURS).json["job"]
    facts = ended(client, job)
    assert facts["state"] == "failed"
    assert facts["text"].startswith("Expected a photo")


def test_a_poster_is_made_and_fetched(client):
    order = {"center": [0.1, -0.2], "width": 0.5, "grid": [11, 6], "ending": ".jpg"}
    got = client.post("/api/poster", json=order, headers=OURS).json
    assert "--center 0.1,-0.2 --width 0.5 --grid 11x6" in got["command"]
    assert ended(client, got["job"])["text"] == "made"
    with client.get(f"/api/jobs/{got['job']}/file") as file:
        assert file.data == b"a poster of (11, 6)"
        assert "poster.jpg" in file.headers["Content-Disposition"]


def test_a_preview_comes_at_once(client):
    got = client.get("/api/poster/preview?center=0,0&width=1&grid=3x2")
    assert got.data == b"a poster of (3, 2)"
    assert got.headers["Cache-Control"] == "no-store"
    assert client.get("/api/poster/preview?grid=99x99").status_code == 400
    assert "--grid 3x2" in client.get("/api/poster/command?grid=3x2").json["command"]


def test_without_tools_the_page_says_so(tmp_path, tmp_atlas):
    client = make_app(tmp_atlas, cache=tmp_path / "cache").server.test_client()
    assert client.get("/api/poster/preview").status_code == 501
    assert client.post("/api/poster", json={}, headers=OURS).status_code == 501
    job = client.post("/api/image", data=b"picture", headers=OURS).json["job"]
    assert "browse" in ended(client, job)["text"]


@pytest.mark.parametrize("job", ["x", "..", "a" * 5000, "%00"])
def test_another_job_is_not_there(client, job):
    assert client.get(f"/api/jobs/{job}").status_code in (404, 308)
    assert client.get(f"/api/jobs/{job}/file").status_code in (404, 308)


@pytest.mark.parametrize(
    "order",
    [
        None,
        [],
        {"center": 3},
        {"center": [0]},
        {"center": [0, 2]},
        {"center": ["x", 0]},
        {"center": [float("nan"), 0]},
        {"width": 0},
        {"width": 1e-9},
        {"width": True},
        {"grid": [0, 5]},
        {"grid": "5"},
        {"grid": [100_000, 100_000]},
        {"grid": [5, 5, 5]},
        {"count": 0},
        {"count": 10**30},
        {"tile_height": 10**6},
        {"grid": [200, 100], "tile_height": 2000},
        {"fill": "lies"},
        {"ending": ".exe"},
        {"ending": "/../x.png"},
        {"apart": -1},
    ],
)
def test_posters_that_cannot_be_are_refused(client, order):
    with pytest.raises(InputError, match="Expected"):
        order_of(order)
    assert client.post("/api/poster", json=order, headers=OURS).status_code == 400


def test_the_command_line_makes_the_same_poster(tmp_path):
    order = PosterOrder((-0.5, 0.25), 0.4, count=50, fill="nearest", apart=2.5, ending=".pdf")
    assert command_line(tmp_path / "it's.atlas", order).endswith(
        """it'"'"'s.atlas' --center -0.5,0.25 --width 0.4 --count 50 --tile-height 300 """
        "--fill nearest --apart 2.5 -o poster.pdf"
    )
    small = preview_order(order, 20)
    assert (small.count, small.ending) == (20, ".jpg")
    assert small.tile_height <= 120


def test_one_kind_of_job_does_not_wait_for_another():
    jobs, go = Jobs(), threading.Event()
    slow = jobs.submit("slow", lambda job, _: go.wait(10) and None)
    quick = jobs.submit("quick", lambda job, _: None)
    until(lambda: quick.state == "done")
    assert slow.state == "running"
    go.set()
    until(lambda: slow.state == "done")
    jobs.close()


def test_too_many_jobs_are_refused():
    jobs, go = Jobs(), threading.Event()
    first = jobs.submit("slow", lambda job, _: go.wait(10) and None)
    until(lambda: first.state == "running")
    rest = [jobs.submit("slow", lambda job, _: None) for _ in range(WAITING)]
    with pytest.raises(LockedError, match="waiting"):
        jobs.submit("slow", lambda job, _: None)
    go.set()
    until(lambda: all(job.state == "done" for job in rest))
    jobs.close()


def test_results_expire_with_their_files(monkeypatch):
    jobs, kept = Jobs(), []

    def work(job, folder):
        (folder / "x").write_bytes(b"x")
        job.file = (folder / "x", "x")
        kept.append(folder)

    job = jobs.submit("a", work)
    until(lambda: job.state == "done")
    assert jobs.get(job.id) is job
    monkeypatch.setattr(jobs_module, "KEPT_SECONDS", 0.0)
    time.sleep(0.01)
    assert jobs.get(job.id) is None
    assert not kept[0].exists()
    jobs.close()


def test_what_was_found_is_kept_while_the_server_lives(monkeypatch):
    monkeypatch.setattr(jobs_module, "KEPT_SECONDS", 0.0)
    monkeypatch.setattr(jobs_module, "KEPT_FINDINGS", 3)
    jobs, found = Jobs(), []
    for _ in range(5):
        found.append(jobs.submit("image", lambda job, folder: None))
        until(lambda: found[-1].state == "done")
        time.sleep(0.01)
    assert [jobs.get(job.id) is job for job in found] == [False, False, True, True, True]
    jobs.close()


def test_a_fault_is_told_and_the_worker_lives():
    jobs = Jobs()

    def fault(job, folder):
        raise ZeroDivisionError("by zero")

    job = jobs.submit("a", fault)
    until(lambda: job.state == "failed")
    assert "fault of its own" in job.text
    after = jobs.submit("a", lambda job, _: None)
    until(lambda: after.state == "done")
    jobs.close()


def test_the_end_stops_what_runs():
    jobs = Jobs()

    def endless(job, folder):
        while True:
            job.check_wanted()
            time.sleep(0.002)

    running = jobs.submit("a", endless)
    waiting = jobs.submit("a", endless)
    until(lambda: running.state == "running")
    jobs.close()
    assert (running.state, waiting.state) == ("failed", "failed")
    assert "server ends" in running.text


def until(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)
