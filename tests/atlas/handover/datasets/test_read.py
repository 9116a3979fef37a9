"""Labels come back as bins from what the programs export; what is none is one sentence."""

import json
import zipfile

import pytest

from frameatlas.bins.stored import frames_of, read_bins
from frameatlas.errors import InputError
from frameatlas.handover.datasets.labels import Labelled, bins_of_labels, label_text
from frameatlas.handover.datasets.read import read_labels
from frameatlas.handover.datasets.samples import sample_of

CVAT = (
    '<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version><meta><task>'
    "<labels><label><name>sea</name></label></labels></task></meta>"
    '<image id="0" name="images/{0}" width="64" height="36"><tag label="sea" source="manual"/>'
    '<box label="dog" xtl="1" ytl="1" xbr="5" ybr="5"><attribute name="a">b</attribute></box>'
    '</image><image id="1" name="{1}" width="64" height="36"/>'
    '<image id="2" name="other.jpg"><tag label="sea"/></image></annotations>'
)


def name(atlas, frame):
    return sample_of(atlas, frame).name


def fiftyone(atlas):
    """As FiftyOne writes it: a label in a field, one in a list, tags of samples and labels."""
    one = {"filepath": "/elsewhere/" + name(atlas, 3), "tags": ["sea"], "seconds": 1.5}
    one["weather"] = {"_cls": "Classification", "_id": {"$oid": "0" * 24}, "label": "rain"}
    one["found"] = {"_cls": "Detections", "detections": [{"_cls": "Detection", "label": "dog"}]}
    moved = sample_of(atlas, 20)
    two = {"filepath": "/renamed.jpg", "tags": ["sea"], "source": moved.source, "pts": moved.pts}
    return json.dumps({"samples": [one, two, {"filepath": "/x.jpg", "tags": ["sea"]}]})


def label_studio(atlas):
    choice = [{"from_name": "bins", "type": "choices", "value": {"choices": ["sea", "dog"]}}]
    boxes = [{"type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["rain"]}}]
    address = "/data/upload/1/8f3acd12-" + name(atlas, 3)
    done = [{"result": choice + boxes}, {"result": [{"value": {"choices": ["no"]}}]}]
    done[1]["was_cancelled"] = True
    sample = sample_of(atlas, 20)
    known = {"image": "http://x/y.jpg", "source": sample.source, "pts": sample.pts}
    return json.dumps(
        [
            {"id": 1, "data": {"image": address}, "annotations": done, "predictions": []},
            {"id": 2, "data": known, "annotations": [{"result": choice[:1]}]},
            {"id": 3, "data": {"image": name(atlas, 4)}, "annotations": [],
             "predictions": [{"result": choice}]},
        ]
    )  # fmt: skip


def least(atlas):
    """JSON-MIN."""
    return json.dumps(
        [
            {"image": "/data/upload/1/8f-" + name(atlas, 3), "id": 1, "bins": "sea"},
            {"image": name(atlas, 20), "id": 2, "bins": {"choices": ["sea", "dog"]}},
            {"image": name(atlas, 5), "id": 3, "label": [{"rectanglelabels": ["rain"], "x": 1}]},
        ]
    )


def bins_in(atlas, path):
    return bins_of_labels(atlas, read_labels(path), path)


def test_fiftyone(tmp_atlas, tmp_path):
    (tmp_path / "samples.json").write_text(fiftyone(tmp_atlas))
    expected = ({"sea": [3, 20], "rain": [3], "dog": [3]}, 1)
    assert bins_in(tmp_atlas, tmp_path) == expected
    assert bins_in(tmp_atlas, tmp_path / "samples.json") == expected


def test_cvat(tmp_atlas, tmp_path):
    text = CVAT.format(name(tmp_atlas, 3), name(tmp_atlas, 4))
    (tmp_path / "annotations.xml").write_text(text)
    expected = ({"sea": [3], "dog": [3]}, 1)
    assert bins_in(tmp_atlas, tmp_path / "annotations.xml") == expected
    with zipfile.ZipFile(tmp_path / "task.zip", "w") as archive:
        archive.writestr("../../outside.txt", "no")
        archive.writestr("annotations.xml", text)
    assert bins_in(tmp_atlas, tmp_path / "task.zip") == expected
    assert not (tmp_path.parent.parent / "outside.txt").exists()


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (label_studio, {"sea": [3, 20], "dog": [3, 20], "rain": [3]}),
        (least, {"sea": [3, 20], "dog": [20], "rain": [5]}),
    ],
)
def test_label_studio(tmp_atlas, tmp_path, write, expected):
    (tmp_path / "export.json").write_text(write(tmp_atlas))
    found, unknown = bins_in(tmp_atlas, tmp_path / "export.json")
    assert {bin_: sorted(frames) for bin_, frames in found.items()} == expected
    assert unknown == 0


