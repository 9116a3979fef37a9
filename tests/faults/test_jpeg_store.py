"""An atlas stored as JPEG: killed, starved, damaged, read; it comes out as an undisturbed one."""

import shutil
import signal
from types import SimpleNamespace

import pytest

AS_JPEG = ("--height", "32", "--store", "jpeg")
READERS = (
    ("info", "{atlas}"),
    ("poster", "{atlas}", "-o", "{out}/p.png", "--tile-height", "32"),
    ("search", "{atlas}", "--frame", "a.mp4@1", "-k", "3"),
    ("export", "{atlas}", "-o", "{out}/site", "--depth", "0"),
)


@pytest.fixture
def index(commands, videos):
    """``index(folder, *more, **options)``: index the videos into an atlas of JPEG."""

    def run(folder, *more, **options):
        return commands.run("index", videos, "-o", folder, *AS_JPEG, *more, **options)

    return run


@pytest.fixture(scope="module")
def calm(commands, videos, trees, tmp_path_factory):
    """What an undisturbed run makes: ``folder``, its ``tree``, and its ``events``."""
    folder = tmp_path_factory.mktemp("jpeg") / "calm.atlas"
    ended = commands.run("index", videos, "-o", folder, *AS_JPEG, watched=folder.name)
    assert ended.code == 0, ended.errors
    assert len(list(folder.glob("sources/*/frames.jpeg"))) == 3
    return SimpleNamespace(folder=folder, tree=trees.tree(folder), events=ended.events)


def killed(atlas, instant, index, calm, trees):
    shutil.rmtree(atlas, ignore_errors=True)
    first = index(atlas, watched=atlas.name, kill_at=instant)
    assert first.code in (-signal.SIGKILL, 0), first.errors
    again = index(atlas)
    assert again.code == 0, (instant, again.errors)
    assert trees.differences(calm.tree, trees.tree(atlas)) == [], (instant, calm.events[instant])


def building(calm):
    return [n for n, event in enumerate(calm.events) if "sources/.building" in event]


def test_killed_while_sources_are_built(tmp_path, index, calm, trees, chance):
    for instant in chance.sample(building(calm), 3):
        killed(tmp_path / "k.atlas", instant, index, calm, trees)


@pytest.mark.faults
def test_killed_at_every_instant_of_building(tmp_path, index, calm, trees):
    for instant in building(calm):
        killed(tmp_path / "k.atlas", instant, index, calm, trees)


@pytest.mark.parametrize("times", [3, pytest.param(15, marks=pytest.mark.faults)])
def test_killed_after_random_times(tmp_path, commands, videos, index, calm, trees, chance, times):
    atlas = tmp_path / "k.atlas"
    for _ in range(times):
        arguments = ("index", videos, "-o", atlas, *AS_JPEG)
        commands.killed_after(0.3 + 1.2 * chance.random(), *arguments, delay=0.3)
    assert index(atlas).code == 0
    assert trees.differences(calm.tree, trees.tree(atlas)) == []


def test_on_a_full_disk(small_disk, index, calm, trees, said):
    whole = sum(path.stat().st_size for path in calm.folder.rglob("*") if path.is_file())
    atlas = small_disk(whole) / "full.atlas"
    for share in (0.05, 0.4, 0.8):
        small_disk(64 << 20)
        shutil.rmtree(atlas, ignore_errors=True)
        small_disk(int(share * whole))
        ended = index(atlas, "--force")
        said(ended)
        assert "none is left" in ended.sentence, (share, ended.errors)
    small_disk(64 << 20)
    assert index(atlas).code == 0
    assert trees.differences(calm.tree, trees.tree(atlas)) == []


@pytest.mark.parametrize("share", [0.01, 0.1])
def test_where_files_may_not_grow(tmp_path, index, calm, trees, said, share):
    atlas = tmp_path / "l.atlas"
    largest = max(path.stat().st_size for path in calm.folder.rglob("*"))
    ended = index(atlas, largest=int(share * largest))
    said(ended)
    assert "Expected a disk that holds files as large as" in ended.sentence
    assert index(atlas).code == 0
    assert trees.differences(calm.tree, trees.tree(atlas)) == []


@pytest.mark.parametrize("kind", ["flip", "cut", "empty", "gone"])
def test_damage_is_named_said_by_readers_and_mended(
    tmp_path, commands, index, calm, trees, said, kind
):
    atlas, out = tmp_path / "d.atlas", tmp_path / "out"
    shutil.copytree(calm.folder, atlas)
    out.mkdir()
    path = max(atlas.glob("sources/*/frames.jpeg"), key=lambda p: p.stat().st_size)
    trees.damage(path, kind, 0.5)
    for reader in READERS:
        ended = commands.run(*[word.format(atlas=atlas, out=out) for word in reader])
        if ended.code:
            said(ended)
            assert path.name in ended.errors
        elif kind != "flip":
            assert reader[0] in ("info", "search"), f"{reader[0]} showed what is not there"
    checked = commands.run("check", atlas)
    assert checked.code == 1
    assert path.name in checked.output
    assert index(atlas).code == 0
    assert commands.run("check", atlas).code == 0
    assert trees.differences(calm.tree, trees.tree(atlas)) == []


def test_another_form_of_storing_is_refused_and_changes_nothing(
    tmp_path, commands, videos, calm, trees, said
):
    atlas = tmp_path / "a.atlas"
    shutil.copytree(calm.folder, atlas)
    ended = commands.run("index", videos, "-o", atlas, "--store", "raw")
    said(ended)
    assert "Expected --store jpeg" in ended.sentence
    assert trees.differences(calm.tree, trees.tree(atlas)) == []
