"""What is known beside the pictures, at the page's server: filters, lines, bins by two pages."""

import base64
import re
from fractions import Fraction

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.bins.stored import frames_of, read_bins
from frameatlas.browser import make_app
from frameatlas.browser.view.known import source_folders
from frameatlas.columns.column_file import write_columns
from frameatlas.columns.given_table import read_table
from frameatlas.columns.joined import add_columns
from frameatlas.columns.metadata import Metadata, metadata_table
from frameatlas.store.shot_table import ShotTable, write_shots
from frameatlas.subtitles.stored import Line, Subtitles, Track, write_subtitles

GUARD = {"X-Frameatlas": "1"}


@pytest.fixture(autouse=True)
def looks_at_once(monkeypatch):
    for name in ("LOOK_AGAIN", "SHARE"):
        monkeypatch.setattr(source_folders, name, 0)


NOON = 1_625_313_600.0  # 3 July 2021


@pytest.fixture
def known(tmp_atlas, tmp_path):
    """The small atlas with dates, a place, subtitles and a column of the user's own."""
    for number, one in (
        (0, Metadata(NOON, "container", "Leica Q2", "", 48.85, 2.29)),
        (1, Metadata(NOON + 86_400 * 400, "file", "X100")),
    ):
        source = tmp_atlas.sources[number]
        place = tmp_atlas.folder / "sources" / source.id
        write_columns(place / "metadata.h5", metadata_table(source, [one]))
    lines = (Line(1.101, 1.9, "a menial job"), Line(2.5, 3.0, "<b>no</b>"))
    place = tmp_atlas.folder / "sources" / tmp_atlas.sources[0].id
    write_subtitles(place, Subtitles((Track("a.srt", "en", lines),)))
    (tmp_path / "t.csv").write_text("video,mood\n0.mp4,calm\n1.mp4,wild\n")
    add_columns(tmp_atlas.folder, read_table(tmp_path / "t.csv"))
    return open_atlas(tmp_atlas.folder)


@pytest.fixture
def client(known, tmp_path):
    """Asks the page's server."""
    return make_app(known, cache=tmp_path / "cache").server.test_client()


def shown(client, map_id, **query):
    answer = client.get(f"/api/points/{map_id}", query_string=query)
    assert answer.status_code == 200, answer.json
    return np.frombuffer(answer.data, np.uint8).reshape(-1, 16)[:, :4].copy().view("<u4").ravel()


def test_the_page_learns_what_it_may_filter_by(client):
    facts = client.get("/api/columns").json
    columns = {one["name"]: one for one in facts["columns"]}
    assert columns["camera"]["values"] == [["Leica Q2", 12], ["X100", 7]]
    assert columns["date"]["least"] == "2021-07-03T12:00:00"
    assert columns["said"]["kind"] == "text"
    assert sum(facts["line"]["bars"]) == 19
    assert client.get("/api/atlas").json["said"] is True


@pytest.mark.parametrize(
    ("where", "frames"),
    [
        ("camera=Leica Q2", range(12)),
        ("date=2021-07\nsaid~job", [4, 5]),
        ("mood=wild", range(12, 19)),
        ("date>=2022", range(12, 19)),
    ],
)
def test_points_are_those_for_which_conditions_hold(client, known, where, frames):
    found = shown(client, known.map_folder.name, where=where)
    assert sorted(found.tolist()) == list(frames)


@pytest.mark.parametrize("where", ["nobody=1", "date>x", "x"])
def test_what_is_no_condition_is_one_sentence(client, known, where):
    answer = client.get(f"/api/points/{known.map_folder.name}", query_string={"where": where})
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Expected ")


def test_a_frame_says_what_is_known_but_not_where_it_was_taken(client):
    rows = client.get("/api/frame/4").json["known"]
    assert rows == [
        ["date", "2021-07-03 12:00:01.333"],
        ["camera", "Leica Q2"],
        ["said", "a menial job"],
        ["mood", "calm"],
    ]


def test_the_shots_of_a_video_come_with_their_middle_frames(client, known):
    assert client.get("/api/shots/0").json == []
    base = Fraction(1, 90_000)
    first = np.array([0, 90_000, 95_000, 180_000], np.int64)
    table = ShotTable(
        first, np.array([89_000, 94_000, 179_000, 350_000]), first, first,
        np.array([0, 1, 2, 3], np.uint8), np.zeros(4, np.float32), base,
    )  # fmt: skip
    write_shots(known.folder / "sources" / known.sources[0].id, table)
    found = client.get("/api/shots/0").json
    assert [one["begin"] for one in found] == [0, 1, pytest.approx(95 / 90, abs=1e-6), 2]
    assert [one["frame"] for one in found] == [1, 3, 5, 9]
    assert found[3]["beginning"] == "dissolve"
    assert client.get("/api/shots/99").status_code == 400


def test_lines_come_with_their_very_moment(client):
    found = client.get("/api/said?q=MENIAL").json
    assert found["count"] == 1
    assert found["lines"][0]["begin"] == 1.101
    assert found["lines"][0]["frame"] == 3
    assert client.get("/api/said?q=").status_code == 400


