"""``python -m benchmark memory``: what each command needs, as a user types it.

The most memory that a command and its child processes held at once: the sum of their proportional
shares (PSS), which counts what several processes share, or a file backs, once. Two short films, and
a game of 20 s for ``players``. Linux only.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from benchmark.machine import describe_machine
from benchmark.tables import Cell, markdown
from frameatlas.embedder.demo_videos import make_demo_videos
from frameatlas.errors import InputError
from frameatlas.reid.evaluate.tracker_errors import Breakage
from frameatlas.reid.synthetic.files import write_game
from frameatlas.reid.synthetic.game import GameOptions, SyntheticGame

LOOK_SECONDS = 0.05
FILMS = 2
GAME_SECONDS = 20
PROC = Path("/proc")
_PROGRAM = "import sys; from frameatlas.cli.main import main; sys.exit(main())"


@dataclass(frozen=True)
class Need:
    """What one command took.

    Attributes:
        command: As typed, without the program and the places of its files.
        peak_mb: Megabytes (10^6 bytes) that all its processes held at once, at most.
        seconds: On the clock.
    """

    command: str
    peak_mb: float
    seconds: float


def tree_of(root: int, proc: Path = PROC) -> list[int]:
    """A process and all that descend from it, as the system sees them now."""
    parents: dict[int, int] = {}
    for place in proc.iterdir():
        if place.name.isdigit():
            try:
                # The name in brackets may hold spaces, and brackets.
                rest = (place / "stat").read_text(encoding="utf-8", errors="replace")
                parents[int(place.name)] = int(rest.rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    found = [root]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process]
    return found


def proportional_megabytes(process: int, proc: Path = PROC) -> float:
    """PSS of a process in units of 10^6 bytes; 0 of one that is gone."""
    try:
        text = (proc / str(process) / "smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    lines = (line.split() for line in text.splitlines())
    return sum(int(words[1]) * 1024 / 1e6 for words in lines if words and words[0] == "Pss:")


def measure(name: str, *arguments: str | Path) -> Need:
    """Run a command of frameatlas and watch its processes.

    Raises:
        RuntimeError: It failed; with what it said.
    """
    command = [sys.executable, "-c", _PROGRAM, *map(str, arguments)]
    started = time.monotonic()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said) as process,
    ):
        peak = 0.0
        while process.poll() is None:
            together = sum(map(proportional_megabytes, tree_of(process.pid)))
            peak = max(peak, together)
            time.sleep(LOOK_SECONDS)
        said.seek(0)
        if process.returncode:
            raise RuntimeError(f"{name}: {said.read()[-2000:].decode(errors='replace')}")
    return Need(name, peak, time.monotonic() - started)


def measure_all(folder: Path, engine: str) -> list[Need]:
    """Every command, on files that are made in a folder."""
    films, atlas, spare = folder / "films", folder / "a.atlas", folder / "low.atlas"
    made = make_demo_videos(folder / "demo")
    films.mkdir()
    for film in made[:FILMS]:
        shutil.copy(film, films)
    by = () if engine == "auto" else ("--engine", engine)
    needs = [
        measure("index", "index", films, "-o", atlas, *by),
        measure("index --low-memory", "index", films, "-o", spare, "--low-memory", *by),
        measure("relayout", "relayout", spare, "--seed", "2"),
        measure("relayout --try 6", "relayout", spare, "--try", "6", "-o", folder / "six.png"),
    ]
    picture = folder / "query.jpg"
    Image.effect_mandelbrot((640, 360), (-2, -1, 1, 1), 50).convert("RGB").save(picture)
    needs += [
        measure("search --image", "search", atlas, "--image", picture),
        measure("search --frame", "search", atlas, "--frame", f"{made[0].name}@1"),
        measure("search --clip", "search", atlas, "--clip", made[0]),
        measure("similar --all", "similar", atlas, "--all"),
        measure("poster", "poster", atlas, "-o", folder / "poster.png"),
        measure("export", "export", atlas, "-o", folder / "site"),
        measure("table", "table", atlas, "-o", folder / "table.csv"),
        measure("check", "check", atlas),
    ]
    game = SyntheticGame(GameOptions(6, seconds=GAME_SECONDS))
    camera = write_game(game, folder / "game", Breakage())[0]
    tracks = ("--tracks", camera / "tracks.txt", "-o", folder / "players")
    needs.append(measure("players", "players", camera / "img1", *tracks, *by))
    return needs


def main(argv: list[str]) -> int:
    """Measure, print a table or JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmark memory", description=__doc__)
    parser.add_argument("--engine", default="auto", help="auto, tensorflow or openvino")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    if not (PROC / "self" / "smaps_rollup").exists():
        raise InputError(
            "Expected a system that tells the shares of memory of each process. Received: no "
            "/proc/self/smaps_rollup. Measure on Linux."
        )
    with tempfile.TemporaryDirectory() as scratch:
        needs = measure_all(Path(scratch), options.engine)
    figures = {
        "benchmark": "memory",
        "machine": describe_machine(),
        "engine": options.engine,
        "films": FILMS,
        "game_seconds": GAME_SECONDS,
        "needs": [vars(need) for need in needs],
    }
    print(json.dumps(figures) if options.json else table(figures))
    return 0


def table(figures: dict[str, Any]) -> str:
    """A row for each command, as Markdown."""
    needs: Sequence[dict[str, Any]] = figures["needs"]
    rows: list[list[Cell]] = [[f"`{n['command']}`", n["peak_mb"], n["seconds"]] for n in needs]
    return "\n".join(
        [
            markdown(["", "peak MB", "seconds"], rows),
            "",
            f"{figures['films']} films of the demo; a game of {figures['game_seconds']} s; engine "
            f"{figures['engine']}.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
