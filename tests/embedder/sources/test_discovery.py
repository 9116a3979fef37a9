import io
import os
import time

import pytest
from PIL import Image

from frameatlas.embedder.sources.discovery import find_sources
from frameatlas.embedder.sources.path_arguments import natural_key
from frameatlas.errors import InputError


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names(found, folder):
    return [str(path.relative_to(folder)) for path in found.videos]


def test_a_folder_in_natural_order_without_hidden_files_and_sidecars(tmp_path):
    touch(tmp_path, "clip10.mp4", "clip2.mp4", "Clip1.mp4", ".hidden.mp4", "clip2.srt", "notes.txt")
    touch(tmp_path, "b/x.weird", "b/.DS_Store", "Thumbs.db", "a.atlas/frames.mp4", ".git/y.mp4")
    found = find_sources([str(tmp_path)], None)
    assert names(found, tmp_path) == ["Clip1.mp4", "clip2.mp4", "clip10.mp4", "b/x.weird"]
    assert found.refused == ()
    assert found.skipped == 6


def test_films_and_animations_called_jpg_are_read_as_what_they_are(tmp_path):
    frames = [Image.new("RGB", (8, 8), (40 * n, 9, 9)) for n in range(3)]
    for kind in ("gif", "webp", "png"):
        frames[0].save(tmp_path / kind, kind, save_all=True, append_images=frames[1:])
    for kind in ("gif", "webp"):
        frames[0].save(tmp_path / f"{kind}.still.jpg", kind)
    heads = {
        "mp4": b"\0\0\0\x18ftypisom\0\0\0\0isom",
        "mkv": b"\x1a\x45\xdf\xa3" + bytes(20),
        "avi": b"RIFF\x20\0\0\0AVI LIST",
    }
    for kind, head in heads.items():
        (tmp_path / kind).write_bytes(head)
    for kind in ("gif", "webp", "png", *heads):
        (tmp_path / kind).rename(tmp_path / f"{kind}.jpg")
    found = find_sources([str(tmp_path)], None)
    assert names(found, tmp_path) == [f"{k}.jpg" for k in sorted(("gif", "webp", "png", *heads))]
    assert [p.name for p in found.photos[0].files] == ["gif.still.jpg", "webp.still.jpg"]


def test_the_same_file_counts_once(tmp_path):
    touch(tmp_path, "a.mp4", "b.mp4")
    (tmp_path / "link.mp4").symlink_to(tmp_path / "a.mp4")
    arguments = [str(tmp_path / "b.mp4"), str(tmp_path), str(tmp_path / "*.mp4")]
    assert names(find_sources(arguments, None), tmp_path) == ["b.mp4", "a.mp4"]


def test_a_loop_of_links_ends(tmp_path):
    touch(tmp_path, "in/a.mp4")
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    (tmp_path / "in" / "self").symlink_to("self")
    found = find_sources([str(tmp_path)], None)
    assert names(found, tmp_path) == ["in/a.mp4"]
    assert [r.reason for r in found.refused] == ["a link that leads nowhere"]


def test_globs_lists_and_standard_input(tmp_path, monkeypatch):
    touch(tmp_path, "a1.mp4", "a2.mp4", "deep/b.mkv", "c d.avi", "e.webm")
    assert names(find_sources([str(tmp_path / "**/*.mkv")], None), tmp_path) == ["deep/b.mkv"]
    (tmp_path / "list.txt").write_text("# two\na2.mp4\n\n  deep/*.mkv \n")
    listed = find_sources([f"@{tmp_path / 'list.txt'}"], None)
    assert names(listed, tmp_path) == ["a2.mp4", "deep/b.mkv"]
    monkeypatch.chdir(tmp_path)
    piped = find_sources(["-"], io.StringIO("c d.avi\ne.webm\n"))
    assert [str(p) for p in piped.videos] == ["c d.avi", "e.webm"]


def test_a_file_called_like_an_option_or_a_pattern(tmp_path, monkeypatch):
    touch(tmp_path, "-x.mp4", "[1]*.mp4", "@home.mp4")
    monkeypatch.chdir(tmp_path)
    found = find_sources(["./-x.mp4", "[1]*.mp4", "@home.mp4"], None)
    assert [p.name for p in found.videos] == ["-x.mp4", "[1]*.mp4", "@home.mp4"]


def test_the_output_is_not_entered(tmp_path):
    touch(tmp_path, "a.mp4", "out/b.mp4")
    assert names(find_sources([str(tmp_path)], None, tmp_path / "out"), tmp_path) == ["a.mp4"]


def test_photos_are_one_source_per_folder_and_animations_are_videos(tmp_path):
    for name in ("p10.jpg", "p9.JPG", "in/q.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (4, 4)).save(tmp_path / name)
    Image.new("P", (4, 4)).save(tmp_path / "still.gif")
    Image.new("RGB", (4, 4), "red").save(
        tmp_path / "moves.gif", save_all=True, append_images=[Image.new("RGB", (4, 4), "blue")]
    )
    touch(tmp_path, "broken.gif", "v.mp4")
    found = find_sources([str(tmp_path)], None)
    assert names(found, tmp_path) == ["broken.gif", "moves.gif", "v.mp4"]
    assert [f.path for f in found.photos] == [tmp_path, tmp_path / "in"]
    assert [p.name for p in found.photos[0].files] == ["p9.JPG", "p10.jpg", "still.gif"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing"),
        (["gone.mp4"], "where no such file is"),
        (["*.mov"], "a pattern that matches no file"),
        (["@gone.txt"], "no longer there"),
        (["empty"], "an empty folder"),
        (["texts"], "only 2 other files"),
        (["@bad.txt"], "Received: nowhere.mp4"),
    ],
)
def test_arguments_that_name_nothing_are_one_sentence(tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    touch(tmp_path, "texts/a.txt", "texts/b.md")
    (tmp_path / "bad.txt").write_text("nowhere.mp4\n")
    with pytest.raises(InputError, match="Expected") as error:
        find_sources(arguments, None)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_hidden_file_or_sidecar_that_is_named_is_meant(tmp_path):
    touch(tmp_path, ".hidden.mp4")
    assert len(find_sources([str(tmp_path / ".hidden.mp4")], None).videos) == 1


def test_what_cannot_be_read_is_refused_with_a_reason(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    touch(tmp_path, "a.mp4")
    found = find_sources([str(tmp_path)], None)
    assert names(found, tmp_path) == ["a.mp4"]
    assert "pipe" in found.refused[0].reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_missing_permission(tmp_path):
    touch(tmp_path, "a.mp4", "b.mp4")
    (tmp_path / "a.mp4").chmod(0)
    found = find_sources([str(tmp_path)], None)
    assert found.refused[0].reason == "no permission to read it"
    with pytest.raises(InputError, match="permission"):
        find_sources([str(tmp_path / "a.mp4")], None)


def test_ten_thousand_files_are_quick(tmp_path):
    for i in range(10_000):
        (tmp_path / f"{i}.mp4").write_bytes(b"x")
    before = time.process_time()
    found = find_sources([str(tmp_path)], None)
    assert len(found.videos) == 10_000
    assert found.videos[9_999].name == "9999.mp4"
    assert time.process_time() - before < 5


def test_natural_order_is_total():
    order = sorted(["a10", "a2", "A2", "b", "2", "10", ""], key=natural_key)
    assert order == ["", "2", "10", "A2", "a2", "a10", "b"]
