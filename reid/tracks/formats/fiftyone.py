"""FiftyOne: videos with detections in each frame, as its own exporters write them."""

from collections.abc import Iterator, Mapping
from typing import Any

from frameatlas.reid.tracks.formats.several_videos import of_video
from frameatlas.reid.tracks.formats.table import BadLine, TableBuilder, TrackTable

_ID_KEYS = ("index", "instance_id", "track_id")


def is_fiftyone(data: Any) -> bool:
    """Whether it holds frames by number with labels in them."""
    return any(True for _ in _frames(data))


def _frames(data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and frames by number, of each sample."""
    samples = [data]
    if isinstance(data, dict) and isinstance(data.get("samples"), list):
        samples = data["samples"]
    elif isinstance(data, dict) and isinstance(data.get("labels"), dict):
        samples = [{"frames": one, "filepath": name} for name, one in data["labels"].items()]
    for sample in samples:
        frames = sample.get("frames") if isinstance(sample, dict) else None
        if isinstance(frames, dict) and frames and all(str(k).isdigit() for k in frames):
            yield str(sample.get("filepath", "")), frames


def read_fiftyone(data: Any, place: str, video: str) -> TrackTable:
    """The boxes: shares of the picture, frames from 1.

    Raises:
        SourceError: It holds several videos, of which none is called so.
    """
    builder = TableBuilder("FiftyOne")
    for frames in of_video([(name, [one]) for name, one in _frames(data)], video, place):
        for frame, labels in frames.items():
            for one in _detections(labels):
                box = _box(one)
                if box is None:
                    builder.bad.append(BadLine(0, f"frame {frame} has a label without a box"))
                    continue
                track = next((one[key] for key in _ID_KEYS if one.get(key) is not None), -1)
                builder.add(
                    int(frame),
                    track if isinstance(track, int) else str(track),
                    box,
                    confidence=float(one.get("confidence") or "nan"),
                    label=str(one.get("label", "")),
                )
    return builder.built(first=1, named=True, normalised=True)


def _detections(labels: Any) -> Iterator[Mapping[str, Any]]:
    """Every detection in the labels of a frame, however its field is called."""
    if isinstance(labels, list):
        for one in labels:
            yield from _detections(one)
    elif isinstance(labels, dict):
        if "bounding_box" in labels:
            yield labels
            return
        for value in labels.values():
            if isinstance(value, dict | list):
                yield from _detections(value)


def _box(one: Mapping[str, Any]) -> list[float] | None:
    """Left, top, width, height, as shares."""
    box = one["bounding_box"]
    if isinstance(box, dict):  # as ETA writes it
        first, last = box.get("top_left"), box.get("bottom_right")
        if not (isinstance(first, dict) and isinstance(last, dict)):
            return None
        corners = [first.get("x"), first.get("y"), last.get("x"), last.get("y")]
        known = [float(v) for v in corners if isinstance(v, int | float)]
        x1, y1, x2, y2 = known if len(known) == 4 else (0.0, 0.0, 0.0, 0.0)
        return [x1, y1, x2 - x1, y2 - y1]
    values = [float(v) for v in box if isinstance(v, int | float)] if isinstance(box, list) else []
    return values if len(values) == 4 else None
