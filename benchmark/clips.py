"""Pieces of videos found again: precision and recall, by what was done to them.

    python -m benchmark clips [--data FOLDER] [--folder KEEP] [--between 8 11] [--json]

The folders clips/ and near/ are indexed, but for a few videos that are kept out: their pieces have
to be found nowhere. Where there are no such folders, the videos of the demo are drawn instead. A
span counts as right where at both its ends the moment of the video is within a second of the true
one; a piece as found where a right span also begins and ends within a second of where it does in
the piece. The videos of near/ are edits of two takes: a right moment in another
edit of the same take is right too (edits that lack the beginning are shifted by that much).
"""

import argparse
import json
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmark.clip_pieces import Cut, Segment, length_of, planned_pieces, write_piece
from benchmark.machine import describe_machine
from benchmark.tables import Cell, markdown
from frameatlas import Atlas, open_atlas
from frameatlas.embedder import index_videos
from frameatlas.embedder.demo_videos import make_demo_videos
from frameatlas.embedder.query.describer import open_describer
from frameatlas.search.clip_matches import Span
from frameatlas.search.clip_search import find_clip

SHARED = Path(__file__).parents[2] / "shared" / "data"

ABSENT = frozenset(
    [
        "v_SoccerJuggling_g24_c01.avi",
        "chaplin.mp4",
        "R6llTwEh07w.mp4",
        "nasa_13013.mp4",
        "car-detection.mp4",
    ]
)
"""Videos kept out of the atlas; some have a near relation in it."""

TOLERANCE = 1.0
"""Seconds."""

FILMS = 4

LEFT_OUT = {"chair-19-sd-bar.mp4": 3.63, "chair-20-sd-bar.mp4": 1.97}
"""Seconds that an edit lacks at its beginning, by its length and by eye."""

TAKES = ("chair-", "pattern-")
"""How the names of the edits of one take begin."""


@dataclass
class Tally:
    """What came of the pieces of one kind.

    Attributes:
        asked: Cuts that should be found.
        found: Cuts that were.
        given: Spans given as answers.
        right: Of these, the right ones.
    """

    asked: int = 0
    found: int = 0
    given: int = 0
    right: int = 0

    def values(self) -> dict[str, Any]:
        """As JSON, with precision and recall."""
        return {
            "cuts": self.asked,
            "found": self.found,
            "spans": self.given,
            "right": self.right,
            "recall": round(self.found / self.asked, 4) if self.asked else None,
            "precision": round(self.right / self.given, 4) if self.given else None,
        }


def main(argv: list[str]) -> int:
    """Cut, describe, search, judge; print the figures."""
    options = _parser().parse_args(argv)
    keep = nullcontext(options.folder) if options.folder else TemporaryDirectory()
    with keep as folder:
        place = Path(folder)
        (place / "pieces").mkdir(parents=True, exist_ok=True)
        known, absent, data = videos_of(options.data, place / "drawn", *options.between)
        if len(known) < 3:
            raise SystemExit(
                f"Expected three videos or more in {options.data}. Received: {len(known)} of the "
                "seconds asked for; give others with --between."
            )
        films = FILMS if options.films is None else options.films
        pieces = planned_pieces(known, absent, films, each=options.each, seed=options.seed)
        pieces = pieces[:: 4 if options.quick else 1]
        atlas = atlas_of(known, place / "clips.atlas")
        measures = measured(atlas, pieces, place / "pieces")
        report = {"benchmark": "clips", "machine": describe_machine(), "frames": len(atlas)}
        report |= {"data": data, **measures}
    faults = "\n".join(measures["faults"])
    print(json.dumps(report) if options.json else f"{table(report)}\n{faults}")
    return 0


def videos_of(
    data: Path, drawn: Path, shortest: float, longest: float
) -> tuple[list[Path], list[Path], str]:
    """Videos for the atlas, videos kept out of it, and what to call them all."""
    folders = [data / "clips", data / "near"]
    if not all(folder.is_dir() for folder in folders):
        *known, last = make_demo_videos(drawn)
        return known, [last], "the demo's drawn videos"
    found = sorted(path for folder in folders for path in folder.iterdir())
    videos = [path for path in found if shortest <= length_of(path) <= longest]
    known = [video for video in videos if video.name not in ABSENT]
    absent = [video for video in videos if video.name in ABSENT]
    return known, absent, f"{len(known)} real videos"


def atlas_of(videos: Sequence[Path], folder: Path) -> Atlas:
    """An atlas of the videos, made where it is not there."""
    index_videos([str(video) for video in videos], folder)
    return open_atlas(folder)


