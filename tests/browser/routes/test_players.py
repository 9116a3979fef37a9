"""``/api/players``: what pages ask, what presses save, and what the next run makes of it."""

import csv
import io
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameatlas import open_atlas
from frameatlas.browser import make_app
from frameatlas.browser.players import store as players_store
from frameatlas.browser.players.store import Players
from frameatlas.browser.players.view import NOBODY
from frameatlas.browser.view.overlays import POINT
from frameatlas.errors import FormatError, InputError
from frameatlas.players.corrections import Corrections, read_corrections
from frameatlas.players.integrity import read_report, vouching
from frameatlas.players.tables import read_owners, read_player_tables, write_owners

OURS = {"X-Frameatlas": "1"}
ODD: list[object] = [None, [], "x", 3, {}, {"do": "merge"}, {"do": "fly", "revision": "x"}]


@pytest.fixture
def folder(found_players, tmp_path):
    return shutil.copytree(found_players, tmp_path / "game.players")


@pytest.fixture
def client(folder, tmp_path):
    return make_app(open_atlas(folder), cache=tmp_path / "cache").server.test_client()


@pytest.fixture
def press(client):
    """``press(do=…)``: one edit of what is shown; gives the answer."""

    def go(status=200, **body):
        revision = client.get("/api/players").json["revision"]
        answer = client.post("/api/players", json={"revision": revision, **body}, headers=OURS)
        assert answer.status_code == status, answer.json
        return answer.json

    return go


def held(facts):
    return {frozenset(segment["name"] for segment in one["pieces"]) for one in facts["players"]}


def in_table(folder):
    groups = {}
    for row in csv.DictReader((folder / "players.csv").read_text().splitlines()):
        groups.setdefault(row["player"], set()).add(row["tracklet"])
    return groups


def test_the_page_is_told_who_is_who(client, folder):
    facts = client.get("/api/players").json
    assert held(facts) == {frozenset("14"), frozenset("25"), frozenset("36")}
    assert facts["nobody"] is None
    assert (facts["corrections"], facts["pending"], facts["undo"]) == (0, False, 0)
    one = facts["players"][0]
    assert one["tracklets"] == 2
    assert one["crops"] == sum(segment["crops"] for segment in one["pieces"]) == 10
    assert len(one["sheet"]) == 8
    assert 0 <= one["confidence"] <= 1
    assert client.get("/api/atlas").json["players"] == facts["revision"]
    assert 0 < len(facts["doubts"]) <= 20
    assert {doubt["answer"] for doubt in facts["doubts"]} == {""}
    crops = client.get(f"/api/players/crops/{one['pieces'][0]['id']}").json["crops"]
    assert [row[1] for row in crops] == sorted(row[1] for row in crops)
    assert client.get("/api/players/crops/77777").status_code == 400


def test_another_atlas_has_no_players(tmp_atlas, tmp_path):
    client = make_app(tmp_atlas, cache=tmp_path / "cache").server.test_client()
    assert client.get("/api/atlas").json["players"] is None
    assert client.get("/api/players").status_code == 400
    assert client.get(f"/api/points/{tmp_atlas.map_folder.name}?player=1").status_code == 400


def test_presses_are_saved_as_the_next_run_reads_them(
    press, client, folder, find_players, game_file
):
    facts = client.get("/api/players").json
    by = {segment["name"]: segment for one in facts["players"] for segment in one["pieces"]}
    owner = {segment["name"]: one["id"] for one in facts["players"] for segment in one["pieces"]}
    press(do="rename", player=owner["2"], name="Anna")
    press(do="merge", players=[owner["1"], owner["3"]])
    press(do="move", pieces=[by["6"]["id"]], to=None)
    shown = press(do="cut", piece=by["5"]["id"], frame=by["5"]["strip"][3])
    assert read_corrections(folder / "corrections.yaml").merge
    assert shown["pending"]
    wanted = {one["name"]: {p["name"] for p in one["pieces"]} for one in shown["players"]}
    assert wanted["Anna"] == {"2", "5"}
    words = shlex.split(shown["command"])
    assert words[:2] == ["frameatlas", "players"]
    assert words[-2:] == ["--corrections", str(folder / "corrections.yaml")]
    find_players(*words[2:])
    again = client.get("/api/players").json
    assert held(again) == {frozenset(names) for names in wanted.values()}
    assert not again["pending"]
    assert in_table(folder)["Anna"] >= {"2"}


