import shutil

import pytest

from frameatlas.errors import SourceError
from frameatlas.store.content_digest import content_digest


def test_a_renamed_copy_has_the_same_digest(tmp_path):
    first = tmp_path / "a.mp4"
    first.write_bytes(bytes(range(256)) * 8000)
    second = tmp_path / "folder" / "b.mkv"
    second.parent.mkdir()
    shutil.copy(first, second)
    assert content_digest(first) == content_digest(second)
    assert len(content_digest(first)) == 32
    int(content_digest(first), 16)


@pytest.mark.parametrize("size", [1, 1000, 786_432, 786_433, 2_000_000])
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_a_changed_byte_at_head_middle_or_tail_changes_it(tmp_path, size, place):
    path = tmp_path / "a"
    content = bytearray(size)
    path.write_bytes(content)
    before = content_digest(path)
    content[int(place * (size - 1))] = 1
    path.write_bytes(content)
    assert content_digest(path) != before


def test_another_length_changes_it(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(bytes(3_000_000))
    before = content_digest(path)
    path.write_bytes(bytes(3_000_001))
    assert content_digest(path) != before


def test_a_vanished_file_is_said_in_words(tmp_path):
    with pytest.raises(SourceError, match="no longer there"):
        content_digest(tmp_path / "gone.mp4")
