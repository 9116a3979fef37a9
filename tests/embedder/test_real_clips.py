"""The main job as a stranger does it: real clips, the real network, the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from frameatlas import open_atlas

CLIPS = ("sign-yes.mkv", "sign-bird.mkv", "fire2.mp4")


def frameatlas(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import frameatlas.cli.main as c; c.main()",
            *map(str, arguments),
        ],
        cwd=cwd,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=1200,
        env={k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"},
    )


@pytest.mark.slow
@pytest.mark.shared
def test_real_clips_become_an_atlas(shared: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in CLIPS:
        (folder / name).symlink_to(shared / "data" / "clips" / name)
    (folder / "notes.txt").write_text("a sidecar", encoding="utf-8")
    done = frameatlas("index", "clips", "--engine", "tensorflow", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(e["path"]).name for e in events if e["event"] == "source"] == sorted(CLIPS)
    assert events[-1]["event"] == "done"
    atlas = open_atlas(tmp_path / "clips.atlas")
    for source in atlas.sources:
        assert source.status == "ok"
        assert source.duration is not None
        assert abs(source.frames - 3 * source.duration) <= 1
    assert np.abs(atlas.coordinates).max() <= 1
    # Frames of one clip are more alike than frames of different clips.
    features = atlas.features[:].astype(np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    alike = features @ features.T
    same = atlas.source_numbers[:, None] == atlas.source_numbers[None]
    assert alike[same].mean() > alike[~same].mean() + 0.2

    folder.joinpath("broken.mp4").write_bytes(b"\0" * 5000)
    again = frameatlas("index", "clips", cwd=tmp_path)
    assert again.returncode == 1
    assert "broken.mp4" in again.stdout
    assert "3 files known already" in again.stdout
    assert "Traceback" not in again.stderr
    assert np.array_equal(open_atlas(tmp_path / "clips.atlas").coordinates, atlas.coordinates)
