"""A user's own table: typed, joined to exactly its frames, kept, replaced and refused."""

import csv

import h5py
import numpy as np
import pytest

from frameatlas import open_atlas
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.given_table import read_table, typed_column
from frameatlas.columns.joined import add_columns, forget_columns
from frameatlas.columns.text_file import decode_text
from frameatlas.columns.where import Condition, frames_where
from frameatlas.errors import DamagedAtlasError, InputError


@pytest.fixture
def joined(tmp_atlas, tmp_path):
    """``joined(text)``: columns of the atlas after a table was added."""

    def add(text, encoding="utf-8"):
        path = tmp_path / "mine.csv"
        path.write_bytes(text.encode(encoding))
        add_columns(tmp_atlas.folder, read_table(path))
        return Columns(open_atlas(tmp_atlas.folder))

    return add


def values(column):
    return [column.at(frame) for frame in range(len(column))]


def test_rows_of_videos_photos_and_seconds_find_their_frames(joined):
    columns = joined(
        "path,seconds,mood,count,day\n"
        "/videos/0.mp4,,calm,3,2021-07-03\n"
        "0.mp4,1.05,wild,,\n"
        "2/photo 3.jpg,,sad,4,3.7.2021\n"
        "1.mp4,99,never,9,\n"
        "elsewhere.mp4,,x,1,\n"
    )
    mood = values(columns["mood"])
    assert mood[:12] == ["calm"] * 3 + ["wild"] + ["calm"] * 8
    assert mood[12:] == [None] * 10 + ["sad"] + [None] * 5
    assert values(columns["count"])[:4] == [3, 3, 3, None]
    assert values(columns["day"])[22] == "2021-07-03T00:00:00"
    assert [columns[n].kind for n in ("mood", "count", "day")] == ["text", "whole", "date"]
    assert "path" not in columns.user_columns


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_what_spreadsheets_save_is_read(joined, encoding):
    columns = joined("Photo;Ort;Preis\r\nphoto 0.jpg;Köln;3,5\r\nphoto 1.jpg;Á;-4\r\n", encoding)
    assert values(columns["ort"])[19:21] == ["Köln", "Á"]
    assert values(columns["preis"])[19:21] == [3.5, -4.0]


def test_tables_add_up_and_one_name_is_replaced(joined, tmp_atlas):
    joined("file,a,b\n0.mp4,1,x\n")
    columns = joined("file,b\n1.mp4,2.5\n")
    assert list(columns.user_columns) == ["a", "b"]
    assert values(columns["b"])[0] is None
    assert values(columns["b"])[12] == 2.5
    forget_columns(tmp_atlas.folder, ("a",))
    assert list(Columns(tmp_atlas).user_columns) == ["b"]
    with pytest.raises(InputError, match="there are: b"):
        forget_columns(tmp_atlas.folder, ("a",))
    forget_columns(tmp_atlas.folder, ("b",))
    assert not (tmp_atlas.folder / "columns.h5").exists()


def test_a_table_of_ours_comes_back_with_what_was_added(tmp_atlas, tmp_path, typed):
    typed(tmp_path, "table", tmp_atlas.folder, "-o", "frames.csv")
    with (tmp_path / "frames.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    with (tmp_path / "more.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "label"])
        writer.writeheader()
        writer.writerows({**row, "label": f"n{row['frame']}"} for row in rows)
    done = typed(tmp_path, "metadata", tmp_atlas.folder, "--columns", "more.csv")
    assert done.returncode == 0
    assert "1 column (label): 28 rows, for 28 frames." in done.stderr
    label = Columns(open_atlas(tmp_atlas.folder))["label"]
    assert values(label) == [f"n{n}" for n in range(28)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,a\n0.mp4,1\n", "to have a column path, photo, video or file"),
        ("path,seconds,x\n0.mp4,1,2\n", "to have a column beside"),
        ("path,a\nnobody.mp4,1\n", "Received: none of 1"),
        ("path\n", "1 line"),
        ("", "0 lines"),
        ("path,a,A\n0.mp4,1,2\n", "two columns named"),
        ("path,,b\n0.mp4,1,2\n", "without a name"),
        ("path,a\n0.mp4,1,2\n", "3 cells in row 2"),
        ("path,seconds,a\n0.mp4,soon,2\n", "seconds in"),
        ("path,a\nx\0y,1\n", "no text"),
    ],
)
def test_what_is_no_table_is_one_sentence(joined, tmp_atlas, text, message):
    with pytest.raises(InputError, match=message):
        joined(text)
    assert not (tmp_atlas.folder / "columns.h5").exists()


