"""What is like a frame or a video, as the page shows it."""

import numpy as np

from frameatlas.browser.view.frame_facts import found_of
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.errors import DamagedAtlasError
from frameatlas.geometry.directions import directions
from frameatlas.search.compared_scores import compared_scores
from frameatlas.search.neighbours import Neighbours, frame_neighbours
from frameatlas.search.similar_shots import similar_shots
from frameatlas.search.video_similarity import LEAST_SECOND, similar_videos

APART_SECONDS = 5.0
"""Seconds in which a better frame stands for its neighbours in time."""


def nearest_to(
    opened: OpenMap, frame: int, count: int, *, apart: bool, every: bool = False
) -> list[dict[str, object]]:
    """The frames most like one, in feature space.

    Args:
        opened: The map.
        frame: Which.
        count: How many.
        apart: Leave out its own video, and what lies within 5 s of a better one.
        every: Also frames of one shot, and of the frame's own; without it the best of each.
    """
    check_scores(opened)
    found = frame_neighbours(
        opened.atlas,
        frame,
        count,
        skip_near=APART_SECONDS if apart else 0.0,
        other_sources_only=apart,
        groups=None if every else opened.shot_groups(),
    )
    return like_rows(opened, found)


def like_rows(opened: OpenMap, found: Neighbours) -> list[dict[str, object]]:
    """Frames found, with how like they are."""
    pairs = zip(found.frames.tolist(), found.similarity.tolist(), strict=True)
    return [{**found_of(opened, n), "similarity": round(alike, 4)} for n, alike in pairs]


def similar_to(opened: OpenMap, number: int, count: int) -> dict[str, object]:
    """The videos whose way over the map is most like one's, and those that differ most.

    Those that differ are told from 64 frames each: looking at all frames of all videos would take
    minutes where there are many long ones.
    """
    check_scores(opened)
    second = max(LEAST_SECOND, 2 * count)
    every = similar_videos(opened.atlas, number, count=len(opened.sources), second=second)
    rows = [
        {
            "source": one.number,
            "name": opened.name_of(one.number),
            "distance": round(float(one.distance), 4),
        }
        for one in every
    ]
    return {"similar": rows[:count], "different": rows[::-1][:count]}


def similar_shots_to(opened: OpenMap, number: int, count: int) -> list[dict[str, object]]:
    """The shots of other videos that are most like any shot of one, one row a shot.

    Args:
        opened: The map.
        number: The video.
        count: How many.

    Returns:
        Empty where no shots of it are known, or none of others.
    """
    check_scores(opened)
    if not opened.shots().of_source(number):
        return []
    return [
        {
            "source": one.shot.source,
            "name": opened.name_of(one.shot.source),
            "begin": round(one.shot.begin, 3),
            "until": round(one.shot.until, 3),
            "frame": one.shot.frames[len(one.shot.frames) // 2],
            "of": None if one.of is None else round(one.of.begin, 3),
            "distance": round(one.distance, 4),
        }
        for one in similar_shots(opened.atlas, number, count)
    ]


def check_scores(opened: OpenMap) -> None:
    """Refuse to read scores whose file was cut short since it was mapped: that ends a process.

    A file that is cut in the very moment between is not caught.

    Raises:
        DamagedAtlasError: The file is shorter than it was.
    """
    scores, path = opened.atlas.scores, opened.atlas.map_folder / "scores.npy"
    try:
        there = path.stat().st_size
    except OSError:
        return  # what is mapped stays readable, though it has no name any more
    if isinstance(scores, np.memmap) and there < scores.offset + scores.nbytes:
        raise DamagedAtlasError(
            f"Expected {path} to be as it was when it was opened. Received: a shorter file; run "
            "`frameatlas index --refit` on the same videos to draw the map again."
        )


def novelty_of(opened: OpenMap, number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """How new each frame of a video is: float32 of shape (n, 2), seconds and distance.

    The distance is that of its direction in feature space from the frame before, 0 to 2.
    """
    check_scores(opened)
    own = opened.atlas.range_of(number)
    rows = np.asarray(compared_scores(opened.atlas)[own.start : own.stop], np.float32)
    unit = directions(rows)
    steps = 1 - (unit[1:] * unit[:-1]).sum(axis=1)
    seconds = opened.atlas.seconds[own.start : own.stop]
    return np.column_stack([seconds, np.concatenate([[0.0] * min(1, len(rows)), steps])]).astype(
        np.float32
    )
