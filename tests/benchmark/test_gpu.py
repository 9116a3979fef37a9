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
        "cosine": 0.99991, "batch_kept": 64, "on_the_card": 2100.0, "two_at_once": 1900.0,
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
    cells = [cell.strip() for cell in plain.split("|")[2:7]]
    assert cells == ["128", "1,500", "3.00", "1,900", "2,100"]
    assert "| ours, bfloat16, XLA " in shown
    assert "1,400 crops a second" in shown
    assert "estimated / real 0.80" in shown
    assert "batches of 1,024 were halved to 128" in shown
    assert "Left out" not in shown


def test_what_fails_is_named_and_the_rest_goes_on(answered, capsys):
    answered += ["tight", "beside", "keras"]
    assert gpu.main(["--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    names = [sentence.partition(":")[0] for sentence in report["left_out"]]
    assert [name.split()[0] for name in names] == ["keras", "beside", "tight", "keras"]
    assert all("CUDA_ERROR: broken" in sentence for sentence in report["left_out"])
    assert "estimated / real" in gpu.table(report)


def test_each_steps_figures_or_end_are_said_as_they_come(answered, capsys):
    """Whoever has a GPU for some minutes may lose it before the table is written."""
    answered += ["tight"]
    assert gpu.main(["--json"]) == 0
    said = capsys.readouterr().err
    assert said.index('"crops_per_second": 1500.0') < said.index("whole ")
    assert "Traceback …\nCUDA_ERROR: broken" in said


def test_a_film_that_cannot_be_drawn_costs_one_step_only(answered, monkeypatch, capsys):
    def broken(*_, **__):
        raise subprocess.CalledProcessError(1, "ffmpeg")

    monkeypatch.setattr(gpu, "draw_film", broken)
    assert gpu.main(["--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["left_out"][0].startswith("drawing a film: it failed")
    assert not report["beside"]
    assert report["index"]["frames"] == 1_149


def test_a_step_that_hangs_costs_its_own_time_only(monkeypatch, capsys):
    def hang(command, **options):
        assert options["timeout"] == 30.0
        raise subprocess.TimeoutExpired(command, 30.0, stderr=b"compiling")

    monkeypatch.setattr(subprocess, "run", hang)
    run = gpu._Run(None, gpu._parser().parse_args(["--step-seconds", "30"]))
    assert run.step("describe", "float16", "xla", 64) == {}
    assert run.left_out == ["describe float16 xla 64: it was not done after 30 s"]
    assert "compiling" in capsys.readouterr().err


def test_the_error_is_named_and_not_what_a_library_wrote_behind_it():
    written = "Traceback …\nValueError: too small\n2026-11-28: W stream_executor: closing\n"
    assert gpu._reason(written) == "ValueError: too small"


def test_what_the_minutes_do_not_suffice_for_is_not_begun(answered, monkeypatch):
    run = gpu._Run(None, gpu._parser().parse_args(["--minutes", "0.2"]))
    assert run.step("card") == {}
    assert run.left_out == ["card: the minutes were over"]


def test_two_callers_are_counted_together(monkeypatch):
    monkeypatch.setattr(gpu_steps, "timed", lambda *_: {"crops_per_second": 700.0})
    assert gpu_steps.two_at_once(len, gpu_steps.some_crops(2)) == 1400.0


def test_crops_are_counted_by_the_clock(monkeypatch):
    crops = gpu_steps.some_crops(3)
    assert crops.shape == (3, 299, 299, 3)
    assert crops.dtype == np.uint8
    now = iter(np.arange(0.0, 100.0))
    monkeypatch.setattr(gpu_steps.time, "perf_counter", lambda: next(now))
    figures = gpu_steps.timed(lambda _: None, crops, 4.0)
    assert figures["first_call_seconds"] == 1.0
    assert figures["crops_per_second"] == pytest.approx(4 * 3 / 5)
