"""A GPU: one prepared run of at most eight minutes, for whoever has one for a short time.

    python -m benchmark gpu [--minutes 8] [--videos FOLDER] [--json]

Crops described a second beside Keras' ``predict``: half and full precision, with and without XLA,
in batches of several sizes; the same while films are decoded beside it; a whole ``index`` of the
clips, or of drawn films, against its estimate; a batch that is too large for the memory. Each in a
process of its own, with a limit of its own (``--step-seconds``); each one's figures, or why it
failed, go to standard error as they come, so that a run that is cut short has told what it knew.
What the minutes do not suffice for is left out and told so. Without a GPU that TensorFlow can use
it ends with one sentence and 2.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmark.decode import CLIPS
from benchmark.hours_films import draw_film
from benchmark.machine import describe_machine
from benchmark.tables import Cell, markdown
from frameatlas.embedder.build.pipeline import default_jobs
from frameatlas.embedder.describe.engine import gpu_signs
from frameatlas.errors import FrameatlasError, InputError
from frameatlas.processors import available_processors

BATCHES = (64, 32, 128, 256, 512)
"""Crops a call; the first is what ``index`` takes."""

KERAS_BATCH = 32
"""What ``predict`` takes unless told."""

SHORTEST = 20.0
"""Seconds below which no further step is begun."""

TOLD = 1_500
"""Characters of what a step that failed wrote last that are passed on."""

_ERROR = re.compile(r"^[A-Za-z_][\w.]*(Error|Exception|Interrupt)\b")

Report = dict[str, Any]


def main(argv: Sequence[str]) -> int:
    """Measure, and print the figures."""
    options = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory() as place:
        run = _Run(Path(place), options)
        # TensorFlow takes seconds to import: it is asked only where a driver shows itself.
        there = options.device == "cpu" or gpu_signs()
        card = run.step("card") if there else {}
        if not card.get("name"):
            raise InputError(
                "Expected a GPU that TensorFlow can use. Received: none. On Linux with an NVIDIA "
                "driver, pip install 'frameatlas[cuda]'; `nvidia-smi` must name the card."
            )
        report = {
            "benchmark": "gpu",
            "machine": describe_machine(),
            "card": card,
            **_measured(run, options),
            "left_out": run.left_out,
        }
    print(json.dumps(report) if options.json else table(report))
    return 0


def _measured(run: "_Run", options: argparse.Namespace) -> Report:
    """What matters most first: a run that is cut short has lost the least."""
    first, rest = _ways(options.batches or BATCHES)
    ways = _described(run, first)
    (run.folder / "films").mkdir()
    film = _film(run, options)
    # With a GPU all processors but one are free to decode.
    decoders = max(default_jobs(), available_processors() // 2)
    films = options.videos.absolute() if options.videos else CLIPS if CLIPS.is_dir() else "films"
    if film is not None:
        shutil.copy(film, run.folder / "films")
    return {
        "index": run.step("whole", films, "tensorflow"),
        "beside": run.step("beside", film.name, decoders) if film else {},
        "tight": run.step("tight"),
        "ways": [*ways, *_described(run, rest)],
    }


def _described(run: "_Run", ways: Sequence[Report]) -> list[Report]:
    return [{**way, **figures} for way in ways if (figures := run.step(*_words(way)))]


def _film(run: "_Run", options: argparse.Namespace) -> Path | None:
    """The film that is decoded, unless FFmpeg cannot draw it; the other steps need none."""
    try:
        return draw_film(run.folder, "h264", options.film_seconds, size=options.size)
    except (OSError, subprocess.CalledProcessError, FrameatlasError) as error:
        run.leave_out("drawing a film", f"it failed ({error})")
        return None


def _ways(batches: Sequence[int]) -> tuple[list[Report], list[Report]]:
    """Ways of describing: those that answer the first questions, and those there is time for."""
    usual, middle = batches[0], sorted(batches)[len(batches) // 2]

    def ours(precision: str, batch: int, *, xla: bool = True) -> Report:
        return {"way": "ours", "precision": precision, "xla": xla, "batch": batch}

    keras = {"way": "keras", "batch": min(usual, KERAS_BATCH)}
    first = [keras, ours("float16", usual), ours("float16", usual, xla=False)]
    rest = [
        *(ours("float16", batch) for batch in sorted(batches[1:], key=lambda n: n != middle)),
        ours("bfloat16", middle),
        ours("float32", middle),
        {"way": "keras", "batch": middle},
        ours("float16", middle, xla=False),
        ours("float32", middle, xla=False),
    ]
    return first, [way for way in rest if way not in first]


def _words(way: Report) -> tuple[str, ...]:
    if way["way"] == "keras":
        return ("keras", str(way["batch"]))
    return ("describe", way["precision"], "xla" if way["xla"] else "graph", str(way["batch"]))


class _Run:
    """Runs steps as long as there is time.

    Attributes:
        folder: Where steps leave what others need.
        left_out: What there was no time for, or what failed, each as one sentence.
    """

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder, self.left_out = folder, list[str]()
        self._device = options.device
        self._end = time.monotonic() + 60 * options.minutes
        self._limit = options.step_seconds

    def step(self, name: str, *arguments: object) -> Report:
        """A step's figures; nothing where there was no time for it, or where it failed."""
        said = " ".join(map(str, (name, *arguments)))
        left = self._end - time.monotonic()
        if left < SHORTEST:
            self.leave_out(said, "the minutes were over")
            return {}
        print(f"{said} ({left:.0f} s left)", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "benchmark.gpu_steps", name, str(self.folder)]
        command += [self._device, *map(str, arguments)]
        begun, limit = time.monotonic(), min(left, self._limit)
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=limit
            )
        except subprocess.TimeoutExpired as error:
            _pass_on(error.stderr)
            over = "when the minutes were over" if limit == left else f"after {limit:.0f} s"
            self.leave_out(said, f"it was not done {over}")
            return {}
        try:
            done.check_returncode()
            figures: Report = json.loads(done.stdout.splitlines()[-1])
        except (subprocess.CalledProcessError, IndexError, ValueError):
            _pass_on(done.stderr)
            self.leave_out(said, f"it failed ({_reason(done.stderr)[:300]})")
            return {}
        figures["step_seconds"] = time.monotonic() - begun
        print(json.dumps(figures), file=sys.stderr, flush=True)
        return figures

    def leave_out(self, what: str, why: str) -> None:
        """Note it for the table, and say it at once."""
        self.left_out.append(f"{what}: {why}")
        print(self.left_out[-1], file=sys.stderr, flush=True)


