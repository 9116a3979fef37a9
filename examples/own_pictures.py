"""A map of your own pictures, composed as you like: python examples/own_pictures.py PHOTOS [ATLAS]

PHOTOS is a folder of photos. Three seeds are tried before one is chosen, and the poster takes the
photos themselves, not the small pictures that the atlas keeps.
"""

import sys
from pathlib import Path

import numpy as np

from frameatlas import Atlas, IndexOptions, LayoutOptions, Viewport
from frameatlas.embedder import index_videos, relayout, try_layouts
from frameatlas.poster import PosterOptions, render


def main(photos: Path, output: Path = Path("photos.atlas")) -> Atlas:
    """Index photos, choose among three maps, and print the chosen one."""
    atlas = index_videos([photos], output, options=IndexOptions(height=200)).atlas
    print(f"{len(atlas)} photos, {atlas.features.shape[1]} numbers each")

    # Another seed, another map. Which one spreads most evenly over a grid of 8 × 8 cells?
    choices = [LayoutOptions(seed=seed, std=0.6) for seed in range(3)]
    filled = []
    for options, places in zip(choices, try_layouts(output, choices), strict=True):
        cells = np.unique(((places + 1) * 3.999).astype(int), axis=0)
        filled.append(len(cells))
        print(f"  seed {options.seed}: {len(cells)} of 64 cells have a picture")
    atlas = relayout(output, choices[int(np.argmax(filled))])

    poster = PosterOptions(
        Viewport(), output=output.with_suffix(".jpg"), tile_height=160, gap=4, originals=True
    )
    print(f"{render(atlas, poster).output}: every photo beside those that it is like")
    return atlas


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
