"""Bins and verdicts: kept by content, edited by several at once, honoured by searches."""

import json
import threading

import numpy as np
import pytest

from frameatlas import near_duplicates, open_atlas
from frameatlas.bins.stored import (
    Bins,
    checked_name,
    edit_bins,
    frames_of,
    read_bins,
    renamed,
    rows_of,
    with_frames,
)
from frameatlas.columns.all_columns import Columns
from frameatlas.errors import DamagedAtlasError, InputError
from frameatlas.store.json_file import checked_text
from frameatlas.verify import check_atlas


def put(atlas, name, frames, **more):
    rows = rows_of(atlas, frames)
    return edit_bins(atlas.folder, lambda now: with_frames(now, name, rows, **more))


def test_frames_come_back_and_add_up(tmp_atlas):
    put(tmp_atlas, "sea", [3, 4, 5, 20])
    put(tmp_atlas, "sea", [5, 6, 27])
    put(tmp_atlas, "sky", [0])
    put(tmp_atlas, "sea", [4], without=True)
    bins = read_bins(tmp_atlas.folder)
    assert list(bins.frames) == ["sea", "sky"]
    assert frames_of(tmp_atlas, bins.frames["sea"]).tolist() == [3, 5, 6, 20, 27]
    assert check_atlas(tmp_atlas.folder) == []


def test_bins_are_columns_with_all_names_of_a_frame(tmp_atlas):
    put(tmp_atlas, "sea", [3, 4])
    put(tmp_atlas, "sky", [4, 5])
    put(tmp_atlas, "empty", [])
    column = Columns(tmp_atlas)["bins"]
    assert [column.at(frame) for frame in (2, 3, 4, 5)] == [
        None,
        ("sea",),
        ("sea", "sky"),
        ("sky",),
    ]


def test_two_who_write_at_once_lose_nothing(tmp_atlas):
    def add(start):
        for frame in range(start, 28, 4):
            put(tmp_atlas, f"bin {frame % 3}", [frame])

    threads = [threading.Thread(target=add, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    frames = read_bins(tmp_atlas.folder).frames
    found = {name: frames_of(tmp_atlas, rows).tolist() for name, rows in frames.items()}
    assert found == {f"bin {n}": list(range(n, 28, 3)) for n in range(3)}


def test_a_bin_is_renamed_poured_into_another_and_removed():
    one = with_frames(Bins(), "a", {"s": np.array([1, 2])})
    two = with_frames(one, "b", {"s": np.array([2, 9])})
    assert renamed(two, "a", "b").frames["b"]["s"].tolist() == [1, 2, 9]
    assert list(renamed(two, "a", None).frames) == ["b"]
    with pytest.raises(InputError, match="there are: a, b"):
        renamed(two, "c", "d")


@pytest.mark.parametrize("name", ["", " ", "a;b", "a|b", "x" * 101])
def test_names_that_cannot_be(name):
    with pytest.raises(InputError, match="bin's name"):
        checked_name(name)


def test_sources_that_are_gone_take_their_frames_with_them(tmp_atlas):
    rows = {"gone": np.array([1]), tmp_atlas.sources[1].id: np.array([0, 500])}
    edit_bins(tmp_atlas.folder, lambda now: with_frames(now, "a", rows))
    kept = read_bins(tmp_atlas.folder).frames["a"]
    assert frames_of(tmp_atlas, kept).tolist() == [12]
    assert set(kept) == set(rows)


@pytest.mark.parametrize(
    "content",
    [
        {"bins": [{"name": "a", "frames": {"../s": [[0, 1]]}}], "different": [], "kept": []},
        {"bins": [{"name": "a", "frames": {"s": [[1, 0]]}}], "different": [], "kept": []},
        {"bins": [{"name": "a", "frames": {"s": [[0, 3], [2, 5]]}}], "different": [], "kept": []},
        {"bins": [{"name": "a", "frames": {"s": [[0, 10**8]]}}], "different": [], "kept": []},
        {"bins": [{"name": "a", "frames": {"s": [[0, 10**30]]}}], "different": [], "kept": []},
        {"bins": [{"name": "a", "frames": {"s": 7}}], "different": [], "kept": []},
        {"bins": [{"name": "a;b", "frames": {}}], "different": [], "kept": []},
        {"bins": 5, "different": [], "kept": []},
        {"bins": [], "different": [["a"]], "kept": []},
        {"bins": [], "different": [], "kept": [3]},
        {},
    ],
)
def test_what_vouches_for_itself_and_is_wrong_is_refused(tmp_atlas, content):
    text = checked_text(content)
    (tmp_atlas.folder / "bins.json").write_text(text)
    with pytest.raises((DamagedAtlasError, InputError)):
        read_bins(tmp_atlas.folder)
    assert any("bin" in wrong for wrong in check_atlas(tmp_atlas.folder))


@pytest.mark.parametrize("text", ["", "[", '{"bins": []}', "[" * 100_000])
def test_other_files_are_refused_and_not_written_over(tmp_atlas, text):
    (tmp_atlas.folder / "bins.json").write_text(text)
    with pytest.raises(DamagedAtlasError, match=r"bins\.json"):
        put(tmp_atlas, "a", [1])
    assert (tmp_atlas.folder / "bins.json").read_text() == text


def test_the_command_adds_lists_renames_and_removes(tmp_atlas, typed, tmp_path):
    (tmp_path / "f.txt").write_text("1 2, 3")
    done = typed(tmp_path, "bins", tmp_atlas.folder, "--add", "best", "--frames", "f.txt")
    assert done.stdout.splitlines() == ["bin\tframes\tsources", "best\t3\t1"]
    typed(tmp_path, "bins", tmp_atlas.folder, "--add", "late", "--where", "frame>25")
    typed(tmp_path, "bins", tmp_atlas.folder, "--take", "best", "--where", "frame=2")
    done = typed(tmp_path, "bins", tmp_atlas.folder, "--rename", "best", "top", "--json")
    assert json.loads(done.stdout) == [
        {"name": "late", "frames": [26, 27]},
        {"name": "top", "frames": [1, 3]},
    ]
    done = typed(tmp_path, "search", tmp_atlas.folder, "--where", "bins=TOP", "--json")
    assert [hit["frame"] for hit in json.loads(done.stdout)] == [1, 3]
    done = typed(tmp_path, "cuts", tmp_atlas.folder, "--where", "bins=top", "-o", "c.edl")
    assert "2 cuts" in done.stderr
    done = typed(tmp_path, "poster", tmp_atlas.folder, "--where", "bins=top", "--json")
    report = json.loads(done.stdout)
    assert report["columns"] * report["rows"] - report["empty"] == 2
    done = typed(tmp_path, "bins", tmp_atlas.folder, "--remove", "top")
    assert "top" not in done.stdout
    done = typed(tmp_path, "bins", tmp_atlas.folder, "--add", "x")
    assert done.returncode == 2


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_bins_come_back_from_a_table(tmp_atlas, synthetic_atlas, typed, tmp_path, ending):
    if ending == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow (the extra parquet) is not installed")
    put(tmp_atlas, "sea", [3, 20, 27])
    put(tmp_atlas, "sky", [20])
    typed(tmp_path, "table", tmp_atlas.folder, "-o", f"t.{ending}", "--vectors")
    other = synthetic_atlas(tmp_path / "other.atlas")
    done = typed(tmp_path, "import-bins", other.folder, f"t.{ending}")
    assert done.returncode == 0, done.stderr
    bins = read_bins(other.folder)
    assert frames_of(other, bins.frames["sea"]).tolist() == [3, 20, 27]
    assert frames_of(other, bins.frames["sky"]).tolist() == [20]


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("frame,bin\n4,a\n99,a\n5,\n", [4]),
        ("path,seconds,bins\n0.mp4,1.0,a; b\nphoto 1.jpg,,a\nnobody.mp4,1,a\n", [3, 20]),
    ],
)
def test_bins_are_read_by_number_or_path(tmp_atlas, typed, tmp_path, text, frames):
    (tmp_path / "t.csv").write_text(text)
    done = typed(tmp_path, "import-bins", tmp_atlas.folder, "t.csv")
    assert "of no frame here: 1 row." in done.stderr
    bins = read_bins(tmp_atlas.folder)
    assert frames_of(tmp_atlas, bins.frames["a"]).tolist() == frames


