"""``frameatlas shots``: where the shots of an atlas' videos begin and end."""

import json
from pathlib import Path
from typing import Any

import click

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.cli.arguments import resolve_atlas, stopping_on_interrupt
from frameatlas.cli.index import choose_progress
from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.safe_text import say
from frameatlas.search.source_lookup import named_source
from frameatlas.shots import Shots


@click.command(
    epilog="""\b
Examples:
  frameatlas shots holiday.atlas
  frameatlas shots holiday.atlas --list --json
  frameatlas shots holiday.atlas --list --video beach.mp4
"""
)
@click.argument("atlas", required=False)
@click.option("--again", is_flag=True, help="Find them again where they are known.")
@click.option("--list", "listed", is_flag=True, help="Decode nothing; print the shots.")
@click.option("--video", metavar="VIDEO", help="With --list: of one video only.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def shots(
    ctx: click.Context,
    atlas: str | None,
    again: bool,
    listed: bool,
    video: str | None,
    as_json: bool,
) -> None:
    """Find the shots of an atlas' videos: hard cuts, fades and dissolves.

    An atlas that was indexed with shots has them already. Older ones get them here: their videos
    are read once more, where they still are.
    """
    if video is not None and not listed:
        raise InputError("Expected --video beside --list. Received: it alone; give both.")
    if again and listed:
        raise InputError("Expected --again or --list. Received: both; leave one out.")
    folder = resolve_atlas(atlas)
    if listed:
        _list(open_atlas(folder), video, as_json)
        return
    ctx.exit(_find(folder, again, as_json))


def _find(folder: Path, again: bool, as_json: bool) -> int:
    from frameatlas.embedder.find_shots import find_missing_shots

    with choose_progress(as_json) as progress, stopping_on_interrupt() as stopped:
        done = find_missing_shots(folder, progress, again=again, stopped=stopped)
    for path, reason in done.failed.items():
        say(f"{path}: {reason}.", err=True)
    if not as_json:
        say(
            f"Shots of {count_of(done.found, 'video')} found, of {done.known} known before, of "
            f"{len(done.failed)} not found."
        )
    return 1 if done.failed else 0


def _list(atlas: Atlas, video: str | None, as_json: bool) -> None:
    numbers = range(len(atlas.sources)) if video is None else [named_source(atlas, video)]
    every = Shots(atlas)
    for number in numbers:
        for shot in every.of_source(number):
            values: dict[str, Any] = {
                "path": atlas.sources[number].path,
                "shot": shot.number,
                "begin": round(shot.begin, 6),
                "end": round(shot.until, 6),
                "beginning": shot.beginning,
                "strength": round(shot.strength, 2),
                "frames": len(shot.frames),
            }
            if as_json:
                say(json.dumps(values))
            else:
                name = Path(values["path"]).name
                say(f"{name}  {shot.begin:10.3f} – {shot.until:10.3f}  {shot.beginning}")
