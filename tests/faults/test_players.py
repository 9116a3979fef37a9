"""``players`` that is killed, starved and misled: the players of one run, or a sentence."""

import shutil
import signal
import subprocess

import imageio_ffmpeg
import pytest

from frameatlas.errors import FormatError
from frameatlas.players.tables import holds_players, read_player_tables

KILLED = -signal.SIGKILL
STAGES = {
    "begun": "/atlas.json",
    "crops": "/sources/.building",
    "what is known of crops": "/tables/",
    "map": "/maps/.building",
    "found": "/.building-players/.players.csv",
    "written": "/.building-players/sheets",
    "vouched for": "/.building-players/.players.json",
    "published": "os.rename ",
}
SHORT = ("crops", "what is known of crops", "published")
LONG = pytest.mark.faults


def players_of(folder):
    """Who every tracklet is; None where the tables are refused or not there yet."""
    if not holds_players(folder):
        return None
    try:
        found = read_player_tables(folder)
    except FormatError as error:
        if "give the same `frameatlas players` command again" not in str(error):
            raise
        return None
    names = (*found.owners.players, "nobody")
    segments = found.owners.segments
    shown = zip(segments["tracklet"], segments["player"], strict=True)
    return {found.owners.tracklets[t]: names[p] for t, p in shown}, found.applied


def killed(game, commands, trees, folder, instant):
    """A first run that is killed leaves what the next one completes, to the byte."""
    shutil.rmtree(folder, ignore_errors=True)
    ended = commands.run(*game.order, "-o", folder, watched=folder.name, kill_at=instant)
    assert ended.code in (KILLED, 0), ended.errors
    assert players_of(folder) in (None, players_of(game.calm.folder))
    again = commands.run(*game.order, "-o", folder)
    told = game.calm.events[instant]
    assert again.code == 0, (told, again.errors)
    assert trees.differences(game.calm.tree, trees.tree(folder)) == [], told


