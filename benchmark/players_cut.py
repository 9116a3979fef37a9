"""Players in drawn films that are cut between cameras: cameras found, known, and not told apart.

    python -m benchmark players_cut [--film evening] [--seed 11 …] [--fresh] [--small]
                                    [--keep FOLDER] [--json]

Tracks are true and end at cuts, so what is wrong is who is who. Crops of every fifth frame.
`evening`: 25 people, two cameras that turn, eight seconds each. `ten`: 13 people, ten cameras of as
many lights and sizes, two shots of three seconds each. `close`: 17 people, a main camera and
between its shots two or three seconds of another, two of them close. `jump`: 13 people, one camera
that leaves out some seconds. `--fresh` takes films that nothing was decided on. `--small` takes
pictures of 128 pixels, not 299: good for ranking.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.evening import FLOODLIGHT
from benchmark.machine import describe_machine
from benchmark.players import describing
from benchmark.players_cases import Case, cases
from benchmark.players_crops import Describe
from benchmark.players_footage import Filmed, Footage, GamePictures
from benchmark.players_methods import ours
from benchmark.players_scores import score
from benchmark.players_small import SMALL, USUAL, small
from benchmark.tables import markdown
from frameatlas.reid.crops.crops import cut_crops
from frameatlas.reid.crops.cut_films import tell_cameras
from frameatlas.reid.crops.ground import ground_light
from frameatlas.reid.crops.selection import CropPlan
from frameatlas.reid.synthetic.game import SIZE, GameOptions, SyntheticGame
from frameatlas.reid.synthetic.motion import RATE, Camera
from frameatlas.reid.tracks.frame_reader import Picture
from frameatlas.reid.tracks.mot import Tracks

FILMS = ("evening", "ten", "close", "jump")
CHOSEN_ON = {"evening": (7, 8, 9, 10), "ten": (1, 2), "close": (1, 2), "jump": (1, 2)}
"""Seeds that were looked at while cameras were told apart."""

FRESH = {"evening": (11, 12), "ten": (3,), "close": (3,)}
"""Seeds that were first looked at when the rule was made."""

GRID = 5
"""One in so many frames has crops."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Shot:
    """A camera, and the frames of the game, from 0, that the film shows by it."""

    camera: Camera
    first: int
    stop: int


class CutPictures(GamePictures):
    """The pictures of a cut film, by number."""

    def __init__(self, game: SyntheticGame, shots: Sequence[Shot]) -> None:
        super().__init__(game, shots[0].camera)
        self.at = [(shot.camera, n + 1) for shot in shots for n in range(shot.first, shot.stop)]

    def pictures(self, wanted: Sequence[int]) -> Iterator[Picture]:
        """The pictures of these numbers."""
        for number in wanted:
            camera, frame = self.at[int(number) - 1]
            yield Picture(number, number, self.game.picture(camera, frame))


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmark players_cut", description=__doc__)
    parser.add_argument("--film", choices=FILMS, action="append")
    parser.add_argument("--seed", type=int, nargs="+", help="without it, those decided on")
    parser.add_argument("--fresh", action="store_true", help="films that were not decided on")
    parser.add_argument("--small", action="store_true", help="pictures of 128 pixels")
    parser.add_argument("--keep", type=Path, help="folder for what the network says")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    rows = []
    with describing() as network:
        for film, seed in _asked(options):
            print(f"{film} {seed}", file=sys.stderr)
            rows.append(measure(film, seed, small if options.small else network, options.keep))
    report: Row = {"benchmark": "players_cut", "machine": describe_machine()}
    report |= {"side": SMALL if options.small else USUAL, "rows": rows}
    print(json.dumps(report) if options.json else table(report))
    return 0


def _asked(options: argparse.Namespace) -> list[tuple[str, int]]:
    """Films and seeds that the options ask for."""
    seeds: Mapping[str, Sequence[int]] = FRESH if options.fresh else CHOSEN_ON
    films = options.film or FILMS
    return [(film, seed) for film in films for seed in options.seed or seeds.get(film, ())]


def measure(film: str, seed: int, network: Describe, keep: Path | None) -> Row:
    """One film, its shots taken as one camera, told apart, and known."""
    game, shots = drawn(film, seed)
    filmed, camera = film_of(game, shots, f"{film}-{seed}")
    case = next(cases(Footage(film, (filmed,), seed, broken=True), [0.0], network, keep))
    tracklets = case.features.tracklets
    first, _ = tracklets.ends
    light = lights(case, filmed)
    told, films = tell_cameras(case.features, ["film"], lambda crop: light[crop])
    names = tuple(map(str, range(len({shot.camera.name for shot in shots}))))
    true = np.unique(camera[first - 1], return_inverse=True)[1].astype(np.int64)
    known = replace(tracklets, camera=true, cameras=names)
    pairs = {*zip(true.tolist(), told.tracklets.camera.tolist(), strict=True)}
    row: Row = {
        "film": film, "seed": seed, "people": case.people, "tracklets": len(tracklets),
        "shots": len(shots), "shots_found": len(films[0].first) if films else 1,
        "cameras": len(set(true.tolist())),
        "cameras_found": len(set(told.tracklets.camera.tolist())), "pairs": len(pairs),
    }  # fmt: skip
    for name, features in (
        ("one", case.features),
        ("found", told),
        ("known", replace(case.features, tracklets=known)),
    ):
        scores = score(replace(case, features=features), name, ours())
        row |= {name: scores["duration_accuracy"], f"{name}_people": scores["count"]}
    return row


