"""The players benchmark's figures for people to read; JSON has all of them."""

from typing import Any

from frameatlas.reid.evaluate.levels import LEVELS

Row = dict[str, Any]

COLUMNS = {
    "duration_accuracy": "acc(t)",
    "tracklet_accuracy": "acc",
    "crop_accuracy": "acc(c)",
    "tracklet_coverage": "cov",
    "tracklet_count": "K̂",
    "tracklet_ari": "ARI",
    "tracklet_nmi": "NMI",
    "tracklet_pair_f1": "pairF1",
    "tracklet_bcubed_f1": "B³F1",
    "tracklet_purity": "pur",
    "tracklet_inverse_purity": "inv",
    "idf1": "IDF1",
    "assa": "AssA",
}
"""What the table shows of all scores: (t) counts moments, (c) crops, the others tracklets."""

HEAD_COLUMNS = {
    "accuracy": "acc",
    "accuracy_known": "acc K",
    "pair_f1": "pairF1",
    "estimate": "errors",
}
"""With K found and known; errors are the label-free estimate, 0 to 2."""

RANK_COLUMNS = {
    "mAP_standard": "mAP",
    "mAP_trapezoid": "(trap.)",
    "mINP": "mINP",
    "rank1": "rank-1",
    "rank5": "rank-5",
    "rank10": "rank-10",
}
WIDE = 9
ALL_OF = ("players", "players, K known")
"""Methods of which every score is shown, where that is wanted."""


def table(report: Row, every_score: bool = False) -> str:
    """The report as text.

    Args:
        report: As ``main`` makes it.
        every_score: Whether all scores of ``players`` follow the table of each case.
    """
    lines: list[str] = []
    for key in dict.fromkeys((row["case"], row["switches"]) for row in report["identities"]):
        own = [r for r in report["identities"] if (r["case"], r["switches"]) == key]
        lines += _case(own)
        if every_score:
            lines += [line for row in own if row["method"] in ALL_OF for line in _every(row)]
    lines += _list("Crops ranked, own tracklet left out", report["retrieval"], RANK_COLUMNS)
    if report["heads"]:
        title = "Half of the people, a head trained on the others"
        lines += _list(title, report["heads"], HEAD_COLUMNS)
    lines += ["", *report["estimates"].get("words", [])]
    return "\n".join([*lines, "", f"{report['seconds']:.0f} s"])


def _case(rows: list[Row]) -> list[str]:
    lines = ["", _title(rows[0]), " " * 36 + "".join(f"{s:>{WIDE}}" for s in COLUMNS.values())]
    for row in rows:
        values = (_value(row, name) for name in COLUMNS)
        lines.append(f"{row['method']:<36}" + "".join(f"{value:>{WIDE}}" for value in values))
    return lines


def _title(row: Row) -> str:
    shown = f", {row['switches']:.0%} of tracklets switched" if row["switches"] else ""
    items, people = row["tracklet_items"], row["tracklet_true_count"]
    spread = f"; mean ± spread of seeds {row['seeds']}" if len(row["seeds"]) > 1 else ""
    return f"{row['case']}{shown}: {items:.0f} tracklets of {people:.0f} people{spread}"


def _value(row: Row, name: str) -> str:
    if name == "tracklet_count":
        return f"{row[name]:.1f}"
    spread = row.get(f"{name}_sd")
    shown = f"{row[name]:.2f}".replace("0.", ".", 1)
    return shown if spread is None else f"{shown}±{f'{spread:.2f}'.lstrip('0')}"


def _every(row: Row) -> list[str]:
    """All scores of one method: a line a score, a column a level."""
    first = f"{LEVELS[0]}_"
    names = [n.removeprefix(first) for n in row if n.startswith(first) and not n.endswith("_sd")]
    lines = ["", f"  {row['method'] + ', every score':<34}" + "".join(f"{x:>12}" for x in LEVELS)]
    for name in names:
        values = (row[f"{level}_{name}"] for level in LEVELS)
        lines.append(f"    {name:<32}" + "".join(f"{value:>12.3f}" for value in values))
    own = ("false_links", "missed_links", "true_false_links", "true_missed_links", "idf1", "assa")
    return [*lines, *(f"    {name:<32}{row[name]:>12.3f}" for name in own), ""]


def _list(title: str, rows: list[Row], columns: dict[str, str]) -> list[str]:
    lines = ["", f"{title:<60}" + "".join(f"{short:>{WIDE}}" for short in columns.values())]
    for row in rows:
        name = f"{row['case']}, {row['switches']:.0%}: {row['method']}"
        lines.append(f"{name:<60}" + "".join(f"{_value(row, c):>{WIDE}}" for c in columns))
    return lines
