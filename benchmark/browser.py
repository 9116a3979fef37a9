"""The browser: start-up, tiles, hover and memory of its server; first picture, panning of its page.

On a synthetic atlas of a million frames, and on one of ten thousand, to see what grows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.browser_page import page_figures
from benchmark.large_atlas import large_atlas
from benchmark.machine import describe_machine
from benchmark.requests_at_once import milliseconds_each
from benchmark.table_browser import table
from benchmark.tables import one_a_line
from frameatlas import open_atlas
from frameatlas.browser.view.drawn_tiles import LOW

FRAMES = (10_000, 1_000_000)
PARALLEL = 4
COLD, HOVERS = 240, 200
"""Tiles and places that are asked for."""

IDLE, PATIENCE = 0.02, 60.0
"""Share of a processor below which a server has nothing to do; seconds until it must be so."""

_COMMAND = "from frameatlas.cli.main import main; main()"


@dataclass(frozen=True)
class Served:
    """A running server.

    Attributes:
        address: Without a slash at its end.
        process: Its id.
        started: Seconds from its start to the first answer of the page.
    """

    address: str
    process: int
    started: float


def main(argv: list[str]) -> int:
    """Measure and print; the exit code is 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmark browser", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--frames", type=int, nargs="+", default=list(FRAMES), help="atlas sizes")
    parser.add_argument("--atlas", type=Path, help="a large atlas that is kept, in place of those")
    parser.add_argument("--no-page", action="store_true", help="leave out what needs Chromium")
    options = parser.parse_args(argv)
    figures: dict[str, Any] = {"benchmark": "browser", "machine": describe_machine()}
    for frames in options.frames if options.atlas is None else [len(open_atlas(options.atlas))]:
        with tempfile.TemporaryDirectory() as folder:
            place = options.atlas or large_atlas(Path(folder, "large.atlas"), frames).folder
            measured = measure(place, Path(folder), page=not options.no_page)
        figures |= named(measured, frames)
    print(json.dumps(figures) if options.json else f"{table(figures)}\n\n{one_a_line(figures)}")
    return 0


def named(figures: dict[str, Any], frames: int) -> dict[str, Any]:
    """The figures of an atlas with its number of frames in their names."""
    return {f"{name}_of_{frames}": value for name, value in figures.items()}


def measure(atlas: Path, cache: Path, *, page: bool) -> dict[str, Any]:
    """All figures of an atlas; ``cache`` is an empty folder."""
    with served(atlas, cache) as server:
        figures: dict[str, Any] = {"start_seconds": round(server.started, 2)}
        facts, seconds = timed(lambda: json.loads(fetched(f"{server.address}/api/atlas")))
        figures["facts_seconds"] = round(seconds, 2)
        figures["facts_kilobytes"] = round(len(json.dumps(facts)) / 1000, 1)
        figures |= tiles(server, facts) | hovers(server)
        if page:
            figures |= page_figures(server.address)
        figures["nearest_first_ms"] = milliseconds(server, f"/api/nearest/{facts['frames'] // 2}")
        figures["nearest_ms"] = milliseconds(server, f"/api/nearest/{facts['frames'] // 3}?apart=1")
        figures |= memory(server.process)
    return figures


@contextmanager
def served(atlas: Path, cache: Path) -> Iterator[Served]:
    """``frameatlas browse`` of the atlas, with an empty cache, in a process of its own."""
    command = ["browse", str(atlas), "--no-open", "--port", "0"]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *command],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
    )
    assert process.stderr is not None
    try:
        address = process.stderr.readline().split("/ ")[0].strip()
        fetched(f"{address}/")
        yield Served(address, process.pid, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(timeout=300)
        process.stderr.close()


def tiles(server: Served, facts: dict[str, Any]) -> dict[str, Any]:
    """Milliseconds for tiles of all zooms, drawn and kept, 4 at a time; the first one apart.

    Those of the lowest zooms are drawn when the server starts: they are not among the new ones.
    """
    rng = np.random.default_rng(1)
    name, deepest = facts["map"], int(facts["deepest"])
    first = milliseconds(server, f"/tiles/{name}/0/0/0.webp")
    paths: set[str] = set()
    while len(paths) < min(COLD, 4**deepest // 2):
        z = int(rng.integers(min(LOW + 1, deepest), deepest + 1))
        x, y = (int(value) for value in rng.integers(0, 2**z, 2))
        paths.add(f"/tiles/{name}/{z}/{x}/{y}.webp")
    ordered = sorted(paths)
    rng.shuffle(ordered)
    wait_until_settled(server)
    spent = processor_seconds(server.process)
    cold = parallel(server, ordered)
    spent = processor_seconds(server.process) - spent
    wait_until_settled(server)
    warm = parallel(server, ordered)
    z = min(3, deepest)
    places = [f"{z}/{n % 2**z}/{n // 2**z}" for n in range(4**z)]
    full = parallel(server, [f"/tiles/{name}/{place}.webp?scale=2" for place in places])
    return {
        "tile_first_ms": first,
        "tile_cold_p95_ms": percentile(cold),
        "tile_cold_median_ms": round(float(np.median(cold)), 1),
        "tile_cold_processor_ms": round(1000 * spent / len(ordered), 1),
        "tile_warm_p95_ms": percentile(warm),
        "tile_warm_median_ms": round(float(np.median(warm)), 1),
        "tile_dense_cold_p95_ms": percentile(full),
    }


def hovers(server: Served) -> dict[str, Any]:
    """Milliseconds until it is known which frame lies under the pointer."""
    rng = np.random.default_rng(2)
    places = rng.uniform(-1, 1, (HOVERS, 2)).tolist()
    fetched(f"{server.address}/api/at?x=0&y=0&z=3")
    found = [milliseconds(server, f"/api/at?x={x:.6f}&y={y:.6f}&z=4") for x, y in places]
    return {"hover_p95_ms": percentile(found)}


def parallel(server: Served, paths: Sequence[str]) -> list[float]:
    """Milliseconds of each request when 4 are always under way.

    From this process, which shares the processor's cores with the server, as a web browser would.
    """
    return milliseconds_each(server.address, paths, PARALLEL)


def wait_until_settled(server: Served) -> None:
    """Wait until the server has done what it does unasked after its start."""
    end = time.perf_counter() + PATIENCE
    before = processor_seconds(server.process)
    while time.perf_counter() < end:
        time.sleep(1.0)
        now = processor_seconds(server.process)
        if now - before <= IDLE:
            return
        before = now


def memory(process: int) -> dict[str, Any]:
    """Peak megabytes of a process, with and without what is mapped from files."""
    text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    values = dict(line.split(":", 1) for line in text.splitlines())
    return {
        "server_peak_megabytes": round(int(values["VmHWM"].split()[0]) * 1024 / 1e6),
        "server_own_megabytes": round(int(values["RssAnon"].split()[0]) * 1024 / 1e6),
    }


def processor_seconds(process: int) -> float:
    """Seconds of processor that a process has used: unlike the clock, the same under load."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def milliseconds(server: Served, path: str) -> float:
    """How long an answer takes."""
    return round(1000 * timed(lambda: fetched(server.address + path))[1], 2)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What work gives, and its seconds."""
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


def fetched(address: str) -> bytes:
    """The body of an answer."""
    with urllib.request.urlopen(address, timeout=120) as answer:
        content: bytes = answer.read()
    return content


def percentile(values: Sequence[float]) -> float:
    """The 95th."""
    return round(float(np.percentile(values, 95)), 1)
