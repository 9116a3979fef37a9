"""The tables of docs/benchmarks.md, rewritten from what benchmarks measure."""

import os
import time
from dataclasses import replace
from datetime import date

import pytest
from benchmark import __main__ as chooser
from benchmark import machine, report
from benchmark.report import Asked
from benchmark.tables import markdown, said

DAY = date(2026, 11, 3)

PAGE = """# Figures

Words before.

<!-- figures: machine -->
old machine
<!-- end -->

<!-- figures: players_speed -->
old players
<!-- end -->

Words between: 4.25.

<!-- figures: search -->
<!-- end -->
"""

SPEED = {
    "tracklets": 2000, "crops": 80000, "seconds": 15.31, "processor_seconds": 27.4,
    "peak_gigabytes": 1.21, "players": 25,
    "machine": {"processor": "A chip", "cores": 2},
}  # fmt: skip


HEADLINES = """
<!-- figures: short -->
old headlines
<!-- end -->

<!-- figures: short-players_speed -->
old short players
<!-- end -->

<!-- figures: short-search -->
old short search
<!-- end -->
"""


def run_of(name="players_speed", figures=SPEED):
    return report.Run(name, ["--tracklets", "2000"], figures, 16.4, 24.2, 0.31)


def test_a_block_tells_command_day_machine_and_load():
    block = run_of().block(DAY)
    first = block.splitlines()[0]
    assert "`python -m benchmark players_speed --tracklets 2000`" in first
    assert "3 November 2026" in first
    assert "A chip, 2 cores" in first
    assert "other programs took 0.3 of them; 16 s, 24 of processor time." in first
    for figure in ("2,000", "80,000", "15.3", "27.4", "1.21", "25 of 25"):
        assert figure in block


def test_a_block_names_no_folder_of_the_machine(tmp_path):
    given = replace(run_of(), options=["--atlas", str(tmp_path / "clips.atlas"), "../other"])
    line = given.block(DAY).splitlines()[0]
    assert line.startswith("`python -m benchmark players_speed --atlas clips.atlas ../other`;")


def test_only_the_named_block_changes_and_twice_is_as_once():
    once = report.rewritten(PAGE, {"players_speed": run_of().block(DAY)})
    assert report.rewritten(once, {"players_speed": run_of().block(DAY)}) == once
    before, after = report.blocks(PAGE), report.blocks(once)
    assert after["machine"] == before["machine"]
    assert after["search"] == before["search"] == ""
    assert "old players" not in once
    for words in ("Words before.", "Words between: 4.25."):
        assert words in once
    assert report.rewritten(once, {"players_speed": "old players\n"}) == PAGE


def test_an_unknown_marker_is_an_error():
    with pytest.raises(report.DocumentError, match="Received: machine, players_speed, search"):
        report.rewritten(PAGE, {"nonesuch": "x"})


@pytest.mark.parametrize(
    "damaged",
    [
        PAGE.replace("<!-- end -->\n\nWords between", "\n\nWords between"),
        PAGE + "<!-- figures: machine -->\n<!-- end -->\n",
        PAGE + "<!-- figures: open -->\n",
    ],
)
def test_a_marker_without_end_or_twice_is_an_error(damaged):
    with pytest.raises(report.DocumentError, match="once for each name"):
        report.blocks(damaged)


def test_what_fails_keeps_its_figures_and_the_rest_is_written(tmp_path, monkeypatch, capsys):
    page = tmp_path / "benchmarks.md"
    page.write_text(PAGE, encoding="utf-8")

    def measured(name, options):
        if name == "search":
            raise RuntimeError("search gave no figures: out of memory")
        return run_of()

    monkeypatch.setattr(report, "measured", measured)
    assert report.run([Asked("search", []), Asked("players_speed", [])], page) == 1
    text = page.read_text(encoding="utf-8")
    assert "15.3" in text
    assert report.blocks(text)["search"] == ""
    assert "old machine" not in text
    out, err = capsys.readouterr()
    assert "out of memory" in err
    assert "15.3" in out


def test_nothing_is_measured_for_a_document_that_cannot_take_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(report, "measured", lambda *_: pytest.fail("measured"))
    page = tmp_path / "benchmarks.md"
    page.write_text(PAGE, encoding="utf-8")
    assert report.run([Asked("pca", [])], page) == 2
    assert report.run([Asked("players_speed", [])], tmp_path / "none.md") == 2
    assert report.run([Asked("players_speed", [], short=True)], page) == 2
    assert report.run([Asked("machine", [])], None) == 2
    assert page.read_text(encoding="utf-8") == PAGE
    assert capsys.readouterr().err.count("\n") == 4


