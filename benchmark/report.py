"""``docs/benchmarks.md``: the figures of each benchmark stand between two markers.

    <!-- figures: search -->
    … what ``table(report)`` of the benchmark says …
    <!-- end -->

Text around them says what is measured and why; it holds no figure of a run. ``table`` is found in
``table_NAME.py`` or else in the benchmark's own file. What ``short`` measured stands between
markers of its own, ``short-search`` and so on, with its headlines in ``short``: large sizes stay.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmark import headlines
from benchmark.machine import (
    Others,
    describe_machine,
    our_processor_seconds,
    peer_versions,
)

ROOT = Path(__file__).parents[1]
DOCUMENT = Path("docs") / "benchmarks.md"
MACHINE = "machine"
"""Name of the block that tells of the machine and of the versions."""

SHORT = "short"
"""Name of the block of the short run's headlines, and what the names of its tables begin with."""

_BLOCK = re.compile(r"<!-- figures: ([\w-]+) -->\n(.*?)<!-- end -->", re.DOTALL)
_BEGIN = re.compile(r"<!-- figures:[^>]*-->")

Report = dict[str, Any]


class DocumentError(ValueError):
    """The document cannot take the figures: one sentence."""


@dataclass(frozen=True)
class Asked:
    """A benchmark that is to run.

    Attributes:
        name: Of the benchmark.
        options: What follows it.
        short: Whether it belongs to the short run.
    """

    name: str
    options: Sequence[str]
    short: bool = False

    @property
    def block(self) -> str:
        """Name of the block that its table goes to."""
        return f"{SHORT}-{self.name}" if self.short else self.name


@dataclass(frozen=True)
class Run:
    """A benchmark that ran.

    Attributes:
        name: Of the benchmark.
        options: As typed after it.
        report: What it printed with ``--json``.
        seconds: On the clock.
        processor: Seconds of all cores together, its children's among them.
        others: Cores that other programs took meanwhile, if known.
    """

    name: str
    options: Sequence[str]
    report: Report
    seconds: float
    processor: float
    others: float | None

    def block(self, day: date) -> str:
        """What stands between the markers."""
        command = " ".join([self.name, *map(_said_path, self.options)])
        costs = (self.seconds, self.processor, self.others)
        line = led_by(command, day, self.report["machine"], *costs)
        return f"{line}\n\n{table_of(self.name)(self.report)}\n"


def _said_path(option: str) -> str:
    """An option as the page says it: a file by its name, without the folders of this machine."""
    return Path(option).name if Path(option).is_absolute() else option


def led_by(
    command: str,
    day: date,
    machine: Report,
    seconds: float,
    processor: float,
    others: float | None,
) -> str:
    """The line above a table: command, day, machine, what others took of it, and how long."""
    parts = [f"`python -m benchmark {command}`", said_day(day)]
    parts.append(f"{machine['processor']}, {machine['cores']} cores")
    if others is not None:
        parts.append(f"other programs took {others:.1f} of them")
    return "; ".join([*parts, f"{seconds:.0f} s, {processor:.0f} of processor time"]) + "."


def table_of(name: str) -> Callable[[Report], str]:
    """The function that says a benchmark's report as Markdown.

    Raises:
        DocumentError: The benchmark has none.
    """
    own = f"benchmark.table_{name}"
    module = import_module(own if find_spec(own) else f"benchmark.{name}")
    found: Callable[[Report], str] | None = getattr(module, "table", None)
    if found is None:
        raise DocumentError(
            f"Expected a benchmark with a table. Received: {name}; run it without --write."
        )
    return found


def blocks(text: str) -> dict[str, str]:
    """What stands between the markers, by name.

    Raises:
        DocumentError: A marker has no end, or two have one name.
    """
    found = _BLOCK.findall(text)
    names = [name for name, _ in found]
    if len(found) != len(_BEGIN.findall(text)) or len(set(names)) != len(names):
        raise DocumentError(
            "Expected `<!-- figures: NAME -->` once for each name, each with its `<!-- end -->`. "
            f"Received: {len(_BEGIN.findall(text))} of the one, {len(found)} whole, of "
            f"{', '.join(names) or 'no name'}."
        )
    return dict(found)


def rewritten(text: str, new: dict[str, str]) -> str:
    """The document with other figures; all else stays, byte for byte.

    Args:
        text: The document.
        new: By the name of the block, what is to stand there.

    Raises:
        DocumentError: The document has no such block.
    """
    known = blocks(text)
    for name in new:
        if name not in known:
            raise DocumentError(
                f"Expected `<!-- figures: {name} -->` and `<!-- end -->` in the document. "
                f"Received: {', '.join(known) or 'no markers'}. Add the two lines where the "
                "figures are to stand."
            )
    return _BLOCK.sub(lambda found: _filled(found, new), text)


