"""Files of an atlas that were cut, emptied, flipped or removed: named, repaired, never believed."""

import shutil

import numpy as np
import pytest
from PIL import Image

DAMAGES = ("flip", "cut", "empty", "gone")
PHOTOS = 5
BESIDE = ("metadata.h5", "subtitles.json")
"""Files that an atlas may lack: where one is gone, check says nothing, and index makes it again."""


def files_of(folder):
    return sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, commands, videos, trees):
    """Videos and photos, their atlas, and its files; ``lock`` is none of them."""
    folder = tmp_path_factory.mktemp("mixed")
    given = shutil.copytree(videos, folder / "given")
    (given / "photos").mkdir()
    for number in range(PHOTOS):
        noise = np.random.default_rng(number).integers(0, 255, (40, 50, 3), np.uint8)
        Image.fromarray(noise).save(given / "photos" / f"{number}.png")
    atlas = folder / "whole.atlas"
    ended = commands.run("index", given, "-o", atlas, "--height", "32")
    assert ended.code == 0, ended.errors
    # What shots.h5 held is found anew by `frameatlas shots --again`, which its message says.
    files = [name for name in files_of(atlas) if name.name not in ("lock", "shots.h5")]
    return given, atlas, trees.tree(atlas), files


def damaged_and_repaired(name, kind, place, mixed, commands, trees, tmp_path):
    given, whole, tree, _ = mixed
    atlas = tmp_path / "d.atlas"
    shutil.rmtree(atlas, ignore_errors=True)
    shutil.copytree(whole, atlas)
    trees.damage(atlas / name, kind, place)
    checked = commands.run("check", atlas)
    if kind == "gone" and name.name in BESIDE:
        assert checked.code == 0, (name, checked.output)
    else:
        code = 2 if kind == "gone" and name.name == "atlas.json" else 1
        assert checked.code == code, (name, kind)
        assert name.name in checked.output + checked.errors
    again = commands.run("index", given, "-o", atlas, "--height", "32")
    assert again.code == 0, (name, kind, again.errors)
    assert commands.run("check", atlas).code == 0, (name, kind)
    assert trees.differences(tree, trees.tree(atlas)) == [], (name, kind)


def test_check_names_it_and_index_repairs_it(mixed, commands, trees, tmp_path, chance):
    for name in chance.sample(mixed[3], 5):
        kind = chance.choice(DAMAGES)
        damaged_and_repaired(name, kind, chance.random(), mixed, commands, trees, tmp_path)


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize("kind", DAMAGES)
def test_what_lies_beside_a_source_is_made_again(name, kind, mixed, commands, trees, tmp_path):
    place = next(file for file in mixed[3] if file.name == name)
    damaged_and_repaired(place, kind, 0.9, mixed, commands, trees, tmp_path)


@pytest.mark.parametrize("name", ["frames.npy", "features.h5"])
@pytest.mark.parametrize("source", ["video", "photos"])
def test_a_flipped_bit_of_a_source_is_repaired(name, source, mixed, commands, trees, tmp_path):
    names = [file for file in mixed[3] if file.name == name]
    photos = [file for file in names if b"digests" in (mixed[1] / file).with_name(
        "features.h5").read_bytes()]  # fmt: skip
    chosen = photos[0] if source == "photos" else next(n for n in names if n not in photos)
    damaged_and_repaired(chosen, "flip", 0.7, mixed, commands, trees, tmp_path)


@pytest.mark.faults
@pytest.mark.parametrize("kind", DAMAGES)
def test_check_names_and_index_repairs_every_file(mixed, commands, trees, tmp_path, chance, kind):
    for name in mixed[3]:
        damaged_and_repaired(name, kind, chance.random(), mixed, commands, trees, tmp_path)


READERS = (
    ("info", "{atlas}"),
    ("poster", "{atlas}", "-o", "{out}/p.png", "--tile-height", "32"),
    ("search", "{atlas}", "--frame", "a.mp4@1", "-k", "3"),
    ("similar", "{atlas}", "a.mp4", "-k", "1"),
    ("export", "{atlas}", "-o", "{out}/site", "--depth", "0"),
    ("relayout", "{atlas}", "--seed", "3"),
)


def read_damaged(name, kind, place, reader, mixed, commands, trees, said, tmp_path):
    atlas, out = tmp_path / "d.atlas", tmp_path / "out"
    for folder in (atlas, out):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(mixed[1], atlas)
    out.mkdir()
    trees.damage(atlas / name, kind, place)
    words = [word.format(atlas=atlas, out=out) for word in reader]
    ended = commands.run(*words)
    if ended.code:
        said(ended)
    return ended


def test_readers_say_so_or_do_not_need_it(mixed, commands, trees, said, tmp_path, chance):
    for _ in range(12):
        name, kind = chance.choice(mixed[3]), chance.choice(DAMAGES)
        reader = chance.choice(READERS)
        read_damaged(name, kind, chance.random(), reader, mixed, commands, trees, said, tmp_path)


@pytest.mark.faults
@pytest.mark.parametrize("reader", READERS, ids=lambda words: words[0])
def test_readers_and_every_file(mixed, commands, trees, said, tmp_path, chance, reader):
    for name in mixed[3]:
        for kind in ("flip", "cut", "gone"):
            place = chance.random() if kind == "flip" else 0.0
            read_damaged(name, kind, place, reader, mixed, commands, trees, said, tmp_path)


@pytest.mark.parametrize(
    ("file", "reader"),
    [("coordinates.h5", 1), ("coordinates.h5", 4), ("components.h5", 0), ("scores.npy", 5)],
)
def test_what_a_flipped_bit_would_move_unseen_is_refused(
    file, reader, mixed, commands, trees, said, tmp_path
):
    (name,) = [one for one in mixed[3] if one.name == file]
    given = ("flip", 0.9, READERS[reader], mixed, commands, trees, said, tmp_path)
    ended = read_damaged(name, *given)
    assert ended.code == 2, f"{file} was believed"
    assert file in ended.sentence
