"""The poster wing: a window of an atlas as a picture (the only wing that composes with Pillow).

from frameatlas import open_atlas
from frameatlas.poster import PosterWish, render
from frameatlas.viewport import Viewport

report = render(open_atlas("clips.atlas"), PosterWish(Viewport(0, 0, 0.5)))
"""

from frameatlas.composer import compose
from frameatlas.poster.preview import preview
from frameatlas.poster.render import render
from frameatlas.poster.sheet import contact_sheet, write_sheet
from frameatlas.poster.wish import PosterReport, PosterWish

__all__ = [
    "PosterReport",
    "PosterWish",
    "compose",
    "contact_sheet",
    "preview",
    "render",
    "write_sheet",
]
