"""What an atlas knows already is known again, at a cost that grows with the files alone."""

from pathlib import Path
from types import SimpleNamespace

from frameatlas.content import content_digest
from frameatlas.embedder import matching
from frameatlas.embedder.sources import Found, PhotoFolder
from frameatlas.manifest import Source


def test_a_folder_of_photos_that_moved_is_looked_for_once_not_for_each_photo(tmp_path, monkeypatch):
    photos = [tmp_path / f"{number}.jpg" for number in range(20)]
    for number, photo in enumerate(photos):
        photo.write_bytes(bytes([number]))
    digests = [content_digest(photo).encode() for photo in photos]
    gone = Source("a", "/gone/photos", "photos", "ok", "", "d", frames=len(photos))
    atlas = SimpleNamespace(folder=tmp_path, manifest=SimpleNamespace(sources=(gone,)))
    monkeypatch.setattr(matching, "stored_whole", lambda *_: True)
    monkeypatch.setattr(matching, "read_column", lambda *_: digests)
    looks, exists = [], Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: looks.append(str(path)) or exists(path))
    given = Found((), (PhotoFolder(tmp_path, tuple(photos)),), (), 0)
    found = matching.match_sources(atlas, given, "none")
    assert looks.count("/gone/photos") == 1
    assert (found.known, found.moved, found.tasks) == (len(photos), 1, [])
    assert [source.path for source in found.kept] == [str(tmp_path)]
