"""LosslessCut's projects (.llc): one for each video, with its segments.

https://github.com/mifi/lossless-cut writes JSON5, of which JSON is a part.
"""

import json
from collections.abc import Sequence

from frameatlas.handover.cuts import Cut, Media


def llc_projects(cuts: Sequence[Cut]) -> dict[Media, str]:
    """For each video, in the order of the cuts, the text of its project; its times are exact."""
    by_media: dict[Media, list[Cut]] = {}
    for cut in cuts:
        by_media.setdefault(cut.media, []).append(cut)
    return {media: _project(media, own) for media, own in by_media.items()}


def _project(media: Media, cuts: Sequence[Cut]) -> str:
    segments = [
        {"start": round(float(cut.begin), 6), "end": round(float(cut.end), 6)}
        | {"name": "" if cut.name == media.path.name else cut.name}
        for cut in cuts
    ]
    project = {"version": 1, "mediaFileName": media.path.name, "cutSegments": segments}
    return json.dumps(project, indent=2) + "\n"
