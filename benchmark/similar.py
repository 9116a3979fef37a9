"""Edited copies of a video among others: which distance ranks them first, and how clearly.

Videos whose names begin alike, up to the first dash, are copies of one take. For each of them as
the query, all its siblings must come before all other videos.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmark.machine import describe_machine
from frameatlas import Atlas, near_duplicates, open_atlas, similar_videos
from frameatlas.embedder import index_videos
from frameatlas.search.video_paths import SPACES, videos_of

NEAR = Path(__file__).parents[2] / "shared" / "data" / "near"
TAKES = ("chair", "pattern")
"""Begins of the names of copies in the shared videos."""

THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4)


def main(argv: list[str]) -> int:
    """Measure and print; the exit code is 1 if the default distance misplaces a sibling."""
    parser = argparse.ArgumentParser(prog="python -m benchmark similar", description=__doc__)
    parser.add_argument("paths", nargs="*", help="videos or folders (default: the shared copies)")
    parser.add_argument("--atlas", type=Path, help="an atlas of them, instead of indexing them")
    parser.add_argument("--takes", default=",".join(TAKES), help="begins of names, with commas")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(argv)
    paths = options.paths or [str(NEAR)]
    if options.atlas is None and not all(Path(path).exists() for path in paths):
        print(f"Expected videos. Received: {paths}, not there; name some.", file=sys.stderr)
        return 2
    takes = tuple(options.takes.split(","))
    if options.atlas is not None:
        figures = measured(open_atlas(options.atlas), takes)
    else:
        with tempfile.TemporaryDirectory() as folder:
            figures = measured(indexed(paths, Path(folder) / "near.atlas"), takes)
    figures = {"benchmark": "similar", "machine": describe_machine(), **figures}
    print(json.dumps(figures) if options.json else table(figures))
    first = figures["rankings"][0]
    return int(first["first"] < first["queries"])


def indexed(paths: list[str], folder: Path) -> Atlas:
    """The videos as an atlas."""
    return index_videos(paths, folder).atlas


def measured(atlas: Atlas, takes: tuple[str, ...]) -> dict[str, Any]:
    """How all four distances rank, and what is grouped at some thresholds."""
    return {
        "videos": len(videos_of(atlas)),
        "rankings": [
            ranking(atlas, takes, space, ordered) for space in SPACES for ordered in (False, True)
        ],
        "groups": [grouping(atlas, takes, within) for within in THRESHOLDS],
    }


def ranking(atlas: Atlas, takes: tuple[str, ...], space: str, ordered: bool) -> dict[str, Any]:
    """For each copy as the query: do all its siblings come first, and by which margin?"""
    first, misplaced, margins, seconds = 0, 0, [], []
    queries = [number for number in videos_of(atlas) if take_of(atlas, number, takes)]
    for query in queries:
        begun = time.perf_counter()
        found = similar_videos(atlas, query, count=len(atlas), space=space, ordered=ordered)
        seconds.append(time.perf_counter() - begun)
        own = take_of(atlas, query, takes)
        siblings = [one.distance for one in found if take_of(atlas, one.number, takes) == own]
        others = [one.distance for one in found if take_of(atlas, one.number, takes) != own]
        first += max(siblings) < min(others)
        misplaced += sum(distance >= min(others) for distance in siblings)
        margins.append(max(siblings) / max(min(others), 1e-9))
    return {
        "space": space,
        "ordered": ordered,
        "queries": len(queries),
        "first": first,
        "misplaced": misplaced,
        "worst_margin": round(max(margins), 3),
        "mean_margin": round(sum(margins) / len(margins), 3),
        "seconds_a_query": round(min(seconds), 3),
    }


def grouping(atlas: Atlas, takes: tuple[str, ...], within: float) -> dict[str, Any]:
    """Copies that are in a group with a sibling, and groups that mix what is none."""
    copies = [number for number in videos_of(atlas) if take_of(atlas, number, takes)]
    groups = near_duplicates(atlas, within=within)
    members = [[take_of(atlas, one.number, takes) for one in group] for group in groups]
    return {
        "within": within,
        "copies": len(copies),
        "grouped": sum(bool(take) for group in members for take in group),
        "groups": len(groups),
        "others_grouped": sum(not take for group in members for take in group),
        "mixed": sum(len(set(group)) > 1 for group in members),
    }


def take_of(atlas: Atlas, number: int, takes: tuple[str, ...]) -> str:
    """Which take a video is a copy of; "" if it is none."""
    begin = Path(atlas.sources[number].path).name.partition("-")[0]
    return begin if begin in takes else ""


def table(figures: dict[str, Any]) -> str:
    """Two tables in Markdown."""
    lines = [
        f"{figures['videos']} videos; margin = farthest sibling over nearest other video.",
        "",
        "| distance | all siblings first | siblings misplaced | margin, worst | mean | s a query |",
        "|---|---|---|---|---|---|",
    ]
    for row in figures["rankings"]:
        name = f"{row['space']}, {'ordered' if row['ordered'] else 'as sets'}"
        lines.append(
            f"| {name} | {row['first']} of {row['queries']} | {row['misplaced']} | "
            f"{row['worst_margin']:.2f} | {row['mean_margin']:.2f} | {row['seconds_a_query']} |"
        )
    lines += ["", "| within | copies in a group | groups | other videos in groups | mixed groups |"]
    lines.append("|---|---|---|---|---|")
    for row in figures["groups"]:
        lines.append(
            f"| {row['within']} | {row['grouped']} of {row['copies']} | {row['groups']} | "
            f"{row['others_grouped']} | {row['mixed']} |"
        )
    return "\n".join(lines)
