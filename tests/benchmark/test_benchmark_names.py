"""Choosing benchmarks by name."""

import subprocess
import sys
from dataclasses import replace

import pytest
from benchmark.report import Asked


@pytest.fixture(scope="module")
def chooser(from_root):
    return from_root("benchmark.__main__")


PCA = Asked("pca", ["--frames", "10000"], short=True)
DECODE = Asked("decode", ["--rounds", "1"], short=True)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ([], []),
        (["pca"], [Asked("pca", [])]),
        (["pca", "decode", "--json"], [Asked("pca", ["--json"]), Asked("decode", ["--json"])]),
        (["pca", "--frames", "pca"], [Asked("pca", ["--frames", "pca"])]),
        (["pca", "pca"], [Asked("pca", [])]),
        (["short"], [DECODE, PCA]),
        (
            ["pca", "short", "-x"],
            [Asked("pca", ["-x"]), replace(DECODE, options=[*DECODE.options, "-x"])],
        ),
        (["nonesuch", "pca"], []),
    ],
)
def test_names_lead_and_options_follow(chooser, words, chosen):
    assert chooser.split(words, ["decode", "pca", "similar"])[0] == chosen


def test_a_benchmark_is_a_file_that_defines_main(chooser, tmp_path):
    (tmp_path / "pca.py").write_text('"""PCA."""\n\ndef main(argv):\n    return 0\n')
    (tmp_path / "machine.py").write_text('"""What is measured on."""\n')
    (tmp_path / "__main__.py").write_text("\ndef main(argv):\n    return 0\n")
    assert chooser.names(tmp_path) == ["pca"]


def run(root, *words):
    command = [sys.executable, "-m", "benchmark", *words]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_bare_lists_what_there_is(root, chooser):
    listed = run(root)
    assert listed.returncode == 0
    for name in chooser.names():
        assert f"\n  {name} " in listed.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["map", "--data", "--atlas", "none.atlas"], "none.atlas"),
        (["map", "--data", "cifar", "--shared", "none"], "--data digits"),
        (["map", "--data", "clips", "--shared", "none"], "no such folder"),
        (["map", "--data", "people", "--shared", "none"], "no such folder"),
        (["decode", "EMPTY"], "Expected videos"),
        (["clips", "--data", "none", "--between", "900", "901"], None),
    ],
)
def test_what_is_not_there_is_one_sentence(chooser, tmp_path, monkeypatch, capsys, words, said):
    if said is None:
        from benchmark import clips

        monkeypatch.setattr(clips, "videos_of", lambda *_: ([], [], "none"))
        said = "--between"
    words = [str(tmp_path) if word == "EMPTY" else word for word in words]
    try:
        code, sentence = chooser.main(words), capsys.readouterr().err
    except SystemExit as error:
        code, sentence = 1, str(error.code)
    assert code
    assert said in sentence
    assert "Received: " in sentence
    assert sentence.strip().count("\n") == 0


def test_people_who_are_not_there_are_one_sentence(monkeypatch, tmp_path):
    from benchmark import players

    monkeypatch.setattr(players, "SHARED", tmp_path / "none")
    with pytest.raises(SystemExit, match="Received: no such folder"):
        players.main(["--data", "people"])


def test_maps_are_measured_on_what_is_there(tmp_path):
    from benchmark.map_data import CIFAR, there

    assert there(tmp_path) == ["digits"]
    (tmp_path / CIFAR).parent.mkdir()
    (tmp_path / CIFAR).touch()
    assert there(tmp_path) == ["cifar", "digits"]
    (tmp_path / "clips").mkdir()
    (tmp_path / "people").mkdir()
    assert there(tmp_path) == ["cifar", "digits", "people"]  # clips are those of two folders


def test_an_unknown_name_is_one_sentence(root):
    refused = run(root, "nonesuch")
    assert refused.returncode == 2
    assert "Received: nonesuch" in refused.stderr
    assert "Traceback" not in refused.stderr
