"""``make`` on a computer without a Python that will do, and where CI calls it."""

import os
import shutil
import subprocess
import sys

import pytest

SHELL = shutil.which("sh")
pytestmark = pytest.mark.skipif(SHELL is None, reason="there is no shell named sh")


def make_environment(root, folder, **environment):
    script = [SHELL, str(root / "tools" / "make-environment.sh"), str(folder)]
    return subprocess.run(script, env=environment, capture_output=True, text=True, check=False)


def test_without_python_says_what_to_install(root, tmp_path):
    (tmp_path / "bin").mkdir()
    refused = make_environment(root, tmp_path / "venv", PATH=str(tmp_path / "bin"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("Expected Python 3.11 or newer")
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("code", ["exit 127", 'case "$2" in *version_info*) exit 1;; esac'])
def test_a_name_that_runs_nothing_and_an_old_python_are_passed_over(root, tmp_path, code):
    old = tmp_path / "python3.12"
    old.write_text(f"#!{SHELL}\n{code}\n")
    old.chmod(0o755)
    refused = make_environment(root, tmp_path / "venv", PATH=str(tmp_path))
    assert refused.returncode == 1
    assert "Expected Python 3.11 or newer" in refused.stderr


def test_makes_an_environment_once(root, tmp_path):
    folder = tmp_path / "venv"
    path = os.environ["PATH"]
    assert make_environment(root, folder, PATH=path, PYTHON=sys.executable).returncode == 0
    marker = folder / "marker"
    marker.touch()
    assert make_environment(root, folder, PATH=path, PYTHON=sys.executable).returncode == 0
    assert marker.exists(), "it was made again"


def test_ci_runs_make_test_and_nothing_else(root):
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    commands = [line for line in script.read_text().splitlines() if not line.startswith("#")]
    assert commands[-1] == "exec make test"
    assert len(commands) == 3, "options, the folder, the command"