@pytest.mark.parametrize("ending", ["fiftyone", "cvat"])
def test_what_was_written_comes_back(tmp_atlas, synthetic_atlas, tmp_path, typed, ending):
    (tmp_path / "f.txt").write_text("3 20 27")
    typed(tmp_path, "bins", tmp_atlas.folder, "--add", "a & <b>", "--frames", "f.txt")
    typed(tmp_path, "table", tmp_atlas.folder, "-o", f"all.{ending}")
    other = synthetic_atlas(tmp_path / "other.atlas")
    done = typed(tmp_path, "import-bins", other.folder, f"all.{ending}")
    assert done.returncode == 0
    assert "3 frames in 1 bin read; of no frame here: 0 rows" in done.stderr
    assert frames_of(other, read_bins(other.folder).frames["a & <b>"]).tolist() == [3, 20, 27]


def test_photos_are_known_by_their_own_paths(tmp_atlas, tmp_path):
    photo = str(tmp_atlas.origins[21].path)
    given = [Labelled(photo, ("x",)), Labelled("/videos/0.mp4", ("x",)), Labelled("", ("x",))]
    assert bins_of_labels(tmp_atlas, given, tmp_path) == ({"x": [21]}, 2)


def test_labels_become_names_that_bins_may_have():
    assert label_text(" a;b |c\n") == "a,b /c"
    assert label_text("x" * 300) == "x" * 100
    assert label_text(5) == label_text(None) == label_text("  ") == ""


BOMB = (
    '<!DOCTYPE a [<!ENTITY x "'
    + "y" * 50
    + '"><!ENTITY z "&x;&x;">]><annotations>&z;</annotations>'
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotations>&x;</annotations>'
VIDEO = '<annotations><track id="0" label="car"><box frame="0"/></track></annotations>'


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("a.xml", BOMB, "a document type"),
        ("a.xml", OUTSIDE, "a document type"),
        ("a.xml", "<annotations>", "no XML"),
        ("a.xml", "<annotations><image name='a'></annotations>", "no XML"),
        ("a.xml", "", "no XML"),
        ("a.xml", "<rss/>", "another kind"),
        ("a.xml", VIDEO, "CVAT for images 1.1"),
        ("a.xml", '<?xml version="1.0" encoding="nothing"?><annotations/>', "no XML"),
        ("a.json", "", "no JSON"),
        ("a.json", "[" * 200_000, "no JSON"),
        ("a.json", "{}", "another kind"),
        ("a.json", "[1, 2]", "another kind"),
        ("a.json", '{"samples": 5}', "another kind"),
        ("a.json", "[" + "9" * 5000 + "]", "JSON"),
        ("a.zip", "PK", "zip"),
        ("nowhere.json", None, "No such file"),
    ],
)
def test_what_is_no_export_is_one_sentence(tmp_atlas, tmp_path, typed, file, content, told):
    if content is not None:
        (tmp_path / file).write_text(content)
    done = typed(tmp_path, "import-bins", tmp_atlas.folder, file)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr) < 1000
    assert not (tmp_atlas.folder / "bins.json").exists()


@pytest.mark.parametrize(
    "content",
    [
        {"samples": [{"filepath": 5, "tags": "sea"}, {"tags": [5, None]}, 7, {"source": "x"}]},
        {"samples": [{"source": "x", "pts": 10**40, "tags": ["a"]}]},
        [{"data": 5, "annotations": "x"}, {"data": {}, "annotations": [{"result": 5}, 7]}],
        [{"data": {"image": 5, "pts": "1"}, "annotations": [{"result": [5, {"value": 5}]}]}],
        [{"image": None, "x": {"choices": 5}, "labels": [[]], "bins": ["a"]}],
    ],
)
def test_what_is_not_as_described_is_passed_over(tmp_atlas, tmp_path, content):
    (tmp_path / "a.json").write_text(json.dumps(content))
    found, _ = bins_in(tmp_atlas, tmp_path / "a.json")
    assert found == {}


def test_a_zip_that_grows_is_not_read_whole(tmp_atlas, tmp_path, monkeypatch):
    monkeypatch.setattr("frameatlas.handover.datasets.read.MOST_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("samples.json", " " * 5_000_000)
    with pytest.raises(InputError, match="more than"):
        read_labels(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(InputError, match="a ZIP without"):
        read_labels(tmp_path / "b.zip")
    with pytest.raises(InputError, match="a folder without"):
        read_labels(tmp_atlas.folder)
