"""Sentences at the page's server: hits, heat, and what it says without words or a network."""

import threading
from dataclasses import replace

import h5py
import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.browser import BrowserTools, make_app
from frameatlas.browser.view import library, sentences
from frameatlas.browser.view.overlays import POINT
from frameatlas.errors import WeightsError
from frameatlas.store.atomic import describe_files
from frameatlas.store.words_record import WordsRecord

WIDTH = 8


class Network:
    """In the place of a network: each known word is an axis; may be held back while it opens."""

    def __init__(self):
        self.asked = []
        self.open = threading.Event()
        self.open.set()
        self.fail = False

    def __call__(self, atlas, texts):
        self.open.wait(20)
        if self.fail:
            raise WeightsError("Expected a network. Received: none.")
        self.asked.append(list(texts))
        return np.stack([np.eye(WIDTH, dtype=np.float32)[len(text) % WIDTH] for text in texts])


@pytest.fixture
def worded(tmp_atlas):
    """Frame i shows axis i % 8 alone, with a little of the next."""
    files = {}
    for number, source in enumerate(tmp_atlas.sources):
        if source.frames:
            own = np.arange(tmp_atlas.offsets[number], tmp_atlas.offsets[number + 1])
            rows = np.eye(WIDTH)[own % WIDTH] + 0.1 * np.eye(WIDTH)[(own + 1) % WIDTH]
            place = tmp_atlas.folder / "sources" / source.id
            with h5py.File(place / "words.h5", "w") as file:
                file["words"] = (rows / np.linalg.norm(rows[0])).astype(np.float16)
            files[source.id] = describe_files(place, ["words.h5"])["words.h5"]
    record = WordsRecord("CLIPBackbone", "0" * 64, WIDTH, 1, files)
    text = replace(tmp_atlas.manifest, words=record).to_json()
    (tmp_atlas.folder / MANIFEST).write_text(text, encoding="utf-8")
    return open_atlas(tmp_atlas.folder)


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def client(worded, network, tmp_path):
    app = make_app(worded, BrowserTools(describe_texts=network), cache=tmp_path / "cache")
    return app.server.test_client()


def answered(client, url, soon):
    """The answer once the network is open."""
    assert soon(lambda: client.get(url).status_code != 202)
    return client.get(url)


def test_the_frames_that_fit_come_with_ranks_and_strengths(client, network, soon):
    assert client.get("/api/words").json == {
        "there": True, "descriptor": "CLIPBackbone", "sources": 4,
    }  # fmt: skip
    found = answered(client, "/api/say?text=red&count=3&all=1", soon).json["nearest"]
    assert [one["frame"] for one in found] == [3, 11, 19]
    assert [one["rank"] for one in found] == [1, 2, 3]
    assert found[0]["strength"] == 1
    assert {"name", "place", "seconds", "source"} <= set(found[0])


def test_what_is_not_wanted_ranks_frames_down(client, soon):
    plain = answered(client, "/api/say?text=red&count=28&all=1", soon).json["nearest"]
    less = client.get("/api/say?text=red&not=blue&count=28&all=1").json["nearest"]
    order = [one["frame"] for one in less]
    assert [one["frame"] for one in plain] != order
    assert order[0] % WIDTH == 3
    assert order[-1] % WIDTH == 4


def test_the_heat_is_highest_where_frames_fit_and_painted_last(client, worded, soon):
    url = f"/api/heat/{worded.map_folder.name}?text=red"
    answer = answered(client, url, soon)
    assert answer.headers["X-Total"] == str(len(worded))
    rows = np.frombuffer(
        answer.data, np.dtype([("frame", "<u4"), ("x", "<f4"), ("y", "<f4"), ("value", "<f4")])
    )
    assert len(rows) == len(worded)
    assert (np.diff(rows["value"]) >= 0).all()
    hot = rows["frame"][rows["value"] > 0.9]
    assert {int(frame) % WIDTH for frame in hot} == {3}
    own = np.frombuffer(client.get(f"{url}&v=1").data, rows.dtype)
    assert set(own["frame"].tolist()) == set(range(12, 19))
    none = client.get(f"{url}&left=2&bottom=2&right=3&top=3")
    assert none.headers["X-Total"] == "0"


def test_the_hottest_frames_are_sent_however_few_are(client, worded, soon, monkeypatch):
    monkeypatch.setattr(sentences, "MOST_POINTS", 6)
    monkeypatch.setattr(sentences, "HOTTEST", 3)
    found = answered(client, f"/api/heat/{worded.map_folder.name}?text=red", soon)
    rows = np.frombuffer(found.data, POINT)
    assert 3 <= len(rows) <= 6
    assert int(found.headers["X-Total"]) == len(worded)
    hot = np.arange(len(worded))[np.arange(len(worded)) % WIDTH == len("red")]
    assert len(set(rows["frame"].tolist()) & set(hot.tolist())) >= 3
    assert (np.diff(rows["value"]) >= 0).all()


