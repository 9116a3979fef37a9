"""Sets of people: each public layout, one's own folders, and what lies beside pictures."""

import numpy as np
import pytest
from scipy.io import savemat

from frameatlas.errors import InputError
from frameatlas.reid.learn.sets.open_set import open_set
from frameatlas.reid.learn.sets.people_set import join_sets
from frameatlas.reid.learn.sets.training_sets import open_training_sets


def described(people, part):
    rows = getattr(people, part)
    return sorted(
        (int(p), int(c)) for p, c in zip(people.person[rows], people.camera[rows], strict=True)
    )


@pytest.fixture
def files(picture_at, tmp_path):
    """``files(*names)``: pictures of these names in a folder."""

    def make(*names, root="set"):
        for name in names:
            picture_at(tmp_path / root / name)
        return tmp_path / root

    return make


MARKET = (
    "bounding_box_train/0007_c1s1_000001_01.jpg",
    "bounding_box_train/0002_c3s1_000451_03.jpg",
    "bounding_box_train/0002_c15s1_000451_03.jpg",
    "query/0004_c1s1_000100_00.jpg",
    "bounding_box_test/0004_c6s2_000200_01.jpg.jpg",
    "bounding_box_test/0000_c2s1_000300_01.jpg",
    "bounding_box_test/-1_c2s1_000300_02.jpg",
)


@pytest.mark.parametrize("above", [False, True])
def test_market(files, above):
    root = files(*MARKET)
    (root / "query" / "Thumbs.db").write_bytes(b"not a picture")
    people = open_set(root.parent if above else root)
    assert people.kind == people.protocol.name == "market"
    assert described(people, "train") == [(2, 3), (2, 15), (7, 1)]  # camera 15 is not camera 1
    assert described(people, "query") == [(4, 1)]
    assert described(people, "gallery") == [(0, 2), (4, 6)]  # no junk


def test_duke_is_told_from_market_by_its_names(files):
    names = ["bounding_box_train/0001_c2_f0046182.jpg", "bounding_box_train/0005_c1_f0046182.jpg"]
    names += ["query/0007_c2_f0046985.jpg", "bounding_box_test/0007_c8_f0046182.jpg"]
    people = open_set(files(*names))
    assert people.kind == "duke"
    assert described(people, "gallery") == [(7, 8)]


def test_msmt17(files):
    root = files(
        "train/0000/0000_000_01_0303morning_0015_0.jpg",
        "train/0001/0001_000_05_0303noon_0015_0.jpg",
        "test/0000/0000_000_02_0303morning_0015_0.jpg",
        "test/0000/0000_001_14_0303morning_0015_0.jpg",
    )
    lists = {"train": [0, 1], "query": [0], "gallery": [0]}
    for part, numbers in lists.items():
        folder = root / ("train" if part == "train" else "test")
        paths = sorted(folder.rglob("*.jpg"))
        chosen = paths if part == "train" else [paths[0 if part == "query" else 1]]
        lines = [f"{p.relative_to(folder)} {n}" for p, n in zip(chosen, numbers, strict=True)]
        (root / f"list_{part}.txt").write_text("\n".join(lines))
    people = open_set(root)
    assert people.kind == "msmt17"
    assert described(people, "train") == [(1, 1), (2, 5)]
    assert people.person[people.query].tolist() == people.person[people.gallery].tolist()
    assert people.person[people.query][0] not in people.person[people.train]
    (root / "list_query.txt").write_text("../../secret.jpg 0")
    with pytest.raises(InputError, match="inside the set"):
        open_set(root)


def test_mars_asks_for_tracklets(files):
    names = [f"bbox_train/0001/0001C{c}T0001F{f:03d}.jpg" for c in (1, 2) for f in (1, 2)]
    names += [f"bbox_test/0004/0004C{c}T000{t}F001.jpg" for c, t in ((1, 1), (1, 2), (2, 1))]
    names += ["bbox_test/0000/0000C1T0001F001.jpg", "bbox_test/00-1/00-1C1T0001F001.jpg"]
    people = open_set(files(*names))
    assert people.protocol.pooled
    assert described(people, "query") == [(4, 1), (4, 2)]
    assert described(people, "gallery") == [(0, 1), (4, 1), (4, 1), (4, 2)]
    assert len(np.unique(people.tracklet[people.train])) == 2
    assert any("first tracklet" in note for note in people.notes)


