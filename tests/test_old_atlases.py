"""What releases before wrote is opened, extended and laid out again: the format is a promise."""

import json
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas import open_atlas
from frameatlas.cli.main import cli
from frameatlas.players.tables import read_player_tables
from frameatlas.store.content_digest import content_digest
from frameatlas.verify import check_atlas

FIXTURE = Path(__file__).parent / "fixtures" / "november-2026.tar.xz"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("old")
    with tarfile.open(FIXTURE) as archive:
        archive.extractall(place, filter="data")
    return place


@pytest.fixture
def old(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "old"))


def typed(*words):
    done = CliRunner().invoke(cli, [*map(str, words)])
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("name", "frames"), [("old.atlas", 24), ("old.players", 24)])
def test_an_old_atlas_is_whole_and_says_what_it_said(old, name, frames):
    assert check_atlas(old / name) == []
    atlas = open_atlas(old / name)
    assert len(atlas) == frames
    assert np.abs(atlas.coordinates).max() <= 1
    assert len(np.unique(atlas.coordinates, axis=0)) > frames / 4
    assert atlas.frames[frames - 1].dtype == np.uint8
    assert json.loads(typed("info", old / name, "--json"))["frames"] == frames


def test_an_old_map_keeps_every_place_when_a_video_comes(old):
    before = open_atlas(old / "old.atlas")
    places, features = np.array(before.coordinates), np.array(before.features[:])
    typed("index", old / "c.mp4", "-o", old / "old.atlas")
    after = open_atlas(old / "old.atlas")
    assert len(after) == 33
    assert np.array_equal(after.coordinates[:24], places)
    assert np.array_equal(after.features[:24], features)
    assert after.sources[:2] == before.sources
    assert check_atlas(old / "old.atlas") == []


def test_the_same_videos_given_again_change_no_file_of_theirs(old):
    before = {path: content_digest(path) for path in kept(old / "old.atlas")}
    typed("index", old / "a.mp4", old / "b.mp4", "-o", old / "old.atlas")
    after = {path: content_digest(path) for path in kept(old / "old.atlas")}
    assert {path: after.get(path) for path in before} == before
    # What later releases know of a source besides comes into files of its own.
    assert {path.parent.name for path in set(after) - set(before)} <= {
        source.id for source in open_atlas(old / "old.atlas").sources
    }


def test_an_old_atlas_is_laid_out_again(old):
    scores = np.array(open_atlas(old / "old.atlas").scores[:])
    typed("relayout", old / "old.atlas", "--seed", 3)
    after = open_atlas(old / "old.atlas")
    assert np.array_equal(after.scores[:], scores)
    assert np.isfinite(after.coordinates).all()
    assert check_atlas(old / "old.atlas") == []


def test_old_players_are_found_again_without_describing_anything(old, monkeypatch):
    def no_engine(*_, **__):
        raise AssertionError("nothing is to be described")

    monkeypatch.setattr("frameatlas.embedder.index.open_engine", no_engine)
    table = (old / "old.players" / "players.csv").read_text()
    features = np.array(open_atlas(old / "old.players").features[:])
    typed(
        *("players", old / "game.mp4", "--tracks", old / "game.txt"),
        *("-o", old / "old.players", "--count", 4),
    )
    assert (old / "old.players" / "players.csv").read_text() == table
    assert np.array_equal(open_atlas(old / "old.players").features[:], features)
    owners = read_player_tables(old / "old.players").owners
    assert len(owners.players) == 4
    assert len(owners.tracklets) == 8


def kept(folder):
    """All files of sources and maps."""
    return [path for part in ("sources", "maps") for path in (folder / part).rglob("*.*")]
