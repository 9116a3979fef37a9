"""``frameatlas dissimilar``: the videos of a library that differ most."""

import json
from pathlib import Path

import click

from frameatlas.atlas import open_atlas
from frameatlas.cli.arguments import resolve_atlas
from frameatlas.cli.video_results import (
    print_table,
    say_photos_left_out,
    video_row,
    video_values,
    write_figure,
)
from frameatlas.plurals import count_of
from frameatlas.safe_text import say
from frameatlas.search.dissimilar_videos import dissimilar_videos
from frameatlas.search.video_similarity import check_count

COLUMNS = ("distance", "length", "path")


@click.command(epilog="Example:  frameatlas dissimilar clips.atlas -k 5 -o paths.png")
@click.argument("atlas", required=False)
@click.option("-k", "count", default=9, show_default=True, help="How many videos.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects.")
@click.option("-o", "--output", type=Path, help="Draw the ways over the map: .png, .jpg, .pdf, …")
def dissimilar(atlas: str | None, count: int, as_json: bool, output: Path | None) -> None:
    """Find the videos that differ most.

    Of all choices of so many videos, the one whose smallest distance to each other is greatest.
    Each is shown with its distance to the nearest of the others.
    """
    check_count(count)
    if output is not None:
        from frameatlas.poster.formats.writers import check_place

        check_place(output)
    opened = open_atlas(resolve_atlas(atlas))
    found = dissimilar_videos(opened, count)
    say_photos_left_out(opened)
    if len(found) < count:
        say(f"The atlas has no more than {count_of(len(found), 'video')}.", err=True)
    if as_json:
        say(json.dumps([video_values(opened, video) for video in found], indent=1))
    else:
        print_table([video_row(opened, video) for video in found], COLUMNS)
    if output is not None:
        write_figure(
            opened,
            output,
            found,
            title=f"The {len(found)} videos that differ most",
            subtitle="Distance to the nearest of the others, among the components",
        )
