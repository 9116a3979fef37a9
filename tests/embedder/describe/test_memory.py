"""Memory is given back where the C library has a way, and nothing breaks where it has none."""

import sys

import pytest

from frameatlas import IndexOptions, InputError
from frameatlas.embedder.describe import memory
from frameatlas.embedder.describe.memory import give_memory_back, spare_memory
from frameatlas.photos.memory import MemoryBudget


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_every_system_has_a_way(monkeypatch, platform):
    budget, calls = MemoryBudget(), []
    monkeypatch.setattr(memory, "BUDGET", budget)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: type("C", (), {"mallopt": calls.append}))
    monkeypatch.setattr(memory, "_of_libc", lambda name: lambda *a: calls.append((name, *a)))
    spare_memory()
    give_memory_back()
    assert [call[0] for call in calls] == ["mallopt"] * 3 + ["malloc_trim"]
    with budget.taken(memory.SPARED_BYTES + 1):  # a large one goes alone
        assert budget._taken == memory.SPARED_BYTES


def test_elsewhere_nothing_is_called(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert memory._of_libc("mallopt") is None
    give_memory_back()


@pytest.mark.parametrize("others", [{"jobs": 4}, {"workers": 2}, {"scheduler": "tcp://a:1"}])
def test_little_memory_and_much_at_once_contradict_each_other(others):
    with pytest.raises(InputError, match=f"--low-memory without --{next(iter(others))}"):
        IndexOptions(low_memory=True, **others)


def test_one_job_is_no_contradiction():
    assert IndexOptions(low_memory=True, jobs=1).jobs == 1
