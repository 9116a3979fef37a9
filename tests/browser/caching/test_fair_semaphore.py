"""Turns at something that few may do at once."""

import threading
import time

import pytest

from frameatlas.browser.caching.fair_semaphore import Turns


def test_who_asked_first_goes_first():
    turns, served, threads = Turns(1), [], []
    with turns:
        for number in range(8):
            threads.append(threading.Thread(target=lambda n=number: take(turns, served, n)))
            threads[-1].start()
            while len(turns._waiting) < number + 1:
                time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    assert served == list(range(8))


def take(turns, served, number):
    with turns:
        served.append(number)


@pytest.mark.parametrize("places", [1, 3])
def test_no_more_than_may_go_at_once(places):
    turns, now, most = Turns(places), [], []

    def work():
        for _ in range(20):
            with turns:
                now.append(1)
                most.append(len(now))
                time.sleep(0.0005)
                now.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert max(most) == places
    assert len(most) == 160


def test_a_place_comes_back_after_an_error():
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(LookupError), turns:
            raise LookupError
    with turns:
        pass
