"""What annotation tools and data sets write: written here as they do, and read again."""

import json
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.fit import PictureFacts, fit
from frameatlas.reid.tracks.formats.read import read_table
from frameatlas.reid.tracks.formats.table import Person
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


def cvat_xml():
    parts = ['<?xml version="1.0" encoding="utf-8"?><annotations><meta><task><original_size>']
    parts.append(f"<width>{WIDTH}</width><height>{HEIGHT}</height></original_size></task></meta>")
    for who in (1, 2, 3):
        parts.append(f'<track id="{who}" label="player">')
        for frame, track, *box in BOXES:
            if track == who:
                x1, y1, x2, y2 = corners(box)
                parts.append(
                    f'<box frame="{frame - 1}" outside="0" occluded="0" keyframe="1" xtl="{x1}" '
                    f'ytl="{y1}" xbr="{x2}" ybr="{y2}"/>'
                )
        parts.append('<box frame="10" outside="1" xtl="0" ytl="0" xbr="9" ybr="9"/></track>')
    return "".join(parts) + "</annotations>"


def cvat_zip(folder):
    path = folder / "task.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("annotations.xml", cvat_xml())
    return path


def coco_vid(folder, key="instance_id"):
    images = [
        {"id": 100 + k, "frame_id": k, "video_id": 1, "width": WIDTH, "height": HEIGHT}
        for k in range(10)
    ]
    annotations = [
        {"id": n, "image_id": 99 + frame, "category_id": 1, key: track, "bbox": box}
        for n, (frame, track, *box) in enumerate(BOXES)
    ]
    path = folder / "vid.json"
    path.write_text(
        json.dumps(
            {
                **{"images": images, "annotations": annotations},
                "categories": [{"id": 1, "name": "person"}],
                "videos": [{"id": 1, "name": "game"}],
            }
        )
    )
    return path


def tao(folder):
    images = [{"id": k, "frame_index": k - 1, "video_id": 1} for k in range(1, 11)]
    annotations = [
        {"image_id": frame, "category_id": 805, "track_id": track, "bbox": box}
        for frame, track, *box in BOXES
    ]
    path = folder / "tao.json"
    content = {"images": images, "annotations": annotations, "tracks": [], "videos": [{"id": 1}]}
    path.write_text(json.dumps({**content, "categories": [{"id": 805, "name": "person"}]}))
    return path


def game_state(folder):
    images = [{"image_id": f"1{k:06d}", "file_name": f"{k:06d}.jpg"} for k in range(1, 11)]
    annotations = [
        {
            **{"image_id": f"1{frame:06d}", "track_id": track, "supercategory": "object"},
            "category_id": 1,
            "bbox_image": dict(zip("xywh", box, strict=True)),
            "attributes": {"role": "player", "team": "left", "jersey": "7" if track == 1 else None},
        }
        for frame, track, *box in BOXES
    ]
    annotations.append({"image_id": "1000001", "supercategory": "pitch", "lines": {}})
    content = {"images": images, "annotations": annotations}
    content["categories"] = [{"id": 1, "name": "player"}]
    (folder / "Labels-GameState.json").write_text(json.dumps(content))
    return folder


def label_studio(folder):
    def key(box, frame):
        left, top, width, height = box
        return {
            **{"frame": frame, "enabled": True, "rotation": 0},
            **{"x": 100 * left / WIDTH, "y": 100 * top / HEIGHT},
            **{"width": 100 * width / WIDTH, "height": 100 * height / HEIGHT},
        }

    results = []
    for who in (1, 2, 3):
        own = [(frame, box) for frame, track, *box in BOXES if track == who]
        ends = [key(box, frame) for frame, box in (own[0], own[-1])]
        value = {"framesCount": 10, "sequence": ends, "labels": ["Player"]}
        results.append({"id": f"r{who}", "type": "videorectangle", "value": value})
    path = folder / "project.json"
    path.write_text(json.dumps([{"id": 1, "annotations": [{"result": results}]}]))
    return path


def fiftyone(folder):
    frames = {}
    for frame, track, left, top, width, height in BOXES:
        box = [left / WIDTH, top / HEIGHT, width / WIDTH, height / HEIGHT]
        one = {"_cls": "Detection", "label": "person", "bounding_box": box, "index": track}
        frame_labels = frames.setdefault(str(frame), {"detections": {"detections": []}})
        frame_labels["detections"]["detections"].append(one)
    path = folder / "samples.json"
    path.write_text(json.dumps({"samples": [{"filepath": "game.mp4", "frames": frames}]}))
    return path


WRITERS = {
    "CVAT for video": cvat_zip,
    "COCO-VID": coco_vid,
    "MMTracking": lambda folder: coco_vid(folder, "track_id"),
    "TAO": tao,
    "SoccerNet game state": game_state,
    "Label Studio": label_studio,
    "FiftyOne": fiftyone,
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


def test_a_file_of_several_videos_gives_that_of_the_video(tmp_path):
    path = coco_vid(tmp_path)
    data = json.loads(path.read_text())
    data["images"] += [{"id": 900, "frame_id": 0, "video_id": 2}]
    data["annotations"] += [{"image_id": 900, "category_id": 1, "bbox": [1, 1, 9, 9]}]
    data["videos"] += [{"id": 2, "name": "other"}]
    path.write_text(json.dumps(data))
    assert len(read_table(path, "game")) == len(BOXES)
    with pytest.raises(SourceError, match=r"2 videos \(game, other\)"):
        read_table(path, "third")
    data["videos"][1]["name"] = "game"
    path.write_text(json.dumps(data))
    with pytest.raises(SourceError, match=r"2 videos \(game, id 1, game, id 2\)"):
        read_table(path, "game")


def test_who_the_tracks_show_is_read_with_them(tmp_path):
    people = read_table(game_state(tmp_path)).people
    assert people[1] == Person("player", "left", "7")
    assert people[2].number == ""


@pytest.mark.parametrize(("field", "value"), [("image_id", [1]), ("bbox", [10**400, 1, 2, 3])])
def test_fields_of_another_kind_are_said_in_our_words(tmp_path, field, value):
    path = coco_vid(tmp_path)
    data = json.loads(path.read_text())
    data["annotations"][0][field] = value
    path.write_text(json.dumps(data))
    with pytest.raises(SourceError) as refused:
        read_table(path, "game")
    assert str(refused.value) == (
        f"Expected {path} to hold images and annotations as COCO has them. Received: a field of "
        "another kind, such as words in place of a number; write the file again, or a CSV with a "
        "header."
    )


@pytest.mark.parametrize(
    ("text", "received"),
    [
        ('{"images": [,]}', "none from line 1, column 13 on"),
        ("[" * 100_000 + "]" * 100_000, "lists within lists, deeper than any tracks have them"),
        (f'[{{"id": {"1" * 5000}}}]', "a number of more digits than can be read"),
    ],
)
def test_a_text_that_is_no_json_is_said_in_our_words(tmp_path, text, received):
    path = tmp_path / "tracks.json"
    path.write_text(text)
    with pytest.raises(SourceError) as refused:
        read_table(path, "game")
    assert str(refused.value) == f"Expected JSON in {path}. Received: {received}; write it again."
