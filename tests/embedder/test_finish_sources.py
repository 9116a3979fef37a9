"""What a run in Python reads beside frames, as the command does; damaged shots are made anew."""

import shutil
from pathlib import Path

import pytest

from frameatlas import IndexOptions, open_atlas
from frameatlas.columns.all_columns import Columns
from frameatlas.embedder import index as indexing
from frameatlas.embedder.find_shots import find_missing_shots
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.errors import SpaceError
from frameatlas.progress import NullProgress
from frameatlas.store.shot_table import read_shots
from frameatlas.verify import check_atlas


class Notes(NullProgress):
    """Keeps what is noted."""

    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)


@pytest.fixture
def run(child, monkeypatch, clips, tmp_path):
    """Indexes two videos, and says what was noted."""
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)
    videos = tmp_path / "videos"
    videos.mkdir()
    for path in sorted(clips.glob("*.mp4"))[:2]:
        shutil.copy2(path, videos)

    def index():
        notes = Notes()
        options = IndexOptions(height=48)
        index_videos([videos], tmp_path / "x.atlas", options=options, progress=notes)
        return open_atlas(tmp_path / "x.atlas"), notes.notes

    return index


def shots_of(atlas, number=0):
    return atlas.folder / "sources" / atlas.sources[number].id / "shots.h5"


def test_a_run_in_python_knows_dates(run):
    atlas, notes = run()
    columns = Columns(atlas)
    assert columns["date"].known.all()
    assert not any("shots" in note for note in notes)


def test_damaged_shots_are_told_of_and_made_anew(run):
    atlas, _ = run()
    place = shots_of(atlas)
    before = read_shots(place.parent)
    place.write_bytes(place.read_bytes()[:300])
    (wrong,) = check_atlas(atlas.folder)
    assert "shots.h5" in wrong
    atlas, notes = run()
    assert any("damaged and are found anew" in note for note in notes)
    assert read_shots(place.parent).digest == before.digest
    assert check_atlas(atlas.folder) == []


def test_damaged_shots_count_as_unknown_to_the_command_too(run):
    atlas, _ = run()
    shots_of(atlas).write_bytes(b"no table")
    found = find_missing_shots(atlas.folder, NullProgress())
    assert (found.found, found.known) == (1, len(atlas.sources) - 1)
    assert check_atlas(atlas.folder) == []


def test_shots_that_nobody_looked_for_are_told_of_with_the_remedy(run):
    atlas, _ = run()
    shots_of(atlas).unlink()
    atlas, notes = run()
    (said,) = [note for note in notes if "shots" in note]
    assert said.startswith(f"The shots of 1 of {len(atlas.sources)} videos are not known")
    assert "`frameatlas shots" in said
    assert not shots_of(atlas).exists()


def test_a_video_that_is_gone_keeps_its_damaged_shots_and_says_so(run):
    atlas, _ = run()
    shots_of(atlas).write_bytes(b"no table")
    Path(atlas.sources[0].path).unlink()
    _, notes = run()
    assert any("its stored shots are damaged, and" in note for note in notes)


def test_frames_are_whole_although_nothing_beside_them_is_read(run, monkeypatch):
    def full(*_, **__):
        raise SpaceError("Expected room on the disk. Received: none.")

    monkeypatch.setattr("frameatlas.embedder.finish_sources.read_missing_metadata", full)
    monkeypatch.setattr("frameatlas.embedder.finish_sources.mend_shots", full)
    atlas, notes = run()
    assert len(atlas)
    assert [note.split(" are left out")[0] for note in notes[-2:]] == ["Dates and cameras", "Shots"]
