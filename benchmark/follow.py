"""Following people: ours and the trackers of other libraries on the same detections.

    python -m benchmark follow [--data pets evening] [--seeds 7 8 9] [--detector FILE.onnx]
                               [--folder FOLDER] [--json]

Detections are made once, and kept in ``--folder`` where it is given. ``pets`` is the real film of
the shared people, whose labels are of every seventh frame or so; ``evening`` the drawn one of
``benchmark evening``, a film for each seed. What a tracklet should be for finding identities is
pure, and there where somebody is: ``kept`` is the share of all true boxes that lie in a tracklet
which is mostly theirs, the most that the best linking can get right.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.evening import draw
from benchmark.follow_peers import Way, ways
from benchmark.learn import SHARED as PEOPLE
from benchmark.learn_people import VIDEO
from benchmark.machine import describe_machine
from benchmark.players_footage import from_truth, matched
from benchmark.tables import markdown
from frameatlas.embedder.describe.engine import engine_choice
from frameatlas.embedder.describe.openvino_import import import_openvino
from frameatlas.plurals import count_of
from frameatlas.progress import NullProgress
from frameatlas.reid.detect.detections import Detections
from frameatlas.reid.detect.detector import open_detector
from frameatlas.reid.detect.follow import follow
from frameatlas.reid.detect.search import forget_parts, plan_search, search_video
from frameatlas.reid.evaluate.tracking_metrics import score_tracking
from frameatlas.reid.tracks.frame_reader import open_pictures
from frameatlas.reid.tracks.mot import Tracks, read_mot

Scores = dict[str, float]

FIGURES = ("recall", "purity", "kept", "pieces", "idf1", "hota", "seconds")


@dataclass(frozen=True, eq=False)
class Film:
    """A film, what was found in it, and the truth.

    Attributes:
        name: Its data.
        detections: Every box of the detector.
        truth: True boxes, perhaps of some frames only; tracks are people.
        rate: Frames a second.
    """

    name: str
    detections: Detections
    truth: Tracks
    rate: float


def main(argv: Sequence[str]) -> int:
    """Detect, follow in every way, score and print."""
    options = _parser().parse_args(argv)
    given = nullcontext(options.folder) if options.folder else tempfile.TemporaryDirectory()
    with given as folder:
        found: dict[str, dict[str, list[Scores]]] = {}
        for film in _films(Path(folder), options):
            for way, run in {"ours": follow, **ways()}.items():
                found.setdefault(film.name, {}).setdefault(way, []).append(measure(film, run))
    report = {
        "benchmark": "follow",
        "machine": describe_machine(),
        "detector": options.detector.name if options.detector else "the one that ships",
        "films": found,
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def measure(film: Film, way: Way) -> Scores:
    """Follow in one way, and score it at the frames that are labelled."""
    begun = time.process_time()
    tracks = way(film.detections, film.rate)
    return score(tracks, film.truth) | {"seconds": time.process_time() - begun}


def score(tracks: Tracks, truth: Tracks) -> Scores:
    """How many true boxes are followed, how pure the tracklets are, and what linking could keep."""
    labelled = tracks.rows(np.isin(tracks.frame, truth.frame))
    person = matched(labelled, truth)
    best = right = 0
    for track in np.unique(labelled.track):
        own = person[labelled.track == track]
        known = own[own >= 0]
        most = int(np.bincount(known).max()) if len(known) else 0
        best += most
        right += len(known)
    scores = score_tracking(truth, labelled) if len(labelled) else None
    return {
        "recall": right / len(truth),
        "purity": best / max(right, 1),
        "kept": best / len(truth),
        "pieces": len(np.unique(labelled.track)) / len(np.unique(truth.track)),
        "idf1": scores.idf1 if scores else 0.0,
        "hota": scores.hota if scores else 0.0,
    }


def _films(folder: Path, options: argparse.Namespace) -> Iterator[Film]:
    if "pets" in options.data:
        video = PEOPLE / VIDEO
        if not video.is_file():
            raise SystemExit(f"Expected the shared film {video}. Received: nothing there.")
        truth = from_truth(PEOPLE / "boxes.csv", video, 0).cameras[0].boxes
        yield _film("pets", video, truth, folder / "pets", options)
    if "evening" in options.data:
        for seed in options.seeds:
            place = folder / f"evening-{options.people}-{options.seconds}-{seed}"
            video = place / "evening.mp4"
            if not (place / "truth.txt").is_file():
                draw(place, options.people, options.seconds, seed)
            yield _film("evening", video, read_mot(place / "truth.txt")[0], place, options)


def _film(name: str, video: Path, truth: Tracks, folder: Path, options: argparse.Namespace) -> Film:
    """A film with its detections, found anew where they are not kept."""
    pictures = open_pictures(video)
    there = engine_choice("auto") == "openvino"
    detector = open_detector(options.detector, import_openvino() if there else None)
    try:
        kept = folder / f"detections-{detector.identity[:16].replace('/', '_')}.h5"
        found = Detections.load(kept) if kept.is_file() else None
        if found is None:
            plan = plan_search(pictures, detector, 1)
            found = search_video(
                pictures, detector, plan, folder / "parts", NullProgress(), lambda: False
            )
            found.save(kept)
            forget_parts(folder / "parts")
    finally:
        detector.close()
    return Film(name, found, truth, float(pictures.rate))


def table(report: dict[str, Any]) -> str:
    """A table for each kind of film; several films as mean ± spread."""
    parts = [f"Detector: {report['detector']}."]
    for name, found in report["films"].items():
        films = len(next(iter(found.values())))
        parts.append(f"{name}, {count_of(films, 'film')}:")
        rows = [[way, *(_cell(scores, key) for key in FIGURES)] for way, scores in found.items()]
        heads = ["", "followed", "purity", "kept", "pieces a person", "IDF1", "HOTA", "processor s"]
        parts.append(markdown(heads, rows))
    return "\n\n".join(parts)


def _cell(scores: list[Scores], key: str) -> str:
    values = np.array([one[key] for one in scores])
    digits = 1 if key in ("pieces", "seconds") else 3
    spread = f" ± {values.std(ddof=1):.{digits}f}" if len(values) > 1 else ""
    return f"{values.mean():.{digits}f}{spread}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmark follow", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", nargs="+", choices=("pets", "evening"), default=["evening"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9], help="of drawn films")
    parser.add_argument("--people", type=int, default=25)
    parser.add_argument("--seconds", type=int, default=32)
    parser.add_argument("--detector", type=Path, help="an ONNX file; else the one that ships")
    parser.add_argument("--folder", type=Path, help="where films and detections are kept")
    parser.add_argument("--json", action="store_true")
    return parser