def test_two_pages_put_frames_into_one_bin_and_lose_nothing(known, tmp_path):
    pages = [make_app(known, cache=tmp_path / f"c{n}").server.test_client() for n in range(2)]
    for number, page in enumerate(pages * 2):
        body = {"do": "add", "name": "sea", "selection": {"frames": [number, 20]}}
        answer = page.post("/api/bins", json=body, headers=GUARD)
        assert answer.status_code == 200, answer.json
    assert frames_of(known, read_bins(known.folder).frames["sea"]).tolist() == [0, 1, 2, 3, 20]
    map_id = known.map_folder.name
    revision = pages[0].get("/api/columns").json["revision"]
    assert sorted(shown(pages[0], map_id, where="bins=sea", rev=revision)) == [0, 1, 2, 3, 20]
    body = {"do": "take", "name": "sea", "selection": {"frames": [20]}}
    later = pages[1].post("/api/bins", json=body, headers=GUARD).json["revision"]
    assert later != revision
    assert sorted(shown(pages[0], map_id, where="bins=sea", rev=later)) == [0, 1, 2, 3]
    pages[1].post("/api/bins", json={"do": "rename", "name": "sea", "to": "sky"}, headers=GUARD)
    assert ["bins", "sky"] in pages[0].get("/api/frame/1").json["known"]
    pages[0].post("/api/bins", json={"do": "remove", "name": "sky"}, headers=GUARD)
    assert not read_bins(known.folder).frames


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"do": "burn"},
        {"do": "add", "name": "", "selection": {}},
        {"do": "remove", "name": "x"},
    ],
)
def test_what_is_no_change_is_one_sentence(client, body):
    answer = client.post("/api/bins", json=body, headers=GUARD)
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Expected ")


def test_a_change_needs_the_page_itself(client):
    body = {"do": "add", "name": "a", "selection": {"frames": [1]}}
    assert client.post("/api/bins", json=body).status_code in (400, 403)


def test_an_exported_site_holds_no_place(known, tmp_path):
    from frameatlas.browser import SiteOptions, export_site

    export_site(known, SiteOptions(tmp_path / "site"))
    texts = [p.read_bytes() for p in (tmp_path / "site").rglob("*") if p.suffix in (".js", ".html")]
    assert texts
    assert not any(b"48.85" in text or b"2.29" in text or b"Leica" in text for text in texts)


def test_a_site_tells_places_only_when_asked_and_forgets_them_again(known, tmp_path):
    from frameatlas.browser import SiteOptions, export_site

    export_site(known, SiteOptions(tmp_path / "site", with_places=True))
    text = (tmp_path / "site" / "data" / "places-0.js").read_text()
    packed = base64.b64decode(re.search(r'"([^"]+)"', text)[1])
    places = np.frombuffer(packed, "<f4").reshape(-1, 2)
    np.testing.assert_allclose(places[:12], [[48.85, 2.29]] * 12, rtol=1e-6)
    assert np.isnan(places[12:]).all()
    export_site(known, SiteOptions(tmp_path / "site"))
    assert not list((tmp_path / "site").rglob("places-*"))


def coloured(client, atlas, **query):
    """What the server says by which colours: frame → value."""
    answer = client.get(f"/api/points/{atlas.map_folder.name}", query_string=query)
    assert answer.status_code == 200, answer.json
    rows = np.frombuffer(answer.data, np.uint8).reshape(-1, 16)
    frames, values = rows[:, :4].copy().view("<u4").ravel(), rows[:, 12:].copy().view("<f4").ravel()
    return dict(zip(frames.tolist(), values.tolist(), strict=True))


def test_texts_are_numbered_as_they_are_listed(client, known):
    found = coloured(client, known, value="column", column="camera")
    values = next(c for c in client.get("/api/columns").json["columns"] if c["name"] == "camera")
    assert [name for name, _ in values["values"]] == ["Leica Q2", "X100"]
    assert [found[frame] for frame in (0, 11, 12, 18)] == [0, 0, 1, 1]
    legend = client.get(
        f"/api/legend/{known.map_folder.name}",
        query_string={"value": "column", "column": "camera"}
        | {"left": -1, "right": 1, "bottom": -1, "top": 1},
    )
    assert legend.json["counts"] == [[-1, 9], [0, 12], [1, 7]]


def test_dates_are_a_share_of_their_span_and_what_is_unknown_is_less_than_none(client, known):
    found = coloured(client, known, value="column", column="date")
    assert (found[0], found[18]) == (0, 1)
    assert found[0] < found[11] < 0.01 < found[12]
    body = {"do": "add", "name": "best", "selection": {"frames": [3]}}
    client.post("/api/bins", json=body, headers=GUARD)
    found = coloured(client, known, value="column", column="bins")
    assert {frame for frame, value in found.items() if value == 0} == {3}
    assert {value for frame, value in found.items() if frame != 3} == {-1}


@pytest.mark.parametrize("column", ["", "nobody", "latitude"])
def test_a_column_that_is_none_cannot_colour(client, known, column):
    answer = client.get(
        f"/api/points/{known.map_folder.name}",
        query_string={"value": "column", "column": column},
    )
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Expected one of the columns")
