"""JSON files beside the manifest: read within bounds, and only where they are the atlas' own."""

import pytest

from frameatlas.errors import DamagedAtlasError, FormatError
from frameatlas.store.json_file import check_content, checked_text, read_json_file
from frameatlas.store.notes.damage_record import NOTE, note_damage, read_damage
from frameatlas.store.notes.photo_notes import PHOTOS_FILE, PhotoNotes, read_photo_notes


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "a.json"
    assert read_json_file(path, 100) is None
    path.write_text(checked_text({"b": [1, 2], "a": "é"}), encoding="utf-8")
    fields = read_json_file(path, 100)
    check_content(fields)
    assert fields.text("a") == "é"
    path.write_text(path.read_text(encoding="utf-8").replace("2", "3"), encoding="utf-8")
    with pytest.raises(FormatError, match="another content"):
        check_content(read_json_file(path, 100))


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"{" + b" " * 100, "at most 100 bytes"),
        (b"\xff{}", "UTF-8"),
        (b"[]", "object"),
        (b"{", "JSON"),
    ],
)
def test_another_file_is_refused(tmp_path, content, match):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(FormatError, match=match):
        read_json_file(tmp_path / "a.json", 100)


def test_a_folder_and_a_link_are_refused(tmp_path):
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(FormatError, match="Expected to read"):
        read_json_file(tmp_path / "folder.json", 1 << 20)
    (tmp_path / "private.json").write_text("{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "private.json")
    with pytest.raises(DamagedAtlasError, match="a link"):
        read_json_file(tmp_path / "link.json", 100)


def test_notes_that_are_too_large_or_strange_are_none(tmp_path):
    note_damage(tmp_path, ["a", "b"])
    assert read_damage(tmp_path) == {"a", "b"}
    for text in (
        '{"sources": [1]}',
        "[" * 200_000,
        '{"sources": ["a"]}' + " " * (1 << 26),
    ):
        (tmp_path / NOTE).write_text(text)
        assert read_damage(tmp_path) == frozenset()
        (tmp_path / PHOTOS_FILE).write_text(text)
        assert read_photo_notes(tmp_path) == PhotoNotes()
