"""``python -m benchmark NAME… [options]``: run benchmarks by the names of their files.

``--write`` puts their tables into ``docs/benchmarks.md``, or into the file that follows it.
``short`` stands for small sizes of most of them, whose tables have places of their own there.
"""

import ast
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from benchmark import report
from benchmark.report import Asked
from frameatlas.errors import FrameatlasError

SHORT = {
    "decode": ["--rounds", "1"],
    "features": ["--quick"],
    "pca": ["--frames", "10000"],
    "layout": ["--frames", "10000"],
    "map": [
        *("--data", "digits", "--seeds", "1", "--most", "1500"),
        *("--methods", "pca", "article", "atlas", "umap", "opentsne", "pacmap"),
    ],
    "index": ["--rounds", "1", "--no-memory"],
    "search": ["--frames", "200000"],
    "clips": ["--between", "8", "11", "--each", "1", "--films", "2"],
    "tiles": ["--frames", "100000", "--no-export"],
    "browser": ["--frames", "100000"],
    "poster": ["--no-gigapixel", "--rounds", "1"],
    "players": [
        *("--data", "synthetic", "--difficulty", "easy", "--seconds", "10", "--seeds", "1"),
        *("--switches", "0.1", "--no-ablation"),
    ],
    "players_speed": ["--tracklets", "500"],
    "growth": ["--largest", "10000"],
}
"""What ``python -m benchmark short`` runs, and with which options: some minutes on two cores."""

Main = Callable[[list[str]], int]
"""Takes the options after the names, prints its figures, gives the exit code."""


def names(folder: Path = Path(__file__).parent) -> list[str]:
    """The benchmarks that there are: files of this folder that define ``main``."""
    files = (path for path in folder.glob("*.py") if not path.name.startswith("_"))
    return sorted(path.stem for path in files if "\ndef main(" in path.read_text(encoding="utf-8"))


def split(arguments: Sequence[str], known: Sequence[str]) -> tuple[list[Asked], list[str]]:
    """The names that lead the arguments, and the options after them.

    Args:
        arguments: As typed.
        known: All benchmarks.

    Returns:
        Each benchmark, in the order typed, ``short`` replaced by what it stands for; and the
        options alone.
    """
    count = next(
        (i for i, word in enumerate(arguments) if word not in known and word != report.SHORT),
        len(arguments),
    )
    options = list(arguments[count:])
    chosen: dict[str, Asked] = {}
    for word in arguments[:count]:
        short = word == report.SHORT
        brief = {name: SHORT[name] for name in SHORT if name in known} if short else {word: []}
        for name, own in brief.items():
            chosen.setdefault(name, Asked(name, [*own, *options], short))
    return list(chosen.values()), options


def document_of(arguments: Sequence[str]) -> tuple[Path | None, list[str]]:
    """The document that ``--write`` names, if it is there, and the other arguments.

    A benchmark's name after ``--write`` is no document.
    """
    if "--write" not in arguments:
        return None, list(arguments)
    at = list(arguments).index("--write")
    others = (*names(), report.SHORT)
    named = [w for w in arguments[at + 1 : at + 2] if not w.startswith("-") and w not in others]
    rest = [*arguments[:at], *arguments[at + 1 + len(named) :]]
    return Path(named[0]) if named else report.ROOT / report.DOCUMENT, rest


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks that are named; the exit code is the largest of theirs."""
    known = names()
    document, arguments = document_of(arguments)
    chosen, options = split(arguments, known)
    if not chosen:
        return _usage(known, options)
    if document is not None or (report.SHORT in arguments and "--json" not in options):
        return report.run(chosen, document)
    try:
        return max(_main_of(asked.name)(list(asked.options)) for asked in chosen)
    except FrameatlasError as error:
        print(error, file=sys.stderr)
        return 2


def _main_of(name: str) -> Main:
    found: Main = importlib.import_module(f"benchmark.{name}").main
    return found


def _usage(known: list[str], options: list[str]) -> int:
    asked = not options or options[0] in ("-h", "--help")
    if not asked:
        print(
            f"Expected the name of a benchmark. Received: {options[0]}. There are "
            f"{', '.join(known)}, and short.",
            file=sys.stderr,
        )
        return 2
    print("usage: python -m benchmark NAME… [--write [FILE]] [--json] [options]\n")
    for name in known:
        print(f"  {name:<13} {_first_line(name)}")
    print(f"  {report.SHORT:<13} {', '.join(name for name in SHORT if name in known)}")
    return 0


def _first_line(name: str) -> str:
    """What a benchmark's file says of itself, read without running it."""
    text = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def _run() -> NoReturn:
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    _run()
