"""``python -m benchmark NAME… [--json] [options]``: run benchmarks by the names of their files."""

import ast
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

SHORT = ("pca", "layout", "decode", "features")
"""What ``python -m benchmark short`` runs: about two minutes on two cores, nothing to fetch."""

Main = Callable[[list[str]], int]
"""Takes the options after the names, prints its figures, gives the exit code."""


def names(folder: Path = Path(__file__).parent) -> list[str]:
    """The benchmarks that there are: files of this folder that define ``main``."""
    files = (path for path in folder.glob("*.py") if not path.name.startswith("_"))
    return sorted(path.stem for path in files if "\ndef main(" in path.read_text(encoding="utf-8"))


def split(arguments: Sequence[str], known: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names that lead the arguments, and the options after them.

    Args:
        arguments: As typed.
        known: All benchmarks.

    Returns:
        Names in the order typed, ``short`` replaced by what it stands for; and the rest.
    """
    count = next(
        (i for i, word in enumerate(arguments) if word not in known and word != "short"),
        len(arguments),
    )
    chosen = [
        name
        for word in arguments[:count]
        for name in ([n for n in SHORT if n in known] if word == "short" else [word])
    ]
    return list(dict.fromkeys(chosen)), list(arguments[count:])


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks that are named; the exit code is the largest of theirs."""
    known = names()
    chosen, options = split(arguments, known)
    if not chosen:
        return _usage(known, options)
    return max(_main_of(name)(options) for name in chosen)


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
