"""Statistics of players on the page: what the server gives, and the tab in a real Chromium."""

import shlex
import shutil

import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app
from frameatlas.reid.statistics.read_court import read_court

COURT = """points:
  - {pixel: [0, 80], metres: [0, 0]}
  - {pixel: [320, 80], metres: [12, 0]}
  - {pixel: [320, 240], metres: [12, 8]}
  - {pixel: [0, 240], metres: [0, 8]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, found_players, game_file, find_players):
    folder = shutil.copytree(found_players, tmp_path_factory.mktemp("stats") / "game.players")
    court = folder.parent / "court.yaml"
    court.write_text(COURT)
    find_players(game_file[0], "--tracks", game_file[1], "-o", folder, "--court", court)
    return folder


def client_of(folder, cache):
    return make_app(open_atlas(folder), cache=cache).server.test_client()


def test_the_page_is_told_how_long_and_how_far(folder, tmp_path):
    client = client_of(folder, tmp_path / "cache")
    facts = client.get("/api/players/statistics").json
    assert facts["there"]
    assert [one["seconds"] for one in facts["players"]] == pytest.approx([2.2] * 3, abs=0.25)
    assert facts["players"][0]["mean_metres_a_second"] == pytest.approx(0.94, rel=0.06)
    assert facts["players"][0]["stays"] == [["game", 0.0, pytest.approx(2.2)]]
    name = "court-heat-player-1"
    got = client.get(f"/api/players/figures/{facts['figures'][name]}/{name}")
    assert got.data[:4] == b"\x89PNG"
    assert "immutable" in got.headers["Cache-Control"]
    for address in (f"{'0' * 32}/{name}", f"{facts['figures'][name]}/..%2Fplayers", "x/view"):
        assert client.get(f"/api/players/figures/{address}").status_code in (400, 404)
    command = client.get("/api/players").json["command"]
    assert "--stats" in shlex.split(command)
    assert str(folder.parent / "court.yaml") in shlex.split(command)


def test_without_statistics_the_page_says_so(found_players, tmp_path):
    client = client_of(shutil.copytree(found_players, tmp_path / "p"), tmp_path / "cache")
    assert client.get("/api/players/statistics").json == {"there": False}


def test_a_damaged_table_is_one_sentence(folder, tmp_path):
    broken = shutil.copytree(folder, tmp_path / "p")
    (broken / "stats.csv").write_text("player\n1\n")
    answer = client_of(broken, tmp_path / "cache").get("/api/players/statistics")
    assert answer.status_code == 503
    assert "same `frameatlas players` command" in answer.json["error"]


@pytest.mark.process
def test_the_tab_shows_them_and_a_court_is_picked_by_clicking(
    folder, tmp_path, serving, open_page, until
):
    with serving(make_app(open_atlas(folder), cache=tmp_path / "cache")) as address:
        page = open_page(reduced_motion="reduce", viewport={"width": 1300, "height": 900})
        page.goto(address + "#/p=players")
        until(page, "document.querySelectorAll('.fa-player').length === 3")
        page.click("[data-key=stats]")
        until(page, "document.querySelectorAll('.fa-when-row i').length === 3")
        assert page.locator(".fa-stats tbody tr").count() == 3
        assert "m/s" in page.inner_text(".fa-stats thead")
        assert page.locator(".fa-heats img").count() >= 6
        page.click("#fa-stats-court")
        image = page.locator(".fa-court img")
        until(page, "document.querySelector('.fa-court img').naturalWidth === 320")
        for n, (x, y) in enumerate([(0, 0), (12, 0), (12, 8), (0, 8)]):
            box = image.bounding_box()
            page.mouse.click(
                box["x"] + box["width"] * (0.1 + 0.8 * x / 12),
                box["y"] + box["height"] * (0.2 + 0.7 * y / 8),
            )
            until(page, f"document.querySelectorAll('.fa-court-point').length === {n + 1}")
            page.fill(f"[data-key=metres{n}-0]", str(x))
            page.fill(f"[data-key=metres{n}-1]", str(y))
            page.keyboard.press("Tab")
        with page.expect_download() as saved:
            page.click("#fa-stats-save")
        saved.value.save_as(tmp_path / "court.yaml")
        view = read_court(tmp_path / "court.yaml").views[""][0]
        assert view.metres.tolist() == [[0, 0], [12, 0], [12, 8], [0, 8]]
        assert view.pixels[1].tolist() == pytest.approx([288, 48], abs=2)
        page.evaluate("FrameAtlas.state.set({ stats: null, who: [0] })")
        until(page, "document.querySelectorAll('.fa-tracklet').length === 2")
        page.keyboard.press("R")
        until(page, "FrameAtlas.players.data().players[0].role === 'referee'")
        assert "referee" in page.inner_text(".fa-sheet .fa-note")
        page.locator(".fa-tracklet-strip").first.click()
        page.keyboard.press("x")
        until(page, "FrameAtlas.players.data().ignored?.tracklets === 1")
        page.evaluate("FrameAtlas.state.set({ who: [FrameAtlas.players.IGNORED] })")
        until(page, "document.querySelectorAll('.fa-tracklet').length === 1")
        page.keyboard.press("x")
        until(page, "FrameAtlas.players.data().ignored === null")


def test_tracklets_are_left_out_and_taken_back_and_roles_are_given(
    found_players, tmp_path, game_file, find_players
):
    folder = shutil.copytree(found_players, tmp_path / "p")
    client = client_of(folder, tmp_path / "cache")

    def press(status=200, **body):
        revision = client.get("/api/players").json["revision"]
        answer = client.post(
            "/api/players", json={"revision": revision, **body}, headers={"X-Frameatlas": "1"}
        )
        assert answer.status_code == status, answer.json
        return answer.json

    facts = client.get("/api/players").json
    one = facts["players"][0]
    after = press(do="ignore", pieces=[piece["id"] for piece in one["pieces"]])
    assert len(after["players"]) == 2
    assert after["nobody"] is None
    assert after["ignored"]["tracklets"] == 2
    assert after["pending"]
    assert all(doubt is None or doubt["player"] != one["id"] for doubt in after["doubts"])
    other = after["players"][0]
    after = press(do="role", players=[other["id"]], role="referee")
    assert after["players"][0]["role"] == "referee"
    assert "referee" in read_text(folder)
    press(400, do="role", players=[other["id"]], role="king")
    press(400, do="ignore", pieces=[p["id"] for o in after["players"] for p in o["pieces"]])
    find_players(game_file[0], "--tracks", game_file[1], "-o", folder)
    told = client.get("/api/players").json
    assert not told["pending"]
    assert {p["name"] for p in told["ignored"]["pieces"]} == {p["name"] for p in one["pieces"]}
    assert [o["role"] for o in told["players"]].count("referee") == 1
    back = press(do="heed", pieces=[piece["id"] for piece in told["ignored"]["pieces"]])
    assert back["ignored"] is None
    assert press(do="role", players=[o["id"] for o in back["players"]], role="")["players"]
    assert "referee" not in read_text(folder)


def read_text(folder):
    return (folder / "corrections.yaml").read_text()
