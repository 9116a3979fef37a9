"""``docs/benchmarks.md``: the figures of each benchmark stand between two markers.

    <!-- figures: search -->
    … what ``table(report)`` of the benchmark says …
    <!-- end -->

Text around them says what is measured and why; it holds no figure of a run. ``table`` is found in
``table_NAME.py`` or else in the benchmark's own file.
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

from benchmark.machine import Others, describe_machine, peer_versions

ROOT = Path(__file__).parents[1]
DOCUMENT = Path("docs") / "benchmarks.md"
MACHINE = "machine"
"""Name of the block that tells of the machine and of the versions."""

_BLOCK = re.compile(r"<!-- figures: ([\w-]+) -->\n(.*?)<!-- end -->", re.DOTALL)
_BEGIN = re.compile(r"<!-- figures:[^>]*-->")

Report = dict[str, Any]


class DocumentError(ValueError):
    """The document cannot take the figures: one sentence."""


@dataclass(frozen=True)
class Run:
    """A benchmark that ran.

    Attributes:
        name: Of the benchmark.
        options: As typed after it.
        report: What it printed with ``--json``.
        seconds: On the clock.
        others: Cores that other programs took meanwhile, if known.
    """

    name: str
    options: Sequence[str]
    report: Report
    seconds: float
    others: float | None

    def block(self, day: date) -> str:
        """What stands between the markers."""
        command = " ".join(["python -m benchmark", self.name, *self.options])
        machine = self.report["machine"]
        told = [f"`{command}`", said_day(day), f"{machine['processor']}, {machine['cores']} cores"]
        if self.others is not None:
            told.append(f"other programs took {self.others:.1f} of them")
        told.append(f"{self.seconds:.0f} s")
        return "\n".join(["; ".join(told) + ".", "", table_of(self.name)(self.report), ""])


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
    told = [machine["processor"], f"{machine['cores']} cores", " ".join(machine["flags"])]
    if machine["memory_gigabytes"]:
        told.append(f"{machine['memory_gigabytes']} GB of memory")
    ours = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    theirs = ", ".join(f"{name} {version}" for name, version in peers.items())
    return f"Last run: {said_day(day)}; {', '.join(told)}. {ours}. Peers: {theirs}.\n"


def said_day(day: date) -> str:
    """Such as 3 November 2026, in every locale."""
    months = "January February March April May June July August September October November December"
    return f"{day.day} {months.split()[day.month - 1]} {day.year}"


def measured(name: str, options: Sequence[str]) -> Run:
    """Run a benchmark in a process of its own.

    Raises:
        RuntimeError: It failed; the message is the last line of what it said.
    """
    others, begun = Others(), time.perf_counter()
    command = [sys.executable, "-m", "benchmark", name, "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    seconds = time.perf_counter() - begun
    start = done.stdout.find("{")
    if start < 0:
        said = (done.stderr.strip() or "nothing").splitlines()[-1]
        raise RuntimeError(f"{name} gave no figures: {said}")
    report: Report = json.loads(done.stdout[start:])
    return Run(name, options, report, seconds, others.cores())


def run(chosen: Sequence[tuple[str, list[str]]], document: Path | None) -> int:
    """Run benchmarks, print their tables and put them into the document.

    Args:
        chosen: Names and options.
        document: Rewritten after each benchmark, so that a later failure loses nothing.

    Returns:
        0; 1 where a benchmark failed, whose block stays as it was; 2 where the document or a
        benchmark cannot take part, and nothing was run.
    """
    try:
        for name, _ in chosen:
            table_of(name)
        if document is not None:
            _check(document, [MACHINE, *(name for name, _ in chosen)])
    except (DocumentError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    begun, failed = time.perf_counter(), 0
    for name, options in chosen:
        print(f"\n{name}\n", flush=True)
        try:
            block = measured(name, options).block(date.today())
        except (RuntimeError, ValueError, LookupError) as error:
            print(f"{name} failed, and its figures stay: {error}", file=sys.stderr)
            failed = 1
            continue
        print(block, flush=True)
        if document is not None:
            put(document, {name: block, MACHINE: machine_block(date.today())})
    print(f"{time.perf_counter() - begun:.0f} s in all.{f' See {document}.' if document else ''}")
    return failed


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