def test_while_the_network_opens_the_page_is_told_to_ask_again(client, network, soon):
    network.open.clear()
    for _ in range(3):
        answer = client.get("/api/say?text=red")
        assert answer.status_code == 202
        assert "opened" in answer.json["opening"]
    network.open.set()
    assert answered(client, "/api/say?text=red", soon).status_code == 200
    assert network.asked.count(["a picture"]) == 1  # three questions opened it once


def test_a_network_that_cannot_be_opened_is_one_sentence_and_tried_again(client, network, soon):
    network.fail = True
    assert client.get("/api/say?text=red").status_code == 202
    assert soon(lambda: client.get("/api/say?text=red").status_code == 500)
    network.fail = False
    assert answered(client, "/api/say?text=red", soon).status_code == 200


def test_sentences_are_kept(client, network, worded, soon):
    answered(client, "/api/say?text=red", soon)
    before = len(network.asked)
    client.get("/api/say?text=red&count=5")
    client.get(f"/api/heat/{worded.map_folder.name}?text=red")
    assert len(network.asked) == before


@pytest.mark.parametrize("query", ["", "text=", "text=%20", "text=" + "x" * 201])
def test_no_sentence_or_a_long_one_is_refused(client, query):
    answer = client.get(f"/api/say?{query}")
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Expected a sentence")


def test_without_words_or_without_the_tool_it_says_so(tmp_atlas, network, tmp_path):
    plain = make_app(tmp_atlas, BrowserTools(describe_texts=network), cache=tmp_path / "a")
    client = plain.server.test_client()
    assert client.get("/api/words").json == {"there": False, "descriptor": None, "sources": 0}
    answer = client.get("/api/say?text=red")
    assert answer.status_code == 400
    assert "frameatlas words" in answer.json["error"]


def test_words_that_come_while_the_page_is_open_are_heard_of(
    worded, network, tmp_path, soon, monkeypatch
):
    monkeypatch.setattr(library, "LOOK_AGAIN", 0.0)
    before = replace(worded.manifest, words=None).to_json()
    (worded.folder / MANIFEST).write_text(before, encoding="utf-8")
    plain = open_atlas(worded.folder)
    app = make_app(plain, BrowserTools(describe_texts=network), cache=tmp_path / "c")
    client = app.server.test_client()
    shown = client.get("/api/atlas").json
    assert shown["sentences"] is False
    (worded.folder / MANIFEST).write_text(worded.manifest.to_json(), encoding="utf-8")
    state = client.get(f"/api/state?map={shown['map']}").json
    assert (state["sentences"], state["newer"]) == (True, None)
    assert client.get("/api/atlas").json["sentences"] is True
    first = answered(client, "/api/say?text=red&all=1", soon).json["nearest"]
    assert first[0]["frame"] % WIDTH == 3

    # Other vectors of the same network, as after `frameatlas words` for what was left out.
    record = worded.manifest.words
    files = {id: file for id, file in record.files.items() if id != worded.sources[0].id}
    fewer = replace(worded.manifest, words=replace(record, files=files)).to_json()
    (worded.folder / MANIFEST).write_text(fewer, encoding="utf-8")
    client.get("/api/state")
    own = worded.range_of(0)
    heat = client.get(f"/api/heat/{shown['map']}?text=red").data
    rows = np.frombuffer(heat, POINT)
    assert (rows["value"][np.isin(rows["frame"], own)] == 0).all()
    second = client.get("/api/say?text=red&count=28&all=1").json["nearest"]
    assert not {one["frame"] for one in second} & set(own)


def test_a_page_without_the_tool_says_so(worded, tmp_path):
    client = make_app(worded, cache=tmp_path / "b").server.test_client()
    assert client.get("/api/words").json["there"] is False
    assert client.get("/api/atlas").json["sentences"] is False
    assert client.get("/api/say?text=red").status_code == 501


def test_no_picture_is_asked_for_where_vectors_come_from_elsewhere(tmp_atlas, tmp_path):
    tools = BrowserTools(describe_image=lambda atlas, content: None)
    plain = make_app(tmp_atlas, tools, cache=tmp_path / "d").server.test_client()
    assert "describe_image" in plain.get("/api/atlas").json["tools"]
    made = replace(tmp_atlas.manifest.made, descriptor="vectors", crops=1)
    text = replace(tmp_atlas.manifest, made=made).to_json()
    (tmp_atlas.folder / MANIFEST).write_text(text, encoding="utf-8")
    client = make_app(
        open_atlas(tmp_atlas.folder), tools, cache=tmp_path / "e"
    ).server.test_client()
    assert "describe_image" not in client.get("/api/atlas").json["tools"]
