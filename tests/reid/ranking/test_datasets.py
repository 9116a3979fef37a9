"""Folders of people: what names tell, and what lies beside them in the wild."""

import pytest
from PIL import Image

from frameatlas.errors import InputError
from frameatlas.reid.ranking.datasets import PROTOCOLS, labels_of, read_market, read_people


def picture(path, colour=(200, 30, 40)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (16, 32), colour).save(path)


@pytest.fixture
def market(tmp_path):
    root = tmp_path / "Market-1501-v15.09.15"
    for name in (
        "bounding_box_train/0007_c1s1_000001_01.jpg",
        "bounding_box_train/0002_c3s1_000451_03.jpg",
        "bounding_box_train/0002_c1s1_000451_03.jpg",
        "query/0004_c1s1_000100_00.jpg",
        "bounding_box_test/0004_c1s2_000200_01.jpg",
        "bounding_box_test/0004_c6s2_000200_01.jpg.jpg",
        "bounding_box_test/0000_c2s1_000300_01.jpg",
        "bounding_box_test/-1_c2s1_000300_02.jpg",
    ):
        picture(root / name)
    (root / "query" / "Thumbs.db").write_bytes(b"not a picture")
    picture(root / "bounding_box_test" / "readme.jpg")
    return root


@pytest.mark.parametrize("above", [False, True])
def test_market_is_read_from_its_folder_or_the_one_above(market, above):
    parts = read_market(market.parent if above else market)
    assert parts.train.person == (0, 0, 1)  # relabelled in the order of ids
    assert parts.train.camera == (1, 3, 1)
    assert parts.query.person == (4,)
    assert sorted(parts.gallery.person) == [0, 4, 4]  # no junk, but the distractor
    assert sorted(parts.gallery.camera) == [1, 2, 6]


def test_market_names_in_any_folder_keep_their_junk(market):
    gallery = read_people(market / "bounding_box_test")
    assert gallery.kind == "market"
    assert sorted(gallery.person) == [-1, 0, 4, 4]
    query = read_people(market / "query")
    asked, searched = labels_of(query, gallery)
    assert asked.group.tolist() == [1]
    assert sorted(searched.person.tolist()) == [-1, 0, 4, 4]


@pytest.mark.parametrize(
    ("kind", "names", "person", "camera"),
    [
        ("market", ["0002_c15s1_000451_03.jpg", "0003_c1s1_000001_00.jpg"], [2, 3], [15, 1]),
        ("duke", ["0005_c2_f0046985.jpg", "0008_c10_f0000002.jpg"], [5, 8], [2, 10]),
        ("cuhk03", ["0003_c1_21.png", "0004_c2_1.png"], [3, 4], [1, 2]),
        ("msmt17", ["0000/0000_000_15_0303morning_0015_0.jpg"], [0], [15]),
        ("mars", ["0001/0001C1T0001F001.jpg", "00-1/00-1C2T0001F001.jpg"], [-1, 1], [2, 1]),
    ],
)
def test_a_set_is_called_what_it_is(tmp_path, kind, names, person, camera):
    for name in names:
        picture(tmp_path / name)
    folder = read_people(tmp_path)
    assert folder.kind == kind
    assert sorted(folder.person) == sorted(person)
    assert sorted(folder.camera) == sorted(camera)
    asked, _ = labels_of(folder, folder)
    assert sorted(asked.group.tolist()) == sorted(camera)
    named = {"market": "Market-1501", "duke": "DukeMTMC-reID", "cuhk03": "CUHK03"}
    assert PROTOCOLS[kind].startswith(named.get(kind, kind.upper()))


@pytest.mark.parametrize("mark", ["-", "_"])
def test_soccernet_is_ranked_inside_an_action(tmp_path, mark):
    for box, action, person in ((0, 5, 1), (1, 5, 2), (2, 6, 1)):
        fields = [box, action, person, 3, "Player_team_left", 10, 20, "64x32"]
        picture(tmp_path / (mark.join(str(f) for f in fields) + ".png"))
    folder = read_people(tmp_path)
    assert folder.kind == "soccernet"
    asked, _ = labels_of(folder, folder)
    assert asked.block.tolist() == [5, 5, 6]
    assert len(set(asked.person.tolist())) == 3  # person 1 of another action is another person


def test_a_folder_for_each_person(tmp_path):
    for name in ("anna/1.png", "anna/2.png", "ben/1.png"):
        picture(tmp_path / name)
    folder = read_people(tmp_path)
    assert folder.people == ("anna", "anna", "ben")
    asked, searched = labels_of(folder, folder)
    assert asked.person.tolist() == searched.person.tolist() == [1, 1, 2]
    assert len(set(asked.group.tolist())) == 3  # a picture is never its own match


def test_other_names_tell_nothing(tmp_path):
    picture(tmp_path / "IMG_1.jpg")
    folder = read_people(tmp_path)
    assert folder.kind == "unnamed"
    assert labels_of(folder, folder) is None


def test_folders_that_do_not_belong_together(market, tmp_path):
    picture(tmp_path / "people" / "anna" / "1.png")
    with pytest.raises(InputError, match="named in the same way"):
        labels_of(read_people(market / "query"), read_people(tmp_path / "people"))


def test_nothing_to_read(tmp_path):
    with pytest.raises(InputError, match="a folder of pictures"):
        read_people(tmp_path / "none")
    with pytest.raises(InputError, match="Expected pictures"):
        read_people(tmp_path)
    with pytest.raises(InputError, match="bounding_box_train"):
        read_market(tmp_path)
