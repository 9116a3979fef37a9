"""A pattern that the shell found no file for is called so, in one sentence, by every command."""

import pytest

PATTERNS = [
    (["players", "demo/*.mp4"], "a video, or a folder of images"),
    (["players", "demo/*.mp4", "--tracks", "game.txt"], "a video, or a folder of images"),
    (["players", "game.mp4", "--tracks", "t?.txt"], "a file of tracks"),
    (["players", "--list", "--tracks", "*.txt", "game.mp4"], ""),
    (["index", "demo/*.mp4"], "an existing file or folder"),
    (["search", "ATLAS", "--image", "d/*.jpg"], "a photo after --image"),
    (["search", "ATLAS", "--clip", "d/*.mp4"], "a video after --clip"),
    (["search", "ATLAS", "--frame", "d/*.mp4@3"], "a video of"),
    (["similar", "ATLAS", "demo/*.mp4"], "a video of"),
    (["cuts", "ATLAS", "--shots", "?.mp4", "-o", "c.edl"], "a video of"),
    (["cuts", "ATLAS", "--frames", "*.txt", "-o", "c.edl"], "numbers of frames"),
    (["poster", "*.atlas"], "an atlas"),
    (["words", "*.atlas"], "an atlas"),
    (["info", "a/*.atlas"], "an atlas"),
    (["metadata", "ATLAS", "--columns", "*.csv"], "a CSV file"),
    (["import-bins", "ATLAS", "*.csv"], "a CSV file"),
    (["players", "rank", "--query", "a*", "--gallery", "b*"], "a folder of pictures"),
]


@pytest.mark.parametrize(("words", "expected"), PATTERNS, ids=lambda one: " ".join(one)[:40])
def test_an_unmatched_pattern_is_one_sentence(tmp_atlas, tmp_path, typed, words, expected):
    (tmp_path / "game.mp4").touch()
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "game.mp4").touch()
    given = [str(tmp_atlas.folder) if word == "ATLAS" else word for word in words]
    done = typed(folder, *given)
    said = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 2
    assert said.startswith(f"Error: Expected {expected}")
    assert "no longer there" not in said
    assert "[Errno" not in said
    assert not [p for p in folder.iterdir() if p.name != "game.mp4"]


def test_what_is_missing_is_called_missing_and_brackets_are_names(tmp_path, typed):
    done = typed(tmp_path, "players", "game [1].mp4")
    assert "Received: game [1].mp4, where no such file is; check the spelling." in done.stderr
    done = typed(tmp_path, "players", "g*.mp4")
    assert "Received: g*.mp4, a pattern that matches no file; check the folder" in done.stderr
