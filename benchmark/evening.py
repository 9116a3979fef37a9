"""An evening's game from a video alone to statistics, with the truth beside it. Drawn, and said so.

    python -m benchmark evening [--people 25] [--seconds 60] [--detector FILE.onnx] [--json]

One film of a game under floodlight: two cameras that turn with the ball, cut from one to the other
every few seconds. `frameatlas players FILM --stats` is run on it, as anybody would, and what it
finds is compared with who was really there. The detector that ships was never shown drawn people
and finds few of them; YOLOX-nano finds nearly all.
"""

import argparse
import csv
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass, replace
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from benchmark.machine import describe_machine
from benchmark.players_footage import matched
from benchmark.tables import markdown
from frameatlas.embedder.decode.ffmpeg.film_writer import FilmWriter
from frameatlas.reid.evaluate.score_players import score_players
from frameatlas.reid.identify.identities import Identities, Segments
from frameatlas.reid.statistics.player_boxes import PlayerBoxes
from frameatlas.reid.statistics.statistics import GameStatistics, statistics_of
from frameatlas.reid.synthetic.game import SIZE, GameOptions, SyntheticGame
from frameatlas.reid.synthetic.motion import RATE
from frameatlas.reid.tracks.mot import Tracks, write_mot

SHOT = 8
"""Seconds from one cut to the next."""

FLOODLIGHT = GameOptions(figure=96, variety=0.8, cast=0.5, noise=4, jitter=0.0)

Row = dict[str, Any]
Players = Callable[[list[str]], None]
"""Runs the command with these arguments."""


@dataclass(frozen=True, eq=False)
class Evening:
    """A drawn film and the truth of it.

    Attributes:
        game: What was filmed.
        film: The film.
        truth: Exact boxes; tracks are people.
        shot: int64 of shape (frames,): which shot each frame is of.
    """

    game: SyntheticGame
    film: Path
    truth: Tracks
    shot: NDArray[np.int64]


def main(argv: list[str]) -> int:
    """Draw, run, compare and print."""
    parser = argparse.ArgumentParser("python -m benchmark evening", description=__doc__)
    parser.add_argument("--people", type=int, default=25, help="both teams and a referee")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--detector", type=Path, help="an ONNX file; else the one that ships")
    parser.add_argument("--folder", type=Path, help="where film and players are kept")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    given = nullcontext(options.folder) if options.folder else tempfile.TemporaryDirectory()
    with given as folder:
        evening = draw(Path(folder), options.people, options.seconds, options.seed)
        more = ["--detector", str(options.detector.absolute())] if options.detector else []
        report = measure(evening, more)
    report |= {"benchmark": "evening", "machine": describe_machine()}
    report["detector"] = options.detector.name if options.detector else "the one that ships"
    print(json.dumps(report) if options.json else table(report))
    return 0


