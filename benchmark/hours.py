"""Hours: time, memory and disk of 30 and 300 hours of footage, reckoned from measured parts.

    python -m benchmark hours [--hours 30 300] [--films-seconds 60] [--run-seconds 240] [--json]

Films are drawn and encoded by real codecs. A part of every step is measured: reading by what
``index`` does, with a stand-in for the network; the network itself on some of those frames; the map
on as many generated frames as a layout is ever fitted on; the page's server on atlases of the whole
size. Each is then multiplied by what it scales with. Last, a whole ``index`` is held against the
estimate that it printed. Steps that share the processors count processor seconds, divided by cores.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmark import browser, growth
from benchmark.hours_films import CODECS, SIZE, draw_film
from benchmark.hours_reckoned import (
    disk_bytes,
    frames_of,
    index_seconds,
    lines,
    memory_megabytes,
)
from benchmark.large_atlas import large_atlas
from benchmark.machine import Others, describe_machine
from benchmark.tables import Cell, markdown
from frameatlas.embedder.layout.atlas import MOST

HOURS = (30.0, 300.0)
MAP_STEPS = ("index", "components", "layout", "placing")
RUN_SHARES = {"h264": (0.5, 0.2), "hevc": (0.3,)}
"""Lengths of the films of the run that is held against its estimate, in shares of all of it."""

Report = dict[str, Any]


def main(argv: Sequence[str]) -> int:
    """Measure the parts, print what follows from them."""
    options = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        report = measure(Path(folder), options)
    print(json.dumps(report) if options.json else table(report))
    return 0


def measure(folder: Path, options: argparse.Namespace) -> Report:
    """All parts, one after the other."""
    machine = describe_machine()
    films = _reads(folder, options.films_seconds, options.size)
    described = _step("describe", folder, options.described, options.engine)
    return {
        "benchmark": "hours",
        "machine": machine,
        "cores": options.cores,
        "hours": list(options.hours),
        "films": films,
        "describe": described,
        "run": _finished_run(folder, options),
        "map": _map(folder, options.map_frames),
        "served": [] if options.no_server else _served(folder, options.hours),
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _reads(folder: Path, seconds: float, size: str) -> list[Report]:
    found = []
    for codec in CODECS:
        film = draw_film(folder, codec, seconds, size=size)
        for sample in ("all", "key"):
            _say(f"reading {film.name}, {sample}")
            figures = _step("read", folder, film.name, sample)
            found.append({"codec": codec, "sample": sample, "size": size, **figures})
    return found


def _finished_run(folder: Path, options: argparse.Namespace) -> Report | None:
    """A whole ``index``; None where none is wanted."""
    if not options.run_seconds:
        return None
    films = folder / "films"
    films.mkdir()
    for codec, shares in RUN_SHARES.items():
        for share in shares:
            film = draw_film(folder, codec, share * options.run_seconds, size=options.size)
            shutil.move(film, films)
    _say(f"indexing {options.run_seconds:.0f} s of film, held against its estimate")
    others = Others()
    return {**_step("run", folder, films.name, options.engine), "others": others.cores()}


def _map(folder: Path, frames: int) -> dict[str, Report]:
    """The map's steps on generated frames."""
    atlas = folder / "map.atlas"
    atlas.mkdir()
    found = {}
    for step in MAP_STEPS:
        _say(f"{frames:,} generated frames: {step}")
        found[step] = {"step": step, "frames": frames, **growth.run_step(step, atlas, frames)}
    shutil.rmtree(atlas)
    del found["index"]  # only what the others need: frames of 64 × 36 say nothing of real ones
    return found


def _served(folder: Path, hours: Sequence[float]) -> list[Report]:
    """The page's server on synthetic atlases of the sizes themselves."""
    found = []
    for wanted in hours:
        frames = round(frames_of(wanted))
        _say(f"the page's server, {frames:,} frames")
        with tempfile.TemporaryDirectory(dir=folder) as place:
            atlas = large_atlas(Path(place, "large.atlas"), frames).folder
            figures = browser.measure(atlas, Path(place), page=False)
        found.append({"hours": wanted, "frames": frames, **figures})
    return found


def _step(name: str, *arguments: object) -> Report:
    command = [sys.executable, "-m", "benchmark.hours_steps", name, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-2000:]}")
    figures: Report = json.loads(done.stdout.splitlines()[-1])
    return figures


