"""Label Studio: rectangles of a video, as keyframes with straight lines between them."""

from collections.abc import Mapping, Sequence
from typing import Any

from frameatlas.reid.tracks.formats.table import BadLine, TableBuilder, TrackTable


def is_label_studio(data: Any) -> bool:
    """Whether it is a list of tasks with results of video rectangles."""
    return any(True for _ in _results(data))


def _results(data: Any) -> Sequence[Mapping[str, Any]]:
    tasks = data if isinstance(data, list) else [data]
    found = []
    for task in tasks:
        if not isinstance(task, dict):
            continue
        for answer in (*_list(task, "annotations"), *_list(task, "completions"), task):
            for result in _list(answer, "result"):
                value = result.get("value")
                if isinstance(value, dict) and isinstance(value.get("sequence"), list):
                    found.append(result)
        for box in _list(task, "box"):  # the small export, JSON-MIN
            if isinstance(box.get("sequence"), list):
                found.append({"id": str(len(found)), "value": box})
    return found


def _list(value: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = value.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def read_label_studio(data: Any, _: str, __: str) -> TrackTable:
    """The boxes of every frame; a box that is switched off ends at its last keyframe."""
    builder = TableBuilder("Label Studio")
    for number, result in enumerate(_results(data)):
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
