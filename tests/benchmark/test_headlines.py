"""The short run's headlines are the reports' own figures, beside the peers' and the goals."""

import pytest
from benchmark import __main__ as chooser
from benchmark import headlines, machine


def rows_of(name, report):
    """The cells of each row after the head."""
    lines = headlines.table({name: report}).splitlines()[2:]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def method(trust, seconds=10.0, placed=True):
    figures = {"trustworthiness": trust, "accuracy": trust - 0.1}
    return {"fitted": figures, "seconds": seconds, **({"placed": figures} if placed else {})}


MAP = {
    "data": {
        "digits": {
            "pca": method(0.99),
            "atlas": method(0.9604, 20.0),
            "umap": method(0.94, placed=False),
            "opentsne": method(0.95, 10.0),
        }
    }
}


def test_every_short_benchmark_has_headlines():
    assert set(headlines.HEADLINES) == set(chooser.SHORT)


def test_a_map_is_compared_with_the_best_peer_in_each_figure():
    rows = rows_of("map", MAP)
    fitted = rows[0]
    assert fitted[1:] == [
        "0.960", "0.950", "openTSNE, the best of 2", "1.01", "above openTSNE"
    ]  # fmt: skip
    assert rows[2][3] == "openTSNE, the best of 1"
    assert rows[-1][1:] == ["20.0", "10.0", "openTSNE", "2.00", "3 × or less"]


def test_a_map_without_peers_is_told_alone():
    rows = rows_of("map", {"data": {"digits": {"atlas": method(0.96)}}})
    assert rows[0][1:4] == ["0.960", "", ""]
    assert rows[-1][1:4] == ["10.0", machine.NOT_INSTALLED, "openTSNE"]


@pytest.mark.parametrize("switches", [0.0, 0.1])
def test_players_stand_beside_the_best_known_connector(switches):
    report = {
        "identities": [
            {"case": "drawn", "switches": switches, "method": name, "tracklet_accuracy": share}
            for name, share in (("players", 0.9), ("GTA-Link's connector, .4", 0.6))
        ]
    }
    ((what, *cells),) = rows_of("players", report)
    assert ("10% switched" in what) is bool(switches)
    assert cells[:4] == ["0.900", "0.600", "GTA-Link's connector, .4", "1.50"]


def test_growth_sums_what_an_index_does_and_takes_the_largest_memory():
    steps = [
        {"step": step, "frames": frames, "seconds": {"a": 1.0, "b": 0.5}, "own_megabytes": own}
        for frames, more in ((1_000, 0), (10_000, 300))
        for step, own in (("index", 60), ("layout", 400 + more), ("search", 90))
    ]
    rows = rows_of("growth", {"sizes": [1_000, 10_000], "steps": steps})
    assert rows[0][:2] == ["10,000 generated frames, stored and mapped, s", "3.00"]
    assert rows[1][1:5] == ["700", "400", "ours, 1,000", "1.75"]
