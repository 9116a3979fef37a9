"""frameatlas turns hours of video, or 100,000 photos, into a map that a person can look at.

import frameatlas

atlas = frameatlas.open_atlas("holiday.atlas")
atlas.coordinates      # float64 (n, 2) in [-1, 1]²
atlas.frames[0]        # uint8 (height, width, 3)
atlas.origins[0]       # which video, which second
"""

from frameatlas.atlas import Atlas, Origin, open_atlas
from frameatlas.clip_search import find_clip
from frameatlas.clip_spans import Span
from frameatlas.dissimilar_videos import dissimilar_videos
from frameatlas.errors import (
    DamagedAtlasError,
    FormatError,
    FrameatlasError,
    InputError,
    InterruptedIndexError,
    LockedError,
    MissingExtraError,
    NewerFormatError,
    NoAtlasError,
    SourceError,
    SpaceError,
    WeightsError,
)
from frameatlas.frames import Frames
from frameatlas.manifest import Manifest, Source
from frameatlas.named_source import named_source
from frameatlas.near_duplicates import Duplicate, near_duplicates
from frameatlas.neighbours import Neighbours, frame_neighbours, neighbours
from frameatlas.paths import VideoPath, path_of
from frameatlas.settings import IndexWish, LayoutWish
from frameatlas.similar_videos import SimilarVideo, similar_videos

__all__ = [
    "Atlas",
    "DamagedAtlasError",
    "Duplicate",
    "FormatError",
    "FrameatlasError",
    "Frames",
    "IndexWish",
    "InputError",
    "InterruptedIndexError",
    "LayoutWish",
    "LockedError",
    "Manifest",
    "MissingExtraError",
    "Neighbours",
    "NewerFormatError",
    "NoAtlasError",
    "Origin",
    "SimilarVideo",
    "Source",
    "SourceError",
    "SpaceError",
    "Span",
    "VideoPath",
    "WeightsError",
    "dissimilar_videos",
    "find_clip",
    "frame_neighbours",
    "named_source",
    "near_duplicates",
    "neighbours",
    "open_atlas",
    "path_of",
    "similar_videos",
]