def measured(atlas: Atlas, pieces: Sequence[Segment], folder: Path) -> dict[str, Any]:
    """Search for each piece; tallies by condition."""
    tallies: dict[str, Tally] = {}
    wrong: list[str] = []
    describing = searching = 0.0
    with open_describer(atlas) as describer:
        for piece in pieces:
            path = write_piece(piece, folder)
            begun = time.perf_counter()
            variants = describer.clip(path)
            seconds = variants[0].seconds - variants[0].seconds[0]
            described = time.perf_counter()
            spans = find_clip(atlas, [one.scores for one in variants], seconds)
            describing += described - begun
            searching += time.perf_counter() - described
            kind = "absent" if not piece.known else piece.condition
            kind = "film of three" if len(piece.cuts) > 1 else kind
            wrong += judged(atlas, piece, spans, tallies.setdefault(kind, Tally()))
    whole = Tally()
    for tally in tallies.values():
        whole.asked, whole.found = whole.asked + tally.asked, whole.found + tally.found
        whole.given, whole.right = whole.given + tally.given, whole.right + tally.right
    return {
        "pieces": len(pieces),
        "describing_seconds_a_piece": round(describing / len(pieces), 2),
        "searching_seconds_a_piece": round(searching / len(pieces), 2),
        "all": whole.values(),
        "by_condition": {name: tally.values() for name, tally in sorted(tallies.items())},
        "faults": wrong,
    }


def judged(atlas: Atlas, piece: Segment, spans: Sequence[Span], tally: Tally) -> list[str]:
    """Count what is right and found; gives a line for each fault."""
    faults: list[str] = []
    truth = piece.truth() if piece.known else []
    right = {cut: [] for cut, _, _ in truth}  # type: dict[Cut, list[Span]]
    for span in spans:
        name = Path(atlas.sources[span.source].path).name
        shown = [cut for cut, start, _ in truth if _is_right(span, name, cut, start, piece.speed)]
        tally.given += 1
        tally.right += bool(shown)
        for cut in shown:
            right[cut].append(span)
        if not shown:
            faults.append(f"{piece.name} {piece.condition}: wrong {_said(span, name)}")
    for cut, start, stop in truth:
        found = any(
            abs(span.query_from - start) <= TOLERANCE and abs(span.query_to - stop) <= TOLERANCE
            for span in right[cut]
        )
        tally.asked += 1
        tally.found += found
        if not found:
            faults.append(
                f"{piece.name} {piece.condition}: {start:.1f} to {stop:.1f} of it, from "
                f"{cut.video.name} at {cut.start:.1f}, not found"
            )
    return faults


def _is_right(span: Span, name: str, cut: Cut, start: float, speed: float) -> bool:
    """Whether a span's ends lie in the video where they should."""
    take = next((take for take in TAKES if name.startswith(take)), name)
    if not cut.video.name.startswith(take):
        return False
    shift = LEFT_OUT.get(cut.video.name, 0.0) - LEFT_OUT.get(name, 0.0)
    return (
        all(
            abs(cut.start + shift + speed * (query - start) - source) <= TOLERANCE
            for query, source in (
                (span.query_from, span.source_from),
                (span.query_to, span.source_to),
            )
        )
        and -TOLERANCE <= span.query_from - start <= cut.seconds / speed
    )


def _said(span: Span, name: str) -> str:
    return (
        f"{span.query_from:.1f} to {span.query_to:.1f} as {name} {span.source_from:.1f} to "
        f"{span.source_to:.1f}, score {span.score:.2f}"
    )


def table(report: dict[str, Any]) -> str:
    """Precision and recall by condition, as Markdown."""
    rows: list[list[Cell]] = [
        [
            name,
            values["cuts"],
            values["found"],
            _share(values["recall"]),
            values["spans"],
            values["right"],
            _share(values["precision"]),
        ]
        for name, values in [*report["by_condition"].items(), ("all", report["all"])]
    ]
    return "\n".join(
        [
            markdown(["", "cuts", "found", "recall", "spans given", "right", "precision"], rows),
            "",
            f"{report['pieces']} pieces among {report['frames']} frames of {report['data']}; "
            f"describing took {report['describing_seconds_a_piece']} s a piece, searching "
            f"{report['searching_seconds_a_piece']} s. Goal: both shares above 0.95.",
        ]
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark clips", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, default=SHARED, help="folder of clips/ and near/")
    parser.add_argument("--folder", type=Path, help="keep the atlas and the pieces here")
    parser.add_argument("--each", type=int, default=2, help="pieces of each video")
    parser.add_argument("--seed", type=int, default=1, help="0 is what thresholds were set by")
    parser.add_argument("--films", type=int, help=f"of three cuts each (default {FILMS})")
    parser.add_argument(
        "--between", type=float, nargs=2, default=(0.0, 1e9), help="seconds of videos to take"
    )
    parser.add_argument("--quick", action="store_true", help="every fourth piece")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser
