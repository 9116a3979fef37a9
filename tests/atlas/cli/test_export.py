import json

import pytest
from click.testing import CliRunner

from frameatlas.cli.export import parse_bytes
from frameatlas.cli.main import cli
from frameatlas.errors import InputError


@pytest.mark.parametrize(
    ("text", "size"),
    [("500MB", 500_000_000), ("1.5 gb", 1_500_000_000), ("20000", 20_000), ("3k", 3000)],
)
def test_sizes_are_understood(text, size):
    assert parse_bytes(text) == size


@pytest.mark.parametrize("text", ["", "much", "-3MB", "5XB", "1e9", "MB"])
def test_other_sizes_are_refused(text):
    with pytest.raises(InputError, match="500MB"):
        parse_bytes(text)


def test_the_command_says_what_came_of_it(tmp_atlas, tmp_path):
    site = tmp_path / "site"
    shown = CliRunner().invoke(cli, ["export", str(tmp_atlas.folder), "-o", str(site)])
    assert shown.exit_code == 0, shown.output
    assert f"Open {site / 'index.html'}" in shown.stdout
    assert "about" in shown.stderr


def test_json_is_one_object_a_line(tmp_atlas, tmp_path):
    arguments = [
        "export",
        str(tmp_atlas.folder),
        "-o",
        str(tmp_path / "s"),
        "--depth",
        "1",
        "--json",
    ]
    shown = CliRunner().invoke(cli, arguments)
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert lines[-1]["event"] == "done"
    assert lines[-1]["depth"] == 1
    assert {line["event"] for line in lines} >= {"remark", "stage", "done"}
