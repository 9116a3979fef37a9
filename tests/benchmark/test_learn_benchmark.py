"""The benchmark of learning, at sizes that a test can afford: one table for each option."""

import json

import numpy as np
import pytest
from benchmark import learn
from benchmark.learn_scale import PUBLISHED, SMALL, evaluation_rows, gpu_rows, market_rows

from frameatlas.reid.learn.sets.drawn_people import DrawnOptions, draw_people
from frameatlas.reid.learn.training.train_plan import PRESETS


@pytest.fixture(autouse=True)
def uncompiled():
    """A few steps one operation after the other cost less than compiling them."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def test_scoring_is_timed_and_weighed(capsys):
    assert learn.main(["--data", "evaluation", "--short", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    plain, again = report["rows"]
    assert plain["seconds"] > 0
    assert plain["MB"] > 10
    assert 0 < plain["mAP"] <= 1
    assert "re-ranked" in again["way"]


def test_the_size_of_market_is_the_default():
    arguments = evaluation_rows.__defaults__
    assert arguments == (3368, 15_913, 2048)


def test_the_run_for_a_gpu_runs_without_one_too():
    trained, adapted = gpu_rows(SMALL)
    assert trained["pictures a second"] > 0
    assert np.isnan(trained["GPU MB"]) or trained["GPU MB"] > 0
    assert "one round of adapting" in adapted["way"]


def test_own_sets_are_trained_on_and_scored(tmp_path):
    draw_people(DrawnOptions(12, 2, 2, size=(32, 16))).write(tmp_path / "people")
    small = {"backbone": "tiny", "height": 32, "width": 16, "epochs": 1, "steps": 1, "people": 4}
    (row,) = market_rows(tmp_path / "people", ("baseline",), **small)
    assert 0 < row["mAP"] <= 1
    assert "a folder for each person" in row["way"]
    assert "published" not in row["way"]  # published on other people


def test_every_system_has_its_published_figure():
    assert set(PUBLISHED) == set(PRESETS) - {"segment"}


def test_a_table_of_rows_with_different_columns():
    rows = [{"way": "a", "seed": 0, "mAP": 0.5}, {"way": "a", "seed": 1, "mAP": 0.7, "ARI": 0.1}]
    lines = learn.table({"data": "drawn", "rows": rows}).splitlines()
    assert lines[0] == "| drawn | mAP | ARI |"
    assert lines[-1] == "| a | 0.600 ± 0.141 | 0.100 |"
