"""What a command and its child processes hold together, read from a made-up /proc."""

import pytest


@pytest.fixture(scope="module")
def memory(from_root):
    return from_root("benchmark.memory")


@pytest.fixture
def proc(tmp_path):
    """Process 7 (named with brackets) with child 8 and grandchild 9; 5 is a stranger."""
    for process, parent in ((7, 1), (8, 7), (9, 8), (5, 1)):
        place = tmp_path / str(process)
        place.mkdir()
        (place / "stat").write_text(f"{process} (a) b (c) S {parent} 7 7 0 -1")
        (place / "smaps_rollup").write_text(
            f"00-ff ---p 0 00:00 0 [rollup]\nRss: 900 kB\nPss: {process}000 kB\nPss_Anon: 5 kB\n"
        )
    (tmp_path / "self").mkdir()
    return tmp_path


def test_all_that_descend_are_counted_and_nobody_else(memory, proc):
    assert sorted(memory.tree_of(7, proc)) == [7, 8, 9]


def test_shares_are_in_megabytes(memory, proc):
    assert memory.proportional_megabytes(8, proc) == pytest.approx(8.192)
    assert memory.proportional_megabytes(99, proc) == 0


def test_a_command_is_watched_to_its_end_and_its_failure_is_told(memory):
    need = memory.measure("version", "--version")
    assert need.command == "version"
    assert need.peak_mb > 1
    with pytest.raises(RuntimeError, match="info: "):
        memory.measure("info", "info", "/nowhere/there.atlas")


def test_the_table_has_a_row_for_each_command(memory):
    needs = [vars(memory.Need("index", 912.4, 31.0)), vars(memory.Need("players", 1010.0, 8.2))]
    lines = memory.table({"needs": needs, "films": 2, "game_seconds": 20, "engine": "auto"})
    assert "| `index`   | 912" in lines
    assert lines.count("\n") == 5