@pytest.mark.parametrize("config", [False, True])
def test_cuhk03(files, config):
    names = [
        f"images_labeled/1_{p:03d}_{v}_{i:02d}.png" for p in (1, 2) for v in (1, 2) for i in (1,)
    ]
    root = files(*names)
    if config:
        listed = np.array([[n.split("/")[1]] for n in names], object)
        rows = {"train_idx": [[3, 4]], "query_idx": [[1]], "gallery_idx": [[2]]}
        savemat(root / "cuhk03_new_protocol_config_labeled.mat", {"filelist": listed, **rows})
    people = open_set(root)
    assert people.kind == "cuhk03"
    assert described(people, "train") == ([(2, 1), (2, 2)] if config else [(1, 1), (1, 2)])
    assert bool(people.notes) is not config
    if config:
        (root / "cuhk03_new_protocol_config_labeled.mat").write_bytes(b"damaged")
        with pytest.raises(InputError, match="split"):
            open_set(root)


@pytest.mark.parametrize("mark", ["-", "_"])
def test_soccernet(files, mark):
    names = []
    for part in ("train", "valid/query", "valid/gallery"):
        for box, action, person in ((0, 5, 1), (1, 5, 2), (2, 6, 1)):
            fields = [box, action, person, 3, "Player_team_left", 10, 20, "64x32"]
            names.append(f"{part}/game/{mark.join(map(str, fields))}.png")
    people = open_set(files(*names))
    assert people.protocol.inside_action
    assert len(people.train) == len(people.query) == len(people.gallery) == 3
    assert people.people(people.query) == 3  # person 1 of another action is another person


def test_a_folder_for_each_person(files):
    people = open_set(files("anna/1.png", "anna/2.png", "ben/1.png", "ben/notes.txt.png"))
    assert people.protocol.name == "folders"
    assert people.people(people.train) == 2
    assert any("no cameras" in note for note in people.notes)
    assert any("flatter" in note for note in people.notes)


def test_cameras_are_folders_inside_people(files):
    names = [f"{who}/{camera}/{n}.png" for who in "abcdefghij" for camera in "xy" for n in (1, 2)]
    people = open_set(files(*names))
    assert people.protocol.name == "market"
    assert people.people(people.train) == 8
    assert people.people(people.query) == 2  # one of five is kept apart
    assert not set(people.person[people.query]) & set(people.person[people.train])


def test_parts_that_somebody_made(files):
    people = open_set(
        files("train/anna/1.png", "train/cleo/1.png", "query/ben/1.png", "test/ben/2.png")
    )
    assert (len(people.train), len(people.query), len(people.gallery)) == (2, 1, 1)
    assert people.person[people.query].tolist() == people.person[people.gallery].tolist()


def test_flat_names_tell_enough(files):
    people = open_set(files(*(f"{p:04d}_c{c}s1_000001_00.jpg" for p in (1, 2) for c in (1, 2))))
    assert people.kind == "named"
    assert people.people(people.train) == 2


def test_one_camera_is_scored_by_pictures_and_says_so(files):
    people = open_set(files(*(f"{p:04d}_c1_f{n}.jpg" for p in (1, 2) for n in (1, 2))))
    assert people.protocol.name == "folders"
    assert any("one camera only" in note for note in people.notes)


@pytest.mark.parametrize("names", [(), ("IMG_1.jpg",), ("IMG_1.jpg", "anna/1.jpg")])
def test_what_is_no_set(files, tmp_path, names):
    root = files(*names) if names else tmp_path
    with pytest.raises(InputError, match=r"a folder for each person.*Received"):
        open_set(root)
    with pytest.raises(InputError, match="Received"):
        open_set(tmp_path / "nothing")


def test_distractors_alone_are_nobody(files):
    with pytest.raises(InputError, match="nobody"):
        open_set(files("0000_c1s1_000001_00.jpg", "0000_c2s1_000001_00.jpg"))


def test_fewer_than_two_people(files):
    with pytest.raises(InputError, match="two people"):
        open_training_sets([files("anna/1.png", "anna/2.png")])


def test_sets_together_share_nobody(files):
    first = open_set(files("anna/1.png", "ben/1.png", root="one"))
    second = open_set(files("anna/1.png", "ben/1.png", root="two"))
    both = join_sets([first, second])
    assert both.people(both.train) == 4
    assert len(np.unique(both.tracklet)) == 4
    assert {both.paths[row] for row in both.query} == set(second.paths)
    with pytest.raises(InputError):
        join_sets([])


def test_a_set_is_called_what_it_is(files):
    duke = files("bounding_box_train/0001_c2_f0046985.jpg", "query/0002_c1_f0000001.jpg")
    (duke / "bounding_box_test").mkdir()
    assert open_set(duke).title.startswith("DukeMTMC-reID (")
    assert "Duke" not in open_set(duke).protocol.sentence


def test_the_newer_split_of_cuhk03_is_no_market(files):
    names = (
        "bounding_box_train/0001_c1_1.png",
        "query/0002_c1_1.png",
        "bounding_box_test/0002_c2_2.png",
    )
    people = open_set(files(*names))
    assert people.kind == "cuhk03"
    assert people.title.startswith("CUHK03")
