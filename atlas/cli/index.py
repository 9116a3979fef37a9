"""``frameatlas index``: from videos and photos to an atlas."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from frameatlas.cli.arguments import stopping_on_interrupt
from frameatlas.cli.endings.index_summary import index_summary
from frameatlas.cli.progress_lines import JsonLines, PlainLines
from frameatlas.columns.given_table import read_table
from frameatlas.errors import InterruptedIndexError
from frameatlas.options import (
    ENGINES,
    LAYOUTS,
    PRECISIONS,
    SAMPLES,
    SPREADS,
    STORES,
    IndexOptions,
    LayoutOptions,
)
from frameatlas.progress import Progress
from frameatlas.safe_text import say

if TYPE_CHECKING:
    from frameatlas.embedder import Indexed

_LAYOUT_OPTIONS = ("std", "seed", "rotate", "layout", "temporal", "spread")


@click.command(
    epilog="""\b
Examples:
  frameatlas index holiday/                 makes holiday.atlas here
  frameatlas index *.mp4 -o clips.atlas
  frameatlas index holiday/                 again: adds what is new
  find . -name '*.mov' | frameatlas index - -o mine.atlas
  frameatlas index holiday/ --scheduler tcp://192.168.0.7:8786
"""
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The atlas' folder.")
@click.option("--fps", type=float, help="Frames kept of each second of video.  [default: 3]")
@click.option("--height", type=int, help="Short side of a frame in pixels.  [default: 300]")
@click.option(
    "--sample",
    type=click.Choice(SAMPLES),
    default="all",
    show_default=True,
    help="key: only key frames, a fraction of the work.",
)
@click.option(
    "--store",
    type=click.Choice(STORES),
    help="How frames are kept; jpeg: a tenth of the bytes.  [default: raw]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another map.")
@click.option("--std", type=float, default=0.3, show_default=True, help="Width of the code.")
@click.option("--rotate", type=float, default=0.0, help="Degrees by which the map is turned.")
@click.option("--temporal", type=float, default=0.0, help="Weight of the temporal term.")
@click.option("--layout", type=click.Choice(LAYOUTS), default="atlas", show_default=True)
@click.option(
    "--spread",
    type=click.Choice(SPREADS),
    default=LayoutOptions.spread,
    show_default=True,
    help="What area on the map tells.",
)
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True)
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    help="Numbers that Xception computes with.  [default: auto]",
)
@click.option("--weights", type=click.Path(path_type=Path), help="Weights for the network.")
@click.option("--descriptor", metavar="NETWORK", help="xception, a folder, or a Keras application.")
@click.option("--crops", type=int, help="Squares of a frame that are described.  [default: 2]")
@click.option("--vectors", type=click.Path(path_type=Path), help="Your own features, no network.")
@click.option("--jobs", type=int, help="Videos decoded at the same time.")
@click.option("--workers", type=int, help="Processes of this machine that share the work.")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers do the work.")
@click.option(
    "--worker-timeout",
    type=float,
    default=1800.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a run waits whose scheduler has lost all its workers.",
)
@click.option("--low-memory", is_flag=True, help="One video at a time; slower, half the memory.")
@click.option(
    "--hwaccel", default="none", show_default=True, metavar="METHOD", help="auto: tried first."
)
@click.option("--refit", is_flag=True, help="Draw a new map even if there is one.")
@click.option("--columns", type=click.Path(path_type=Path), help="A CSV of your own to join.")
@click.option("--prune", is_flag=True, help="Forget sources whose files are gone.")
@click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Pass over such files; kept in the atlas."
)
@click.option("--force", is_flag=True, help="Go on although disk or --prune look wrong.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def index(
    ctx: click.Context,
    /,
    paths: tuple[str, ...],
    output: Path | None,
    columns: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Turn videos and photos into an atlas, or add them to one.

    PATH is a file, a folder, a glob, @list.txt (a text file of paths) or - (paths on standard
    input). A run that was interrupted goes on where it was when the same command is given again.
    """
    layout = {name: given.pop(name) for name in ("std", "seed", "rotate", "temporal", "spread")}
    options = IndexOptions(layout=LayoutOptions(given.pop("layout"), **layout), **given)
    folder = output or default_output(paths)
    table = None if columns is None else read_table(columns)
    composed = [o for o in _LAYOUT_OPTIONS if was_given(ctx, o)]
    with choose_progress(as_json) as progress:
        done = run_index(paths, folder, options, progress)
        if composed and not done.redrawn:
            progress.note(
                f"The map stays as it is, so --{composed[0]} changed nothing: `frameatlas "
                "relayout` composes it anew."
            )
    if table is not None and len(done.atlas):
        from frameatlas.cli.footage.metadata import join

        join(folder, table, as_json)
    if as_json:
        JsonLines(sys.stdout).say("done", **_outcome(done))
    else:
        say(index_summary(done, folder))
    ctx.exit(1 if done.failed else 0)


def run_index(
    paths: Sequence[str], folder: Path, options: IndexOptions, progress: Progress
) -> "Indexed":
    """Index with Ctrl-C stopping cleanly; says how to resume."""
    from frameatlas.embedder import index_videos

    try:
        with stopping_on_interrupt() as stopped:
            return index_videos(
                paths, folder, options=options, progress=progress, stopped=stopped, stdin=sys.stdin
            )
    except InterruptedIndexError as error:
        raise InterruptedIndexError(
            f"Stopped. What is done is kept in {folder}: give the same command again to go on."
        ) from error


def default_output(paths: Sequence[str]) -> Path:
    """``<first folder>.atlas`` in the current folder."""
    first = paths[0]
    if first == "-":
        return Path("videos.atlas")
    if first.startswith("@"):
        return Path(Path(first[1:]).stem + ".atlas")
    path = Path(first)
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return Path((path.resolve().name or "videos") + ".atlas")


@contextmanager
def choose_progress(as_json: bool) -> Iterator[Progress]:
    """The progress that fits: JSON lines, bars on a terminal, else plain lines."""
    if as_json:
        yield JsonLines(sys.stdout)
    elif sys.stderr.isatty():
        from rich.console import Console

        from frameatlas.cli.progress_bars import Bars

        with Bars(Console(stderr=True)) as bars:
            yield bars
    else:
        yield PlainLines(sys.stderr)


def was_given(ctx: click.Context, name: str) -> bool:
    """Whether the user gave an option, and did not leave it at its default."""
    return ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _outcome(done: "Indexed") -> dict[str, object]:
    return {
        "atlas": str(done.atlas.folder),
        "frames": len(done.atlas),
        "sources": len(done.atlas.sources),
        "added": len(done.added),
        "failed": len(done.failed),
        "known": done.known,
        "moved": done.moved,
        "pruned": done.pruned,
        "skipped": done.skipped,
        "redrawn": done.redrawn,
        "seconds": round(done.seconds, 3),
    }