def draw(folder: Path, people: int, seconds: int, seed: int) -> Evening:
    """Draw the film, and write ``truth.txt`` beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    per_team = (people - 1) // 2
    game = SyntheticGame(replace(FLOODLIGHT, per_team=per_team, seconds=seconds, seed=seed))
    shot = np.arange(game.frames) // (SHOT * RATE)
    parts = []
    for number, camera in enumerate(game.cameras):
        boxes = game.seen(camera).boxes
        parts.append(boxes.rows(shot[boxes.frame - 1] % 2 == number))
    truth = _joined(parts)
    film = folder / "evening.mp4"
    with FilmWriter(film, Fraction(RATE)) as writer:
        for picture in _pictures(game, shot):
            writer.write(picture)
    write_mot(folder / "truth.txt", truth, truth.track)
    return Evening(game, film, truth, shot)


def _pictures(game: SyntheticGame, shot: NDArray[np.int64]) -> Iterator[NDArray[np.uint8]]:
    for frame, number in enumerate(shot.tolist(), 1):
        yield game.picture(game.cameras[number % 2], frame)


def _joined(parts: list[Tracks]) -> Tracks:
    frame, track, box, seen = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("frame", "track", "box", "confidence")
    )
    joined = Tracks(frame, track, box, seen, "evening")
    return joined.rows(np.lexsort((joined.track, joined.frame)))


def run_players(arguments: list[str]) -> None:
    """The command, in this process; what it says is not printed."""
    from frameatlas.cli.main import cli

    with redirect_stdout(StringIO()):
        cli.main(["players", *arguments], standalone_mode=False)


def measure(evening: Evening, more: list[str], players: Players = run_players) -> Row:
    """Run the command and compare what it found with the truth."""
    start = time.perf_counter()
    output = evening.film.with_name("evening.players")
    players([str(evening.film), "--stats", "-o", str(output), *more])
    seconds = time.perf_counter() - start
    scores = score_players(output, [evening.film.with_name("truth.txt")])
    persons = compare(evening, output)
    return {
        "seconds": round(seconds, 1),
        "film_seconds": evening.game.options.seconds,
        "people": scores.people,
        "found": len(_csv(output / "stats.csv")),
        "recall": round(scores.matched / scores.true, 4),
        "precision": round(scores.matched / max(scores.given, 1), 4),
        "accuracy": round(scores.levels["duration"].accuracy, 4),
        "purity": round(scores.levels["tracklet"].purity, 4),
        "tracklets": len(_csv(output / "players.csv")),
        "idf1": round(scores.tracking.idf1, 4),
        "hota": round(scores.tracking.hota, 4),
        "persons": persons,
    }


def compare(evening: Evening, output: Path) -> list[Row]:
    """Of each person, the truth and what was found of the player who stands for them."""
    true = true_statistics(evening)
    rows = _csv(next((output / "boxes").glob("*.csv")))
    given = Tracks(
        np.array([int(row["frame"]) for row in rows], np.int64),
        np.zeros(len(rows), np.int64),
        np.array(
            [[float(row[name]) for name in ("left", "top", "width", "height")] for row in rows]
        ),
        np.ones(len(rows), np.float32),
    )
    person = matched(given, evening.truth)
    stats = {row["player"]: row for row in _csv(output / "stats.csv")}
    names = list(stats)
    people = [int(one.name) for one in true.players]
    votes = np.zeros((len(people), len(names)))
    for row, who in zip(rows, person.tolist(), strict=True):
        if who >= 0 and row["player"] in stats:
            votes[people.index(who), names.index(row["player"])] += 1
    pairs = dict(zip(*linear_sum_assignment(-votes), strict=True))
    found = []
    for place, one in enumerate(true.players):
        best = pairs.get(place)
        own = stats[names[best]] if best is not None and votes[place, best] else None
        found.append(
            {
                "person": one.name,
                "player": own["player"] if own else "",
                "seconds_true": round(one.seconds, 1),
                "seconds": float(own["seconds"]) if own else 0.0,
                "heights_true": round(one.heights.distance, 1),
                "heights": float(own["heights"] or 0) if own else 0.0,
            }
        )
    return found


def true_statistics(evening: Evening) -> GameStatistics:
    """Statistics of the exact boxes, each shot of each person a tracklet of its own."""
    truth, people = evening.truth, [person.identity for person in evening.game.people]
    player = np.searchsorted(people, truth.track)
    piece = np.unique(player * 100_000 + evening.shot[truth.frame - 1], return_inverse=True)[1]
    order = np.lexsort((truth.frame, piece))
    boxes = PlayerBoxes(
        "evening", float(RATE), 1, SIZE, truth.frame[order], player[order], piece[order],
        piece[order], truth.box[order], truth.confidence[order],
    )  # fmt: skip
    number = np.arange(int(piece.max()) + 1)
    who = player[order][np.unique(piece[order], return_index=True)[1]]
    sure = np.ones(len(number))
    segments = Segments(number, number, number, who, sure)
    known = Identities(
        who, np.full(len(number), -1), sure, segments, tuple(map(str, people)),
        0.0, 0.0, True, 0.0, 0.0, len(people),
    )  # fmt: skip
    return statistics_of((boxes,), known)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def table(report: Row) -> str:
    """The report for people to read."""
    heads = ("person", "player", "seconds, true", "found", "heights run, true", "found")
    rows = [tuple(person.values()) for person in report["persons"]]
    off = [
        abs(p[name] / p[f"{name}_true"] - 1)
        for name in ("seconds", "heights")
        for p in report["persons"]
        if p[f"{name}_true"] > 0
    ]
    half = len(off) // 2
    return "\n".join(
        [
            f"Synthetic: {report['people']} people, {report['film_seconds']} s, two cameras that "
            f"turn, cut every {SHOT} s; detector: {report['detector']}; "
            f"{report['seconds']:.0f} s in all.",
            f"{report['found']} players in {report['tracklets']} tracklets of purity "
            f"{report['purity']:.2f}; recall {report['recall']:.2f}, precision "
            f"{report['precision']:.2f}; right of the matched boxes {report['accuracy']:.2f}; IDF1 "
            f"{report['idf1']:.2f}, HOTA {report['hota']:.2f}.",
            f"Median error of a person's time {np.median(off[:half]):.0%}, of the way "
            f"{np.median(off[half:]):.0%}.",
            "",
            markdown(heads, rows),
        ]
    )
