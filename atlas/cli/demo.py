"""``frameatlas demo``: a few small videos, their atlas, a poster, and what to type next."""

from pathlib import Path

import click

from frameatlas.cli.index import choose_progress, run_index
from frameatlas.geometry.viewport import Viewport
from frameatlas.options import IndexOptions
from frameatlas.plurals import count_of
from frameatlas.safe_text import say

WHOLE_MAP = Viewport.parse("0,0", 2.0)
TILE_HEIGHT = 180
"""Pixels: the whole poster then fits on a screen or two."""


@click.command(epilog="Example:  frameatlas demo my-demo")
@click.argument("folder", type=click.Path(path_type=Path), default="frameatlas-demo")
def demo(folder: Path) -> None:
    """Make a few small videos in FOLDER, index them, print a poster, say what to type next."""
    from frameatlas import open_atlas
    from frameatlas.embedder import make_demo_videos
    from frameatlas.poster import PosterOptions, render

    videos, atlas, picture = folder / "videos", folder / "demo.atlas", folder / "poster.png"
    say(f"Making videos in {videos} …", err=True)
    make_demo_videos(videos)
    with choose_progress(False) as progress:
        done = run_index([str(videos)], atlas, IndexOptions(), progress)
    render(open_atlas(atlas), PosterOptions(WHOLE_MAP, output=picture, tile_height=TILE_HEIGHT))
    say(
        f"{count_of(len(done.atlas), 'frame')} from "
        f"{count_of(len(done.atlas.sources), 'video')} in {done.seconds:.0f} s.\n"
        f"Look at {picture}, then try:\n"
        f"  frameatlas browse {atlas}\n"
        f"  frameatlas poster {atlas} --center 0.3,0.2 --width 0.5 -o window.png\n"
        f"  frameatlas relayout {atlas} --seed 1\n"
        "and with your own:\n"
        "  frameatlas index FOLDER-WITH-VIDEOS"
    )