def _pass_on(written: str | bytes | None) -> None:
    """The end of what a step that failed wrote."""
    text = written.decode(errors="replace") if isinstance(written, bytes) else written or ""
    print(text[-TOLD:].rstrip(), file=sys.stderr, flush=True)


def _reason(written: str) -> str:
    """The last line that names an error: libraries may write more behind it."""
    lines = written.strip().splitlines() or ["nothing"]
    return next((line for line in reversed(lines) if _ERROR.match(line)), lines[-1])


def table(report: Report) -> str:
    """Ways of describing beside Keras at its best, then the rest, as Markdown."""
    keras = max(
        (w["crops_per_second"] for w in report["ways"] if w["way"] == "keras"), default=None
    )
    rows = [_row(way, keras) for way in report["ways"]]
    heads = ["", "batch", "crops a second", "× Keras", "two calls at once", "crops on the card"]
    heads += ["first call s", "GPU MB", "cosine to Keras"]
    said = [f"{report['card']['name']}.", *_sentences(report)]
    if report["left_out"]:
        said.append(f"Left out: {'; '.join(report['left_out'])}.")
    return f"{markdown(heads, rows)}\n\n{' '.join(said)}"


def _row(way: Report, keras: float | None) -> list[Cell]:
    name = "Keras `predict`, float32"
    if way["way"] == "ours":
        name = f"ours, {way['precision']}, {'XLA' if way['xla'] else 'no XLA'}"
    speed = way["crops_per_second"]
    ratio = "" if keras is None else f"{speed / keras:.2f}"
    cosine = way.get("cosine")
    return [
        name,
        way["batch"],
        speed,
        ratio,
        way.get("two_at_once", ""),
        way.get("on_the_card", ""),
        way["first_call_seconds"],
        way["gpu_megabytes"],
        "" if cosine is None else f"{cosine:.7f}",
    ]


def _sentences(report: Report) -> Iterator[str]:
    if beside := report["beside"]:
        yield (
            f"While {beside['decoders']} decode beside it: {beside['crops_per_second']:,.0f} crops "
            f"a second, and {beside['film_decoded_per_second']:.1f} s of 1080p H.264 decoded a "
            f"second ({beside['frames_decoded_per_second']:.0f} frames kept)."
        )
    if index := report["index"]:
        yield (
            f"A whole `index` of {index['frames']:,} frames: {index['whole']:.0f} s, of which "
            f"decoding and describing {index['stages']['describing']:.0f}; estimated / real "
            f"{index['estimate'] / index['stages']['describing']:.2f}; "
            f"{index['own_megabytes']:,} MB of memory."
        )
    if tight := report["tight"]:
        yield (
            f"In 3 GB, batches of {tight['asked']:,} were halved to {tight['kept']:,} and gave "
            f"{'finite' if tight['finite'] else 'BROKEN'} features."
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark gpu", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--minutes", type=float, default=8.0, help="at most")
    parser.add_argument("--step-seconds", type=float, default=120.0, help="at most for one step")
    parser.add_argument("--videos", type=Path, help="a folder to index; else the shared clips")
    parser.add_argument("--film-seconds", type=float, default=20.0, help="of the film decoded")
    parser.add_argument("--size", default="1920x1080", help="of its pictures")
    parser.add_argument("--batches", type=int, nargs="+", help=f"of crops; {BATCHES}")
    # The steps themselves can be tried without a GPU; the figures then say nothing.
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
