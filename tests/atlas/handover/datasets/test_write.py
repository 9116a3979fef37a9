"""Datasets for FiftyOne, CVAT and Label Studio: pictures, names, bins, and what is there stays."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from frameatlas import open_atlas
from frameatlas.bins.stored import edit_bins, rows_of, with_frames
from frameatlas.cli.footage.table import table_columns
from frameatlas.columns.frame_column import FrameColumn, text_column
from frameatlas.errors import InputError
from frameatlas.handover.datasets.samples import named_frame, sample_of
from frameatlas.handover.datasets.write import DATASETS, write_dataset

SEA = "sea & <sun>"
BINS = {SEA: [1, 2, 20], "späte 海": [20, 27]}


@pytest.fixture
def atlas(tmp_atlas):
    for name, frames in BINS.items():
        rows = rows_of(tmp_atlas, frames)
        edit_bins(tmp_atlas.folder, lambda now, n=name, r=rows: with_frames(now, n, r))
    return open_atlas(tmp_atlas.folder)


def written(atlas, folder, ending, **more):
    place = folder / f"a b{ending}"
    write_dataset(place, atlas, more.pop("columns", table_columns(atlas)), **more)
    return place


@pytest.mark.parametrize("ending", DATASETS)
def test_every_frame_is_a_picture_whose_name_says_which(atlas, tmp_path, ending):
    place = written(atlas, tmp_path / "new", ending)
    pictures = sorted((place / "images").iterdir())
    assert len(pictures) == len(atlas)
    for number in (0, 19, 21, 27):
        origin = atlas.origins[number]
        assert named_frame(pictures[number].name) == (origin.source.id, origin.pts)
        with Image.open(pictures[number]) as picture:
            assert picture.size == origin.box[2:]
            x, y, width, height = origin.box
            stored = atlas.frames[number][y : y + height, x : x + width]
            assert np.abs(np.asarray(picture).astype(int) - stored).max() <= 6
    assert [p.name for p in (tmp_path / "new").iterdir()] == [place.name]


def test_fiftyone_has_tags_fields_and_their_types(atlas, tmp_path):
    columns = [
        *table_columns(atlas),
        FrameColumn("date", "date", np.array([1_625_320_000.25] + [np.nan] * 27)),
        text_column("my $camera.x", ["Leica"] + [None] * 27),
        text_column("tags", ["a"] * 28),
    ]
    place = written(atlas, tmp_path, ".fiftyone", columns=columns)
    samples = json.loads((place / "samples.json").read_text())["samples"]
    tagged = {n: one["tags"] for n, one in enumerate(samples) if one["tags"]}
    assert tagged == {1: [SEA], 2: [SEA], 20: [SEA, "späte 海"], 27: ["späte 海"]}
    first = samples[0]
    assert first["date"] == {"$date": "2021-07-03T13:46:40.250Z"}
    assert first["my_camera_x"] == "Leica"
    assert first["column_tags"] == "a"
    assert first["seconds"] == 0
    assert samples[21]["seconds"] is None
    assert (place / first["filepath"]).is_file()
    dataset = json.loads((place / "metadata.json").read_text())
    types = {one["name"]: one["ftype"].rpartition(".")[2] for one in dataset["sample_fields"]}
    said = {name for one in samples for name in one if not name.startswith("_")}
    assert said <= set(types)
    assert (types["pts"], types["date"], types["x"]) == ("IntField", "DateTimeField", "FloatField")
    assert len(types) == len(dataset["sample_fields"])


def test_cvat_has_tags_and_labels(atlas, tmp_path):
    place = written(atlas, tmp_path, ".cvat", frames=np.array([1, 20, 21]))
    root = ElementTree.parse(place / "annotations.xml").getroot()
    tags = [[tag.get("label") for tag in image] for image in root.iter("image")]
    assert tags == [[SEA], [SEA, "späte 海"], []]
    assert root.findtext("meta/task/size") == "3"
    labels = json.loads((place / "labels.json").read_text())
    assert [one["name"] for one in labels] == [SEA, "späte 海"]
    assert {one["type"] for one in labels} == {"tag"}
    names = [image.get("name") for image in root.iter("image")]
    assert names == [path.name for path in sorted((place / "images").iterdir())]


def test_label_studio_has_tasks_predictions_and_an_interface(atlas, tmp_path):
    place = written(atlas, tmp_path, ".labelstudio")
    tasks = json.loads((place / "tasks.json").read_text())
    told = {
        n: task["predictions"][0]["result"][0]["value"]["choices"]
        for n, task in enumerate(tasks)
        if "predictions" in task
    }
    assert told == {1: [SEA], 2: [SEA], 20: [SEA, "späte 海"], 27: ["späte 海"]}
    address = tasks[0]["data"]["image"]
    assert address.startswith("/data/local-files/?d=a%20b.labelstudio/images/0000000_")
    assert tasks[0]["data"]["name"] == "0.mp4"
    view = ElementTree.parse(place / "labels.xml").getroot()
    assert [one.get("value") for one in view.iter("Choice")] == [SEA, "späte 海"]


def test_without_bins_one_label_is_offered(tmp_atlas, tmp_path):
    place = written(tmp_atlas, tmp_path, ".cvat", frames=np.array([3]))
    assert json.loads((place / "labels.json").read_text())[0]["name"] == "keep"


@pytest.mark.parametrize("ending", DATASETS)
def test_what_is_there_is_never_written_over(atlas, tmp_path, ending):
    place = tmp_path / f"mine{ending}"
    place.mkdir()
    (place / "note.txt").write_text("mine")
    with pytest.raises(InputError, match="Expected a new folder"):
        write_dataset(place, atlas, table_columns(atlas))
    assert [path.name for path in place.iterdir()] == ["note.txt"]
    (place / "note.txt").unlink()
    assert write_dataset(place, atlas, table_columns(atlas), np.array([1])) == 1


def test_what_fails_leaves_nothing(atlas, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(Exception, match="Expected room on the disk"):
        write_dataset(tmp_path / "x.cvat", atlas, table_columns(atlas))
    assert not [p for p in tmp_path.iterdir() if "cvat" in p.name]


def test_times_before_zero_keep_their_sign(atlas):
    one = sample_of(atlas, 3)
    late = type(one)(3, "s-1.x", -5, "a", None, (1, 1), ())
    assert named_frame(f"upload/1/8f3a-{late.name}") == ("s-1.x", -5)
    for other in ("beach.jpg", "0000001_x.jpg", "0000001_../a_5.jpg", "", "0000001_a_5.png"):
        assert named_frame(other) is None


def test_the_command_says_what_to_do_with_it(atlas, tmp_path, typed):
    done = typed(tmp_path, "table", atlas.folder, "--where", f"bins={SEA}", "-o", "sea.cvat")
    assert done.returncode == 0
    assert done.stdout == "sea.cvat\n"
    assert done.stderr.startswith("3 pictures. Make a task of images/")
    done = typed(tmp_path, "table", atlas.folder, "-o", "sea.cvat")
    assert done.returncode == 2
    done = typed(tmp_path, "table", atlas.folder, "-o", "v.fiftyone", "--vectors")
    assert "Expected --vectors with .csv" in done.stderr
    (tmp_path / "f.txt").write_text("5 1 1 7")
    done = typed(tmp_path, "table", atlas.folder, "--frames", "f.txt", "-o", "f.csv")
    assert done.stderr.startswith("3 rows of")
