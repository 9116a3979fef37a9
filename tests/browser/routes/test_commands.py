import time

import pytest

from frameatlas.browser import BrowserTools, make_app
from frameatlas.browser.downloads.commands import list_folders, plan_command, progress_of
from frameatlas.errors import InputError, InterruptedIndexError

OURS = {"X-Frameatlas": "1"}


def fake_run(arguments, on_event, stopped):
    """Stands in for the command line: progress, then until it is stopped where it is to hang."""
    on_event({"event": "stage", "stage": "describing", "total": 4, "unit": "frames"})
    on_event({"event": "step", "stage": "describing", "done": 2, "total": 4, "unit": "frames"})
    while "hang" in arguments[1]:
        if stopped():
            raise InterruptedIndexError("Stopped; the same again goes on where it was.")
        time.sleep(0.01)
    return {"event": "done", "failed": 0, "arguments": list(arguments)}


@pytest.fixture
def client(tmp_atlas, tmp_path):
    tools = BrowserTools(run_command=fake_run)
    return make_app(tmp_atlas, tools, cache=tmp_path / "cache").server.test_client()


def ended(client, job):
    for _ in range(1000):
        facts = client.get(f"/api/jobs/{job}").json
        if facts["state"] in ("done", "failed"):
            return facts
        time.sleep(0.01)
    raise AssertionError("the job did not end")


def ask(client, path, body):
    return client.post(path, json=body, headers=OURS)


def test_a_folder_is_added_after_somebody_agreed_to_the_very_command(client, tmp_path, tmp_atlas):
    folder = tmp_path / "new videos"
    folder.mkdir()
    body = {"kind": "index", "path": str(folder)}
    planned = ask(client, "/api/commands/plan", body).json
    assert planned["command"] == f"frameatlas index '{folder}' -o {tmp_atlas.folder.resolve()}"
    assert ask(client, "/api/commands", body).status_code == 400
    assert ask(client, "/api/commands", {**body, "agreed": "another"}).status_code == 400
    answer = ask(client, "/api/commands", {**body, "agreed": planned["command"]})
    assert ended(client, answer.json["job"])["state"] == "done"


def test_words_and_shots_are_planned_as_they_are_typed(client, tmp_path, tmp_atlas):
    atlas = str(tmp_atlas.folder.resolve())
    preset = tmp_path / "clip"
    preset.mkdir()
    refused = ask(client, "/api/commands/plan", {"kind": "words", "path": str(preset)})
    assert refused.status_code == 400
    assert "docs/words.md" in refused.json["error"]
    (preset / "config.json").write_text("{}")
    for body, words in (
        ({"kind": "words", "path": str(preset)}, f"words {atlas} --preset {preset}"),
        ({"kind": "words", "path": ""}, f"words {atlas}"),
        ({"kind": "shots"}, f"shots {atlas}"),
    ):
        planned = ask(client, "/api/commands/plan", body).json
        assert planned["command"] == f"frameatlas {words}"
        assert "The map stays as it is." in planned["text"]
        answer = ask(client, "/api/commands", {**body, "agreed": planned["command"]})
        assert ended(client, answer.json["job"])["state"] == "done"


@pytest.mark.parametrize(
    ("spread", "end"),
    [("", "--seed 0"), ("time", "--spread time"), ("variety", "--spread variety")],
)
def test_a_map_is_drawn_anew_with_the_spread_that_was_chosen(client, spread, end):
    planned = ask(client, "/api/commands/plan", {"kind": "relayout", "spread": spread}).json
    assert planned["command"].endswith(end)
    assert f"Area tells {spread}" in planned["text"] or not spread


def test_a_command_is_stopped(client, tmp_path):
    folder = tmp_path / "hang"
    folder.mkdir()
    body = {"kind": "index", "path": str(folder)}
    agreed = ask(client, "/api/commands/plan", body).json["command"]
    job = ask(client, "/api/commands", {**body, "agreed": agreed}).json["job"]
    while client.get(f"/api/jobs/{job}").json["share"] != 0.5:
        time.sleep(0.01)
    assert "2 of 4 frames" in client.get(f"/api/jobs/{job}").json["text"]
    assert ask(client, f"/api/jobs/{job}/stop", {}).json == {"stopped": True}
    facts = ended(client, job)
    assert facts["state"] == "failed"
    assert "goes on where it was" in facts["text"]


@pytest.mark.parametrize("place", ["/api/folders", "/api/commands/plan", "/api/commands"])
def test_where_others_reach_the_page_nothing_is_run_or_listed(tmp_atlas, tmp_path, place):
    client = make_app(tmp_atlas, cache=tmp_path / "cache").server.test_client()
    answer = ask(client, place, {"kind": "index", "path": str(tmp_path)})
    assert answer.status_code == 501
    assert "this machine alone" in answer.json["error"]


def test_another_sites_page_runs_nothing(client, tmp_path):
    body = {"kind": "index", "path": str(tmp_path)}
    assert client.post("/api/commands", json=body).status_code == 403
    crossed = {**OURS, "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/folders", json=body, headers=crossed).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"kind": "rm"},
        {"kind": "index"},
        {"kind": "index", "path": "videos"},
        {"kind": "index", "path": "/no/such/folder"},
        {"kind": "index", "path": "a\0b"},
        {"kind": "relayout", "layout": "none"},
        {"kind": "relayout", "seed": -1},
        {"kind": "relayout", "spread": "wide"},
        {"kind": "export", "path": 3},
    ],
)
def test_what_cannot_be_meant_is_one_sentence(tmp_path, body):
    with pytest.raises(InputError, match="Expected"):
        plan_command(tmp_path / "a.atlas", body)


def test_nothing_is_read_from_or_written_into_the_atlas_itself(tmp_atlas):
    inside = str(tmp_atlas.folder / "sources")
    for kind in ("index", "export"):
        with pytest.raises(InputError, match="atlas"):
            plan_command(tmp_atlas.folder, {"kind": kind, "path": inside})


def test_folders_are_listed_without_hidden_ones_and_atlases(tmp_path):
    for name in ("b", "A", ".hidden", "x.atlas"):
        (tmp_path / name).mkdir()
    (tmp_path / "film.mp4").touch()
    found = list_folders(str(tmp_path))
    assert found["folders"] == ["A", "b"]
    assert found["files"] == 1
    assert found["parent"] == str(tmp_path.parent)
    with pytest.raises(InputError, match="can be read"):
        list_folders(str(tmp_path / "film.mp4"))


def test_progress_is_told_as_the_command_line_tells_it():
    step = {"event": "step", "stage": "describing", "done": 30, "total": 60, "unit": "frames"}
    assert progress_of({**step, "seconds_left": 200.0}) == (
        0.5,
        "describing: 30 of 60 frames, about 3 min left",
    )
    assert progress_of({"event": "stage", "stage": "layout"}) == (0.0, "layout…")
    assert progress_of({"event": "source", "path": "/v/a.mp4", "status": "ok"}) == (
        None,
        "a.mp4: ok",
    )
    assert progress_of({"event": "done"}) is None