def lights(case: Case, filmed: Filmed) -> dict[int, NDArray[np.float64]]:
    """The light on the ground of every crop, by its row."""
    crops, tracklets = case.features, case.features.tracklets
    most = int(tracklets.row_frame.max()) + 1
    keys = tracklets.row_tracklet * most + tracklets.row_frame
    box = tracklets.row_box[np.searchsorted(keys, crops.tracklet * most + crops.frame)]
    order = np.lexsort((crops.tracklet, crops.frame))
    ones = np.ones(len(order), np.float32)
    plan = CropPlan(crops.frame[order], crops.tracklet[order], box[order], ones)
    cut = cut_crops(filmed.pictures, plan)
    return {int(order[crop.row]): ground_light(crop.pixels, crop.box) for crop in cut}


def film_of(
    game: SyntheticGame, shots: Sequence[Shot], name: str
) -> tuple[Filmed, NDArray[np.int64]]:
    """A cut film, its true tracks each ending with its shot, and the camera of every frame."""
    names = [shot.camera.name for shot in shots]
    parts, begun, cameras = [], 0, []
    for number, shot in enumerate(shots):
        boxes = game.seen(shot.camera).boxes
        boxes = boxes.rows((boxes.frame > shot.first) & (boxes.frame <= shot.stop))
        frame = boxes.frame - shot.first + begun
        parts.append((frame, 100 * boxes.track + number, boxes.box, boxes.track))
        begun += shot.stop - shot.first
        cameras += [names.index(shot.camera.name)] * (shot.stop - shot.first)
    frame, track, box, person = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((track, frame))
    seen = np.where(frame % GRID == 0, 1, 0.01).astype(np.float32)
    tracks = Tracks(frame[order], track[order], box[order], seen[order], "film")
    pictures = CutPictures(game, shots)
    return Filmed(tracks, person[order], pictures, SIZE, name), np.array(cameras, np.int64)


def drawn(film: str, seed: int) -> tuple[SyntheticGame, list[Shot]]:
    """The game and the shots of a film."""
    random = np.random.default_rng([seed, 77])

    def game(side: int, seconds: int) -> SyntheticGame:
        options: GameOptions = replace(FLOODLIGHT, per_team=side, seconds=seconds, seed=seed)
        return SyntheticGame(options)

    def camera(number: int, figure: float, spread: float) -> Camera:
        red, green, blue = np.exp(random.normal(0, spread, 3)).tolist()
        late = int(random.integers(0, 2 * RATE))
        return Camera(f"c{number}", bool(number % 2), SIZE, figure, (red, green, blue), late)

    if film == "evening":
        played = game(12, 32)
        return played, [Shot(played.cameras[n % 2], 80 * n, 80 * n + 80) for n in range(4)]
    if film == "ten":
        ten = [camera(n, float(random.choice([84, 96, 110])), 0.2) for n in range(10)]
        order = [*random.permutation(10), *random.permutation(10)]
        return game(6, 60), [Shot(ten[c], 30 * n, 30 * n + 30) for n, c in enumerate(order)]
    shots: list[Shot] = []
    begin = 0
    if film == "jump":
        only = camera(0, 96, 0.2)
        while begin < 600:
            shots.append(Shot(only, begin, min(begin + 40, 640)))
            begin += 40 + int(random.integers(20, 60))
        return game(6, 64), shots
    five = [
        camera(n, size, spread)
        for n, (size, spread) in enumerate(
            [(90, 0.1), (90, 0.2), (260, 0.2), (220, 0.2), (110, 0.2)]
        )
    ]
    while begin < 600:
        main = len(shots) % 2 == 0
        length = int(random.integers(50, 90) if main else random.integers(20, 35))
        which = 0 if main else int(random.integers(1, 5))
        shots.append(Shot(five[which], begin, min(600, begin + length)))
        begin += length
    return game(8, 60), shots


def table(report: Row) -> str:
    """The films for people to read: share of right boxes, and people found."""
    heads = (
        "film", "seed", "people", "tracklets", "shots", "cameras, found", "as one camera",
        "cameras found", "cameras known",
    )  # fmt: skip
    cells = [
        (
            row["film"], str(row["seed"]), row["people"], row["tracklets"], row["shots"],
            f"{row['cameras']}, {row['cameras_found']}",
            *(f"{row[name]:.2f}, {row[f'{name}_people']}" for name in ("one", "found", "known")),
        )
        for row in report["rows"]
    ]  # fmt: skip
    said = (
        f"Synthetic; pictures of {report['side']} pixels. Share of right boxes, and people found."
    )
    return f"{said}\n\n{markdown(heads, cells)}"
