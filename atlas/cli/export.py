"""``frameatlas export``: the map as a static web site."""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.cli.arguments import resolve_atlas, stopping_on_interrupt
from frameatlas.cli.index import choose_progress
from frameatlas.cli.progress_lines import JsonLines
from frameatlas.errors import InputError
from frameatlas.safe_text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from frameatlas.browser import SiteReport

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


@click.command(epilog="Example:  frameatlas export clips.atlas -o site/ --max-bytes 100MB")
@click.argument("atlas", required=False)
@click.option("-o", "--output", default="site", show_default=True, help="The site's folder.")
@click.option("--depth", type=int, help="The last zoom that gets tiles.  [all that fit]")
@click.option("--max-bytes", default="500MB", show_default=True, help="The site's size, at most.")
@click.option("--webp-quality", default=80, show_default=True, help="Of the tiles, 1 to 100.")
@click.option("--jobs", type=int, help="Threads.  [one for each core]")
@click.option("--say", "said", multiple=True, help="A sentence whose heat the page offers.")
@click.option("--preset", type=click.Path(path_type=Path), help="With --say: the network's folder.")
@click.option("--clips", is_flag=True, help="Add short clips, so that Play works there too.")
@click.option("--with-places", is_flag=True, help="Tell where frames were taken (GPS).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def export(
    atlas: str | None,
    output: str,
    max_bytes: str,
    as_json: bool,
    said: tuple[str, ...],
    preset: Path | None,
    clips: bool,
    **given: Any,
) -> None:
    """Write the map as a static web site.

    The folder works on any web host, and opens from disk without one: no server, no network. It
    names videos by their file names only. A run that was interrupted goes on where it was when the
    same command is given again. Sentences need words: `frameatlas words`.
    """
    from frameatlas.browser import SiteOptions, export_site

    quality = given.pop("webp_quality")
    size = parse_bytes(max_bytes)
    options = SiteOptions(Path(output), max_bytes=size, quality=quality, **given)
    opened = open_atlas(resolve_atlas(atlas))
    if clips:
        from frameatlas.embedder.decode.ffmpeg.clip_cutter import cut_clip

        options = replace(options, cut_clip=cut_clip)
    if said:
        options = replace(options, said=heats_of(opened, said, preset))
    with choose_progress(as_json) as progress, stopping_on_interrupt() as stopped:
        report = export_site(opened, options, progress=progress, stopped=stopped)
    if as_json:
        JsonLines(sys.stdout).say("done", **_values(report))
    else:
        say(_sentences(report))


def heats_of(
    atlas: Atlas, texts: Sequence[str], preset: Path | None
) -> "tuple[tuple[str, NDArray[np.float32]], ...]":
    """Sentences with the heat of every frame, for a page without a network."""
    from frameatlas.embedder.query.sentences import Sentences
    from frameatlas.search.word_search import joined_query, word_heat

    with Sentences(atlas, preset) as network:
        vectors = network.of_texts(texts)
    return tuple(
        (text, word_heat(atlas, joined_query(row[None])))
        for text, row in zip(texts, vectors, strict=True)
    )


def parse_bytes(text: str) -> int:
    """Number of bytes that "500MB", "1.5 GB" or "20000" means.

    Raises:
        InputError: It means none.
    """
    match = re.fullmatch(r"\s*(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?)b?\s*", text.lower())
    if not match:
        raise InputError(f"Expected --max-bytes such as 500MB. Received: {text!r}.")
    return int(float(match[1]) * _UNITS[match[2]])


def _sentences(report: "SiteReport") -> str:
    kept = f", {report.kept} of them kept from before" if report.kept else ""
    return (
        f"{report.output}: {report.tiles} tiles{kept}, zoom 0 to {report.depth}, "
        f"{report.bytes / 1e6:.1f} MB, in {report.seconds:.0f} s.\n"
        f"Open {report.output / 'index.html'} in a browser, or put the folder on a web host."
    )


def _values(report: "SiteReport") -> dict[str, Any]:
    return {
        "output": str(report.output),
        "tiles": report.tiles,
        "kept": report.kept,
        "bytes": report.bytes,
        "depth": report.depth,
        "deepest": report.deepest,
        "remarks": list(report.notes),
        "seconds": round(report.seconds, 3),
    }
