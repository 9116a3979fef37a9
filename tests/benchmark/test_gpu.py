"""The run for a GPU: refused without one, cut short where the minutes are over."""

import json
import subprocess

import numpy as np
import pytest
from benchmark import __main__ as chooser
from benchmark import gpu, gpu_steps


def test_without_a_gpu_it_ends_with_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(gpu, "gpu_signs", lambda: False)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("started a process"))
    assert chooser.main(["gpu"]) == 2
    said = capsys.readouterr()
    assert "Expected a GPU that TensorFlow can use. Received: none." in said.err
    assert said.err.strip().count("\n") == 0
    assert not said.out


def test_a_driver_without_a_gpu_is_refused_too(monkeypatch, capsys):
    monkeypatch.setattr(gpu, "gpu_signs", lambda: True)
    monkeypatch.setattr(gpu._Run, "step", lambda *_: {"name": ""})
    assert chooser.main(["gpu"]) == 2
    assert "Received: none." in capsys.readouterr().err


ANSWERS = {
    "card": {"name": "a card of the test"},
    "keras": {"crops_per_second": 500.0, "first_call_seconds": 3.0, "gpu_megabytes": 900.0},
    "describe": {
        "crops_per_second": 1500.0, "first_call_seconds": 9.0, "gpu_megabytes": 1200.0,
        "cosine": 0.99991, "batch_kept": 64,
    },
    "beside": {
        "decoders": 2, "crops_per_second": 1400.0, "film_decoded_per_second": 9.0,
        "frames_decoded_per_second": 27.0,
    },
    "whole": {
        "frames": 1_149, "whole": 90.0, "stages": {"describing": 50.0}, "estimate": 40.0,
        "own_megabytes": 2_100,
    },
    "tight": {"asked": 1_024, "kept": 128, "finite": True},
}  # fmt: skip


@pytest.fixture
def answered(monkeypatch, tmp_path):
    """Steps answer as a card would; those whose names are added to the list fail."""
    failing = []
    real = subprocess.run

    def answer(command, **options):
        if "benchmark.gpu_steps" not in command:
            return real(command, **options)
        name = command[3]
        if name in failing:
            return subprocess.CompletedProcess(command, 1, "", "Traceback …\nCUDA_ERROR: broken")
        return subprocess.CompletedProcess(command, 0, json.dumps(ANSWERS[name]), "")

    film = tmp_path / "film.mp4"
    film.write_bytes(b"")
    monkeypatch.setattr(gpu, "gpu_signs", lambda: True)
    monkeypatch.setattr(gpu, "draw_film", lambda *_, **__: film)
    monkeypatch.setattr(subprocess, "run", answer)
    return failing


def test_all_steps_stand_in_the_table(answered, capsys):
    assert gpu.main([]) == 0
    shown = capsys.readouterr().out
    assert "| Keras `predict`, float32 | 32 " in shown
    assert shown.count("| ours, float16, XLA ") == len(gpu.BATCHES)
    (plain,) = (line for line in shown.splitlines() if "ours, float32, no XLA" in line)
    assert [cell.strip() for cell in plain.split("|")[2:5]] == ["64", "1,500", "3.00"]
    assert "1,400 crops a second" in shown
    assert "estimated / real 0.80" in shown
    assert "batches of 1,024 were halved to 128" in shown
    assert "Left out" not in shown


def test_what_fails_is_named_and_the_rest_goes_on(answered, capsys):
    answered += ["tight", "beside", "keras"]
    assert gpu.main(["--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    names = [sentence.partition(":")[0] for sentence in report["left_out"]]
    assert [name.split()[0] for name in names] == ["keras", "beside", "tight"]
    assert all("CUDA_ERROR: broken" in sentence for sentence in report["left_out"])
    assert "estimated / real" in gpu.table(report)


def test_what_the_minutes_do_not_suffice_for_is_not_begun(answered, monkeypatch):
    run = gpu._Run(None, gpu._parser().parse_args(["--minutes", "0.2"]))
    assert run.step("card") == {}
    assert run.left_out == ["card: the minutes were over"]


def test_crops_are_counted_by_the_clock(monkeypatch):
    crops = gpu_steps.some_crops(3)
    assert crops.shape == (3, 299, 299, 3)
    assert crops.dtype == np.uint8
    now = iter(np.arange(0.0, 100.0))
    monkeypatch.setattr(gpu_steps.time, "perf_counter", lambda: next(now))
    figures = gpu_steps.timed(lambda _: None, crops, 4.0)
    assert figures["first_call_seconds"] == 1.0
    assert figures["crops_per_second"] == pytest.approx(4 * 3 / 5)
