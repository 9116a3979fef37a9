"""``kill -9`` at any instant: what is there can be opened, and the rerun makes the same bytes."""

import shutil
import signal

import pytest

KILLED = -signal.SIGKILL
SITE = ("--depth", "1")


def survives(name, start, rerun, whole, trees, place):
    """After a kill a rerun ends well, with the same files as an undisturbed run's."""
    start()
    assert not trees.processes_about(str(place.parent))
    ended = rerun()
    assert ended.code == 0, (name, ended.errors)
    assert trees.differences(whole, trees.tree(place)) == [], name


def opens_or_says(commands, atlas, said):
    if not atlas.exists():
        return
    ended = commands.run("info", atlas)
    if ended.code:
        said(ended)


def killed_index(atlas, instant, commands, index, calm, trees, said):
    shutil.rmtree(atlas, ignore_errors=True)
    first = index(atlas, watched=atlas.name, kill_at=instant)
    # Threads take turns as they like: now and then a run has one event less.
    assert first.code in (KILLED, 0), (instant, first.errors)
    opens_or_says(commands, atlas, said)
    again = index(atlas)
    assert again.code == 0, (instant, again.errors)
    assert trees.differences(calm.tree, trees.tree(atlas)) == [], (instant, calm.events[instant])
    assert not trees.processes_about(str(atlas.parent))


def instants(events, part):
    """Instants at which something is done to files whose path has a part."""
    return [number for number, event in enumerate(events) if part in event]


@pytest.mark.parametrize("part", ["sources/.building", "maps/.building", "atlas.json"])
def test_index_killed_in_each_stage(tmp_path, commands, index, calm, trees, said, chance, part):
    for instant in chance.sample(instants(calm.events, part), 2):
        killed_index(tmp_path / "k.atlas", instant, commands, index, calm, trees, said)


@pytest.mark.parametrize("name", [".map.json", ".source.json", ".atlas.json", ".key.txt"])
def test_index_killed_between_writing_and_renaming(
    tmp_path, commands, index, calm, trees, said, name
):
    renamed = [n for n, e in enumerate(calm.events) if e.startswith("os.rename") and name in e]
    killed_index(tmp_path / "k.atlas", renamed[-1], commands, index, calm, trees, said)


def test_index_killed_again_and_again(tmp_path, index, calm, trees, chance):
    atlas = tmp_path / "k.atlas"
    for _ in range(4):
        instant = chance.randrange(10, 60)
        assert index(atlas, watched=atlas.name, kill_at=instant).code in (KILLED, 0)
    assert index(atlas).code == 0
    assert trees.differences(calm.tree, trees.tree(atlas)) == []


@pytest.mark.faults
def test_index_killed_at_every_third_instant(tmp_path, commands, index, calm, trees, said):
    for instant in range(0, len(calm.events), 3):
        killed_index(tmp_path / "k.atlas", instant, commands, index, calm, trees, said)


@pytest.mark.faults
def test_index_killed_after_random_times(tmp_path, commands, videos, index, calm, trees, chance):
    atlas = tmp_path / "k.atlas"
    for _ in range(15):
        arguments = ("index", videos, "-o", atlas, "--height", "32")
        commands.killed_after(0.05 + 1.2 * chance.random(), *arguments, delay=0.3)
    assert index(atlas).code == 0
    assert trees.differences(calm.tree, trees.tree(atlas)) == []
    assert not trees.processes_about(str(videos))


@pytest.mark.faults
def test_a_trained_map_killed_at_some_instants(tmp_path, index, calm, trees):
    whole, atlas = tmp_path / "whole.atlas", tmp_path / "k.atlas"
    shutil.copytree(calm.folder, whole)
    ended = index(whole, "--refit", trained=True, watched=whole.name)
    assert ended.code == 0, ended.errors
    drawn = trees.tree(whole)
    assert any(name.endswith("encoder.weights.h5") for name in drawn), "nothing was trained"
    for instant in instants(ended.events, "maps/")[8::12]:
        shutil.rmtree(atlas, ignore_errors=True)
        shutil.copytree(calm.folder, atlas)
        assert index(atlas, "--refit", trained=True, watched=atlas.name, kill_at=instant).code
        assert index(atlas, "--refit", trained=True).code == 0
        assert trees.differences(drawn, trees.tree(atlas)) == [], ended.events[instant]


@pytest.mark.parametrize("count", [3, pytest.param(40, marks=pytest.mark.faults)])
def test_export_killed(tmp_path, commands, calm, trees, chance, count):
    whole, site = tmp_path / "whole", tmp_path / "site"
    ended = commands.run("export", calm.folder, "-o", whole, *SITE, watched=str(whole))
    assert ended.code == 0, ended.errors
    some = min(count, len(ended.events))
    first = [n for n, event in enumerate(ended.events) if event.startswith("os.rename")][:1]
    for instant in (*first, *chance.sample(range(len(ended.events)), some)):
        shutil.rmtree(site, ignore_errors=True)
        options = {"watched": str(site), "kill_at": instant}
        assert commands.run("export", calm.folder, "-o", site, *SITE, **options).code == KILLED
        again = commands.run("export", calm.folder, "-o", site, *SITE)
        assert again.code == 0, again.errors
        assert trees.differences(trees.tree(whole), trees.tree(site)) == [], ended.events[instant]


@pytest.mark.parametrize("name", ["p.png", "p.tif", "p.pdf"])
def test_a_poster_killed_leaves_the_old_one_and_then_nothing_but_the_new(
    tmp_path, commands, calm, name
):
    poster = tmp_path / name
    order = ("poster", calm.folder, "-o", poster, "--tile-height", "32")
    whole = commands.run(*order, watched=str(tmp_path))
    assert whole.code == 0, whole.errors
    content = poster.read_bytes()
    poster.write_bytes(b"old")
    for instant in range(len(whole.events)):
        ended = commands.run(*order, watched=str(tmp_path), kill_at=instant)
        assert ended.code == KILLED, ended.errors
        assert poster.read_bytes() == b"old"
    assert commands.run(*order).code == 0
    assert poster.read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == [name]
