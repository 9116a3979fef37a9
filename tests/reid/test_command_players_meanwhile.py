"""What others do while ``players`` runs: a page that saves, another run, a video that changes."""

import csv
import shutil

import pytest

from frameatlas import open_atlas
from frameatlas.cli import players_crops as command_players_crops
from frameatlas.embedder import index_given as given_frames
from frameatlas.errors import LockedError
from frameatlas.players.tables import read_player_tables
from frameatlas.reid.crops import crops
from frameatlas.reid.identify import identify
from frameatlas.store.content_digest import content_digest
from frameatlas.store.lock import lock_atlas
from frameatlas.verify import check_atlas


def rows_of(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def test_what_a_page_saves_while_crops_come_holds_and_later_presses_wait(
    players, game_file, known, monkeypatch
):
    index, find, refused = given_frames.index_given, identify.identify, []

    def slowly(*arguments, **options):
        (known / "corrections.yaml").write_text("rename:\n  1: Anna\n")
        return index(*arguments, **options)

    def meanwhile(*arguments):
        with pytest.raises(LockedError) as error, lock_atlas(known):
            pass
        refused.append(error)
        return find(*arguments)

    monkeypatch.setattr(given_frames, "index_given", slowly)
    monkeypatch.setattr(identify, "identify", meanwhile)
    assert players(game_file[0], "--tracks", game_file[1], "-o", known).exit_code == 0
    assert refused
    assert "Anna" in {row["player"] for row in rows_of(known / "players.csv")}
    with lock_atlas(known):
        pass


def test_a_video_that_changes_while_it_is_read_is_refused(players, game_file, tmp_path, patched):
    video = shutil.copy(game_file[0], tmp_path / "game.mp4")
    cut = crops.cut_crops

    def meanwhile(*arguments):
        yield from cut(*arguments)
        with video.open("ab") as file:
            file.write(bytes(100_000))

    with patched(crops, "cut_crops", meanwhile):
        failed = players(video, "--tracks", game_file[1], fails=True)
    assert "changed while it was read" in str(failed.exception)
    assert players(video, "--tracks", game_file[1]).exit_code == 0
    assert open_atlas(tmp_path / "game.players").sources[0].digest == content_digest(video)


def test_crops_that_another_run_put_there_meanwhile_are_not_named(
    players, game_file, tmp_path, known, patched
):
    other = tmp_path / "other.txt"
    other.write_text("".join(game_file[1].read_text().splitlines(keepends=True)[:75]))
    before = (known / "players.csv").read_bytes()
    work = command_players_crops.index_crops

    def late(recordings, folder, *rest):
        atlas = work(recordings, folder, *rest)
        with patched(command_players_crops, "index_crops", work):
            assert players(game_file[0], "--tracks", other, "-o", folder).exit_code == 0
        return atlas

    with patched(command_players_crops, "index_crops", late):
        failed = players(game_file[0], "--tracks", game_file[1], fails=True)
    assert isinstance(failed.exception, LockedError)
    assert len(rows_of(known / "players.csv")) == 3, "those of the other run"
    assert check_atlas(known) == []
    players(game_file[0], "--tracks", game_file[1])
    assert (known / "players.csv").read_bytes() == before


def test_kept_corrections_are_not_written_over_by_a_run_that_read_older_ones(
    players, game_file, known, patched
):
    find = identify.identify

    def meanwhile(*arguments):
        found = find(*arguments)
        (known / "corrections.yaml").write_text("rename:\n  1: Berta\n")
        return found

    (known / "corrections.yaml").write_text("rename:\n  1: Anna\n")
    with patched(identify, "identify", meanwhile):
        players(game_file[0], "--tracks", game_file[1], "--corrections", known / "corrections.yaml")
    assert "Berta" in (known / "corrections.yaml").read_text()
    assert read_player_tables(known).applied.rename == (("1", "Anna"),)


def test_an_empty_file_of_corrections_ends_earlier_ones(players, game_file, tmp_path, known):
    (known / "corrections.yaml").write_text("rename:\n  1: Anna\n")
    (tmp_path / "none.yaml").write_text("# nothing any more\n")
    players(game_file[0], "--tracks", game_file[1], "--corrections", "none.yaml")
    assert players(game_file[0], "--tracks", game_file[1]).exit_code == 0
    assert "Anna" not in (known / "players.csv").read_text()
