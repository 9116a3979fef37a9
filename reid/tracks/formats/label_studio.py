"""Label Studio: rectangles of a video, as keyframes with straight lines between them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from frameatlas.reid.tracks.formats.several_videos import of_video
from frameatlas.reid.tracks.formats.table import BadLine, TableBuilder, TrackTable


def is_label_studio(data: Any) -> bool:
    """Whether it is a list of tasks with results of video rectangles."""
    tasks = data if isinstance(data, list) else [data]
    return any(_of_task(task) for task in tasks if isinstance(task, dict))


def _results(data: Any, video: str = "", place: str = "") -> Sequence[Mapping[str, Any]]:
    tasks = [
        task for task in (data if isinstance(data, list) else [data]) if isinstance(task, dict)
    ]
    by_task = [(_video_of(task), _of_task(task)) for task in tasks]
    return of_video([pair for pair in by_task if pair[1]], video, place)


def _of_task(task: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rectangles of one task: of its last answer that was not cancelled."""
    answers = [
        answer
        for answer in (*_list(task, "annotations"), *_list(task, "completions"), task)
        if not answer.get("was_cancelled") and _rectangles(answer)
    ]
    if answers:
        return _rectangles(answers[-1])
    small = [box for box in _list(task, "box") if isinstance(box.get("sequence"), list)]
    return [{"id": str(number), "value": box} for number, box in enumerate(small)]


def _rectangles(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    values = ((result, result.get("value")) for result in _list(answer, "result"))
    return [r for r, v in values if isinstance(v, dict) and isinstance(v.get("sequence"), list)]


def _video_of(task: Mapping[str, Any]) -> str:
    """The video of a task; an upload's name begins with eight letters of Label Studio's own."""
    data = task.get("data")
    held = data.values() if isinstance(data, dict) else [task.get("video")]
    name = next((value for value in held if isinstance(value, str) and "." in value), "")
    return re.sub(r"^[0-9a-f]{8}-", "", re.split(r"[/\\]", name)[-1])


def _list(value: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = value.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def read_label_studio(data: Any, place: str, video: str) -> TrackTable:
    """The boxes of every frame; a box that is switched off ends at its last keyframe.

    Raises:
        SourceError: It holds several videos, of which none is called so.
    """
    builder = TableBuilder("Label Studio")
    for number, result in enumerate(_results(data, video, place)):
        value = result["value"]
        labels = value.get("labels") or value.get("rectanglelabels") or [""]
        keys = [key for key in value["sequence"] if _is_key(key)]
        if len(keys) < len(value["sequence"]):
            builder.bad.append(BadLine(0, f"track {number + 1} has keyframes that are no boxes"))
        keys.sort(key=lambda key: key["frame"])
        for here, following in zip(keys, [*keys[1:], None], strict=True):
            _between(builder, here, following, number, str(labels[0]))
    return builder.built(first=1, named=True, normalised=True)


def _is_key(key: Any) -> bool:
    names = ("frame", "x", "y", "width", "height")
    return isinstance(key, dict) and all(isinstance(key.get(n), int | float) for n in names)


def _between(
    builder: TableBuilder,
    here: Mapping[str, Any],
    following: Mapping[str, Any] | None,
    track: int,
    label: str,
) -> None:
    """The boxes from a keyframe up to the one before the next; shares of the picture."""
    names = ("x", "y", "width", "height")
    begin = [float(here[name]) / 100 for name in names]
    stop = int(here["frame"]) + 1
    end = begin
    if following is not None and here.get("enabled", True):
        stop, end = int(following["frame"]), [float(following[name]) / 100 for name in names]
    length = stop - int(here["frame"])
    for step in range(min(length, 1_000_000)):
        share = step / length
        box = [a + share * (b - a) for a, b in zip(begin, end, strict=True)]
        builder.add(int(here["frame"]) + step, track, box, label=label)
