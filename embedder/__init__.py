"""The embedder wing: videos and photos to an atlas (the only wing that knows FFmpeg and Keras)."""

from frameatlas.embedder.build.indexed import Indexed
from frameatlas.embedder.demo_videos import make_demo_videos
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.query.describer import (
    Described,
    Describer,
    describe_image,
    describe_video,
    open_describer,
)
from frameatlas.embedder.relayout import relayout
from frameatlas.embedder.try_layouts import try_layouts

__all__ = [
    "Described",
    "Describer",
    "Indexed",
    "describe_image",
    "describe_video",
    "index_videos",
    "make_demo_videos",
    "open_describer",
    "relayout",
    "try_layouts",
]
