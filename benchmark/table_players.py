"""The players' accuracy as Markdown: a row for each case, a column for each method."""

from typing import Any

from benchmark.players_small import USUAL
from benchmark.tables import Cell, markdown

COLUMNS = {
    "oracle: majority of each tracklet": "oracle",
    "players": "`players`",
    "players, K known": "the same, K known",
    "GTA-Link's connector, .4": "GTA-Link's connector",
    "colour only": "colour alone",
    "KMeans of tracklets, K known": "KMeans, K known",
    "teams only": "teams only",
    "random, right K": "random",
    "all one person": "all one",
}
"""Methods of which the page tells; JSON and the terminal have all of them, and all scores."""

OURS = "players"
SCORE = "tracklet_accuracy"


def table(report: dict[str, Any]) -> str:
    """What ``python -m benchmark players --json`` prints, for people."""
    identities = report["identities"]
    rows = []
    for key in dict.fromkeys((row["case"], row["switches"]) for row in identities):
        own = {r["method"]: r for r in identities if (r["case"], r["switches"]) == key}
        rows.append(_row(*key, own))
    heads = ["", "tracklets", "people", *COLUMNS.values(), "people found"]
    seeds = max(len(row["seeds"]) for row in identities)
    spread = f", mean ± spread of {seeds} games" if seeds > 1 else ""
    side = report.get("side", USUAL)
    small = "" if side == USUAL else f", by pictures of {side} pixels in place of {USUAL}"
    shown = f"Share of tracklets whose person is right{spread}{small}."
    return f"{markdown(heads, rows)}\n\n{shown} A share switched: so many show two people."


def _row(case: str, switches: float, own: dict[str, dict[str, Any]]) -> list[Cell]:
    ours = own[OURS]
    name = f"{case}, {switches:.0%} switched" if switches else case
    scores = [_score(own[method], method == OURS) if method in own else "" for method in COLUMNS]
    counts = [f"{ours['tracklet_items']:.0f}", f"{ours['tracklet_true_count']:.0f}"]
    return [name, *counts, *scores, f"{ours['tracklet_count']:.1f}"]


def _score(row: dict[str, Any], bold: bool) -> str:
    """Two digits, with the spread over seeds where there are several; ours stands out."""
    shown = _two(row[SCORE])
    if f"{SCORE}_sd" in row:
        shown += f" ± {_two(row[f'{SCORE}_sd'])}"
    return f"**{shown}**" if bold else shown


def _two(share: float) -> str:
    return f"{share:.2f}".removeprefix("0")
