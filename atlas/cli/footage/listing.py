"""``search --where`` and ``--said``: frames by what is known of them, lines by what is said."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.cli.clip_results import MOST_ON_A_SHEET, frame_picture, write_pictures
from frameatlas.cli.footage.conditions import mask_of
from frameatlas.cli.footage.cuts import hand_over
from frameatlas.cli.frame_results import frame_values, moment_of
from frameatlas.cli.video_results import print_table
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.where import Condition
from frameatlas.handover.cut_lists import is_cut_list
from frameatlas.handover.cuts import CutOptions, Stretch, stretches_of
from frameatlas.plurals import count_of
from frameatlas.safe_text import one_line, say
from frameatlas.shots import Shots, best_frames
from frameatlas.subtitles.said import Speech, Spoken

Frames = NDArray[np.int64]

MOST_ROWS = 1000
"""Rows of a table that a person reads."""


def list_known(
    atlas: Atlas,
    said: str | None,
    where: tuple[str, ...],
    as_json: bool,
    output: Path | None,
    options: CutOptions,
    *,
    one_each: bool = False,
) -> None:
    """Print all lines with some words, or all frames for which conditions hold; write them too.

    Args:
        atlas: The atlas.
        said: Words or phrases; None for frames.
        where: Conditions, which lines have to fulfil when they begin.
        as_json: Print one list of objects.
        output: A contact sheet or a cut list.
        options: Of the cut list.
        one_each: Of the frames, only the best one of each shot.

    Raises:
        InputError: The words or a condition cannot be meant.
    """
    if said is None:
        frames = _list_frames(atlas, where, as_json, one_each)
        stretches, asked = list(stretches_of(atlas, frames)), ", ".join(where)
    else:
        found = _list_said(atlas, said, where, as_json)
        frames = np.array([one.frame for one in found], np.int64)
        stretches, asked = _stretches_of_lines(found), f"“{said}”"
    if output is None:
        return
    if is_cut_list(output):
        hand_over(atlas, stretches, options, output)
    elif len(frames):
        _draw(atlas, frames.tolist(), asked, output)


def _list_frames(atlas: Atlas, where: tuple[str, ...], as_json: bool, one_each: bool) -> Frames:
    mask = mask_of(atlas, where)
    assert mask is not None
    frames = best_frames(Shots(atlas), mask) if one_each else np.flatnonzero(mask)
    _print_frames(atlas, frames, _values_beside(atlas, frames, _names_of(where)), as_json)
    return frames


def _list_said(atlas: Atlas, said: str, where: tuple[str, ...], as_json: bool) -> list[Spoken]:
    speech = Speech(atlas)
    mask = mask_of(atlas, where)
    found = [one for one in speech.find(said) if mask is None or mask[one.frame]]
    _print_lines(atlas, found, as_json)
    if not speech.known:
        why = (
            "No video has subtitles, beside it or within it; `frameatlas metadata` finds new ones."
            if speech.looked_for
            else "No subtitles are known; `frameatlas metadata` reads them."
        )
        say(why, err=True)
    return found


def _draw(atlas: Atlas, frames: list[int], asked: str, output: Path) -> None:
    shown = frames[:MOST_ON_A_SHEET]
    rows = [frame_values(atlas, frame) for frame in shown]
    captions = [f"{moment_of(row)}\n{Path(row['path']).name}" for row in rows]
    title = f"{count_of(len(frames), 'frame')} of {atlas.folder.name}: {asked}"
    pictures = [frame_picture(atlas, frame) for frame in shown]
    write_pictures(atlas, pictures, captions, output, title, set())


def _names_of(where: Sequence[str]) -> list[str]:
    """The columns that conditions are about."""
    return list(dict.fromkeys(Condition.parse(text).name for text in where))


def _print_frames(
    atlas: Atlas, frames: Frames, beside: Mapping[str, Sequence[Any]], as_json: bool
) -> None:
    """Print frames in their order, each with what is said beside it.

    Args:
        atlas: The atlas.
        frames: Numbers of frames.
        beside: By name, a value for each frame.
        as_json: As one list of objects.
    """
    rows = [frame_values(atlas, int(frame)) for frame in frames]
    extra = [
        dict(zip(beside, values, strict=True)) for values in zip(*beside.values(), strict=True)
    ]
    if as_json:
        say(json.dumps([row | more for row, more in zip(rows, extra, strict=True)]))
        return
    shown = [
        (
            moment_of(row),
            Path(row["path"]).name,
            *("" if v is None else str(v) for v in more.values()),
        )
        for row, more in zip(rows[:MOST_ROWS], extra, strict=False)
    ]
    print_table(shown, ("time", "name", *beside))
    left = f"; the first {MOST_ROWS} are listed" if len(rows) > MOST_ROWS else ""
    say(f"{count_of(len(rows), 'frame')}{left}.", err=True)


def _values_beside(atlas: Atlas, frames: Frames, names: Sequence[str]) -> dict[str, list[Any]]:
    """What columns say of frames, by the columns' names."""
    columns = Columns(atlas)
    return {columns[n].name: [columns[n].at(int(frame)) for frame in frames] for n in names}


def _print_lines(atlas: Atlas, found: Sequence[Spoken], as_json: bool) -> None:
    """Print lines of subtitles: exactly when, and what; ``frame`` is shown when they begin."""
    rows = [_line_values(atlas, one) for one in found]
    if as_json:
        say(json.dumps(rows))
        return
    shown = [
        (moment_of(row), Path(row["path"]).name, one_line(row["text"])) for row in rows[:MOST_ROWS]
    ]
    print_table(shown, ("time", "name", "said"))
    left = f"; the first {MOST_ROWS} are listed" if len(rows) > MOST_ROWS else ""
    say(f"{count_of(len(rows), 'line')}{left}.", err=True)


def _line_values(atlas: Atlas, one: Spoken) -> dict[str, Any]:
    return {
        "path": atlas.sources[one.source].path,
        "seconds": one.line.begin,
        "end": one.line.end,
        "text": one.line.text,
        "track": one.track,
        "frame": one.frame,
        "id": atlas.sources[one.source].id,
    }


def _stretches_of_lines(found: Sequence[Spoken]) -> list[Stretch]:
    """Lines as stretches of video, each named by what is said."""
    return [Stretch(one.source, one.line.begin, one.line.end, one.line.text[:60]) for one in found]
