"""How fast a stage goes, and how long it takes, after an interruption too."""

import io
import json

import pytest
from rich.console import Console

from frameatlas.cli import progress_lines
from frameatlas.cli.progress_bars import Bars
from frameatlas.cli.progress_lines import JsonLines, PlainLines


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(progress_lines.time, "monotonic", lambda: now[0])
    return now


def test_what_an_earlier_run_did_does_not_count_as_speed(clock):
    out = io.StringIO()
    lines = JsonLines(out)
    lines.stage("detecting", 1000, "frames", 800)
    clock[0] += 10
    lines.step(820)
    begun, said = map(json.loads, out.getvalue().splitlines())
    assert (begun["event"], begun["done"]) == ("stage", 800)
    assert (said["done"], said["per_second"], said["seconds_left"]) == (820, 2.0, 90.0)


def test_plain_lines_say_what_an_earlier_run_did(clock):
    out = io.StringIO()
    lines = PlainLines(out)
    lines.stage("describing", 400, "frames", 300)
    clock[0] += 20
    lines.step(320)
    first, second = out.getvalue().splitlines()
    assert first == "describing: about 400 frames, 300 of them by an earlier run"
    assert "320 frames, 1.0 a second, 1:20 left" in second


def test_a_rate_is_that_of_the_last_minutes(clock):
    """What was known already took no time, and tells nothing of what is left."""
    out = io.StringIO()
    lines = JsonLines(out)
    lines.stage("describing", 2000, "frames")
    clock[0] += 1
    lines.step(1000)  # taken over
    for done in range(1001, 1301):
        clock[0] += 1
        lines.step(done)
    said = json.loads(out.getvalue().splitlines()[-1])
    assert said["per_second"] == pytest.approx(1)
    assert said["seconds_left"] == pytest.approx(700)


def test_a_run_from_the_beginning_counts_its_first_step(clock):
    out = io.StringIO()
    lines = PlainLines(out)
    lines.stage("describing", 400, "frames")
    clock[0] += 12
    lines.step(120)
    assert "120 frames, 10.0 a second, 0:28 left" in out.getvalue()


def test_without_a_step_nothing_is_foretold(clock):
    out = io.StringIO()
    lines = JsonLines(out)
    lines.stage("detecting", 1000, "frames", 800)
    clock[0] += 2
    lines.step(800)
    assert json.loads(out.getvalue().splitlines()[-1])["seconds_left"] is None


def test_a_bar_begins_where_an_earlier_run_ended(monkeypatch):
    now = [100.0]
    console = Console(file=io.StringIO(), force_terminal=True, width=120, get_time=lambda: now[0])
    with Bars(console) as bars:
        bars._bars.get_time = lambda: now[0]
        bars.stage("detecting", 1000, "frames", 800)
        (task,) = bars._bars.tasks
        assert task.completed == 800
        assert task.fields["count"] == "800/1000 frames"
        for done in (810, 820, 830):
            now[0] += 5
            bars.step(done)
        assert task.time_remaining == pytest.approx(85)
