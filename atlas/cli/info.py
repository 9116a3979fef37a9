"""``frameatlas info``: what is in an atlas."""

import json
import sys
from typing import Any

import click

from frameatlas.atlas import open_atlas
from frameatlas.cli.arguments import resolve_atlas
from frameatlas.plurals import count_of
from frameatlas.safe_text import one_line, plain, say
from frameatlas.summary import atlas_info

_STORED = {"raw": "raw", "jpeg": "as JPEG"}


@click.command(epilog="Example:  frameatlas info clips.atlas --json")
@click.argument("atlas", required=False)
@click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON object.")
def info(atlas: str | None, as_json: bool) -> None:
    """Say what is in an atlas."""
    values = atlas_info(open_atlas(resolve_atlas(atlas)))
    if as_json:
        say(json.dumps(values, indent=1))
    else:
        _print(values)


def _print(values: dict[str, Any]) -> None:
    from rich.console import Console

    # Without a terminal there is no width to keep to, and a cut path helps nobody.
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    console.print(_sources_table(values["sources"]))
    for line in _lines(values):
        console.print(plain(line), markup=False)


def _sources_table(sources: list[dict[str, Any]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table("status", "frames", "seconds", "size", "codec", "path", box=None)
    for source in sources:
        length = source["duration"]
        notes = [source["reason"], "key frames only" if source["sample"] == "key" else ""]
        path = source["path"] + "".join(f" ({note})" for note in notes if note)
        table.add_row(
            source["status"],
            str(source["frames"]),
            f"{length:.1f}" if length is not None else "",
            f"{source['width']}×{source['height']}" if source["width"] else "",
            Text(one_line(source["codec"])),
            Text(one_line(path)),
        )
    return table


def _lines(values: dict[str, Any]) -> list[str]:
    filled = sum(1 for source in values["sources"] if source["frames"])
    lines = [
        f"{count_of(values['frames'], 'frame')} from {count_of(filled, 'source')}, "
        f"{values['bytes'] / 1e6:.1f} MB; "
        f"{values['fps']:g} a second, {values['height']} pixels, engine {values['engine']}",
        f"frames stored {_STORED[values['store']]}, {values['frame_bytes'] / 1e6:.1f} MB",
    ]
    if values["descriptor"] != "xception":
        lines.append(f"{values['features']} numbers a frame by {values['descriptor']}")
    if values["precision"] != "auto":
        lines.append(f"described with --precision {values['precision']}")
    if words := values["words"]:
        lines.append(f"words by {words['descriptor']} for {count_of(words['frames'], 'frame')}")
    if shots := values["shots"]:
        lines.append(
            f"{count_of(shots['number'], 'shot')} in {count_of(shots['videos'], 'video')}, "
            f"{shots['median_seconds']:.1f} s long at the median"
        )
    lines += [_column_line(column) for column in values["columns"]]
    lines += _groups(values)
    if run := values["run"]:
        lines.append(f"being written right now, by {run['text']}")
    components, layout = values["components"], values["layout"]
    if components is None or layout is None:
        return [*lines, _no_map(values)]
    lines.append(
        f"{components['number']} components keep {components['variance_kept']:.1%} of the variance"
    )
    lines.append(
        f"map {values['map']}: layout {layout['name']}, seed {layout['seed']}, code mean "
        f"{_pair(layout['mean'])}, std {_pair(layout['std'])}, area by "
        f"{layout.get('spread', 'time')}"
    )
    if figures := (values["quality"] or {}).get("map"):
        lines.append(
            f"neighbours: trustworthiness {_figure(figures, 'trustworthiness')}, continuity "
            f"{_figure(figures, 'continuity')}; {_figure(figures, 'fill')} of the plane is filled"
        )
        if "order" in figures:
            lines.append(
                f"far regions: order {_figure(figures, 'order')} (1: the less alike two regions "
                "are, the further apart they lie; 0: only neighbours say something)"
            )
    if later := (values["quality"] or {}).get("placed_later"):
        lines.append(
            f"placed later: {count_of(later['frames'], 'frame')}, {later['misfits']} of which "
            "fit it badly"
        )
    if layout.get("reduced"):
        lines.append(f"reduced: {layout['reduced']}")
    return lines


def _groups(values: dict[str, Any]) -> list[str]:
    lines = []
    if live := values["live_photos"]:
        photos = count_of(len(live), "live photo")
        lines.append(f"{photos} (a photo, and a short film of the same name)")
    if bursts := values["bursts"]:
        held = sum(len(burst) for burst in bursts)
        found = count_of(len(bursts), "burst")
        lines.append(f"{found}, of {held} photos taken within a second of each other")
    return lines


def _no_map(values: dict[str, Any]) -> str:
    if values["run"]:
        return "no map yet: it is drawn at the end of that run"
    return "no map yet: run `frameatlas index` on the same videos again"


def _column_line(column: dict[str, Any]) -> str:
    """What a column holds, in one line."""
    known = f"{column['name']} of {count_of(column['frames'], 'frame')}"
    if "least" in column:
        return f"{known}, {column['least']} to {column['most']}"
    values = column.get("values", [])
    shown = ", ".join(str(name) for name, _ in values[:3])
    return f"{known}: {shown}{', …' if len(values) > 3 else ''}"


def _pair(values: list[float]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


def _figure(figures: dict[str, Any], name: str) -> str:
    """A figure of the map's quality; too few frames have none."""
    value = figures.get(name)
    return "–" if value is None else f"{value:.2f}"