def test_a_table_without_bins_is_one_sentence(tmp_atlas, typed, tmp_path):
    (tmp_path / "t.csv").write_text("frame,a\n1,2\n")
    done = typed(tmp_path, "import-bins", tmp_atlas.folder, "t.csv")
    assert done.returncode == 2
    assert "to have a column bins" in done.stderr


@pytest.fixture
def copies(synthetic_atlas, tmp_path):
    """Three videos of the same frames: their distances are 0."""
    atlas = synthetic_atlas(
        tmp_path / "c.atlas", sources=(("video", 6), ("video", 6), ("video", 6))
    )
    scores = np.load(atlas.map_folder / "scores.npy")
    np.save(atlas.map_folder / "scores.npy", np.tile(scores[:6], (3, 1)))
    return open_atlas(atlas.folder)


def groups_of(atlas):
    found = near_duplicates(atlas, bins=read_bins(atlas.folder))
    return [[one.number for one in group] for group in found]


def test_duplicates_honour_verdicts(copies, typed, tmp_path):
    assert groups_of(copies) == [[0, 1, 2]]
    done = typed(tmp_path, "similar", copies.folder, "--all", "--not-same", "0.mp4", "2.mp4")
    assert done.returncode == 0
    assert groups_of(copies) == [[0, 1]]
    typed(tmp_path, "similar", copies.folder, "--all", "--not-same", "0.mp4", "1.mp4")
    assert groups_of(copies) == [[1, 2]]
    typed(tmp_path, "similar", copies.folder, "--all", "--keep", "1.mp4", "--spare", "rm.txt")
    assert (tmp_path / "rm.txt").read_text() == f"{copies.sources[2].path}\n"
    done = typed(tmp_path, "similar", copies.folder, "--all", "--json")
    assert [one["kept"] for one in json.loads(done.stdout)[0]] == [True, False]


def test_a_verdict_of_an_unknown_video_is_one_sentence(copies, typed, tmp_path):
    done = typed(tmp_path, "similar", copies.folder, "--all", "--keep", "nobody.mp4")
    assert done.returncode == 2
    done = typed(tmp_path, "similar", copies.folder, "0.mp4", "--keep", "1.mp4")
    assert done.returncode == 2
