"""``python -m benchmark NAME… [--json] [options]``: run benchmarks by the names of their files."""

import ast
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

SHORT = {
    "decode": ["--rounds", "1"],
    "features": ["--quick"],
    "pca": ["--frames", "4000"],
    "layout": ["--frames", "10000"],
    "search": ["--frames", "200000"],
    "tiles": ["--frames", "100000", "--no-export"],
    "poster": ["--no-gigapixel"],
    "players_speed": ["--tracklets", "500"],
}
"""What ``python -m benchmark short`` runs, and with which options: some minutes on two cores."""

Main = Callable[[list[str]], int]
"""Takes the options after the names, prints its figures, gives the exit code."""


def names(folder: Path = Path(__file__).parent) -> list[str]:
    """The benchmarks that there are: files of this folder that define ``main``."""
    files = (path for path in folder.glob("*.py") if not path.name.startswith("_"))
    return sorted(path.stem for path in files if "\ndef main(" in path.read_text(encoding="utf-8"))


def split(
    arguments: Sequence[str], known: Sequence[str]
) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """The names that lead the arguments, and the options after them.

    Args:
        arguments: As typed.
        known: All benchmarks.

    Returns:
        Each benchmark with its options, in the order typed, ``short`` replaced by what it stands
        for; and the options alone.
    """
    count = next(
        (i for i, word in enumerate(arguments) if word not in known and word != "short"),
        len(arguments),
    )
    options = list(arguments[count:])
    chosen: dict[str, list[str]] = {}
    for word in arguments[:count]:
        short = {name: brief for name, brief in SHORT.items() if name in known}
        for name, brief in (short if word == "short" else {word: []}).items():
            chosen.setdefault(name, [*brief, *options])
    return list(chosen.items()), options


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks that are named; the exit code is the largest of theirs."""
    known = names()
    chosen, options = split(arguments, known)
    if not chosen:
        return _usage(known, options)
    return max(_main_of(name)(own) for name, own in chosen)


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
    print("usage: python -m benchmark NAME… [--json] [options]\n")
    for name in known:
        print(f"  {name:<10} {_first_line(name)}")
    print(f"  {'short':<10} {', '.join(name for name in SHORT if name in known)}")
    return 0


def _first_line(name: str) -> str:
    """What a benchmark's file says of itself, read without running it."""
    text = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def _run() -> NoReturn:
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    _run()
