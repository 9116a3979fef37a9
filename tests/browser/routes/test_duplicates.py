"""Near-duplicates at the page's server: side by side, decided about, listed; nothing is deleted."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.bins.stored import read_bins
from frameatlas.browser import make_app
from frameatlas.browser.view.known import source_folders
from frameatlas.store.shot_table import ShotTable, write_shots

GUARD = {"X-Frameatlas": "1"}


@pytest.fixture(autouse=True)
def looks_at_once(monkeypatch):
    for name in ("LOOK_AGAIN", "SHARE"):
        monkeypatch.setattr(source_folders, name, 0)


@pytest.fixture
def twins(tmp_path, synthetic_atlas):
    """Three videos that show the same, one that does not, two equal photos of five; with files."""
    sources = (("video", 12), ("video", 12), ("video", 12), ("video", 9), ("photos", 5))
    atlas = synthetic_atlas(tmp_path / "t.atlas", sources=sources, dimension=64, components=16)
    scores = np.load(atlas.map_folder / "scores.npy", mmap_mode="r+")
    scores[:] = np.random.default_rng(3).normal(size=scores.shape).astype(np.float16)
    scores[12:24] = scores[24:36] = scores[:12]
    scores[48] = scores[46]
    scores.flush()
    moved = []
    for number, source in enumerate(atlas.manifest.sources):
        path = tmp_path / "films" / f"{number} ä.mp4"
        path.parent.mkdir(exist_ok=True)
        if source.kind == "video":
            path.write_bytes(bytes(1000 * (number + 1)))
        moved.append(replace(source, path=str(path)) if source.kind == "video" else source)
    manifest = replace(atlas.manifest, sources=tuple(moved))
    (atlas.folder / "atlas.json").write_text(manifest.to_json(), encoding="utf-8")
    return open_atlas(atlas.folder)


@pytest.fixture
def client(twins, tmp_path):
    return make_app(twins, cache=tmp_path / "cache").server.test_client()


def cut(atlas, number, firsts):
    """Shots of a video of 12 frames, three a second, that begin at some seconds."""
    first = np.array(firsts, np.int64) * 90_000
    last = np.append(first[1:] - 3600, 4 * 90_000)
    kinds = np.minimum(np.arange(len(first)), 1).astype(np.uint8)
    table = ShotTable(
        first, last, first, first, kinds, np.zeros(len(first), np.float32), Fraction(1, 90_000)
    )
    write_shots(atlas.folder / "sources" / atlas.sources[number].id, table)


def post(client, place, body, status=200):
    answer = client.post(place, json=body, headers=GUARD)
    assert answer.status_code == status, answer.data
    return answer


def groups_of(client, **body):
    job = post(client, "/api/duplicates", body).json["job"]
    while (state := client.get(f"/api/jobs/{job}").json)["state"] in ("waiting", "running"):
        pass
    assert state["state"] == "done", state["text"]
    return state["result"]["groups"]


def test_groups_say_what_tells_their_members_apart(client, twins):
    films, photos = groups_of(client)
    assert [one["source"] for one in films] == [0, 1, 2]
    assert [one["bytes"] for one in films] == [1000, 2000, 3000]
    assert films[0]["frames"] == [2, 5, 8]
    assert films[0]["name"] == "0 ä.mp4"
    assert films[0]["distance"] == pytest.approx(0, abs=1e-3)
    assert all(one["sharpness"] == 0 for one in films)  # even pictures
    assert [one["frames"] for one in photos] == [[46], [48]]
    assert photos[0]["photo"] is True
    assert photos[0]["gone"] is True
    assert groups_of(client, within=0.0) in ([], [films, photos])


def test_verdicts_stay_in_the_atlas_and_the_next_search_honours_them(client, twins):
    first, second, third = (one["item"] for one in groups_of(client)[0])
    kept = post(client, "/api/verdicts", {"do": "keep", "items": [second]}).json["kept"]
    assert kept == [second] == sorted(read_bins(twins.folder).kept)
    post(client, "/api/verdicts", {"do": "not_same", "items": [third, first, second]})
    films = groups_of(client)[0]
    assert [one["item"] for one in films] == [first, second]
    assert [one["kept"] for one in films] == [False, True]
    post(client, "/api/verdicts", {"do": "same", "items": [third, first, second]})
    assert len(groups_of(client)[0]) == 3
    post(client, "/api/verdicts", {"do": "spare", "items": [second]})
    assert not read_bins(twins.folder).kept


def test_the_list_names_what_has_a_kept_duplicate_and_nothing_else(client, twins, tmp_path):
    groups = [[one["item"] for one in group] for group in groups_of(client)]
    assert post(client, "/api/spare", {"groups": groups}).data == b""
    post(client, "/api/verdicts", {"do": "keep", "items": [groups[0][1]]})
    answer = post(client, "/api/spare", {"groups": groups})
    films = tmp_path / "films"
    assert answer.data.decode().splitlines() == [str(films / "0 ä.mp4"), str(films / "2 ä.mp4")]
    assert answer.headers["X-Listed"] == "2"
    assert all((films / f"{n} ä.mp4").exists() for n in range(4))  # nothing is deleted


def test_a_file_is_spared_only_while_the_kept_one_is_there_and_another(client, twins, tmp_path):
    groups = [[one["item"] for one in groups_of(client)[0]]]
    post(client, "/api/verdicts", {"do": "keep", "items": [groups[0][1]]})
    films = tmp_path / "films"
    (films / "2 ä.mp4").unlink()
    (films / "2 ä.mp4").hardlink_to(films / "1 ä.mp4")  # the kept file by another name
    answer = post(client, "/api/spare", {"groups": groups})
    assert answer.data.decode().splitlines() == [str(films / "0 ä.mp4")]
    (films / "1 ä.mp4").unlink()
    answer = post(client, "/api/spare", {"groups": groups})
    assert answer.data == b""
    assert answer.headers["X-Left-Out"] == "2"


def test_where_shots_are_known_a_row_is_a_shot(client, twins):
    post(client, "/api/duplicates", {"per": "shot"})  # told of in the job
    cut(twins, 0, [0, 2])
    cut(twins, 1, [0, 2])
    groups = groups_of(client, per="shot")
    shots = [[(one["source"], one.get("shot")) for one in group] for group in groups]
    assert shots[0] == [(0, [0, 2]), (1, [0, 2])]
    assert shots[1] == [(0, [2, 4]), (1, [2, 4])]
    assert shots[2] == [(4, None), (4, None)]  # photos are what they are
    first = groups[0][1]
    assert (first["first"], first["count"], first["frames"]) == (12, 6, [13, 14, 16])
    assert first["name"] == "1 ä.mp4"
    assert groups_of(client)[0][0]["source"] == 0  # whole files, still


def test_the_shots_most_like_those_of_a_video_are_a_row_each(client, twins):
    assert client.get("/api/similar/0?per=shot").json == []  # nobody looked for them
    cut(twins, 0, [0, 2])
    cut(twins, 1, [0, 2])
    cut(twins, 3, [0])
    rows = client.get("/api/similar/0?per=shot&count=2").json
    assert [(one["source"], one["begin"], one["until"], one["of"]) for one in rows] == [
        (1, 0, 2, 0),
        (1, 2, 4, 2),
    ]
    assert [one["frame"] for one in rows] == [15, 21]
    assert max(one["distance"] for one in rows) < 0.01
    assert rows[0]["name"] == "1 ä.mp4"
    assert client.get("/api/similar/2?per=shot").json == []  # its own are not known
    assert client.get("/api/similar/0?per=reel").status_code == 400


def test_shots_that_are_not_the_same_are_in_no_group_again(client, twins):
    cut(twins, 0, [0, 2])
    cut(twins, 1, [0, 2])
    group = groups_of(client, per="shot")[0]
    pair = [one["item"] for one in group]
    post(client, "/api/verdicts", {"do": "not_same", "items": pair})
    assert [one["shot"] for one in groups_of(client, per="shot")[0]] == [[2, 4], [2, 4]]
    assert len(groups_of(client)[0]) == 3  # of the videos nothing is said
    post(client, "/api/verdicts", {"do": "same", "items": pair})
    assert groups_of(client, per="shot")[0] == group
    post(client, "/api/verdicts", {"do": "keep", "items": pair}, status=400)
    wrong = [pair[0], pair[1] + "1"]
    post(client, "/api/verdicts", {"do": "not_same", "items": wrong}, status=400)


@pytest.mark.parametrize(
    ("place", "body"),
    [
        ("verdicts", {"do": "keep", "items": ["nobody"]}),
        ("verdicts", {"do": "keep", "items": []}),
        ("verdicts", {"do": "remove", "items": ["x"]}),
        ("verdicts", {"do": "keep", "items": "x"}),
        ("verdicts", [1]),
        ("spare", {"groups": [["../../etc/passwd"]]}),
        ("spare", {"groups": 3}),
        ("spare", {"groups": [[7]]}),
        ("duplicates", {"within": 7}),
        ("duplicates", {"per": "frame"}),
        ("duplicates", {"within": "x"}),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(client, twins, place, body):
    answer = post(client, f"/api/{place}", body, status=400)
    assert answer.json["error"].startswith("Expected ")
    assert not (twins.folder / "bins.json").exists()


def test_photos_are_named_by_their_folder_and_row(client, twins):
    source = twins.sources[4].id
    post(client, "/api/verdicts", {"do": "keep", "items": [f"{source}/1"]})
    for wrong in (f"{source}/9", f"{source}/01", source, f"{source}/x", f"{source}/²"):
        post(client, "/api/verdicts", {"do": "keep", "items": [wrong]}, status=400)


def test_more_pairs_than_an_atlas_keeps_are_refused(client, twins, monkeypatch):
    monkeypatch.setattr("frameatlas.bins.stored.MOST_VERDICTS", 1)
    items = [one["item"] for one in groups_of(client)[0]]
    post(client, "/api/verdicts", {"do": "not_same", "items": items[:2]})
    answer = post(client, "/api/verdicts", {"do": "not_same", "items": items}, status=400)
    assert "at most 1 pairs" in answer.json["error"]
    assert len(read_bins(twins.folder).different) == 1