def _filled(found: "re.Match[str]", new: dict[str, str]) -> str:
    name = found[1]
    inside = new.get(name)
    if inside is None:
        return found[0]
    return f"<!-- figures: {name} -->\n{inside.rstrip()}\n<!-- end -->"


def machine_block(day: date) -> str:
    """The machine, its libraries and the peers, as of the last run."""
    machine, peers = describe_machine(), peer_versions()
    parts = [machine["processor"], f"{machine['cores']} cores", " ".join(machine["flags"])]
    if machine["memory_gigabytes"]:
        parts.append(f"{machine['memory_gigabytes']} GB of memory")
    ours = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    theirs = ", ".join(f"{name} {version}" for name, version in peers.items())
    return f"Last run: {said_day(day)}; {', '.join(parts)}. {ours}. Peers: {theirs}.\n"


def said_day(day: date) -> str:
    """Such as 3 November 2026, in every locale."""
    months = "January February March April May June July August September October November December"
    return f"{day.day} {months.split()[day.month - 1]} {day.year}"


def measured(name: str, options: Sequence[str]) -> Run:
    """Run a benchmark in a process of its own.

    Raises:
        RuntimeError: It failed; the message is the last line of what it said.
    """
    others, begun, used = Others(), time.perf_counter(), our_processor_seconds()
    command = [sys.executable, "-m", "benchmark", name, "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    seconds = time.perf_counter() - begun
    start = done.stdout.find("{")
    if start < 0:
        said = (done.stderr.strip() or "nothing").splitlines()[-1]
        raise RuntimeError(f"{name} gave no figures: {said}")
    report: Report = json.loads(done.stdout[start:])
    processor = our_processor_seconds() - used
    return Run(name, options, report, seconds, processor, others.cores())


def run(chosen: Sequence[Asked], document: Path | None) -> int:
    """Run benchmarks, print their tables and put them into the document.

    Args:
        chosen: What is to run, in this order.
        document: Rewritten after each benchmark, so that a later failure loses nothing.

    Returns:
        0; 1 where a benchmark failed, whose block stays as it was; 2 where the document or a
        benchmark cannot take part, and nothing was run.
    """
    short = [asked.name for asked in chosen if asked.short]
    try:
        for asked in chosen:
            table_of(asked.name)
        if document is not None:
            wanted = [MACHINE, *(asked.block for asked in chosen), *([SHORT] if short else [])]
            _check(document, wanted)
    except (DocumentError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    others, begun = Others(), time.perf_counter()
    runs = {asked.name: done for asked in chosen if (done := _one(asked, document))}
    seconds = time.perf_counter() - begun
    if any(name in runs for name in short):
        block = short_block([runs.get(name) or name for name in short], seconds, others.cores())
        print(f"\n{block}", flush=True)
        if document is not None:
            put(document, {SHORT: block})
    print(f"{seconds:.0f} s in all.{f' See {document}.' if document else ''}")
    return int(len(runs) < len(chosen))


def _one(asked: Asked, document: Path | None) -> Run | None:
    """Run, print and write one benchmark; None where it failed."""
    print(f"\n{asked.name}\n", flush=True)
    try:
        done = measured(asked.name, asked.options)
        block = done.block(date.today())
        if asked.short:
            headlines.table({done.name: done.report})
    except (RuntimeError, ValueError, LookupError) as error:
        print(f"{asked.name} failed, and its figures stay: {error}", file=sys.stderr)
        return None
    print(block, flush=True)
    if document is not None:
        put(document, {asked.block: block, MACHINE: machine_block(date.today())})
    return done


def short_block(runs: Sequence[Run | str], seconds: float, others: float | None) -> str:
    """The headlines of the benchmarks that ran, and the names of those that failed."""
    done = [run for run in runs if isinstance(run, Run)]
    processor = sum(run.processor for run in done)
    line = led_by(SHORT, date.today(), done[0].report["machine"], seconds, processor, others)
    failed = ", ".join(name for name in runs if isinstance(name, str))
    missing = f"\n\nFailed, and therefore not here: {failed}." if failed else ""
    table = headlines.table({run.name: run.report for run in done})
    return f"{line}\n\n{table}{missing}\n"


def put(document: Path, new: dict[str, str]) -> None:
    """Rewrite blocks of the document, and of pages beside it that have blocks of those names.

    They are read again each time: somebody may be editing them.
    """
    text = document.read_text(encoding="utf-8")
    document.write_text(rewritten(text, new), encoding="utf-8")
    for page in sorted(document.parent.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if page == document or "<!-- figures: " not in text:
            continue
        own = {name: inside for name, inside in new.items() if name in blocks(text)}
        if own:
            page.write_text(rewritten(text, own), encoding="utf-8")


def _check(document: Path, names: Sequence[str]) -> None:
    """That the document has a block for each name."""
    text = document.read_text(encoding="utf-8")
    rewritten(text, dict.fromkeys(names, ""))