def test_the_short_run_leaves_the_tables_of_large_sizes(tmp_path, monkeypatch, capsys):
    page = tmp_path / "benchmarks.md"
    page.write_text(PAGE + HEADLINES, encoding="utf-8")

    def measured(name, options):
        if name == "search":
            raise RuntimeError("search gave no figures: out of memory")
        return run_of()

    monkeypatch.setattr(report, "measured", measured)
    asked = [Asked(name, [], short=True) for name in ("search", "players_speed")]
    assert report.run(asked, page) == 1
    found = report.blocks(page.read_text(encoding="utf-8"))
    assert found["players_speed"] == "old players\n"
    assert found["search"] == ""
    assert found["short-search"] == "old short search\n"
    assert "| 2,000 " in found["short-players_speed"]
    assert "`python -m benchmark short`" in found["short"]
    assert "players after the network, 2,000 tracklets, s | 15.3 " in found["short"]
    assert "Failed, and therefore not here: search." in found["short"]
    assert found["short"] in capsys.readouterr().out


def test_other_pages_with_the_same_block_follow(tmp_path):
    (tmp_path / "benchmarks.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "other.md").write_text("a\n<!-- figures: search -->\n<!-- end -->\nb\n")
    (tmp_path / "plain.md").write_text("no marker\n")
    report.put(tmp_path / "benchmarks.md", {"search": "new"})
    assert "\nnew\n" in (tmp_path / "benchmarks.md").read_text()
    assert (tmp_path / "other.md").read_text() == (
        "a\n<!-- figures: search -->\nnew\n<!-- end -->\nb\n"
    )
    assert (tmp_path / "plain.md").read_text() == "no marker\n"


def test_a_benchmark_without_figures_is_one_sentence():
    with pytest.raises(RuntimeError, match=r"gave no figures: .*Received: nonesuch"):
        report.measured("nonesuch", [])


def test_our_document_has_a_block_for_each_short_benchmark(root):
    known = report.blocks((root / report.DOCUMENT).read_text(encoding="utf-8"))
    short = {f"short-{name}" for name in chooser.SHORT}
    assert {report.MACHINE, report.SHORT, *short, *chooser.SHORT} <= set(known)
    for name in known.keys() - {report.MACHINE, report.SHORT}:
        assert name.removeprefix("short-") in chooser.names()
        assert callable(report.table_of(name.removeprefix("short-")))


@pytest.mark.parametrize(
    ("words", "document", "rest"),
    [
        (["pca", "--json"], None, ["pca", "--json"]),
        (["short", "--write", "some.md"], "some.md", ["short"]),
        (["pca", "--write", "--frames", "9"], "benchmarks.md", ["pca", "--frames", "9"]),
        (["--write", "pca", "--quick"], "benchmarks.md", ["pca", "--quick"]),
    ],
)
def test_write_names_a_document_or_means_ours(words, document, rest):
    path, others = chooser.document_of(words)
    assert (path and path.name) == document
    assert others == rest


def test_tables_line_up_and_numbers_keep_three_digits():
    lines = markdown(["", "seconds"], [["ours", 0.0123], ["theirs", 1234.5], ["absent"]]).split(
        "\n"
    )
    assert len({len(line) for line in lines}) == 1
    assert [said(x) for x in (None, 0.5, 12.345, 3, 123456, 0.00123, 0.0)] == [
        "", "0.50", "12.3", "3", "123,456", "0.0012", "0.00",
    ]  # fmt: skip


def test_others_are_no_more_than_all_processors():
    others = machine.Others()
    deadline = time.monotonic() + 0.2
    while time.monotonic() < deadline:
        sum(range(1_000))
    taken = others.cores()
    # The system counts ticks of some milliseconds, each processor's apart.
    assert taken is None or 0 <= taken <= 1.5 * (os.cpu_count() or 1)


def test_others_are_what_we_did_not_take(monkeypatch):
    seconds = iter([(100.0, 10.0, 2.0), (104.0, 22.0, 9.0)])  # clock, all processors, ours
    clock, busy, ours = next(seconds)
    monkeypatch.setattr(machine.time, "monotonic", lambda: clock)
    monkeypatch.setattr(machine, "_busy_seconds", lambda: busy)
    monkeypatch.setattr(machine, "our_processor_seconds", lambda: ours)
    others = machine.Others()
    clock, busy, ours = next(seconds)
    assert others.cores() == 1.25  # (12 - 7) seconds of 4
    busy = None
    assert others.cores() is None


def test_peers_that_are_missing_say_so(monkeypatch):
    monkeypatch.setattr(machine, "PEERS", ("numpy", "no-such-library-at-all"))
    assert machine.peer_versions()["no-such-library-at-all"] == machine.NOT_INSTALLED
    assert machine.peer_versions()["numpy"][0].isdigit()
