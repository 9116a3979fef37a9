"""Files as strangers have them: two words for one column, titles, mixed ids, boxes in one cell."""

import csv
import io
import json
import zipfile

import numpy as np
import pytest

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.formats.read import read_table
from frameatlas.reid.tracks.formats.table import Person

BOXES = [
    (frame, track, 100.0 * track + 4 * frame, 80.0 + 2 * frame, 40.0, 100.0)
    for frame in range(1, 11)
    for track in (1, 2, 3)
]
"""Frame, id, left, top, width, height."""

IDS = (1, 2, 3)


def corners(left, top, width, height):
    return left, top, left + width, top + height


def table(header, row, *, above="", delimiter=",", encoding="utf-8"):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(row(frame, track, *box) for frame, track, *box in BOXES)
    return (above + text.getvalue()).encode(encoding)


def xyxy(frame, track, *box):
    return frame, track, *corners(*box)


def with_commas(*values):
    return [str(value).replace(".", ",") for value in values]


def by_frame(box):
    return {f: [box(t, *b) for at, t, *b in BOXES if at == f] for f in range(1, 11)}


def named(track, *box):
    return {"bbox": list(corners(*box)), "track_id": track}


TABLES = {
    "numbers of rows beside track_id": table(
        "id frame track_id x1 y1 x2 y2", lambda f, t, *b: (100 * f + t, f, t, *corners(*b))
    ),
    "a point beside corners": table(
        "frame track_id x y x1 y1 x2 y2", lambda f, t, *b: (f, t, 9, 9, *corners(*b))
    ),
    "image_id beside frame": table(
        "image_id frame track_id x1 y1 x2 y2", lambda f, t, *b: (5000 + f, f, t, *corners(*b))
    ),
    "a header as NumPy comments it": b"# " + table("frame id x1 y1 x2 y2", xyxy),
    "sep= of a spreadsheet": table("frame id x1 y1 x2 y2", xyxy, above="sep=;\n", delimiter=";"),
    "a title above": table("frame id x1 y1 x2 y2", xyxy, above="Export of game 7\n\n"),
    "UTF-16, semicolons, commas, umlauts": table(
        "Frame ID Left Top Width Height Größe",
        lambda *row: [*with_commas(*row), "groß"],
        delimiter=";",
        encoding="utf-16",
    ),
    "# in classes": table("label frame id x y w h", lambda *row: ("player #7", *row)),
    "# in the header": table("Frame# Track# x y w h", lambda *row: row),
    "sides in one cell": table("frame id bbox", lambda f, t, *b: (f, t, list(b))),
    "corners in one cell": table("frame id bbox", lambda f, t, *b: (f, t, list(corners(*b)))),
    "sides by name in one cell": table(
        "frame id box", lambda f, t, *b: (f, t, dict(zip("xywh", b, strict=True)))
    ),
    "bbox_xywh": table("frame id bbox_xywh", lambda f, t, *b: (f, t, list(b))),
    "an object's kind and its number": table(
        "frame object id x y w h", lambda f, t, *b: (f, "person", t, *b)
    ),
    "players by name": table("frame player x y w h", lambda f, t, *b: (f, "ABC"[t - 1], *b)),
    "ids of both kinds": table(
        "frame id x y w h", lambda f, t, *b: (f, ["0", "A", "1_2"][t - 1], *b)
    ),
}

JSON = {
    "COCO's results": [
        {"image_id": f, "category_id": 1, "bbox": b, "score": 0.9, "track_id": t}
        for f, t, *b in BOXES
    ],
    "numbers of boxes beside track_id": [
        {"id": 100 * f + t, "frame": f, **named(t, *b)} for f, t, *b in BOXES
    ],
    "frames by number": {str(f): boxes for f, boxes in by_frame(named).items()},
    "a list of frames": {
        "video": "game.mp4",
        "frames": [{"frame": f, "objects": boxes} for f, boxes in by_frame(named).items()],
    },
    "detections in frames": [
        {"frame": f, "detections": boxes} for f, boxes in by_frame(named).items()
    ],
}


def check(read):
    assert read.bad == ()
    assert len(read) == len(BOXES)
    frame = read.frame - read.frame.min() + 1
    order = np.lexsort((read.box[:, 0], frame))
    ids = np.unique(read.track[order], return_inverse=True)[1].reshape(10, 3)
    assert (ids == ids[0]).all()
    assert len(set(ids[0])) == len(IDS)
    np.testing.assert_allclose(read.box[order], [row[2:] for row in BOXES], atol=0.01)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_as_it_is_meant(name, tmp_path):
    path = tmp_path / "tracks.csv"
    path.write_bytes(TABLES[name])
    check(read_table(path, "game"))


@pytest.mark.parametrize("name", JSON)
def test_json_is_read_as_it_is_meant(name, tmp_path):
    path = tmp_path / "tracks.json"
    path.write_text(json.dumps(JSON[name]))
    check(read_table(path, "game"))


def test_ids_of_both_kinds_keep_what_they_say(tmp_path):
    path = tmp_path / "tracks.csv"
    path.write_bytes(TABLES["ids of both kinds"])
    read = read_table(path)
    assert {read.names.get(t, str(t)) for t in read.track.tolist()} == {"0", "A", "1_2"}


def test_ids_beyond_all_numbers_are_lines_that_cannot_be_used(tmp_path):
    path = tmp_path / "tracks.csv"
    path.write_text("frame,id,x,y,w,h\n1,1e400,2,3,4,5\n1,7,2,3,4,5\n")
    read = read_table(path)
    assert (len(read), len(read.bad)) == (1, 1)


