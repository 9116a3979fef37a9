"""One measurement in a process of its own: its peak memory is nobody else's."""

import multiprocessing
import resource
import sys
from collections.abc import Callable
from typing import Any


def measured(work: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """What ``work`` gives, with ``peak_megabytes`` of the process that it ran in."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_work, (work, arguments))


def _work(work: Callable[..., dict[str, Any]], arguments: tuple[Any, ...]) -> dict[str, Any]:
    report = work(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report["peak_megabytes"] = peak / (1e6 if sys.platform == "darwin" else 1e3)
    return report
