"""OpenTimelineIO's JSON: what most editing programs read today.

https://opentimelineio.readthedocs.io/en/latest/tutorials/otio-file-format-specification.html
"""

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from frameatlas.handover.cuts import Cut, Media


def otio(cuts: Sequence[Cut], title: str) -> str:
    """A timeline of cuts, one after the other, each in its video's own rate."""
    timeline: dict[str, Any] = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": title,
        "metadata": {"frameatlas": {}},
        "global_start_time": None,
        "tracks": {
            "OTIO_SCHEMA": "Stack.1",
            **_item("tracks"),
            "children": [
                {
                    "OTIO_SCHEMA": "Track.1",
                    **_item("V1"),
                    "kind": "Video",
                    "children": [_clip(cut) for cut in cuts],
                }
            ],
        },
    }
    return json.dumps(timeline, indent=1) + "\n"


def _item(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "metadata": {},
        "source_range": None,
        "effects": [],
        "markers": [],
        "enabled": True,
    }


def _clip(cut: Cut) -> dict[str, Any]:
    rate = cut.media.rate
    return {
        "OTIO_SCHEMA": "Clip.2",
        **_item(cut.name),
        "source_range": _range(cut.first, cut.frames, rate),
        "media_references": {"DEFAULT_MEDIA": _reference(cut.media)},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def _reference(media: Media) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "ExternalReference.1",
        "name": media.path.name,
        "metadata": {},
        "available_range": _range(0, round(media.duration * media.rate), media.rate),
        "available_image_bounds": None,
        "target_url": media.path.absolute().as_uri(),
    }


def _range(first: int, frames: int, rate: Fraction) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(first, rate),
        "duration": _time(frames, rate),
    }


def _time(frames: int, rate: Fraction) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": float(frames), "rate": float(rate)}
