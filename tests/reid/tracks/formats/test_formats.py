"""Every format that docs/players.md lists: written here as its tool writes it, and read again."""

import csv
import io
import json
from fractions import Fraction

import numpy as np
import pytest

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.fit import PictureFacts, fit
from frameatlas.reid.tracks.formats.read import OTHERS, read_table
from frameatlas.reid.tracks.labels import choose_rows
from frameatlas.reid.tracks.mot import tracks_of
from frameatlas.reid.tracks.options import TrackOptions

WIDTH, HEIGHT = 640, 400
BOXES = [
    (frame, track, 100.0 * track + 4 * frame, 80.0 + 2 * frame, 40.0, 100.0)
    for frame in range(1, 11)
    for track in (1, 2, 3)
    if not (track == 3 and frame > 6)
]
"""Frame, id, left, top, width, height: three people, the third of whom leaves."""

FACTS = PictureFacts((WIDTH, HEIGHT), 10, Fraction(25))


def corners(box):
    left, top, width, height = box
    return left, top, left + width, top + height


def table(*header, rows, delimiter=",", encoding="utf-8"):
    def write(folder):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        writer.writerow(header) if header else None
        writer.writerows(rows)
        path = folder / "tracks.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


def supervision_json(folder):
    names = ("x_min", "y_min", "x_max", "y_max")
    rows = [
        {
            **{name: str(v) for name, v in zip(names, corners(box), strict=True)},
            **{"class_id": "0", "confidence": "0.9", "tracker_id": str(track)},
            "frame_index": frame - 1,
        }
        for frame, track, *box in BOXES
    ]
    path = folder / "tracks.json"
    path.write_text(json.dumps(rows))
    return path


def ultralytics_json(folder):
    frames = [
        [
            {
                **{"name": "person", "class": 0, "confidence": 0.9, "track_id": track},
                "box": dict(zip(("x1", "y1", "x2", "y2"), corners(box), strict=True)),
            }
            for at, track, *box in BOXES
            if at == frame
        ]
        for frame in range(1, 11)
    ]
    path = folder / "results.json"
    path.write_text(json.dumps(frames))
    return path


def ultralytics_folder(folder):
    for frame in range(1, 11):
        lines = []
        for at, track, left, top, width, height in BOXES:
            if at == frame:
                middle = ((left + width / 2) / WIDTH, (top + height / 2) / HEIGHT)
                lines.append(
                    f"0 {middle[0]:.7g} {middle[1]:.7g} {width / WIDTH:.7g} "
                    f"{height / HEIGHT:.7g} 0.9 {track}"
                )
        (folder / f"game_{frame}.txt").write_text("\n".join(lines) + "\n")
    return folder


def darklabel(folder):
    lines = []
    for frame in range(1, 11):
        boxes = [(track, *corners(box)) for at, track, *box in BOXES if at == frame]
        cells = [str(v) for box in boxes for v in box]
        lines.append(",".join([str(frame - 1), str(len(boxes)), *cells]))
    path = folder / "dark.txt"
    path.write_text("\n".join(lines))
    return path


def kitti(folder):
    lines = [
        f"{frame - 1} {track} Pedestrian 0 0 -10 {' '.join(map(str, corners(box)))} "
        "-1 -1 -1 -1000 -1000 -1000 -10"
        for frame, track, *box in BOXES
    ]
    lines.append("0 -1 DontCare -1 -1 -10 1 1 30 30 -1 -1 -1 -1000 -1000 -1000 -10")
    path = folder / "0000.txt"
    path.write_text("\n".join(lines))
    return path


def teamtrack(folder):
    sides = ("bb_left", "bb_top", "bb_width", "bb_height")
    lines = [["TeamID"], ["PlayerID"], ["Attributes"]]
    for track in (1, 2, 3):
        lines[0] += [str(track % 2)] * 4
        lines[1] += [str(track)] * 4
        lines[2] += sides
    lines.append(["frame"])
    for frame in range(1, 11):
        row = [str(frame)]
        for track in (1, 2, 3):
            found = [box for at, who, *box in BOXES if (at, who) == (frame, track)]
            row += [str(v) for v in found[0]] if found else [""] * 4
        lines.append(row)
    path = folder / "team.csv"
    path.write_text("\n".join(",".join(line) for line in lines))
    return path


