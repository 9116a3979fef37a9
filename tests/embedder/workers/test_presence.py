"""A cluster without workers: it is said, said again, and given up in the end."""

import itertools

import pytest

from frameatlas import IndexOptions
from frameatlas.embedder.workers.presence import (
    MOST_REMIND_SECONDS,
    REMIND_SECONDS,
    WorkerWatch,
)
from frameatlas.errors import ClusterError, InputError
from frameatlas.progress import NullProgress


class Clock(NullProgress):
    """A clock that a test turns, and the progress that hears what is said at which time."""

    def __init__(self):
        self.now = 100.0
        self.said = []

    def __call__(self):
        return self.now

    def expect(self, total):
        del total

    def note(self, text):
        self.said.append((self.now - 100, text))


@pytest.fixture
def clock():
    return Clock()


def counted(watch, clock, threads, seconds, every=5):
    """Count workers now and then for some time."""
    end = clock.now + seconds
    while clock.now < end:
        clock.now += every
        watch.count(threads)


def test_a_scheduler_that_lost_its_workers_is_given_up_after_the_timeout(clock):
    watch = WorkerWatch(clock, 1800, from_the_first=False, clock=clock)
    counted(watch, clock, 4, 600)
    assert clock.said == []
    lost = clock.now
    with pytest.raises(ClusterError, match="none for 1800 s") as error:
        counted(watch, clock, 0, 3600)
    assert 1800 <= clock.now - lost <= 1810
    assert "--worker-timeout" in str(error.value)
    assert "What is done is kept" in str(error.value)


def test_it_is_said_again_and_again_but_ever_more_rarely(clock):
    watch = WorkerWatch(clock, 10_000, from_the_first=False, clock=clock)
    watch.count(2)
    counted(watch, clock, 0, 3600)
    times = [when for when, _ in clock.said]
    assert times[0] == 5
    gaps = [later - before for before, later in itertools.pairwise(times)]
    assert gaps[0] == REMIND_SECONDS
    assert gaps == sorted(gaps)
    assert gaps[-1] == MOST_REMIND_SECONDS
    assert "none for 1 min" in clock.said[1][1]
    assert "ends after 10000 s" in clock.said[1][1]


def test_the_first_worker_is_waited_for_as_long_as_it_takes(clock):
    watch = WorkerWatch(clock, 60, from_the_first=False, clock=clock)
    counted(watch, clock, 0, 50_000)
    assert "goes on when the first one comes" in clock.said[-1][1]


def test_a_worker_that_comes_back_begins_the_time_anew(clock):
    watch = WorkerWatch(clock, 100, from_the_first=False, clock=clock)
    for _ in range(5):
        watch.count(1)
        counted(watch, clock, 0, 95)
    with pytest.raises(ClusterError):
        counted(watch, clock, 0, 20)


def test_our_own_processes_have_to_come(clock):
    watch = WorkerWatch(clock, 60, from_the_first=True, clock=clock)
    with pytest.raises(ClusterError, match="processes of --workers"):
        counted(watch, clock, 0, 100)


@pytest.mark.parametrize("seconds", [0, -5, float("nan"), float("inf")])
def test_a_timeout_has_bounds(seconds):
    with pytest.raises(InputError, match="--worker-timeout"):
        IndexOptions(worker_timeout=seconds)
