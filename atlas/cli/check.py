"""``frameatlas check``: verify every file of an atlas."""

import click

from frameatlas.cli.arguments import resolve_atlas
from frameatlas.errors import FormatError, NewerFormatError
from frameatlas.safe_text import say
from frameatlas.verify import check_atlas


@click.command(epilog="Example:  frameatlas check clips.atlas")
@click.argument("atlas", required=False)
@click.pass_context
def check(ctx: click.Context, atlas: str | None) -> None:
    """Read every file of an atlas and compare it with the manifest.

    Exits with 1 and says what is wrong where something is; `frameatlas index` on the same videos
    repairs it.
    """
    folder = resolve_atlas(atlas)
    try:
        wrong = check_atlas(folder)
    except NewerFormatError:
        raise
    except FormatError as error:
        wrong = [str(error)]
    for sentence in wrong:
        say(sentence)
    if wrong:
        say(f"{folder}: {len(wrong)} wrong. `frameatlas index` on the same videos repairs.")
        ctx.exit(1)
    say(f"{folder}: every file is as it was written.")
