"""A page whose cache or folder cannot be written, or that is killed: whole files, or a sentence."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import replace

import av
import imageio_ffmpeg
import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app
from frameatlas.cli.browse import browser_tools
from frameatlas.players.corrections import read_corrections
from frameatlas.store.content_digest import content_digest

SECONDS = 14
OURS = {"X-Frameatlas": "1"}


@pytest.fixture
def filmed(tmp_path, synthetic_atlas):
    """An atlas whose only video is a film that no web browser plays."""
    film = tmp_path / "film.avi"
    drawing = ["-f", "lavfi", "-i", f"testsrc2=s=160x90:r=10:d={SECONDS}", "-c:v", "mpeg4"]
    quiet = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error"]
    subprocess.run([*quiet, *drawing, str(film)], check=True)
    made = synthetic_atlas(tmp_path / "film.atlas", sources=(("video", 30),))
    (old,) = made.manifest.sources
    new = replace(old, path=str(film), codec="mpeg4", digest=content_digest(film))
    (made.folder / "atlas.json").write_text(replace(made.manifest, sources=(new,)).to_json())
    return open_atlas(made.folder)


def client_of(atlas, cache):
    return make_app(atlas, browser_tools(), cache=cache).server.test_client()


def clip_of(client):
    """Status and content of the clip from the beginning."""
    with client.get("/clip/0") as answer:
        return answer.status_code, answer.data


def pictures_in(data, path):
    path.write_bytes(data)
    with av.open(str(path)) as clip:
        return sum(1 for _ in clip.decode(video=0))


def kept(cache):
    """Files that later answers may come from, and those that a failed write left."""
    found = [path for path in cache.rglob("*") if path.is_file()]
    return [p for p in found if p.name[0] != "."], [p for p in found if p.name[0] == "."]


@pytest.mark.parametrize(
    "shares", [(0.3, 0.9), pytest.param((0.01, 0.2, 0.4, 0.6, 0.8), marks=pytest.mark.faults)]
)
def test_a_clip_on_a_full_disk_is_whole_or_not_kept(filmed, tmp_path, small_disk, shares):
    whole = clip_of(client_of(filmed, tmp_path / "roomy"))[1]
    count = pictures_in(whole, tmp_path / "clip")
    assert count >= 100
    cache = small_disk(64 << 20) / "cache"
    client = client_of(filmed, cache)
    for share in shares:
        small_disk(int(share * len(whole)))
        status, content = clip_of(client)
        assert status == 507, (share, content[:300])
        assert "disk" in json.loads(content)["error"]
        assert kept(cache) == ([], []), share
        assert client.get("/api/atlas").status_code == 200
    small_disk(64 << 20)
    for _ in range(2):
        status, content = clip_of(client)
        assert status == 200
        assert pictures_in(content, tmp_path / "clip") == count


def test_an_ffmpeg_that_ends_well_on_a_full_disk_is_not_believed(filmed, tmp_path, monkeypatch):
    """Old ones do: what they could not write is missing, and they say so and exit with 0."""
    real = imageio_ffmpeg.get_ffmpeg_exe()
    script = tmp_path / "ffmpeg"
    words = f"{'x' * 2000}\nError writing trailer: No space left on device"
    script.write_text(
        f'#!/bin/sh\nfor last; do :; done\ncase "$last" in file:*) ;; *) exec {real} "$@";; esac\n'
        f'printf "{words}" > "${{last#file:}}"\necho "No space left on device" >&2\nexit 0\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    status, content = clip_of(client_of(filmed, tmp_path / "cache"))
    assert status == 507, content[:300]
    assert kept(tmp_path / "cache") == ([], [])


def test_tiles_on_a_full_disk_are_drawn_and_not_kept(filmed, tmp_path, small_disk, soon):
    cache = small_disk(64 << 20) / "cache"
    roomy = client_of(filmed, tmp_path / "roomy")
    client = client_of(filmed, cache)
    name = client.get("/api/atlas").json["map"]
    small_disk(4096)
    for address in (f"/tiles/{name}/{place}.webp" for place in ("0/0/0", "1/0/0", "1/1/1")):
        tile = client.get(address)
        assert tile.status_code == 200
        assert tile.data == roomy.get(address).data
    assert soon(lambda: not kept(cache)[1])
    small_disk(64 << 20)
    again = client_of(filmed, cache)
    address = f"/tiles/{name}/0/0/0.webp"
    assert again.get(address).data == roomy.get(address).data


def asked(address, path, body=None):
    """Status and content of an answer."""
    data = None if body is None else json.dumps(body).encode()
    headers = {**OURS, "Content-Type": "application/json"}
    request = urllib.request.Request(address + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.fixture
def browsing(commands, said_address):
    """``browsing(atlas, **options)``: a served page's process and address."""
    pages = []

    def start(atlas, **options):
        page = commands.start("browse", atlas, "--port", "0", "--no-open", **options)
        pages.append(page)
        return page, said_address(page)

    yield start
    for page in pages:
        try:
            page.kill(signal.SIGTERM)
        except ProcessLookupError:
            continue


