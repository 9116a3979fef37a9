"""What a run says and keeps: in the words of its user, with one file never stopping a library."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from frameatlas.embedder.build.output_folder import removed_if_refused
from frameatlas.embedder.build.pipeline import fault_reason
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.sources.discovery import Found
from frameatlas.embedder.sources.kept_sources import leave_out_silent, put_back_unreplaced
from frameatlas.embedder.sources.matching import Matching, match_sources
from frameatlas.embedder.sources.pruning import prune_sources, refuse_lost_disks
from frameatlas.embedder.sources.replaced import Replaced, replaced_videos
from frameatlas.errors import InputError, InterruptedIndexError, SpaceError
from frameatlas.progress import NullProgress
from frameatlas.safe_text import one_line
from frameatlas.store.content_digest import content_digest, has_grown
from frameatlas.store.manifest import Made, Manifest, Source

RUN = "from frameatlas.cli.main import main; main()"


def frameatlas(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-c", RUN, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def video(path, digest="d", status="ok", frames=3):
    return Source(digest, str(path), "video", status, "", digest, frames=frames)


def test_a_fault_in_one_source_names_its_class_and_place():
    try:
        raise KeyError("x")
    except KeyError as error:
        reason = fault_reason(error)
    assert "KeyError" in reason
    assert "test_runs.py:" in reason
    assert "memory" in fault_reason(MemoryError())


def test_a_replaced_video_leaves_and_a_moved_one_stays(tmp_path):
    (path := tmp_path / "a.mp4").write_bytes(b"new content")
    old = video(path, "old")
    found = replaced_videos(None, [old], {path: "new"})
    assert [one.source for one in found] == [old]
    assert replaced_videos(None, [old], {path: "old"}) == []
    assert replaced_videos(None, [old], {path: "new", tmp_path / "b.mp4": "old"}) == []


def test_a_replaced_video_comes_back_where_the_new_one_gives_nothing():
    one, two, three = (video(f"/v/{n}.mp4", n) for n in "abc")
    replaced = [Replaced(two, Path(two.path), range(3))]
    failed = video(two.path, "x", "failed", 0)
    kept, really = put_back_unreplaced([one, two, three], [one, three], replaced, [failed])
    assert (kept, really) == ([one, two, three], [])
    kept, really = put_back_unreplaced([one, two, three], [one, three], replaced, [video(two.path)])
    assert (kept, really) == ([one, three], replaced)


def test_a_file_that_grows_is_taken_as_it_is(tmp_path):
    path = tmp_path / "a.ts"
    path.write_bytes(bytes(range(256)) * 5000)
    size, digest = path.stat().st_size, content_digest(path)
    assert not has_grown(path, size, digest)
    with path.open("ab") as file:
        file.write(b"more")
    assert has_grown(path, size, digest)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    assert not has_grown(path, size, digest)


def test_a_known_damaged_source_is_told_again(tmp_path):
    (path := tmp_path / "a.mp4").write_bytes(b"content")
    source = video(path, content_digest(path), "damaged")

    class Atlas:
        folder = tmp_path
        sources = (source,)
        manifest = Manifest(Made(3, 300, "w", "e"), (source,))

    matching = match_sources(Atlas(), Found((path,), (), ()), "none")
    assert matching.damaged == [source]
    assert matching.tasks == []


def test_songs_of_a_folder_have_not_failed_and_one_that_is_named_has():
    song = Source("s", "/v/a.ogg", "video", "failed", "sound only: no video stream", "s")
    found = Found((), (), (), {}, (), frozenset())
    assert leave_out_silent([song], found) == ([], 1)
    named = Found((), (), (), {}, (), frozenset([Path("/v/a.ogg")]))
    assert leave_out_silent([song], named) == ([song], 0)


def test_prune_says_what_goes_and_refuses_where_a_disk_is_gone(tmp_path):
    here, gone = tmp_path / "here", tmp_path / "usb"
    here.mkdir()
    (here / "a.mp4").write_bytes(b"a")
    stays, goes, lost = (video(p, p.name) for p in (here / "a.mp4", here / "b.mp4", gone / "c.mp4"))
    refuse_lost_disks([stays, goes], None, force=False)
    said = []

    class Told(NullProgress):
        def note(self, text):
            said.append(text)

    matching = Matching([stays, goes])
    assert prune_sources(matching, Told()) == 1
    assert matching.kept == [stays]
    assert str(here / "b.mp4") in said[0]
    gone.mkdir()
    with pytest.raises(InputError, match="not mounted"):
        refuse_lost_disks([stays, lost], None, force=False)
    refuse_lost_disks([stays, lost], None, force=True)


def test_a_refused_atlas_leaves_no_folder(tmp_path):
    folder = tmp_path / "a.atlas"

    def refused():
        with removed_if_refused(folder):
            folder.mkdir(exist_ok=True)
            (folder / "lock").write_text("")
            raise SpaceError("full")

    with pytest.raises(SpaceError):
        refused()
    assert not folder.exists()
    (folder / "sources" / "x").mkdir(parents=True)
    with pytest.raises(SpaceError):
        refused()
    assert folder.exists()


def test_patterns_are_kept_in_the_manifest():
    manifest = Manifest(Made(3, 300, "w", "e"), exclude=("*.tmp",))
    assert Manifest.from_json(manifest.to_json()).exclude == ("*.tmp",)
    assert "exclude" not in json.loads(Manifest(Made(3, 300, "w", "e")).to_json())


def test_a_line_break_in_a_name_makes_no_second_line():
    assert one_line("a\nok  9 frames\tb\r") == "a\\nok  9 frames\\tb\\r"


def test_a_misspelt_command_gets_a_suggestion(tmp_path):
    done = frameatlas("indx", "x", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean index?" in done.stderr


def test_errors_are_events_of_json(tmp_path):
    done = frameatlas("index", "gone/", "--json", cwd=tmp_path)
    event = json.loads(done.stdout.splitlines()[-1])
    assert (event["event"], event["code"], done.returncode) == ("error", 2, 2)
    assert "gone" in event["text"]


@pytest.mark.parametrize("patience", [0, 3, 7, 12])
def test_a_run_ends_while_it_looks_for_files(tmp_path, patience):
    """Minutes on a far disk with many files: the first signal is enough, and nothing is left."""
    for number in range(5):
        Image.new("RGB", (32, 24), (40 * number, 9, 9)).save(tmp_path / f"{number}.png")
    looks = iter(range(100))
    with pytest.raises(InterruptedIndexError, match="looked for files"):
        index_videos([tmp_path], tmp_path / "a.atlas", stopped=lambda: next(looks) >= patience)
    assert next(looks) == patience + 1  # it did not look on
    assert not (tmp_path / "a.atlas").exists()
