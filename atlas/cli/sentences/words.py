"""``frameatlas words``: describe the frames so that sentences find them."""

import json
from pathlib import Path
from typing import Any

import click

from frameatlas.cli.arguments import resolve_atlas, stopping_on_interrupt
from frameatlas.cli.index import choose_progress
from frameatlas.errors import InterruptedIndexError
from frameatlas.plurals import count_of
from frameatlas.safe_text import say


@click.command(epilog="Example:  frameatlas words clips.atlas --preset clip/")
@click.argument("atlas", required=False)
@click.option(
    "--preset",
    type=click.Path(path_type=Path),
    help="Folder of a network that knows words.  [that of last time]",
)
@click.option("--crops", type=int, help="Squares of a frame that are described.  [default: 2]")
@click.option(
    "--vocabulary",
    type=click.Path(path_type=Path),
    help="Words that regions may be named by, one a line.  [300 everyday things]",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def words(atlas: str | None, as_json: bool, **given: Any) -> None:
    """Describe the frames so that sentences find them.

    The map stays as it is. Sources that have words keep them; after new videos, give the same
    command again, or none: `index` goes on by itself. A run that was interrupted goes on where it
    was.
    """
    from frameatlas.embedder.describe_words import describe_words

    folder = resolve_atlas(atlas)
    try:
        with choose_progress(as_json) as progress, stopping_on_interrupt() as stopped:
            done = describe_words(folder, progress=progress, stopped=stopped, **given)
    except InterruptedIndexError as error:
        raise InterruptedIndexError(
            f"Stopped. What is done is kept in {folder}: give the same command again to go on."
        ) from error
    record = done.manifest.words
    assert record is not None
    if as_json:
        values = {"descriptor": record.descriptor, "width": record.width, "crops": record.crops}
        say(json.dumps({"event": "done", "sources": len(record.files), **values}))
    else:
        say(
            f"{folder}: words for {count_of(len(done), 'frame')} of "
            f"{count_of(len(record.files), 'source')}, by "
            f'{record.descriptor}.\nNext: frameatlas search {folder} --text "a red car"'
        )
