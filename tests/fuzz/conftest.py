"""``fuzz(name, seeds, run)``: nearly right inputs by the thousand, a few in every ``make test``.

A target may return, or raise one of our own errors, which says something.
Whatever else it does is a defect, and the input is written where the message says.
"""

import os
import time
from pathlib import Path

import pytest

from frameatlas.errors import FrameatlasError

HERE = Path(__file__).parent
_COUNTS = pytest.StashKey[dict[str, tuple[int, int, float]]]()
SLOWEST = 10.0
"""Seconds of one input: a few kilobytes that stall a program are a defect too."""


def pytest_configure(config):
    config.stash[_COUNTS] = {}


@pytest.fixture(params=["short", pytest.param("long", marks=pytest.mark.faults)])
def share(request):
    """How many of a target's inputs are tried: a fiftieth in ``make test``, all of them else."""
    return 1 if request.param == "long" else 50


@pytest.fixture
def fuzz(request, share, tmp_path, module_at):
    """``fuzz(name, seeds, run, count)``: try ``count`` inputs on ``run``, or a share of them."""
    mutation = module_at(HERE / "mutation.py")

    def go(name, seeds, run, count, allowed=(FrameatlasError,)):
        begun, refused, tried = time.perf_counter(), 0, 0
        seed = int(os.environ.get("FRAMEATLAS_FUZZ_SEED", "0"))
        for data in mutation.Mutator(seeds, seed).inputs(max(len(seeds) + 20, count // share)):
            tried += 1
            before = time.process_time()
            try:
                run(data)
            except allowed as error:
                refused += 1
                if not str(error).strip():
                    pytest.fail(f"{name}: an empty message, {kept(name, data)}")
            except BaseException as error:
                error.add_note(f"{name}, input {tried}: {kept(name, data)}")
                raise
            took = time.process_time() - before
            assert took < SLOWEST, f"{name}: {took:.1f} s, {kept(name, data)}"
        request.config.stash[_COUNTS][f"{name} ({request.node.callspec.id})"] = (
            tried,
            refused,
            time.perf_counter() - begun,
        )

    def kept(name, data):
        path = tmp_path / "input"
        path.write_bytes(data)
        return f"{path} begins with {data[:200]!r}"

    return go


def pytest_terminal_summary(terminalreporter, config):
    """The number of inputs of each target."""
    counts = config.stash[_COUNTS]
    for name, (tried, refused, seconds) in counts.items():
        terminalreporter.write_line(
            f"fuzz {name}: {tried} inputs, {refused} refused, {seconds:.1f} s"
        )
    if counts:
        total = sum(tried for tried, _, _ in counts.values())
        terminalreporter.write_line(f"fuzz: {total} inputs in all")
