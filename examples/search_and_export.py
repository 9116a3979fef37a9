"""Find frames and clips, and take the map elsewhere: python examples/search_and_export.py [ATLAS]

Writes frames.csv (a row a frame, for a spreadsheet or pandas) and site/, for any web host.
"""

import csv
import sys
from pathlib import Path

from PIL import Image

import frameatlas
from frameatlas.browser import SiteOptions, export_site


def main(folder: Path = Path("demo/demo.atlas"), output: Path | None = None) -> Path:
    """Search in three ways, then write a table and a site."""
    atlas = frameatlas.open_atlas(folder)
    output = output or folder.parent

    # Frames like a frame of the atlas: another moment, another film.
    like = frameatlas.frame_neighbours(atlas, 0, 5, skip_near=2.0)
    for frame, similarity in zip(like.frames, like.similarity, strict=True):
        origin = atlas.origins[int(frame)]
        print(f"  {similarity:.3f}  {origin.path.name} at {origin.seconds:.1f} s")

    # Frames like a picture that is not in it, and where a clip occurs.
    photo = output / "photo.jpg"
    Image.fromarray(atlas.frames[len(atlas) // 2]).save(photo)
    with frameatlas.open_describer(atlas) as describer:
        described = describer.image(photo)
        variants = describer.clip(Path(atlas.sources[0].path))
    nearest = frameatlas.neighbours(atlas, described.scores[0], 1)
    print(f"{photo.name} lies at {described.coordinates[0].round(2)}, by frame {nearest.frames[0]}")
    for span in frameatlas.find_clip(atlas, [v.scores for v in variants], variants[0].seconds)[:3]:
        found = Path(atlas.sources[span.source].path).name
        print(f"  {span.score:.2f}  {found} from {span.source_from:.1f} to {span.source_to:.1f} s")

    with (output / "frames.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["video", "seconds", "x", "y"])
        for origin, (x, y) in zip(atlas.origins, atlas.coordinates, strict=True):
            rows.writerow([origin.path.name, f"{origin.seconds:.3f}", f"{x:.5f}", f"{y:.5f}"])

    site = export_site(atlas, SiteOptions(output / "site"))
    print(f"{site.output}: {site.tiles} tiles, {site.bytes / 1e6:.1f} MB; open its index.html")
    return site.output


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
