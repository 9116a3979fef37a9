"""Choosing benchmarks by name."""

import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def chooser(root):
    sys.path.insert(0, str(root))
    try:
        from benchmark import __main__ as module
    finally:
        sys.path.remove(str(root))
    return module


PCA = ["--frames", "10000"]
DECODE = ["--rounds", "1"]


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ([], []),
        (["pca"], [("pca", [])]),
        (["pca", "decode", "--json"], [("pca", ["--json"]), ("decode", ["--json"])]),
        (["pca", "--frames", "pca"], [("pca", ["--frames", "pca"])]),
        (["pca", "pca"], [("pca", [])]),
        (["short"], [("decode", DECODE), ("pca", PCA)]),
        (["pca", "short", "-x"], [("pca", ["-x"]), ("decode", [*DECODE, "-x"])]),
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


def test_an_unknown_name_is_one_sentence(root):
    refused = run(root, "nonesuch")
    assert refused.returncode == 2
    assert "Received: nonesuch" in refused.stderr
    assert "Traceback" not in refused.stderr
