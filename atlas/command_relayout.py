"""``frameatlas relayout``: compose the map anew."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from frameatlas.atlas import open_atlas
from frameatlas.command_arguments import resolve_atlas, stopping_on_interrupt
from frameatlas.command_index import shown_progress
from frameatlas.info import atlas_info
from frameatlas.settings import LAYOUTS, LayoutWish


@click.command(epilog="Example:  frameatlas relayout clips.atlas --seed 1 --rotate 45")
@click.argument("atlas", required=False)
@click.option("--std", type=float, help="Width of the code; 0.3 is the published one.")
@click.option("--seed", type=int, help="Another seed, another map.")
@click.option("--rotate", type=float, help="Degrees by which the map is turned.")
@click.option("--temporal", type=float, help="Weight of the temporal term; 0 leaves it out.")
@click.option("--layout", "name", type=click.Choice(LAYOUTS), help="How the map is drawn.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def relayout(atlas: str | None, as_json: bool, **options: Any) -> None:
    """Compose the map anew, without decoding or describing again.

    What is not given stays as it is.
    """
    folder = resolve_atlas(atlas)
    given = {name: value for name, value in options.items() if value is not None}
    wish = replace(_current(folder), **given)
    from frameatlas.embedder import relayout as draw

    with shown_progress(as_json) as progress, stopping_on_interrupt() as stopped:
        drawn = draw(folder, wish, progress=progress, stopped=stopped)
    values = atlas_info(drawn)
    if as_json:
        click.echo(json.dumps({"event": "done", "map": values["map"], "layout": values["layout"]}))
    else:
        click.echo(f"{folder}: map {values['map']}, seed {wish.seed}, {len(drawn)} frames.")


def _current(folder: Path) -> LayoutWish:
    """The wish that the current map was drawn with."""
    layout = (atlas_info(open_atlas(folder))["layout"] or {}).get("wish", {})
    names = ("name", "std", "seed", "rotate", "temporal")
    return LayoutWish(**{name: layout[name] for name in names if name in layout})