def test_a_name_that_two_files_have_is_refused(synthetic_atlas, tmp_path):
    atlas = synthetic_atlas(tmp_path / "a.atlas", sources=(("photos", 3), ("photos", 3)))
    (tmp_path / "t.csv").write_text("photo,a\nphoto 1.jpg,7\n")
    with pytest.raises(InputError, match="names 2 files"):
        add_columns(atlas.folder, read_table(tmp_path / "t.csv"))
    (tmp_path / "t.csv").write_text("photo,a\n1/photo 1.jpg,7\n")
    add_columns(atlas.folder, read_table(tmp_path / "t.csv"))
    assert values(Columns(atlas)["a"]) == [None] * 4 + [7, None]


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "", "-2"], "whole"),
        (["1.5", "2e3"], "number"),
        (["007", "8"], "text"),
        (["nan", "1"], "text"),
        (["1_0"], "text"),
        (["2021-07-03", "2021:07:03 10:00:00"], "date"),
        (["03/07/2021"], "text"),
        (["", ""], "text"),
        (["1e999"], "text"),
        (["2021"], "whole"),
    ],
)
def test_types_are_those_of_all_values(texts, kind):
    assert typed_column("c", texts).kind == kind


@pytest.mark.parametrize(
    ("condition", "frames"),
    [
        ("n>1", [2, 3]),
        ("n>=1", [1, 2, 3]),
        ("n<2", [0, 1]),
        ("n<=2", [0, 1, 2]),
        ("n=1|3", [1, 3]),
        ("n!=1", [0, 2, 3, *range(4, 28)]),
        ("n=", list(range(4, 28))),
        ("n!=", [0, 1, 2, 3]),
        ("t=été", [0]),
        ("T = ETE", [0]),
        ("t~a", [1, 2]),
        ("t=a b|c", [1, 3]),
        ("frame<3", [0, 1, 2]),
        ("path~photo 4", [23]),
        ("shot=", list(range(28))),
    ],
)
def test_conditions_mean_their_frames(joined, condition, frames):
    text = "video,seconds,n,t\n" + "".join(
        f"0.mp4,{n / 3},{n},{t}\n" for n, t in enumerate(("Été", "A  b", "xa", "C"))
    )
    assert np.flatnonzero(frames_where(joined(text), [condition])).tolist() == frames


@pytest.mark.parametrize(
    "condition",
    ["", "n", "=3", "n>", "n>a", "n>1|2", "t<3", "n~3", "nobody=1", "n=|", "n" * 20_000],
)
def test_what_is_no_condition_is_one_sentence(joined, condition):
    columns = joined("video,n,t\n0.mp4,3,x\n")
    with pytest.raises(InputError, match=r"^Expected .* Received: "):
        frames_where(columns, [condition])


def test_conditions_are_parsed_by_their_first_sign():
    assert Condition.parse("a b >= 3") == Condition("a b", ">=", "3")
    assert Condition.parse("url=http://a?b=c") == Condition("url", "=", "http://a?b=c")


def test_searches_cut_lists_and_tables_keep_only_what_holds(joined, tmp_atlas, typed, tmp_path):
    joined("video,seconds,n\n0.mp4,1,1\n0.mp4,1.3333,1\n1.mp4,0,1\n")
    done = typed(
        tmp_path, "search", tmp_atlas.folder, "--frame", "0.mp4@0", "--where", "n=1", "--json"
    )
    assert sorted(int(part.split(",")[0]) for part in done.stdout.split('"frame": ')[1:]) == [
        3,
        4,
        12,
    ]
    done = typed(tmp_path, "table", tmp_atlas.folder, "--where", "n=1", "-o", "some.csv")
    assert "3 rows" in done.stderr
    done = typed(tmp_path, "cuts", tmp_atlas.folder, "--where", "n=1", "-o", "cuts.edl")
    assert "2 cuts" in done.stderr
    assert done.returncode == 0
    done = typed(tmp_path, "search", tmp_atlas.folder, "--where", "n=1", "-o", "cuts.edl")
    assert done.returncode == 0
    assert "2 cuts" in done.stderr


def test_a_clip_takes_no_condition(tmp_atlas, typed, tmp_path):
    done = typed(tmp_path, "search", tmp_atlas.folder, "--clip", "a.mp4", "--where", "frame=1")
    assert done.returncode == 2
    assert "--where with any but --clip" in done.stderr


@pytest.mark.parametrize("content", [b"", b"junk", None])
def test_a_damaged_file_is_refused(joined, tmp_atlas, content):
    joined("video,n\n0.mp4,3\n")
    path = tmp_atlas.folder / "columns.h5"
    if content is None:
        with h5py.File(path, "r+") as file:
            file["values"][0, 0] = 4
    else:
        path.write_bytes(content)
    with pytest.raises(DamagedAtlasError, match=r"columns\.h5"):
        list(Columns(open_atlas(tmp_atlas.folder)))


def test_text_without_a_mark_is_recognised():
    assert decode_text("ab\ncd".encode("utf-16-le")) == "ab\ncd"
    assert decode_text("ab\ncd".encode("utf-16-be")) == "ab\ncd"
    assert decode_text(b"caf\xe9") == "café"
    assert decode_text(b"\x00\x01\x02\x00\x07\x00") is None