def test_a_cache_that_may_not_be_written_any_more(filmed, tmp_path, browsing, forbid):
    cache = tmp_path / "cache"
    cache.mkdir(0o777)
    page, address = browsing(
        filmed.folder, powerless=True, environment={"XDG_CACHE_HOME": str(cache)}
    )
    name = json.loads(asked(address, "/api/atlas")[1])["map"]
    forbid(cache)
    before = kept(cache)
    status, content = asked(address, "/clip/0")
    assert status == 507, content
    assert "cache" in json.loads(content)["error"]
    assert asked(address, f"/tiles/{name}/1/0/0.webp?scale=2")[0] == 200
    assert kept(cache) == before
    page.kill(signal.SIGTERM)
    assert page.wait().code in (0, 130)


def test_nowhere_to_keep_anything_does_not_stop_the_page(filmed, tmp_path, browsing, forbid):
    shut = tmp_path / "shut"
    shut.mkdir()
    forbid(shut)
    places = dict.fromkeys(("XDG_CACHE_HOME", "TMPDIR", "TEMP", "TMP", "HOME"), str(shut))
    _, address = browsing(filmed.folder, powerless=True, environment=places)
    name = json.loads(asked(address, "/api/atlas")[1])["map"]
    assert asked(address, f"/tiles/{name}/0/0/0.webp")[0] == 200


@pytest.mark.parametrize("runs", [1, pytest.param(6, marks=pytest.mark.faults)])
def test_a_page_killed_while_a_clip_is_cut_leaves_none(
    filmed, tmp_path, browsing, commands, soon, chance, runs
):
    cache = tmp_path / "cache"
    environment = {"XDG_CACHE_HOME": str(cache)}
    for _ in range(runs):
        page, address = browsing(filmed.folder, environment=environment)
        host = address.removeprefix("http://").split("/")[0]
        asking = subprocess.Popen(
            ["python3", "-c", f"import urllib.request as u; u.urlopen('http://{host}/clip/0')"],
            stderr=subprocess.DEVNULL,
        )
        soon(lambda: kept(cache)[1], 20.0)
        time.sleep(0.1 * chance.random())
        page.kill()
        page.wait()
        asking.wait()
    _, address = browsing(filmed.folder, environment=environment)
    status, content = asked(address, "/clip/0")
    assert status == 200
    assert pictures_in(content, tmp_path / "clip") >= 100


def press(address, name):
    facts = json.loads(asked(address, "/api/players")[1])
    body = {"do": "rename", "revision": facts["revision"], "name": name, "player": 0}
    return asked(address, "/api/players", {**body, "player": facts["players"][0]["id"]})


@pytest.fixture
def players(tmp_path, game):
    return shutil.copytree(game.calm.folder, tmp_path / "game.players")


@pytest.mark.parametrize("last", [2, pytest.param(6, marks=pytest.mark.faults)])
def test_a_page_killed_while_it_saves_keeps_the_old_corrections_or_the_new(players, browsing, last):
    """At the first instants of saving; the last kill may come too late."""
    notes = players / "corrections.yaml"
    notes.write_text("rename:\n  1: Anna\n")
    before = read_corrections(notes)
    for instant in range(last):
        notes.write_text("rename:\n  1: Anna\n")
        page, address = browsing(players, watched="corrections.yaml.new", kill_at=instant)
        try:
            press(address, "Berta")
        except (urllib.error.URLError, ConnectionError, OSError):
            page.wait()
        found = read_corrections(notes)
        assert found == before or [name for _, name in found.rename] == ["Berta"], instant


@pytest.mark.faults
def test_a_page_killed_at_random_while_it_saves_keeps_whole_corrections(players, browsing, chance):
    notes = players / "corrections.yaml"
    for turn in range(5):
        page, address = browsing(players)
        end = time.monotonic() + 2 * chance.random()
        told = []
        while time.monotonic() < end:
            status, content = press(address, f"Name {turn} {len(told)}")
            assert status == 200, content
            told.append(f"Name {turn} {len(told)}")
        page.kill()
        page.wait()
        if told:
            assert [name for _, name in read_corrections(notes).rename] == [told[-1]]


def filled_up(path):
    """Write until there is no room."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def test_presses_on_a_full_disk_are_not_lost_before_the_page_ends(players, small_disk, tmp_path):
    folder = small_disk(64 << 20) / "game.players"
    shutil.copytree(players, folder)
    (folder / "corrections.yaml").write_text("rename:\n  1: Anna\n")
    before = (folder / "corrections.yaml").read_bytes()
    client = make_app(open_atlas(folder), cache=tmp_path / "cache").server.test_client()
    facts = client.get("/api/players").json
    size = os.statvfs(folder)
    small_disk((size.f_blocks - size.f_bfree) * size.f_frsize)
    filled_up(folder / "filler")
    body = {"do": "rename", "revision": facts["revision"], "player": facts["players"][0]["id"]}
    answer = client.post("/api/players", json={**body, "name": "Berta"}, headers=OURS)
    assert answer.status_code == 200
    assert "cannot be written" in answer.json["unsaved"]
    assert (folder / "corrections.yaml").read_bytes() == before
    assert b"Berta" in client.get("/api/players/corrections.yaml").data
    small_disk(64 << 20)
    body["revision"] = answer.json["revision"]
    again = client.post("/api/players", json={**body, "name": "Clara"}, headers=OURS)
    assert again.json["unsaved"] == ""
    assert b"Clara" in (folder / "corrections.yaml").read_bytes()
