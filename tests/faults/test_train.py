"""``players train`` killed at random steps, by processes of their own: the same bytes come out."""

import random
import signal
import subprocess
import sys

import pytest

CHILD = """
import os, signal, sys
from frameatlas.cli.main import cli
from frameatlas.reid.learn.sets.drawn_people import DrawnOptions, draw_people
from frameatlas.reid.learn.training import trainer
from pathlib import Path

people, kill_at, resume = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "resume"
if not people.exists():
    draw_people(DrawnOptions(6, 2, 2, size=(32, 16))).write(people)
trainer.Trainer.seconds_a_step = lambda self: 0.1
trainer.SAVED_EVERY = -1.0  # a state after each step, as after each five minutes
usual = trainer.Trainer._step

def step(self, number):
    if number == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return usual(self, number)

trainer.Trainer._step = step
words = ["players", "train", str(people), "--backbone", "tiny", "--size", "32x16", "--batch", "3x2"]
words += ["--epochs", "8", "--steps", "3", "--precision", "float32", "-o", sys.argv[4]]
sys.exit(cli(words + (["--resume"] if resume else []), standalone_mode=False) or 0)
"""

KILLS = 20
STEPS = 24


def child(people, kill_at, resume, target):
    """Exit code of a training; -9 where it was killed."""
    words = [sys.executable, "-c", CHILD, people, kill_at, resume, target]
    done = subprocess.run(list(map(str, words)), capture_output=True, check=False, timeout=600)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()[-2000:]
    return done.returncode


@pytest.mark.faults
def test_train_killed_at_twenty_random_steps(tmp_path):
    people = tmp_path / "people"
    assert child(people, -1, "new", tmp_path / "whole.descriptor") == 0
    kills = sorted(random.Random(7).sample(range(1, STEPS), KILLS))
    target = tmp_path / "killed.descriptor"
    for number, kill_at in enumerate(kills):
        assert child(people, kill_at, "resume" if number else "new", target) == -signal.SIGKILL
        assert not target.exists()
    assert child(people, -1, "resume", target) == 0
    assert target.read_bytes() == (tmp_path / "whole.descriptor").read_bytes()
    assert not (tmp_path / "killed.run").exists()
