"""What an atlas knows already is known again, at a cost that grows with the files alone."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from frameatlas.embedder.decode.photos import PhotoFolder
from frameatlas.embedder.sources import matching
from frameatlas.embedder.sources.discovery import Found
from frameatlas.embedder.sources.pruning import prune_sources
from frameatlas.errors import SourceError
from frameatlas.store.content_digest import content_digest, is_gone
from frameatlas.store.manifest import Source

CLOSED = "/" + 300 * "x"
"""What the system refuses to look at: a name too long, as a closed folder or a lost disk."""


def test_a_folder_of_photos_that_moved_is_looked_for_once_not_for_each_photo(tmp_path, monkeypatch):
    photos = [tmp_path / f"{number}.jpg" for number in range(20)]
    for number, photo in enumerate(photos):
        photo.write_bytes(bytes([number]))
    digests = [content_digest(photo).encode() for photo in photos]
    gone = Source("a", "/gone/photos", "photos", "ok", "", "d", frames=len(photos))
    atlas = SimpleNamespace(folder=tmp_path, manifest=SimpleNamespace(sources=(gone,)))
    monkeypatch.setattr(matching, "is_whole", lambda *_: True)
    monkeypatch.setattr(matching, "read_column", lambda *_: digests)
    looks, exists = [], Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: looks.append(str(path)) or exists(path))
    given = Found((), (PhotoFolder(tmp_path, tuple(photos)),), (), {})
    found = matching.match_sources(atlas, given, "none")
    assert looks.count("/gone/photos") == 1
    assert (found.known, found.moved, found.tasks) == (len(photos), 1, [])
    assert [source.path for source in found.kept] == [str(tmp_path)]


def test_what_cannot_be_looked_at_is_not_taken_for_gone(tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"a film")
    closed = Source("a", CLOSED, "video", "ok", "", content_digest(film), frames=3)
    atlas = SimpleNamespace(folder=tmp_path, manifest=SimpleNamespace(sources=(closed,)))
    found = matching.match_sources(atlas, Found((film,), (), (), {}), "none")
    assert [task.source.path for task in found.tasks] == [str(film)]
    assert prune_sources(found) == 0
    assert found.kept == [closed]
    assert is_gone(tmp_path / "nothing")
    assert is_gone(film / "below a file")


@pytest.mark.parametrize("name", ["nothing", "film.mp4/below", "a\0b", 300 * "x"])
def test_a_file_that_is_none_has_no_content(tmp_path, name):
    (tmp_path / "film.mp4").write_bytes(b"a film")
    with pytest.raises(SourceError):
        content_digest(tmp_path / name)
