"""What a search for identities tells the person who ran it."""

import math
from pathlib import Path
from typing import Any

from frameatlas.players.tables import REPORT, TABLE
from frameatlas.plurals import count_of
from frameatlas.reid.crops.game import Game
from frameatlas.reid.identify.identities import IGNORED, UNASSIGNED, Decision, Identities
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.report.outputs import SHEETS
from frameatlas.reid.report.players_report import player_name, report
from frameatlas.reid.statistics.statistics import GameStatistics
from frameatlas.reid.statistics.write_statistics import FOLDER, STATS

_LISTED = 12
"""Players whose statistics are printed."""

_SHOWN = 5
"""Least certain decisions that a summary shows; the report has twenty."""


def headline(game: Game, found: Identities, options: PlayersOptions) -> dict[str, Any]:
    """The report without its long lists, for a program to read."""
    whole = report(game, found, options)
    lists = ("pieces", "sources", "settings")
    return {key: value for key, value in whole.items() if key not in lists}


def summary(
    folder: Path, game: Game, found: Identities, statistics: GameStatistics | None = None
) -> str:
    """A few sentences for a person to read."""
    unassigned = int((found.player == UNASSIGNED).sum())
    ignored = int((found.player == IGNORED).sum())
    left = f", {ignored} ignored" if ignored else ""
    tracklets = len(game.crops.tracklets)
    lines = [
        f"{folder}: {count_of(found.count, 'player')} in {count_of(tracklets, 'tracklet')}, "
        f"{count_of(len(game.crops), 'crop')}; "
        f"{count_of(unassigned, 'tracklet')} unassigned{left}.",
        f"At least {count_of(found.least_count, 'person', 'people')}, seen at the same time.",
        _error_estimate(found),
    ]
    teams = int(found.team.max(initial=-1)) + 1
    if teams:
        sizes = [int((found.team == team).sum()) for team in range(teams)]
        lines.append(f"{count_of(teams, 'team')}, of {', '.join(map(str, sizes))} tracklets.")
    if found.decisions:
        lines.append("Least certain:")
        lines += [f"  {_as_words(found, decision)}" for decision in found.decisions[:_SHOWN]]
    if statistics is not None:
        lines += _statistics(folder, statistics)
    lines.append(f"{folder / TABLE}, {folder / SHEETS}/, {folder / REPORT}, {folder / 'tracks'}/.")
    lines.append(f"Next: look at the sheets; frameatlas browse {folder}")
    return "\n".join(lines)


def _statistics(folder: Path, found: GameStatistics) -> list[str]:
    """A table of the players who are seen longest."""
    metres = any(player.metres for player in found.players)
    unit = "m" if metres else "heights"
    lines = [f"Player: time seen, way, mean and top speed in {unit} a second:"]
    ordered = sorted(found.players, key=lambda player: -player.seconds)
    for player in ordered[:_LISTED]:
        moved = player.metres if metres else player.heights
        way = f"{moved.distance:.0f} {unit}, {moved.mean:.2f}, {moved.top:.2f}" if moved else "-"
        lines.append(f"  {player.name}: {player.seconds:.1f} s, {way}")
    more = len(ordered) - _LISTED
    lines.append(
        f"{f'and {more} more in ' if more > 0 else ''}{folder / STATS}, {folder / FOLDER}/."
    )
    return lines


def _error_estimate(found: Identities) -> str:
    if found.calibrated:
        how = f"{found.threshold:.3f}, calibrated on this game"
    else:
        how = f"{found.threshold:.3f}"
    return (
        f"Threshold {how}; merged up to {found.reached:.3f}. Error estimate: "
        f"of pairs seen at the same time {_share(found.false_links)} are joined where that is "
        f"hidden, of tracklets cut in two {_share(found.missed_links)} stay torn apart. "
        f"{_expected(found)}"
    )


def _expected(found: Identities) -> str:
    """What games of such an estimate had; a single number would be false."""
    if found.expected is None:
        return "Both are mostly too low: they tell better from worse, not how much is wrong."
    (least, most), (few, many) = found.expected.wrong, found.expected.people
    people = count_of(few, "person", "people") if few == many else f"{few} to {many} people"
    return (
        f"In eight of ten drawn games of such an estimate {100 * least:.0f} to {100 * most:.0f} % "
        f"of the boxes bore the wrong person, and there were {people}. Real games may differ."
    )


def _share(value: float) -> str:
    return "an unknown share" if math.isnan(value) else f"{100 * value:.1f} %"


def _as_words(found: Identities, decision: Decision) -> str:
    name = player_name(found, decision.player)
    who = f"player {name}" if decision.player >= 0 else name
    other = f", else player {player_name(found, decision.other)}" if decision.other >= 0 else ""
    return (
        f"tracklet {decision.tracklet} (frames {decision.first}-{decision.last}): {who}{other}, "
        f"margin {decision.margin:.2f}"
    )
