"""An atlas that may be read and not written: the reading commands work, the writing ones say so."""

import shutil
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux'")


@pytest.fixture
def shut(tmp_path, calm, forbid):
    """A copy of the atlas that nobody may write."""
    return forbid(shutil.copytree(calm.folder, tmp_path / "shut.atlas"))


def test_reading_commands_work(shut, commands, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    cache = {"XDG_CACHE_HOME": str(out / "cache"), "FRAMEATLAS_CACHE": str(out / "cache")}
    for arguments in (
        ("info", shut),
        ("check", shut),
        ("poster", shut, "-o", out / "p.png", "--tile-height", "32"),
        ("search", shut, "--frame", "a.mp4@1", "-k", "3"),
        ("similar", shut, "a.mp4", "-k", "1"),
        ("export", shut, "-o", out / "site", "--depth", "0"),
    ):
        ended = commands.run(*arguments, powerless=True, environment=cache)
        assert ended.code == 0, (arguments, ended.errors)


def test_writing_commands_say_so(shut, commands, said, videos, trees):
    before = trees.tree(shut)
    for arguments in (("index", videos, "-o", shut), ("relayout", shut)):
        ended = commands.run(*arguments, powerless=True)
        said(ended)
        assert "to be allowed to write" in ended.sentence, ended.errors
    assert trees.tree(shut) == before


@pytest.mark.parametrize("command", ["index", "poster", "export"])
def test_a_read_only_output(shut, commands, said, videos, command):
    given = videos if command == "index" else shut
    name = {"index": "new.atlas", "poster": "p.png", "export": "site"}[command]
    ended = commands.run(command, given, "-o", shut / "maps" / name, powerless=True)
    said(ended)
    assert "allowed to write" in ended.sentence, ended.errors