def corrected_and_killed(game, commands, trees, folder, instant):
    """A second run that is killed leaves the old players or the new ones, and no mixture."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(game.calm.folder, folder)
    ended = commands.run(*game.named, "-o", folder, watched=folder.name, kill_at=instant)
    told = game.corrected.events[instant]
    assert ended.code in (KILLED, 0), ended.errors
    found = players_of(folder)
    assert found in (None, players_of(game.calm.folder), players_of(game.corrected.folder)), told
    if found is None:
        checked = commands.run("check", folder)
        assert checked.code == 1, told
        assert "players" in checked.output + checked.errors
    again = commands.run(*game.named, "-o", folder)
    assert again.code == 0, (told, again.errors)
    assert trees.differences(game.corrected.tree, trees.tree(folder)) == [], told


def instants(events, part):
    return [number for number, event in enumerate(events) if part in event]


def changing(events):
    """Instants at which something may change: not those at which pictures are read."""
    return [number for number, event in enumerate(events) if "frames.npy" not in event]


@pytest.mark.parametrize(
    "stage", [stage if stage in SHORT else pytest.param(stage, marks=LONG) for stage in STAGES]
)
def test_players_killed_in_each_stage(tmp_path, game, commands, trees, chance, stage):
    instant = chance.choice(instants(game.calm.events, STAGES[stage]))
    killed(game, commands, trees, tmp_path / "k.players", instant)


def test_a_second_run_killed_while_it_puts_players_into_their_places(
    tmp_path, game, commands, trees
):
    last = instants(game.corrected.events, "os.rename ")
    for instant in (last[-6], last[-2]):
        corrected_and_killed(game, commands, trees, tmp_path / "k.players", instant)


@LONG
def test_players_killed_at_many_instants(tmp_path, game, commands, trees, chance):
    for instant in sorted(chance.sample(changing(game.calm.events), 20)):
        killed(game, commands, trees, tmp_path / "k.players", instant)


@LONG
def test_a_second_run_killed_at_every_other_instant_of_writing(tmp_path, game, commands, trees):
    events = game.corrected.events
    begun = next(n for n, event in enumerate(events) if "corrections.yaml" in event)
    for instant in [n for n in changing(events) if n >= begun][::2]:
        corrected_and_killed(game, commands, trees, tmp_path / "k.players", instant)


@LONG
def test_players_killed_after_random_times(tmp_path, game, commands, trees, chance):
    folder = tmp_path / "k.players"
    for _ in range(8):
        arguments = (*game.order, "-o", folder)
        commands.killed_after(1.5 * chance.random(), *arguments, delay=0.3)
        assert players_of(folder) in (None, players_of(game.calm.folder))
    assert commands.run(*game.order, "-o", folder).code == 0
    assert trees.differences(game.calm.tree, trees.tree(folder)) == []


def bytes_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def full_disk(game, commands, trees, said, small_disk, shares):
    whole = bytes_of(game.calm.folder)
    folder = small_disk(64 << 20) / "full.players"
    for share in shares:
        small_disk(64 << 20)
        shutil.rmtree(folder, ignore_errors=True)
        small_disk(int(share * whole))
        ended = commands.run(*game.order, "-o", folder, "--force")
        said(ended)
        assert "none is left" in ended.sentence, (share, ended.errors)
        assert players_of(folder) is None
    small_disk(64 << 20)
    assert commands.run(*game.order, "-o", folder).code == 0
    assert trees.differences(game.calm.tree, trees.tree(folder)) == []


def test_players_on_a_full_disk(game, commands, trees, said, small_disk):
    full_disk(game, commands, trees, said, small_disk, (0.97,))


@LONG
def test_players_on_disks_of_many_sizes(game, commands, trees, said, small_disk):
    shares = (0.02, 0.2, 0.5, 0.8, *(0.95 + 0.01 * n for n in range(5)))
    full_disk(game, commands, trees, said, small_disk, shares)


def test_old_players_outlive_a_second_run_on_a_full_disk(game, commands, trees, said, small_disk):
    folder = small_disk(64 << 20) / "full.players"
    shutil.copytree(game.calm.folder, folder)
    used = bytes_of(folder)
    for more in (40 << 10, 70 << 10, 100 << 10):  # beside the folders' own blocks
        small_disk(used + more)
        ended = commands.run(*game.named, "-o", folder)
        if ended.code == 0:
            break
        said(ended)
        assert "none is left" in ended.sentence, ended.errors
        assert commands.run("check", folder).code == 0
        assert players_of(folder) == players_of(game.calm.folder)
    assert more > 40 << 10, "the first disk was large enough"
    small_disk(64 << 20)
    assert commands.run(*game.named, "-o", folder).code == 0
    assert trees.differences(game.corrected.tree, trees.tree(folder)) == []


def test_players_that_may_not_be_written_are_said(tmp_path, game, commands, trees, said, forbid):
    folder = forbid(shutil.copytree(game.calm.folder, tmp_path / "shut.players"))
    for place in (folder, folder / "new.players"):
        ended = commands.run(*game.named, "-o", place, powerless=True)
        said(ended)
        assert "allowed to write" in ended.sentence, ended.errors
    assert trees.differences(game.calm.tree, trees.tree(folder)) == []


@LONG
def test_a_video_that_went_or_changed_after_a_run(tmp_path, game, commands, trees, said):
    folder = shutil.copytree(game.calm.folder, tmp_path / "game.players")
    video = tmp_path / "game.mp4"
    order = ("players", video, *game.order[2:], "-o", folder)
    gone = commands.run(*order)
    said(gone)
    assert str(video) in gone.sentence
    assert trees.differences(game.calm.tree, trees.tree(folder)) == []
    negative = ["-vf", "negate", "-q:v", "2", str(video)]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", "-i", str(game.order[1]), *negative], check=True)
    assert commands.run(*order).code == 0
    fresh = commands.run(*order[:-1], tmp_path / "fresh.players")
    assert fresh.code == 0, fresh.errors
    new, old = trees.tree(tmp_path / "fresh.players"), trees.tree(folder)
    assert trees.differences(new, old) == []
    pictures = [name for name in new if name.endswith("frames.npy")]
    assert not set(pictures) & set(game.calm.tree), "the old video's crops"


DAMAGES = ("flip", "cut", "empty", "gone")


def damaged_and_repaired(game, commands, trees, folder, name, kind, place):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(game.calm.folder, folder)
    trees.damage(folder / name, kind, place)
    checked = commands.run("check", folder)
    unheard = kind == "gone" and name == "atlas.json"
    assert checked.code == (2 if unheard else 1), (name, kind, checked.output)
    assert name.rpartition("/")[2] in checked.output + checked.errors, (name, kind)
    if "/" not in name and name != "atlas.json":
        assert players_of(folder) is None, (name, kind)
    again = commands.run(*game.order, "-o", folder)
    assert again.code == 0, (name, kind, again.errors)
    assert commands.run("check", folder).code == 0, (name, kind)
    assert trees.differences(game.calm.tree, trees.tree(folder)) == [], (name, kind)


def files_of(game):
    return [name for name in game.calm.tree if not name.endswith("/")]


def players_files(game):
    """Those that an atlas of videos has not: what is common is tried in ``test_damaged_files``."""
    common = ("maps/", "sources/")
    files = files_of(game)
    return [name for name in files if not name.startswith(common) or name.endswith("frames.npy")]


@pytest.mark.parametrize("part", ["players.json", "crops.h5", "tables/"])
def test_check_names_a_flipped_bit_and_players_mends_it(
    tmp_path, game, commands, trees, chance, part
):
    name = next(name for name in files_of(game) if name.startswith(part))
    given = (tmp_path / "d.players", name, "flip", chance.random())
    damaged_and_repaired(game, commands, trees, *given)


@LONG
@pytest.mark.parametrize("kind", DAMAGES)
def test_check_names_and_players_mends_every_file(tmp_path, game, commands, trees, chance, kind):
    for name in players_files(game):
        given = (tmp_path / "d.players", name, kind, chance.random())
        damaged_and_repaired(game, commands, trees, *given)


@LONG
def test_a_poster_of_damaged_players_is_made_or_refused_in_a_sentence(
    tmp_path, game, commands, trees, said, chance
):
    folder = tmp_path / "d.players"
    for name in files_of(game):
        for kind in ("flip", "gone"):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(game.calm.folder, folder)
            trees.damage(folder / name, kind, chance.random())
            poster = ("poster", folder, "-o", tmp_path / "p.png", "--tile-height", "32")
            ended = commands.run(*poster)
            if ended.code:
                said(ended)


def test_of_two_runs_at_once_the_second_is_told(tmp_path, game, commands, trees, said, soon):
    folder = tmp_path / "two.players"
    first = commands.start(*game.order, "-o", folder, delay=1.0)
    assert soon(lambda: (folder / "lock").exists() and (folder / "lock").read_text(), 60.0)
    second = commands.run(*game.named, "-o", folder)
    said(second)
    assert f"process {first.process} on " in second.sentence
    assert first.wait().code == 0
    assert trees.differences(game.calm.tree, trees.tree(folder)) == []