def test_times_are_no_frames(tmp_path):
    path = tmp_path / "tracks.csv"
    path.write_text("frame,id,x,y,w,h\n00:00:01.20,1,2,3,4,5\n")
    with pytest.raises(SourceError, match=r"not a number: frame '00:00:01\.20'"):
        read_table(path)


def state(annotation):
    images = [{"image_id": str(f), "file_name": f"{f:06d}.jpg"} for f in range(1, 11)]
    own = [
        {
            **{"image_id": str(f), "category_id": 1, "track_id": t, "score": None},
            **{"bbox_image": dict(zip("xywh", b, strict=True)), **annotation},
        }
        for f, t, *b in BOXES
    ]
    lines = [{"image_id": "1", "category_id": 5, "lines": {"Circle central": []}}]
    camera = [{"image_id": "1", "category_id": 6, "bbox_image": None, "attributes": None}]
    names = {1: "player", 5: "pitch", 6: "camera"}
    categories = [{"id": key, "name": name} for key, name in names.items()]
    return {"images": images, "annotations": own + lines + camera, "categories": categories}


def test_game_state_has_lines_and_a_camera_besides(tmp_path):
    path = tmp_path / "Labels-GameState.json"
    said = {"role": "player", "jersey": "7", "team": "left"}
    path.write_text(json.dumps(state({"track_id": "3", "attributes": said})))
    read = read_table(path)
    assert read.bad == ()
    assert read.people == {3: Person("player", "left", "7")}


def rectangle(track):
    begin, end = {"frame": 1, "x": 10 * track, "y": 20}, {"frame": 10, "x": 10 * track, "y": 30}
    sides = {"width": 5, "height": 25}
    keys = [{**begin, **sides, "enabled": True}, {**end, **sides, "enabled": False}]
    return {"type": "videorectangle", "value": {"sequence": keys, "labels": ["player"]}}


def task(video, *answers):
    return {"data": {"video": f"/data/upload/1/0a1b2c3d-{video}"}, "annotations": list(answers)}


def test_label_studio_gives_the_video_and_the_answer_that_counts(tmp_path):
    path = tmp_path / "export.json"
    cancelled = {"was_cancelled": True, "result": [rectangle(4)]}
    earlier, last = {"result": [rectangle(5)]}, {"result": [rectangle(1), rectangle(2)]}
    tasks = [
        task("game.mp4", cancelled, earlier, last),
        task("other.mp4", {"result": [rectangle(3)]}),
    ]
    path.write_text(json.dumps(tasks))
    read = read_table(path, "game")
    assert len(read) == 2 * 10
    assert sorted({round(100 * x) for x in read.box[:, 0]}) == [10, 20]
    assert read.box[read.track == 0, 1] == pytest.approx(np.linspace(0.2, 0.3, 10))
    with pytest.raises(SourceError, match=r"2 videos \(game\.mp4, other\.mp4\)"):
        read_table(path, "third")


def test_fiftyone_gives_the_video(tmp_path):
    path = tmp_path / "samples.json"
    box = {"label": "player", "index": 1, "bounding_box": [0.1, 0.2, 0.3, 0.4]}
    one = {"1": {"detections": {"detections": [box]}}}
    samples = [{"filepath": f"/v/{name}.mp4", "frames": one} for name in ("game", "other")]
    path.write_text(json.dumps({"samples": samples}))
    assert len(read_table(path, "game")) == 1


def test_of_cvat_classes_outside_and_other_shapes_are_told(tmp_path):
    def boxes(track):
        for frame, who, *box in BOXES:
            if who == track:
                sides = zip(("xtl", "ytl", "xbr", "ybr"), corners(*box), strict=True)
                told = " ".join(f'{name}="{value}"' for name, value in sides)
                yield f'<box frame="{frame - 1}" outside="0" {told}/>'
        yield '<box frame="10" outside="1" xtl="0" ytl="0" xbr="9" ybr="9"/>'

    labels = {1: "player", 2: "referee", 3: "ball"}
    tracks = "".join(
        f'<track id="{t}" label="{label}">{"".join(boxes(t))}</track>'
        for t, label in labels.items()
    )
    other = '<track id="9" label="player"><polygon frame="0" points="1,2;3,4;5,6"/></track>'
    path = tmp_path / "task.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("annotations.xml", f"<annotations>{tracks}{other}</annotations>")
    read = read_table(path)
    assert (len(read), set(read.labels)) == (len(BOXES), set(labels.values()))
    assert [str(line) for line in read.bad] == ["track 9 has 1 × polygon, which is no box"]


@pytest.mark.parametrize(
    "entry",
    [
        {"image_id": [], "bbox": [1, 2, 3]},
        {"image_id": 1, "bbox": [1, None, "x", {}], "score": "high", "track_id": {}},
        {"image_id": 1, "bbox": {"x": 1}, "attributes": 3, "category_id": []},
        {"frame": None, "bbox": None, "id": None},
        {"frame": {"frame": {"frame": {"frame": {"frame": 1}}}}, "box": [[1, 2], [3]]},
    ],
)
def test_nonsense_in_json_is_one_sentence(entry, tmp_path):
    path = tmp_path / "tracks.json"
    whole = {"images": [{"id": 1, "file_name": 3}], "annotations": [entry], "categories": [entry]}
    for data in (whole, [entry], {"1": [entry]}, {"frames": [entry]}):
        path.write_text(json.dumps(data))
        with pytest.raises(SourceError, match="Received"):
            read_table(path, "game")