def test_the_command_names_the_options_of_the_run(press, client, folder, find_players, game_file):
    numbers = folder.parent / "jersey numbers.csv"
    numbers.write_text("tracklet,number\n1,9\n4,10\n")
    options = ["--numbers", numbers, "--threshold", 0.123456789, "--count", 4]
    switches = ["--no-split", "--repair"]
    find_players(game_file[0], "--tracks", game_file[1], "-o", folder, *options, *switches)
    shown = press(do="rename", player=0, name="Bea")
    words = shlex.split(shown["command"])
    for name, value in zip(options[::2], options[1::2], strict=True):
        assert words[words.index(name) + 1] == str(value)
    assert set(switches) < set(words)
    assert shown["numbers"] is False  # which the page would ask for
    find_players(*words[2:])
    again = client.get("/api/players").json
    assert again["command"] == shown["command"]
    assert {"1", "4"} <= {name for group in held(again) for name in group}
    assert not any({"1", "4"} <= group for group in held(again))


def test_the_command_can_be_typed_anywhere(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    words = shlex.split(Players(Path(folder.name)).command(Players(folder).shown()))
    assert not {"--split", "--no-split", "--repair", "--no-repair"} & set(words)
    assert words[words.index("-o") + 1] == str(folder)


def test_undo_goes_back_step_by_step_and_a_reload_keeps(press, client, folder, tmp_path):
    first = client.get("/api/players").json
    press(do="merge", players=[0, 1])
    renamed = press(do="rename", player=0, name="Bea")
    assert (renamed["undo"], renamed["players"][0]["name"]) == (2, "Bea")
    other = make_app(open_atlas(folder), cache=tmp_path / "cache2").server.test_client()
    assert held(other.get("/api/players").json) == held(renamed)
    assert press(do="undo")["players"][0]["name"] == "1"
    assert held(press(do="undo")) == held(first)
    assert "none since" in press(400, do="undo")["error"]
    assert read_corrections(folder / "corrections.yaml") == Corrections()


def test_questions_are_answered(press, client):
    doubt = client.get("/api/players").json["doubts"][0]
    answered = press(do="same", piece=doubt["piece"])["doubts"]
    assert answered[0]["answer"] == "same"
    assert sum(bool(one["answer"]) for one in answered) == 1
    press(do="undo")
    assert press(do="move", pieces=[doubt["piece"]], to=None)["doubts"][0]["answer"] == "other"


def test_who_wears_neither_kit_is_asked_about(press, client, folder):
    report, stored = read_report(folder / "players.json")
    content = {k: v for k, v in report.values.items() if k not in ("files", "checksum")}
    files = {name: folder / name for name in stored}
    text = vouching({**content, "other_kits": ["1"]}, files)
    (folder / "players.json").write_text(text)
    doubts = client.get("/api/players").json["doubts"]
    assert doubts[0] == {"kit": True, "player": 0, "answer": ""}
    assert "kit" not in doubts[1]
    said = press(do="role", players=[0], role="referee")["doubts"]
    assert said[0] == {"kit": True, "player": 0, "answer": "referee"}


def test_an_edit_of_what_another_page_has_changed_is_refused(press, client, folder):
    old = client.get("/api/players").json["revision"]
    press(do="rename", player=0, name="Bea")
    body = {"do": "rename", "player": 1, "name": "Eva", "revision": old}
    refused = client.post("/api/players", json=body, headers=OURS)
    assert refused.status_code == 503
    assert "press again" in refused.json["error"]
    (folder / "corrections.yaml").write_text("rename:\n  1: Uta\n")
    assert "Uta" in {one["name"] for one in client.get("/api/players").json["players"]}
    (folder / "corrections.yaml").write_text("rename:\n  99: Uta\n")
    assert "such as 1, 2, 3" in client.get("/api/players").json["error"]
    assert client.get("/api/atlas").json["players"] == ""


@pytest.mark.parametrize("headers", [{}, {**OURS, "Origin": "http://evil.example"}])
def test_presses_of_other_sites_change_nothing(client, folder, headers):
    revision = client.get("/api/players").json["revision"]
    body = {"do": "merge", "players": [0, 1], "revision": revision}
    assert client.post("/api/players", json=body, headers=headers).status_code == 403
    assert not (folder / "corrections.yaml").exists()


@pytest.mark.parametrize(
    "body",
    [
        *ODD,
        {"do": "merge", "players": [0, -1]},
        {"do": "merge", "players": [0, True]},
        {"do": "merge", "players": ["0", "1"]},
        {"do": "merge", "players": [0, NOBODY]},
        {"do": "merge", "players": list(range(100_001))},
        {"do": "move", "pieces": [0], "to": "x"},
        {"do": "rename", "player": 0, "name": 7},
        {"do": "rename", "player": 0, "name": "x" * 2000},
        {"do": "cut", "piece": 0, "frame": 10**30},
        {"do": "cut", "piece": 0, "frame": 0},
        {"do": "same", "piece": 99999},
    ],
)
def test_presses_that_cannot_be_meant_are_one_sentence(client, folder, body):
    if isinstance(body, dict) and "revision" not in body and body not in ODD:
        body = {"revision": client.get("/api/players").json["revision"], **body}
    answer = client.post("/api/players", json=body, headers=OURS)
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Expected")
    assert not (folder / "corrections.yaml").exists()


def test_where_nothing_can_be_written_corrections_are_downloaded(press, client, monkeypatch):
    def refuse(path, _):
        raise InputError("no") from PermissionError(13, "Permission denied")

    monkeypatch.setattr(players_store, "write_corrections", refuse)
    shown = press(do="rename", player=0, name="Bea")
    assert "cannot be written (Permission denied)" in shown["unsaved"]
    assert shown["players"][0]["name"] == "Bea"
    answer = client.get("/api/players/corrections.yaml")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Bea" in answer.get_data(as_text=True)


def test_colours_and_filters_are_those_of_the_corrections(press, client, folder):
    name = open_atlas(folder).map_folder.name

    def points(query):
        answer = client.get(f"/api/points/{name}?{query}")
        return np.frombuffer(answer.data, POINT) if answer.status_code == 200 else answer.json

    edit = client.get("/api/players").json["revision"]
    before = points(f"value=player&edit={edit}")
    assert sorted(np.unique(before["value"])) == [0, 1, 2]
    assert len(points(f"player=0&edit={edit}")) == 10
    merged = press(do="merge", players=[0, 1])["revision"]
    assert len(points(f"player=0&edit={merged}")) == 20
    assert sorted(np.unique(points(f"value=player&edit={merged}")["value"])) == [0, 2]
    assert len(points(f"player=0&edit={edit}")) == 10  # remembered, and right for that address
    assert "as they are now" in points("player=1&edit=0000")["error"]
    assert "as they are now" in points("value=player")["error"]
    assert len(points(f"player={NOBODY}&edit={merged}")) == 0
    teams = points(f"value=team&edit={merged}")["value"]
    team = int(teams[0])
    assert len(points(f"team={team}&edit={merged}")) == int((teams == team).sum())


def test_crops_are_put_side_by_side(client, folder):
    name = open_atlas(folder).map_folder.name
    picture = Image.open(io.BytesIO(client.get(f"/api/strip/{name}?frames=3,1,2&height=64").data))
    assert picture.size == (3 * 26 + 2 * 2, 64)
    rows = client.get(f"/api/strip/{name}?frames=0,1,2&columns=2&height=64")
    assert Image.open(io.BytesIO(rows.data)).size == (54, 130)
    for bad in ("", "x", "1,", "-1", "99999", ",".join("1" * 25), "1&height=9999", "1&columns=0"):
        assert client.get(f"/api/strip/{name}?frames={bad}").status_code in (400, 404), bad


def test_tables_that_do_not_fit_are_said_in_a_sentence(client, folder):
    tables = read_player_tables(folder)
    assert tables.owners.cameras == ("game",)
    assert tables.recordings[0]["camera"] == "game"
    assert read_owners(folder / "crops.h5").tracklets == ("1", "2", "3", "4", "5", "6")
    write_owners(folder / "crops.h5", tables.owners)
    assert read_player_tables(folder).owners.player.tolist() == tables.owners.player.tolist()
    for name, content in (("players.csv", "a\n"), ("players.json", "{}"), ("crops.h5", "x")):
        kept = (folder / name).read_bytes()
        (folder / name).write_text(content)
        with pytest.raises(FormatError, match="Expected"):
            read_player_tables(folder)
        assert client.get("/api/players").status_code == 503
        (folder / name).write_bytes(kept)
    assert client.get("/api/players").status_code == 200