MOT = [(*row, 0.9, -1, -1, -1) for row in BOXES]
CORNER_ROWS = [(frame, track, *corners(box)) for frame, track, *box in BOXES]
SIDES = ("left", "top", "width", "height")
WRITERS = {
    "MOT": table(rows=MOT),
    "MOT, spaces": table(rows=MOT, delimiter=" "),
    "MOT, UTF-16": table(rows=MOT, encoding="utf-16"),
    "MOT, UTF-16 without a mark": table(rows=MOT, encoding="utf-16-le"),
    "MOT ground truth": table(rows=[(*row, 1, 1, 0.8) for row in BOXES]),
    "BoxMOT 10": table(rows=[(*row, 0, 0, -1) for row in BOXES], delimiter=" "),
    "VisDrone": table(rows=[(*row, 1, 1, 0, 2) for row in BOXES]),
    "header": table("Frame", "ID", *SIDES, rows=BOXES),
    "header of corners": table("frame", "id", "x1", "y1", "x2", "y2", rows=CORNER_ROWS),
    "header, id last": table(
        *("frame_index", "Left", "Top", "Right", "Bottom", "conf", "Track_ID"),
        rows=[(f - 1, *xyxy, 0.9, t) for f, t, *xyxy in CORNER_ROWS],
    ),
    "header of middles": table(
        *("frame", "object_id", "xc", "yc", "w", "h"),
        rows=[(f, t, x + w / 2, y + h / 2, w, h) for f, t, x, y, w, h in BOXES],
    ),
    "decimal commas": table(
        *("frame", "id", "x", "y", "w", "h"),
        rows=[(f, t, *(f"{v:.2f}".replace(".", ",") for v in box)) for f, t, *box in BOXES],
        delimiter=";",
    ),
    "supervision CSVSink": table(
        *("x_min", "y_min", "x_max", "y_max", "class_id", "confidence", "tracker_id"),
        "frame_index",
        rows=[(*xyxy, 0, 0.9, t, f - 1) for f, t, *xyxy in CORNER_ROWS],
    ),
    "ultralytics CSV": table(
        *("frame", "name", "class", "confidence", "box", "track_id"),
        rows=[
            (f, "person", 0, 0.9, str(dict(zip(("x1", "y1", "x2", "y2"), xyxy, strict=True))), t)
            for f, t, *xyxy in CORNER_ROWS
        ],
    ),
    "supervision JSONSink": supervision_json,
    "ultralytics JSON": ultralytics_json,
    "ultralytics save_txt": ultralytics_folder,
    "DarkLabel": darklabel,
    "KITTI": kitti,
    "TeamTrack": teamtrack,
}


@pytest.mark.parametrize("name", WRITERS)
def test_what_a_tool_writes_is_read(name, tmp_path):
    read = read_table(WRITERS[name](tmp_path), "game")
    chosen = choose_rows(read, ())
    fitted = fit(read.rows(chosen.kept), FACTS, TrackOptions(), name)
    tracks, repeated = tracks_of(fitted.table)
    assert read.bad == () == repeated
    assert fitted.notes == ()
    assert tracks.frame.tolist() == [row[0] for row in BOXES]
    ids = np.unique(tracks.track, return_inverse=True)[1]
    assert (ids + 1).tolist() == [row[1] for row in BOXES]
    np.testing.assert_allclose(tracks.box, [row[2:] for row in BOXES], atol=0.01)
    assert (tracks.confidence > 0.5).all()


def test_a_header_that_is_not_known_names_those_that_are(tmp_path):
    path = table("time", "who", "a", "b", "c", "d", rows=BOXES)(tmp_path)
    with pytest.raises(SourceError, match=r"track_id.*Received: time, who.*the frame and the box"):
        read_table(path)


@pytest.mark.parametrize("ending", OTHERS)
def test_what_is_not_read_is_named(ending, tmp_path):
    path = tmp_path / f"tracks{ending}"
    path.write_bytes(b"\x01\x02\x03\x04")
    with pytest.raises(SourceError) as told:
        read_table(path)
    assert OTHERS[ending][0] in str(told.value)
    assert OTHERS[ending][1] in str(told.value)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('{"shapes": [], "version": "5.0"}', "LabelMe"),
        ('{"_via_img_metadata": {}}', "VGG Image Annotator"),
        ('[{"name": "a.jpg", "labels": []}]', "BDD100K"),
        ('{"hello": 1}', "JSON with hello"),
        ("<annotation><folder/></annotation>", "XML of <annotation>"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotations/>', "entities"),
        ("<annotations><track", "breaks off"),
        ('[{"x1": 1, "y1": 2, "x2": 3, "y2": 4}]', "boxes without one"),
    ],
)
def test_other_json_and_xml_are_named(content, name, tmp_path):
    path = tmp_path / "tracks.json"
    path.write_text(content)
    with pytest.raises(SourceError, match=name):
        read_table(path)
