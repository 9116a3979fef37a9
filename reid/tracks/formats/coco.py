"""JSON in the manner of COCO: COCO-VID (MMTracking, TeamTrack), TAO, SoccerNet's game state."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from frameatlas.reid.tracks.formats.several_videos import of_video
from frameatlas.reid.tracks.formats.table import BadLine, Person, TableBuilder, TrackTable

_ID_KEYS = ("track_id", "instance_id", "tracker_id", "object_id", "tracklet_id")
_NO_PEOPLE = {"pitch", "camera"}
_FRAME_KEYS = ("frame_id", "frame_index", "frame_number", "frame_idx", "frame")


def is_coco(data: Any) -> bool:
    """Whether it has images and annotations."""
    return isinstance(data, dict) and {"images", "annotations"} <= set(data)


def read_coco(data: Mapping[str, Any], place: str, video: str) -> TrackTable:
    """The boxes of one video.

    Args:
        data: The file.
        place: Its path, for messages.
        video: Name of the video, without its ending.

    Raises:
        SourceError: It holds several videos, of which none is called so.
    """
    images = _images(data, place, video)
    state = any("bbox_image" in a for a in data["annotations"] if isinstance(a, dict))
    builder = TableBuilder("SoccerNet game state" if state else "COCO-VID")
    labels = {c.get("id"): str(c.get("name", "")) for c in _objects(data, "categories")}
    people: dict[int, Person] = {}
    order = {key: number for number, key in enumerate(images)}
    for number, one in enumerate(_objects(data, "annotations"), 1):
        image = images.get(one.get("image_id"))
        if image is None or _no_box_at_all(one, labels):
            continue
        box = _box(one)
        if box is None:
            builder.bad.append(BadLine(0, f"annotation {number} has no box"))
            continue
        track = next((one[key] for key in _ID_KEYS if one.get(key) is not None), -1)
        said: Mapping[str, Any] = one.get("attributes") or {}
        label = labels.get(one.get("category_id"), "") or str(said.get("role") or "")
        frame = _frame(image, order[one.get("image_id")])
        builder.add(
            frame,
            track if isinstance(track, int | float) else str(track),
            box,
            confidence=_score(one.get("score")),
            label=label,
            ignored=bool(one.get("iscrowd")) or bool(one.get("ignore")),
        )
        if said and str(track).isdigit():
            people[int(track)] = _person(said)
    first = None if any(_named(image) for image in images.values()) else 0
    size = next(((int(i["width"]), int(i["height"])) for i in images.values() if _sized(i)), (0, 0))
    return builder.built(first=first, named=True, people=people, size=size)


def _no_box_at_all(one: Mapping[str, Any], labels: Mapping[Any, str]) -> bool:
    """Whether it is of the lines of the pitch, or of the camera: SoccerNet says those, too."""
    return bool({one.get("supercategory"), labels.get(one.get("category_id"))} & _NO_PEOPLE)


def _score(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _objects(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    found = data.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _images(data: Mapping[str, Any], place: str, video: str) -> dict[Any, Mapping[str, Any]]:
    """The images of the video, by id."""
    images = {i.get("id", i.get("image_id")): i for i in _objects(data, "images")}
    videos = {image.get("video_id") for image in images.values()} - {None}
    if len(videos) <= 1:
        return images
    names = _video_names(data)
    held = [
        (names.get(image["video_id"], str(image["video_id"])), [(key, image)])
        for key, image in images.items()
        if image.get("video_id") is not None
    ]
    return dict(of_video(held, video, place))


def _video_names(data: Mapping[str, Any]) -> dict[Any, str]:
    """Names of the videos by id; those of one name have their id beside it, to stay apart."""
    names = {v.get("id"): str(v.get("name", v.get("id"))) for v in _objects(data, "videos")}
    times = Counter(names.values())
    return {k: name if times[name] == 1 else f"{name}, id {k}" for k, name in names.items()}


def _named(image: Mapping[str, Any]) -> bool:
    """Whether the image's file, and nothing else, tells its frame: such names count from 1."""
    return not any(key in image for key in _FRAME_KEYS) and bool(_in_name(image))


def _in_name(image: Mapping[str, Any]) -> re.Match[str] | None:
    return re.search(r"(\d{1,9})(?:\.\w{2,4})?$", str(image.get("file_name", "")))


def _frame(image: Mapping[str, Any], order: int) -> float:
    for key in _FRAME_KEYS:
        if isinstance(image.get(key), int | float):
            return float(image[key])
    found = _in_name(image)
    return float(found[1]) if found else float(order)


def _sized(image: Mapping[str, Any]) -> bool:
    return all(isinstance(image.get(key), int) for key in ("width", "height"))


def _box(one: Mapping[str, Any]) -> list[float] | None:
    """Left, top, width, height."""
    state = one.get("bbox_image")
    if isinstance(state, dict):
        found = [state.get(key) for key in ("x", "y", "w", "h")]
    else:
        found = one["bbox"] if isinstance(one.get("bbox"), list) else []
    box = [float(value) for value in found if isinstance(value, int | float)]
    return box if len(box) == 4 else None


def _person(said: Mapping[str, Any]) -> Person:
    number = said.get("jersey")
    return Person(
        str(said.get("role") or ""),
        str(said.get("team") or ""),
        str(number) if str(number).isdigit() else "",
    )
