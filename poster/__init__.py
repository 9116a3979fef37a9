"""The poster wing: a window of an atlas as a picture (the only wing that composes with Pillow).

from frameatlas import open_atlas
from frameatlas.poster import PosterOptions, render
from frameatlas.geometry.viewport import Viewport

report = render(open_atlas("clips.atlas"), PosterOptions(Viewport(0, 0, 0.5)))
"""

from frameatlas.drawing.compose import compose
from frameatlas.poster.figures.contact_sheet import contact_sheet, write_sheet
from frameatlas.poster.figures.preview import preview
from frameatlas.poster.options import PosterOptions, PosterReport
from frameatlas.poster.render import render

__all__ = [
    "PosterOptions",
    "PosterReport",
    "compose",
    "contact_sheet",
    "preview",
    "render",
    "write_sheet",
]
