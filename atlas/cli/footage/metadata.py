"""``frameatlas metadata``: dates, cameras and places of the originals, and columns of one's own."""

import json
import sys
from pathlib import Path

import click

from frameatlas.atlas import open_atlas
from frameatlas.cli.arguments import resolve_atlas, stopping_on_interrupt
from frameatlas.cli.index import choose_progress
from frameatlas.cli.progress_lines import JsonLines
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.given_table import GivenTable, read_table
from frameatlas.columns.joined import add_columns, forget_columns
from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.safe_text import say
from frameatlas.summary import column_facts

_NAMED = 3


@click.command(
    epilog="""\b
Examples:
  frameatlas metadata holiday.atlas
  frameatlas metadata holiday.atlas --columns people.csv
  frameatlas metadata holiday.atlas --list
"""
)
@click.argument("atlas", required=False)
@click.option("--again", is_flag=True, help="Read originals whose metadata are known, too.")
@click.option(
    "--columns", type=click.Path(path_type=Path), metavar="FILE", help="Join a CSV of your own."
)
@click.option("--forget", multiple=True, metavar="NAME", help="Take a column of yours out.")
@click.option("--list", "listed", is_flag=True, help="Read nothing; say what is known.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def metadata(
    ctx: click.Context,
    atlas: str | None,
    again: bool,
    columns: Path | None,
    forget: tuple[str, ...],
    listed: bool,
    as_json: bool,
) -> None:
    """Read dates, cameras and places of the originals; join columns of your own.

    `index` reads them by itself, so only atlases made before need this. FILE has a column path,
    photo, video or file, of videos perhaps seconds, and columns of numbers, dates or texts.
    """
    if listed and (again or columns or forget):
        raise InputError("Expected --list alone. Received: another option beside it; give one.")
    folder = resolve_atlas(atlas)
    code = 0
    if columns is not None:
        join(folder, read_table(columns), as_json)
    if forget:
        forget_columns(folder, forget)
    if not (columns or forget or listed):
        code = _read(folder, again, as_json)
    elif not as_json or listed:
        _list(folder, as_json)
    ctx.exit(code)


def join(folder: Path, table: GivenTable, as_json: bool) -> None:
    """Join a table to the frames of an atlas, and say what came of it."""
    done = add_columns(folder, table)
    if as_json:
        JsonLines(sys.stdout).say(
            "columns",
            columns=list(done.columns),
            rows=done.rows,
            frames=done.frames,
            unknown=list(done.unknown),
        )
        return
    for name in done.unknown[:_NAMED]:
        say(f"{name}: no such file in the atlas.", err=True)
    if len(done.unknown) > _NAMED:
        say(f"… and {len(done.unknown) - _NAMED} more.", err=True)
    say(
        f"{count_of(len(done.columns), 'column')} ({', '.join(done.columns)}): "
        f"{count_of(done.rows, 'row')}, for "
        f"{count_of(done.frames, 'frame')}.",
        err=True,
    )


def _read(folder: Path, again: bool, as_json: bool) -> int:
    from frameatlas.embedder.read_metadata import read_missing_metadata

    with choose_progress(as_json) as progress, stopping_on_interrupt() as stopped:
        done = read_missing_metadata(folder, progress, again=again, stopped=stopped)
    for path, reason in done.failed.items():
        say(f"{path}: {reason}.", err=True)
    if not as_json:
        say(
            f"Metadata of {count_of(done.read, 'source')} read, of {done.known} known before; "
            f"{len(done.failed)} originals could not be read."
        )
    return 1 if done.failed else 0


def _list(folder: Path, as_json: bool) -> None:
    for facts in column_facts(Columns(open_atlas(folder))):
        if as_json:
            say(json.dumps(facts))
            continue
        span = f"  {facts['least']} – {facts['most']}" if facts.get("least") is not None else ""
        common = ", ".join(f"{name} ({count})" for name, count in facts.get("values", [])[:5])
        say(
            f"{facts['name']}  {facts['kind']}  {count_of(facts['frames'], 'frame')}{span}  "
            f"{common}".rstrip()
        )
