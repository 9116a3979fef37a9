"""``frameatlas similar --per shot``: shots like those of a video; shots that come again."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from frameatlas.atlas import Atlas
from frameatlas.bins.stored import read_bins
from frameatlas.cli.footage.cuts import check_cut_list, hand_over
from frameatlas.cli.footage.shot_hits import SPAN_OF_SHOT
from frameatlas.cli.video_results import print_table
from frameatlas.errors import InputError
from frameatlas.handover.cuts import CutOptions, Stretch
from frameatlas.safe_text import say
from frameatlas.search.frame_reference import format_timestamp
from frameatlas.search.similar_shots import (
    SHOTS_WITHIN,
    AlikeShot,
    near_duplicate_shots,
    similar_shots,
)
from frameatlas.search.source_lookup import named_source
from frameatlas.shots import Shot

NO_CHANGE = CutOptions()
"""Shots as they are."""


def list_similar_shots(
    atlas: Atlas,
    video: str,
    count: int,
    as_json: bool,
    output: Path | None,
    cut_options: CutOptions = NO_CHANGE,
) -> None:
    """Print the shots of other videos that are most like any shot of one; write a cut list.

    Args:
        atlas: The atlas.
        video: A video of it, by name, path or id.
        count: How many.
        as_json: Print a list of objects.
        output: A cut list.
        cut_options: Its handles and gaps.
    """
    if output is not None:
        check_cut_list(output)
    found = similar_shots(atlas, named_source(atlas, video), count)
    if as_json:
        say(json.dumps([_values(atlas, one) for one in found], indent=1))
    else:
        rows = [
            (str(n), f"{one.distance:.3f}", _span(one.shot), _span(one.of), _path(atlas, one))
            for n, one in enumerate(found, 1)
        ]
        print_table(rows, ("rank", "distance", SPAN_OF_SHOT, "is like, from – to", "path"))
    if output is not None:
        _cut(atlas, found, output, cut_options)


def list_duplicate_shots(
    atlas: Atlas,
    within: float | None,
    as_json: bool,
    output: Path | None,
    cut_options: CutOptions = NO_CHANGE,
) -> None:
    """Print groups of shots that are nearly the same; write a cut list of all of them.

    Args:
        atlas: The atlas.
        within: Largest distance to the nearest of the group; None takes 0.1.
        as_json: Print a list of groups.
        output: A cut list.
        cut_options: Its handles and gaps.
    """
    if output is not None:
        check_cut_list(output)
    limit = SHOTS_WITHIN if within is None else within
    groups = near_duplicate_shots(atlas, within=limit, bins=read_bins(atlas.folder))
    if as_json:
        say(json.dumps([[_values(atlas, one) for one in group] for group in groups], indent=1))
    elif not groups:
        say("No shots are nearly the same.")
    else:
        for number, group in enumerate(groups, 1):
            say(f"{'' if number == 1 else chr(10)}Group {number}: {len(group)} shots")
            rows = [(f"{one.distance:.3f}", _span(one.shot), _path(atlas, one)) for one in group]
            print_table(rows, ("distance", SPAN_OF_SHOT, "path"))
    if output is not None:
        _cut(atlas, [one for group in groups for one in group], output, cut_options)


def refuse_with_shots(options: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """Refuse options that are about whole videos.

    Args:
        options: All that were given.
        defaults: What those options are where they are not given.

    Raises:
        InputError: One of them is given.
    """
    for name, default in defaults.items():
        if options[name] != default:
            raise InputError(
                f"Expected no --{name.replace('_', '-')} with --per shot. Received: it, which is "
                "about whole videos; leave it out."
            )


def _values(atlas: Atlas, one: AlikeShot) -> dict[str, Any]:
    found = {
        "path": _path(atlas, one),
        "distance": round(one.distance, 6),
        "shot": [round(one.shot.begin, 4), round(one.shot.until, 4)],
        "frames": len(one.shot.frames),
        "id": atlas.sources[one.shot.source].id,
    }
    if one.of is not None:
        found["like"] = [round(one.of.begin, 4), round(one.of.until, 4)]
    return found


def _path(atlas: Atlas, one: AlikeShot) -> str:
    return str(atlas.sources[one.shot.source].path)


def _span(shot: Shot | None) -> str:
    if shot is None:
        return ""
    return f"{format_timestamp(shot.begin)} – {format_timestamp(shot.until)}"


def _cut(atlas: Atlas, found: Sequence[AlikeShot], output: Path, cut_options: CutOptions) -> None:
    shots = [one.shot for one in found]
    hand_over(atlas, [Stretch(s.source, s.begin, s.until) for s in shots], cut_options, output)
