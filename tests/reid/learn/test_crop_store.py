"""Pictures decoded once, and those that cannot be."""

import numpy as np
import pytest
from PIL import Image

from frameatlas.errors import InputError
from frameatlas.reid.learn.sets import crop_store
from frameatlas.reid.learn.sets.crop_store import open_store, overlap, several
from frameatlas.reid.learn.sets.open_set import open_set


@pytest.fixture
def people(picture_at, tmp_path):
    for name in ("anna/1.png", "anna/2.png", "ben/1.png", "ben/2.png"):
        picture_at(tmp_path / "people" / name)
    return tmp_path / "people"


def test_pictures_are_decoded_once(people, tmp_path, monkeypatch):
    run = tmp_path / "one.run"
    first = open_store(open_set(people), run, (32, 16))
    assert first.pixels.shape == (4, 32, 16, 3)
    monkeypatch.setattr(crop_store, "read_picture", None)
    again = open_store(open_set(people), run, (32, 16))
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert first.digest == again.digest
    with pytest.raises(TypeError):  # in memory alone they would be decoded
        open_store(open_set(people), None, (32, 16))


def test_a_changed_picture_is_decoded_again(people, picture_at, tmp_path):
    run = tmp_path / "one.run"
    first = open_store(open_set(people), run, (32, 16))
    picture_at(people / "anna" / "1.png", (0, 0, 0), (20, 40))
    again = open_store(open_set(people), run, (32, 16))
    assert first.digest != again.digest
    assert again.pixels[0].max() < 60


def test_a_store_that_was_cut_short_is_made_again(people, tmp_path):
    run = tmp_path / "one.run"
    first = open_store(open_set(people), run, (32, 16))
    (file,) = run.glob("*.rgb")
    file.write_bytes(file.read_bytes()[:100])
    again = open_store(open_set(people), run, (32, 16))
    assert again.digest == first.digest


ODD = {
    "broken.png": (b"\x89PNG\r\n\x1a\n broken", "no picture"),
    "empty.jpg": (b"", "empty"),
    "text.jpg": (b"hello", "no picture"),
}


def test_what_is_no_picture_is_left_out_by_name(people):
    for name, (content, _) in ODD.items():
        (people / "anna" / name).write_bytes(content)
    Image.new("RGB", (1, 1)).save(people / "anna" / "dot.png")
    whole = (people / "anna" / "1.png").read_bytes()
    (people / "anna" / "cut.png").write_bytes(whole[: len(whole) // 2])
    (people / "anna" / "Thumbs.db").write_bytes(b"not a picture")
    store = open_store(open_set(people), None, (32, 16))
    assert len(store.people) == len(store.pixels) == 4
    reasons = {problem.path.name: problem.reason for problem in store.problems}
    assert set(reasons) == {*ODD, "dot.png", "cut.png"}
    for name, (_, reason) in ODD.items():
        assert reason in reasons[name]
    assert "1 × 1" in reasons["dot.png"]
    lines = several(store.problems, 2)
    assert len(lines) == 3
    assert "3 more" in lines[-1]


def test_huge_pictures_are_left_out(people, monkeypatch):
    monkeypatch.setattr("frameatlas.reid.learn.sets.picture_files.LARGEST", 32 * 16 - 1)
    with pytest.raises(InputError, match="no crop of a person"):
        open_store(open_set(people), None, (32, 16))


def test_odd_kinds_of_pictures_are_read(people):
    Image.new("CMYK", (16, 32), (0, 255, 255, 0)).save(people / "anna" / "cmyk.jpg")
    deep = np.full((32, 16), 200 << 8, np.uint16)
    Image.fromarray(deep).save(people / "anna" / "sixteen.png")
    (people / "anna" / "3.jpg.jpg").write_bytes((people / "anna" / "cmyk.jpg").read_bytes())
    store = open_store(open_set(people), None, (32, 16))
    assert not store.problems
    pixels = dict(zip([p.name for p in store.people.paths], store.pixels, strict=True))
    assert np.abs(pixels["sixteen.png"].astype(int) - 200).max() <= 1
    assert pixels["cmyk.jpg"][0, 0, 0] > 200
    assert "3.jpg.jpg" in pixels


def test_nothing_that_can_be_used(people):
    for path in people.rglob("*.png"):
        path.write_bytes(b"")
    with pytest.raises(InputError, match="none that can be used"):
        open_store(open_set(people), None, (32, 16))


def test_pictures_in_both_parts_are_found(picture_at, tmp_path):
    names = ("train/anna/1.png", "train/ben/1.png", "query/cleo/1.png", "test/cleo/2.png")
    for name in names:
        picture_at(tmp_path / name, (sum(map(ord, name)) % 200, 40, 90))
    assert overlap(open_store(open_set(tmp_path), None, (32, 16))) == []
    copy = tmp_path / "test/cleo/3.png"
    copy.write_bytes((tmp_path / "train/anna/1.png").read_bytes())
    ((learnt, scored),) = overlap(open_store(open_set(tmp_path), None, (32, 16)))
    assert (learnt.name, scored) == ("1.png", copy)
