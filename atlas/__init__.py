"""frameatlas turns hours of video, or 100,000 photos, into a map that a person can look at.

import frameatlas

atlas = frameatlas.open_atlas("holiday.atlas")
atlas.coordinates      # float64 (n, 2) in [-1, 1]²
atlas.frames[0]        # uint8 (height, width, 3)
atlas.origins[0]       # which video, which second
"""

from frameatlas.atlas import Atlas, Origin, open_atlas
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
from frameatlas.settings import IndexWish, LayoutWish

__all__ = [
    "Atlas",
    "DamagedAtlasError",
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
    "NewerFormatError",
    "NoAtlasError",
    "Origin",
    "Source",
    "SourceError",
    "SpaceError",
    "WeightsError",
    "open_atlas",
]
