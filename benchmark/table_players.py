"""The players' figures as Markdown: a row for each case and method."""

from typing import Any

from benchmark.tables import Cell, markdown

COLUMNS = {
    "duration_accuracy": "accuracy by time",
    "tracklet_accuracy": "by tracklet",
    "tracklet_coverage": "told",
    "tracklet_count": "people found",
    "tracklet_pair_f1": "pair F1",
    "idf1": "IDF1",
}


def table(report: dict[str, Any]) -> str:
    """What ``python -m benchmark players --json`` prints, for people; JSON has all scores."""
    parts = []
    identities = report["identities"]
    for key in dict.fromkeys((row["case"], row["switches"]) for row in identities):
        own = [row for row in identities if (row["case"], row["switches"]) == key]
        columns = {name: text for name, text in COLUMNS.items() if name in own[0]}
        rows: list[list[Cell]] = [[row["method"], *(row[c] for c in columns)] for row in own]
        switched = f", {key[1]:.0%} of tracklets switched" if key[1] else ""
        people = own[0]["tracklet_true_count"]
        title = f"{key[0]}{switched}: {own[0]['tracklet_items']:.0f} tracklets of {people:.0f}"
        parts.append(f"{title} people:\n\n{markdown(['', *columns.values()], rows)}")
    return "\n\n".join(parts)