def table(report: Report) -> str:
    """Time, memory and disk, then the estimate beside a finished run, as Markdown."""
    hours: list[float] = report["hours"]
    parts = [_time_table(report, hours), _memory_and_disk(report, hours)]
    if report["run"]:
        parts.append(_estimate_table(report["run"]))
    return "\n\n".join(parts)


def _time_table(report: Report, hours: Sequence[float]) -> str:
    rows: list[list[Cell]] = [
        [
            line.step,
            line.measured,
            "" if line.took is None else length(line.took),
            line.scale,
            *(_said(line.hours.get(h), h in line.known) for h in hours),
        ]
        for line in lines(report, hours)
    ]
    for name, key in (("**`index`, H.264**", False), ("**`index --sample key`, H.264**", True)):
        takes = [f"**{length(index_seconds(report, h, key=key))}**" for h in hours]
        rows.append([name, "sum of the above", "", "", *takes])
    heads = ["", "measured on", "took", "scales with", *(f"{h:g} h of film" for h in hours)]
    return (
        f"{markdown(heads, rows)}\n\nOn {report['cores']} cores, frames at {frames_of(1):,.0f} an "
        "hour. Bold: the sum. Figures with a star were measured at that size; all others are "
        "reckoned: what was measured, multiplied by what it scales with."
    )


def _said(seconds: float | None, known: bool) -> str:
    return "" if seconds is None else f"{length(seconds)}{'*' if known else ''}"


def _memory_and_disk(report: Report, hours: Sequence[float]) -> str:
    memory = [memory_megabytes(report, h) for h in hours]
    served = {row["hours"] for row in report["served"]}
    rows: list[list[Cell]] = [
        [
            f"memory of its own, MB: {step}",
            *(
                f"{found[step]:,.0f}{'*' if step == SERVER and h in served else ''}"
                for h, found in zip(hours, memory, strict=True)
            ),
        ]
        for step in memory[0]
    ]
    for name, key in (("all frames", False), ("`--sample key`, H.264", True)):
        disk = [disk_bytes(report, h, key=key) for h in hours]
        rows += [
            [f"disk, {name}: `{file}`", *(_gigabytes(found[file]) for found in disk)]
            for file in disk[0]
        ]
    heads = ["", *(f"{h:g} h of film" for h in hours)]
    return (
        f"{markdown(heads, rows)}\n\nMemory: the most that the step held where it was "
        "measured, and for the map's steps beyond that the bytes a frame that `benchmark growth` "
        "found. Disk: bytes a frame of the films that were read."
    )


SERVER = "the page's server"


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e8 else f"{size / 1e6:,.0f} MB"


def _estimate_table(run: Report) -> str:
    described = run["stages"]["describing"]
    rows: list[list[Cell]] = [
        ["decoding and describing, which the estimate is of", length(described)],
        ["the whole command, with measuring, map and shots", length(run["whole"])],
    ]
    rows = [
        [*row, length(run["estimate"]), f"{run['estimate'] / took:.2f}"]
        for row, took in zip(rows, (described, run["whole"]), strict=True)
    ]
    others = "" if run["others"] is None else f" Other programs took {run['others']:.1f} cores."
    return (
        f"{markdown(['', 'took', 'estimate', 'estimated / real'], rows)}\n\n"
        f"{run['frames']:,} frames, {length(run['video_seconds'])} of film. It said: "
        f"“{run['said']}”{others}"
    )


def length(seconds: float) -> str:
    """A length of time in the unit that suits it."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 20 else f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min" if seconds >= 600 else f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:,.1f} h"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark hours", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--hours", type=float, nargs="+", default=list(HOURS))
    parser.add_argument("--cores", type=int, default=2, help="that the hours are reckoned for")
    parser.add_argument("--films-seconds", type=float, default=60, help="of each film that is read")
    parser.add_argument("--described", type=int, default=64, help="frames for the network")
    parser.add_argument(
        "--run-seconds", type=float, default=240, help="of film, for the whole run; 0: none"
    )
    parser.add_argument("--map-frames", type=int, default=MOST, help="generated, for the map")
    parser.add_argument("--no-server", action="store_true", help="leave the page's server out")
    parser.add_argument("--size", default=SIZE, help="of the films' pictures")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--scratch", type=Path, help="folder with room for 10 GB")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
