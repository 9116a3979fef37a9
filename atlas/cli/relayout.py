"""``frameatlas relayout``: compose the map anew."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from frameatlas.atlas import open_atlas
from frameatlas.cli.arguments import resolve_atlas, stopping_on_interrupt
from frameatlas.cli.index import choose_progress
from frameatlas.options import LAYOUTS, SPREADS, LayoutOptions
from frameatlas.plurals import count_of
from frameatlas.safe_text import say
from frameatlas.summary import atlas_info


@click.command(
    epilog="Examples:  frameatlas relayout clips.atlas --seed 1 --rotate 45  ·  "
    "frameatlas relayout clips.atlas --try 6 -o choices.png"
)
@click.argument("atlas", required=False)
@click.option("--std", type=float, help="Width of the code; 0.3 is the published one.")
@click.option("--seed", type=int, help="Another seed, another map.")
@click.option("--rotate", type=float, help="Degrees by which the map is turned.")
@click.option("--temporal", type=float, help="Weight of the temporal term; 0 leaves it out.")
@click.option("--layout", "name", type=click.Choice(LAYOUTS), help="How the map is drawn.")
@click.option("--spread", type=click.Choice(SPREADS), help="What area tells.")
@click.option(
    "--try",
    "tries",
    type=click.IntRange(1, 24),
    metavar="NUMBER",
    help="Change nothing; print small pictures of so many seeds' maps to choose from.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --try: the picture; choices.png.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def relayout(
    atlas: str | None, tries: int | None, output: Path | None, as_json: bool, **given: Any
) -> None:
    """Compose the map anew, without decoding or describing again.

    What is not given stays as it is.
    """
    folder = resolve_atlas(atlas)
    given = {name: value for name, value in given.items() if value is not None}
    options = replace(_current(folder), **given)
    if tries is not None:
        _try(folder, options, tries, output or Path("choices.png"), as_json)
        return
    if output is not None:
        raise click.UsageError("-o belongs to --try: without it the atlas itself is changed.")
    from frameatlas.embedder import relayout as draw

    with choose_progress(as_json) as progress, stopping_on_interrupt() as stopped:
        drawn = draw(folder, options, progress=progress, stopped=stopped)
    values = atlas_info(drawn)
    if as_json:
        say(json.dumps({"event": "done", "map": values["map"], "layout": values["layout"]}))
    else:
        say(f"{folder}: map {values['map']}, seed {options.seed}, {count_of(len(drawn), 'frame')}.")


def _try(folder: Path, options: LayoutOptions, tries: int, output: Path, as_json: bool) -> None:
    """Print the maps of several seeds on one sheet; the first is the atlas' own seed."""
    from frameatlas.embedder import try_layouts
    from frameatlas.geometry.cell_size import CellSize
    from frameatlas.poster import contact_sheet, preview, write_sheet
    from frameatlas.poster.formats.writers import check_place

    check_place(output)
    atlas = open_atlas(folder)
    seeds = [(options.seed + more) % 2**31 for more in range(tries)]
    choices = [replace(options, seed=seed) for seed in seeds]
    with choose_progress(as_json) as progress, stopping_on_interrupt() as stopped:
        maps = try_layouts(folder, choices, progress=progress, stopped=stopped)
        pictures = [preview(atlas, coordinates) for coordinates in maps]
    height, width = pictures[0].shape[:2]
    sheet = contact_sheet(
        pictures,
        [f"--seed {seed}" for seed in seeds],
        columns=min(3, tries),
        cell=CellSize(width, height),
        title=f"{folder.name}: which map? frameatlas relayout --seed NUMBER",
    )
    write_sheet(output, sheet)
    if as_json:
        say(json.dumps({"event": "done", "output": str(output), "seeds": seeds}))
    else:
        say(f"{output}: the maps of seeds {seeds[0]} to {seeds[-1]}; nothing was changed.")


def _current(folder: Path) -> LayoutOptions:
    """The options that the current map was drawn with."""
    layout = (atlas_info(open_atlas(folder))["layout"] or {}).get("wish", {})
    names = ("name", "std", "seed", "rotate", "temporal", "spread")
    return LayoutOptions(
        **{"spread": "time"} | {name: layout[name] for name in names if name in layout}
    )
