"""Index a folder of videos, and look at the map: python examples/index_and_look.py [VIDEOS] [ATLAS]

Without VIDEOS six small ones are made up first, as `frameatlas demo` does.
"""

import sys
from pathlib import Path

from frameatlas import Atlas, IndexOptions, Viewport
from frameatlas.embedder import index_videos, make_demo_videos
from frameatlas.poster import PosterOptions, render


def main(videos: Path = Path("demo/videos"), output: Path = Path("demo/demo.atlas")) -> Atlas:
    """Index, say where each video lies, and print the whole map and a window of it."""
    if not videos.exists():
        make_demo_videos(videos)
    done = index_videos([videos], output, options=IndexOptions(fps=3, height=300))
    atlas = done.atlas
    print(f"{len(atlas)} frames of {len(atlas.sources)} videos in {done.seconds:.0f} s")

    for number, source in enumerate(atlas.sources):
        places = atlas.coordinates[atlas.range_of(number)]  # (frames, 2), in [-1, 1]
        x, y = places.mean(axis=0)
        print(f"  {Path(source.path).name:20} {source.frames:4} frames around {x:+.2f}, {y:+.2f}")

    whole = PosterOptions(Viewport(), output=output.with_suffix(".png"), tile_height=120)
    poster = render(atlas, whole)
    print(f"{poster.output}: {poster.grid} pictures, {poster.width} × {poster.height} pixels")

    # Closer: a quarter of the map's width, around the first frame.
    x, y = atlas.coordinates[0]
    window = Viewport(float(x), float(y), 0.5)
    render(atlas, PosterOptions(window, output=output.with_name("window.png"), tile_height=120))
    return atlas


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
