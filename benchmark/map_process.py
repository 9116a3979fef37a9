"""One measurement in a process of its own: its peak memory is nobody else's."""

import multiprocessing
from collections.abc import Callable
from typing import Any

from benchmark.peak import resident_megabytes


def measured(work: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """What ``work`` gives, with ``peak_megabytes`` of the process that it ran in."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_work, (work, arguments))


def _work(work: Callable[..., dict[str, Any]], arguments: tuple[Any, ...]) -> dict[str, Any]:
    return {**work(*arguments), "peak_megabytes": resident_megabytes()}
