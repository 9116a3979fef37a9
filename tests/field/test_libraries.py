"""Folders as they are: what is passed over, what is named in lists, what changes between runs."""

import io
import os
import sys

import pytest
from PIL import Image

from frameatlas.embedder.sources.discovery import find_sources, passed_over_text
from frameatlas.embedder.sources.exclusions import Exclusions
from frameatlas.errors import InputError


def names(found):
    photos = [path.name for folder in found.photos for path in folder.files]
    return sorted([path.name for path in found.videos] + photos)


def put(folder, *paths):
    for path in paths:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"something")


def test_the_nas_of_the_field(field):
    found = find_sources([str(field / "07-nas")], None)
    assert names(found) == ["IMG_1.JPG", "IMG_2.JPG"]
    assert found.passed_over == {"thumbnails and bins": 1}


@pytest.mark.parametrize(
    "folder",
    [
        "@eaDir",
        "#recycle",
        "$RECYCLE.BIN",
        ".Trash-1000",
        "Lightroom Previews.lrdata",
        "lost+found",
    ],
)
def test_bins_and_thumbnails_are_passed_over(tmp_path, folder):
    put(tmp_path, "a.mp4", f"{folder}/b.mp4", f"deep/{folder}/deeper/c.jpg", "Thumbs.db")
    assert names(find_sources([str(tmp_path)], None)) == ["a.mp4"]


def test_a_photo_library_gives_its_originals(tmp_path):
    library = "My.photoslibrary"
    put(tmp_path, f"{library}/originals/1/a.heic", f"{library}/resources/derivatives/a.jpeg")
    assert names(find_sources([str(tmp_path)], None)) == ["a.heic"]


def test_the_raw_file_beside_its_jpeg_of_the_field(field, tmp_path):
    for name in ("08-DSC_0.DNG", "08-DSC_0.JPG"):
        (tmp_path / name).write_bytes((field / name).read_bytes())
    found = find_sources([str(tmp_path)], None)
    assert (names(found), found.passed_over) == (["08-DSC_0.JPG"], {"RAW beside JPEG": 1})


def test_what_is_passed_over_is_counted(tmp_path):
    put(tmp_path, "a.mp4", "s.mp3", "t.flac", "a.srt", "x.NEF", "x.heic", "alone.nef", ".hidden")
    found = find_sources([str(tmp_path)], None)
    assert names(found) == ["a.mp4", "alone.nef", "x.heic"]
    text = passed_over_text(found)
    for part in ("2 sound only", "1 RAW beside JPEG", "1 hidden", "1 beside others"):
        assert part in text


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("*.tmp.mp4", {"a.mp4", "b.mp4", "c.mp4"}),
        ("/b.mp4", {"a.mp4", "x.tmp.mp4", "c.mp4"}),
        ("proxies/", {"a.mp4", "b.mp4", "x.tmp.mp4"}),
        ("sub/proxies", {"a.mp4", "b.mp4", "x.tmp.mp4"}),
        ("sub/**", {"b.mp4", "x.tmp.mp4"}),
        ("sub/*.mp4", {"b.mp4", "x.tmp.mp4", "c.mp4"}),
        ("[ab].mp4", {"x.tmp.mp4", "c.mp4"}),
        ("[!b].mp4", {"b.mp4", "x.tmp.mp4"}),
        ("?.mp4", {"x.tmp.mp4"}),
        ("A.mp4", {"a.mp4", "b.mp4", "x.tmp.mp4", "c.mp4"}),
    ],
)
def test_patterns_mean_what_rsyncs_do(tmp_path, pattern, kept):
    put(tmp_path, "sub/a.mp4", "b.mp4", "x.tmp.mp4", "sub/proxies/c.mp4")
    found = find_sources([str(tmp_path)], None, exclusions=Exclusions([pattern]))
    assert set(names(found)) == kept


@pytest.mark.parametrize("pattern", ["", "/", "x" * 2000, "**/" * 20 + "x"])
def test_patterns_that_mean_nothing_are_one_sentence(pattern):
    with pytest.raises(InputError, match="--exclude"):
        Exclusions([pattern])


def test_patterns_are_matched_in_little_time(tmp_path):
    rules = Exclusions(["*a" * 40 + "b", "**a" * 3 + "b"])
    assert rules.reason("a" * 200, is_folder=False) is None


@pytest.mark.skipif(os.name != "posix", reason="names of POSIX systems")
@pytest.mark.parametrize("name", ["#first.mp4", "space .mp4 ", " lead.mp4", "tab\t.mp4"])
def test_a_line_that_names_a_file_is_that_file(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, name, "b.mp4")
    found = find_sources(["-"], io.StringIO(f"# a comment\n{name}\r\nb.mp4\n"))
    assert names(found) == sorted(["b.mp4", name])


@pytest.mark.skipif(os.name != "posix", reason="names of POSIX systems")
def test_names_ended_by_null(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "new\nline.mp4", "# b.mp4")
    found = find_sources(["-"], io.StringIO("./new\nline.mp4\0./# b.mp4\0"))
    assert names(found) == ["# b.mp4", "new\nline.mp4"]


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes")
def test_names_of_any_bytes_in_lists(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"latin1-\xe9.mp4")
    put(tmp_path, name)
    (tmp_path / "list.txt").write_bytes(b"\xef\xbb\xbflatin1-\xe9.mp4\n")
    assert names(find_sources(["@list.txt"], None)) == [name]
    stdin = io.TextIOWrapper(io.BytesIO(b"latin1-\xe9.mp4\n"), "utf-8")
    assert names(find_sources(["-"], stdin)) == [name]


def test_a_line_that_names_nothing_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "a.mp4")
    with pytest.raises(InputError, match=r"gone\.mp4"):
        find_sources(["-"], io.StringIO("a.mp4\ngone.mp4\n"))


@pytest.mark.skipif(sys.platform != "linux", reason="files that are none")
def test_a_file_that_says_it_is_empty_is_not_read(tmp_path):
    (tmp_path / "a.gif").symlink_to("/proc/kmsg")  # who reads it waits for ever
    (tmp_path / "b.mp4").symlink_to("/proc/kmsg")
    put(tmp_path, "c.mp4")
    found = find_sources([str(tmp_path)], None)
    assert names(found) == ["c.mp4"]
    assert {refused.reason for refused in found.refused} == {"an empty file"}


def test_live_and_still_photos_are_photos_or_videos(tmp_path):
    images = [Image.new("RGB", (20, 20), (90 * n, 0, 0)) for n in range(3)]
    images[0].save(tmp_path / "moves.png", save_all=True, append_images=images[1:])
    images[0].save(tmp_path / "still.png")
    found = find_sources([str(tmp_path)], None)
    assert [path.name for path in found.videos] == ["moves.png"]
    assert [path.name for path in found.photos[0].files] == ["still.png"]
