"""The process that looks at files."""

import os
import subprocess
import sys

import pytest

from frameatlas.embedder.media.child_process import PROGRAM, LookChild


@pytest.mark.process
def test_it_starts_with_what_a_look_needs():
    command = [sys.executable, "-X", "importtime", "-c", PROGRAM]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}
    assert {"frameatlas.embedder.media.look_child", "frameatlas.embedder.media.probe"} <= loaded
    assert not {"frameatlas.embedder.index", "frameatlas.atlas", "h5py", "scipy"} & loaded


@pytest.mark.process
def test_it_answers_and_ends(tmp_path):
    child = LookChild()
    (tmp_path / "a.mp4").write_bytes(b"no video")
    path = os.fsencode(tmp_path / "a.mp4").hex()
    question = {"look": "probe", "path": path, "processor_seconds": 20.0, "memory": 1 << 30}
    for _ in range(2):
        answer, _ = child.ask(question, 60.0, lambda: False)
        assert "refused" in answer
    assert child.end() < 0


@pytest.mark.process
def test_a_program_beside_the_videos_is_not_run(tmp_path, monkeypatch):
    for name in ("json", "av", "numpy"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w')\nraise SystemExit\n")
    (tmp_path / "a.mp4").write_bytes(b"no video")
    monkeypatch.chdir(tmp_path)
    test_it_answers_and_ends(tmp_path)
    assert not (tmp_path / "ran").exists()
