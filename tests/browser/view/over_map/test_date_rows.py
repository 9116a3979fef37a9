"""Frames in rows by date: in order, in groups, with what is said of their dates."""

from fractions import Fraction

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app
from frameatlas.columns.column_file import write_columns
from frameatlas.columns.metadata import Metadata, metadata_table
from frameatlas.store.shot_table import ShotTable, write_shots

DAY = 86_400.0
NOON = 1_625_313_600.0  # 3 July 2021


@pytest.fixture
def dated(tmp_atlas):
    """The second video the day before the first; photos in four months; one source has no date."""
    rows = {
        0: [Metadata(NOON, "container")],
        1: [Metadata(NOON - DAY, "file")],
        2: [Metadata(NOON + 31 * DAY * n, "exif" if n % 2 else "file") for n in range(4)]
        + [Metadata()],
    }
    for number, some in rows.items():
        source = tmp_atlas.sources[number]
        place = tmp_atlas.folder / "sources" / source.id / "metadata.h5"
        write_columns(place, metadata_table(source, some))
    return open_atlas(tmp_atlas.folder)


@pytest.fixture
def ask(dated, tmp_path):
    client = make_app(dated, cache=tmp_path / "cache").server.test_client()

    def asked(**query):
        answer = client.get("/api/dates", query_string=query)
        assert answer.status_code == 200, answer.json
        return answer.json

    asked.client = client
    return asked


def test_days_are_in_order_with_what_dates_them(ask):
    found = ask()
    assert found["step"] == "day"
    assert found["groups"] == [
        ["2021-07-02", 7, 7],
        ["2021-07-03", 13, 1],
        ["2021-08-03", 1, 0],
        ["2021-09-03", 1, 1],
        ["2021-10-04", 1, 0],
    ]
    assert found["frames"][:7] == list(range(12, 19))
    assert sorted(found["frames"][7:20]) == [*range(12), 19]
    assert found["frames"][20:] == [20, 21, 22]
    assert found["undated"] == 1 + 4  # a photo, and a video of which nothing is known
    assert found["shots"] is False


def test_months_and_years(ask):
    assert [one[:2] for one in ask(step="month")["groups"]] == [
        ["2021-07", 20], ["2021-08", 1], ["2021-09", 1], ["2021-10", 1],
    ]  # fmt: skip
    assert ask(step="year")["groups"] == [["2021", 23, 9]]


def test_many_days_are_months_by_themselves(ask, monkeypatch):
    monkeypatch.setattr("frameatlas.browser.view.over_map.date_rows.MOST_GROUPS", 4)
    assert ask()["step"] == "month"
    monkeypatch.setattr("frameatlas.browser.view.over_map.date_rows.MOST_GROUPS", 0)
    assert ask()["step"] == "year"


def test_a_filter_leaves_its_frames(ask):
    found = ask(v="1", where="date=2021-07")
    assert found["frames"] == list(range(12, 19))
    assert ask(where="date=2020")["groups"] == []


def test_one_a_shot_is_its_middle_frame(ask, dated):
    first = np.array([0, 90_000, 225_000], np.int64)
    last = np.append(first[1:] - 3600, 350_000)
    kinds, strength = np.array([0, 1, 1], np.uint8), np.zeros(3, np.float32)
    table = ShotTable(first, last, first, first, kinds, strength, Fraction(1, 90_000))
    write_shots(dated.folder / "sources" / dated.sources[0].id, table)
    found = ask(v="0")
    assert found["shots"] is True
    assert found["frames"] == [1, 5, 10]
    assert ask(v="0", every=1)["frames"] == list(range(12))


def test_without_dates_there_are_no_rows(tmp_atlas, tmp_path):
    client = make_app(tmp_atlas, cache=tmp_path / "c").server.test_client()
    found = client.get("/api/dates").json
    assert found["groups"] == found["frames"] == []
    assert found["undated"] == len(tmp_atlas)


@pytest.mark.parametrize("query", [{"step": "week"}, {"every": "x"}, {"where": "nobody=1"}])
def test_what_cannot_be_meant_is_one_sentence(ask, query):
    answer = ask.client.get("/api/dates", query_string=query)
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Expected ")
