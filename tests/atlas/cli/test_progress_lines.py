"""How fast a stage goes, and how long it takes, after an interruption too."""

import io
import json

import pytest

from frameatlas.cli import progress_lines
from frameatlas.cli.progress_lines import JsonLines, PlainLines


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(progress_lines.time, "monotonic", lambda: now[0])
    return now


def test_what_an_earlier_run_did_does_not_count_as_speed(clock):
    out = io.StringIO()
    lines = JsonLines(out)
    lines.stage("detecting", 1000, "frames")
    lines.step(800)  # kept from the run before
    clock[0] += 10
    lines.step(820)
    said = json.loads(out.getvalue().splitlines()[-1])
    assert (said["done"], said["per_second"], said["seconds_left"]) == (820, 2.0, 90.0)


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
    lines.stage("detecting", 1000, "frames")
    lines.step(800)
    clock[0] += 2
    lines.step(800)
    assert json.loads(out.getvalue().splitlines()[-1])["seconds_left"] is None
