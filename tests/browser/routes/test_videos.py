import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from frameatlas.atlas import MANIFEST, open_atlas
from frameatlas.browser import BrowserTools, make_app
from frameatlas.browser.routes.videos import MOST_RANGE
from frameatlas.browser.view.clips import AT_ONCE, WAITING
from frameatlas.browser.view.playable import media_type, playable
from frameatlas.errors import SourceError
from frameatlas.store.content_digest import content_digest

CONTENT = bytes(range(256)) * 40_000  # 10 MB: more than one answer to a range


@pytest.fixture
def filmed(tmp_path, tmp_atlas):
    """The synthetic atlas, its first video a file that is there, its second one of another kind."""
    film, other = tmp_path / "a film.mp4", tmp_path / "film.mkv"
    film.write_bytes(CONTENT)
    other.write_bytes(b"matroska")
    first, second, *rest = tmp_atlas.manifest.sources
    sources = (
        replace(first, path=str(film), digest=content_digest(film)),
        replace(second, path=str(other), digest=content_digest(other)),
        *rest,
    )
    manifest = tmp_atlas.manifest.with_sources(sources)
    (tmp_atlas.folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return open_atlas(tmp_atlas.folder)


def client_of(atlas, tmp_path, cut=None):
    app = make_app(atlas, BrowserTools(cut_clip=cut), cache=tmp_path / "cache")
    return app.server.test_client()


def asked(client, path, **headers):
    with client.get(path, headers=headers) as answer:
        return answer.status_code, answer.headers, answer.data


def test_a_part_of_a_film_is_sent(filmed, tmp_path):
    client = client_of(filmed, tmp_path)
    status, headers, data = asked(client, "/video/0", Range="bytes=1000-1999")
    assert (status, data) == (206, CONTENT[1000:2000])
    assert headers["Content-Range"] == f"bytes 1000-1999/{len(CONTENT)}"
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Accept-Ranges"] == "bytes"


def test_all_the_rest_of_a_film_is_sent_in_pieces(filmed, tmp_path):
    client, got = client_of(filmed, tmp_path), b""
    while len(got) < len(CONTENT):
        status, _, data = asked(client, "/video/0", Range=f"bytes={len(got)}-")
        assert status == 206
        assert 0 < len(data) <= MOST_RANGE
        got += data
    assert got == CONTENT


@pytest.mark.parametrize("wanted", ["bytes=-100", "bytes=99999999-", "bytes=x", "bytes=5-1", "a=1"])
def test_odd_ranges(filmed, tmp_path, wanted):
    status, _, data = asked(client_of(filmed, tmp_path), "/video/0", Range=wanted)
    assert status in (200, 206, 416)
    if wanted == "bytes=-100":
        assert data == CONTENT[-100:]


def test_a_whole_film_is_sent_too(filmed, tmp_path):
    status, _, data = asked(client_of(filmed, tmp_path), "/video/0")
    assert (status, data == CONTENT) == (200, True)


def test_what_browsers_cannot_play_is_not_sent(filmed, tmp_path):
    client = client_of(filmed, tmp_path)
    assert asked(client, "/video/1")[0] == 415
    assert asked(client, "/clip/1")[0] == 501  # there is no tool to cut one


def test_a_film_that_was_moved_says_where_it_was(filmed, tmp_path):
    client = client_of(filmed, tmp_path)
    Path(filmed.sources[0].path).rename(tmp_path / "elsewhere.mp4")
    answer = client.get("/video/0")
    assert answer.status_code == 404
    assert "a film.mp4" in answer.json["error"]
    assert client.get("/api/frame/3").json["missing"].endswith("a film.mp4")
    assert client.get("/api/frame/3").json["playable"] is None


def test_another_file_under_its_name_is_never_sent(filmed, tmp_path):
    client = client_of(filmed, tmp_path)
    Path(filmed.sources[0].path).write_bytes(b"the secrets of another program")
    answer = client.get("/video/0")
    assert answer.status_code == 404
    assert b"secrets" not in answer.data


@pytest.mark.parametrize("number", ["-1", "5", "1e3", "x", "9" * 40, "%2e%2e"])
def test_videos_that_are_not_there(filmed, tmp_path, number):
    client = client_of(filmed, tmp_path)
    for place in ("video", "clip"):
        assert client.get(f"/{place}/{number}").status_code in (400, 404)
    assert client.get("/video/2").status_code == 404  # photos


@pytest.mark.parametrize("begin", ["nan", "x", "1e30", "-1e30", "inf"])
def test_times_that_are_none(filmed, tmp_path, begin):
    assert client_of(filmed, tmp_path).get(f"/clip/0?from={begin}").status_code == 400


def test_a_clip_is_cut_once_and_kept(filmed, tmp_path):
    cuts = []

    def cut(source, start, seconds, output):
        cuts.append((source.name, start, seconds))
        output.write_bytes(b"\0\0\0\x20ftypisom" + b"x" * 1000)

    client = client_of(filmed, tmp_path, cut)
    for _ in range(2):
        status, headers, data = asked(client, "/clip/1?from=2.5")
        assert (status, headers["Content-Type"], len(data)) == (200, "video/mp4", 1012)
    assert asked(client, "/clip/1?from=2.5", Range="bytes=4-7")[2] == b"ftyp"
    assert asked(client, "/clip/1?from=-3")[0] == 200
    assert cuts == [("film.mkv", 2.5, 12.0), ("film.mkv", 0.0, 12.0)]


def test_a_clip_of_another_kind_says_so(filmed, tmp_path):
    client = client_of(filmed, tmp_path, lambda *given: given[-1].write_bytes(b"\x1aE\xdf\xa3" * 9))
    assert asked(client, "/clip/1")[1]["Content-Type"] == "video/webm"


def test_a_clip_that_cannot_be_cut_is_told(filmed, tmp_path):
    def broken(*_):
        raise SourceError("Expected a clip. Received: nothing.")

    answer = client_of(filmed, tmp_path, broken).get("/clip/1")
    assert answer.status_code == 404
    assert answer.json["error"] == "Expected a clip. Received: nothing."


def test_few_clips_are_cut_at_once(filmed, tmp_path):
    go, running, most = threading.Event(), [], []

    def cut(source, start, seconds, output):
        running.append(start)
        most.append(len(running))
        go.wait(10)
        output.write_bytes(b"\0\0\0\x20ftypisom")
        running.remove(start)

    client = client_of(filmed, tmp_path, cut)
    answers = []

    def ask(number):
        answers.append(asked(client.application.test_client(), f"/clip/1?from={number}")[0])

    count = AT_ONCE + WAITING + 3
    threads = [threading.Thread(target=ask, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 10
    while len(answers) < 3:
        assert time.monotonic() < end
        time.sleep(0.01)
    go.set()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * (AT_ONCE + WAITING) + [503] * 3
    assert max(most) == AT_ONCE


@pytest.mark.parametrize(
    ("name", "codec", "kind", "how"),
    [
        ("a.mp4", "h264", "video", "original"),
        ("a.MP4", "h264", "video", "original"),
        ("a.mp4", "hevc", "video", "clip"),
        ("a.mov", "prores", "video", "clip"),
        ("a.webm", "vp9", "video", "original"),
        ("a.mkv", "h264", "video", "clip"),
        ("a.avi", "mpeg4", "video", "clip"),
        ("folder", "", "photos", None),
    ],
)
def test_how_videos_are_played(filmed, name, codec, kind, how):
    source = replace(filmed.sources[0], path=f"/x/{name}", codec=codec, kind=kind)
    assert playable(source) == how
    assert (media_type(source) is not None) == (how == "original")
