"""Which tests run in one process, and in what order, where several processes share them out.

What one test has made, a network or an atlas, the others of its file find ready. Files of a group
find it too: each would make it again in a process of its own.
"""

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent.name

GROUPS = {
    "faults": ("faults/",),  # a process that has everything loaded, an atlas, players
    "layout": ("embedder/layout/",),  # compiled loops
    "words": (  # keras_hub, and a CLIP that is trained for the run
        "embedder/test_describe_words.py",
        "embedder/test_other_networks.py",
        "embedder/describe/test_networks.py",
        "embedder/describe/test_half_precision.py",
        "benchmark/test_words_benchmark.py",
        "browser/test_page_trained.py",
    ),
    "engines": (  # Xception, built, converted and opened
        "embedder/describe/test_engine",
        "embedder/describe/test_openvino",
        "embedder/describe/test_precision.py",
        "embedder/describe/test_weights.py",
        "embedder/describe/int8/",
    ),
}
"""The longest first: none is to be left alone with one at the end."""


def group_of(path: str) -> str:
    """The group of a file, given from the top folder on; a file of none is its own."""
    inner = path.removeprefix(f"{TESTS}/")
    return next((name for name, parts in GROUPS.items() if inner.startswith(parts)), path)


def groups_first(items: list[pytest.Item]) -> None:
    """Sort by group, then files that have slow tests, then those of many tests."""
    number = Counter(item.path for item in items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    ranks = {name: rank for rank, name in enumerate(GROUPS)}

    def key(item: pytest.Item) -> tuple[Any, ...]:
        file = item.nodeid.partition("::")[0]
        return ranks.get(group_of(file), len(ranks)), item.path not in slow, -number[item.path]

    items.sort(key=key)


def scheduler(config: pytest.Config, log: Any) -> Any:
    """xdist's way of sharing out whole files, of groups in place of files."""
    sharing = import_module("xdist.scheduler").LoadFileScheduling(config, log)
    sharing._split_scope = lambda nodeid: group_of(nodeid.partition("::")[0])
    return sharing
