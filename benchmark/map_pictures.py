"""The maps of several methods side by side, drawn with an atlas' own frames.

python -m benchmark map_pictures clips.atlas -o maps.jpg
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.map_data import of_atlas
from benchmark.map_methods import METHODS, USUAL
from frameatlas import open_atlas
from frameatlas.geometry.cell_size import CellSize
from frameatlas.poster import contact_sheet, preview, write_sheet

NAMES = {
    "pca": "PCA's first two axes",
    "article": "the article's layout",
    "atlas": "atlas, the default",
    "umap": "UMAP",
    "parametric": "parametric UMAP",
    "opentsne": "openTSNE",
    "pacmap": "PaCMAP",
}


def main(argv: list[str]) -> int:
    """Draw and write; the exit code is 0."""
    parser = argparse.ArgumentParser("python -m benchmark map_pictures", description=__doc__)
    parser.add_argument("atlas", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("maps.jpg"))
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=USUAL)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    atlas, data = open_atlas(options.atlas), of_atlas(options.atlas)
    there = [name for name in options.methods if not METHODS[name].missing()]
    maps = [METHODS[name].fit(data.scores, data.paths, options.seed).places for name in there]
    pictures = [preview(atlas, in_square(places)) for places in maps]
    height, width = pictures[0].shape[:2]
    sheet = contact_sheet(
        pictures,
        [NAMES[name] for name in there],
        columns=min(3, len(there)),
        cell=CellSize(width, height),
    )
    write_sheet(options.output, sheet)
    print(f"{options.output}: {', '.join(there)}")
    return 0


def in_square(places: NDArray[np.floating]) -> NDArray[np.float64]:
    """Places moved and scaled, axis by axis, so that they just fill [-1, 1]²."""
    least, most = places.min(axis=0), places.max(axis=0)
    scaled = (places - least) / np.maximum(most - least, 1e-9)
    return np.asarray(2.0 * scaled - 1.0, np.float64)
