"""frameatlas turns hours of video, or 100,000 photos, into a map that a person can look at.

import frameatlas

atlas = frameatlas.open_atlas("holiday.atlas")
atlas.coordinates      # float64 (n, 2) in [-1, 1]²
atlas.frames[0]        # uint8 (height, width, 3)
atlas.origins[0]       # which video, which second
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frameatlas.atlas import Atlas, Origin, open_atlas
    from frameatlas.errors import (
        ClusterError,
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
    from frameatlas.options import IndexOptions, LayoutOptions
    from frameatlas.search.clip_matches import Span
    from frameatlas.search.clip_search import find_clip
    from frameatlas.search.dissimilar_videos import dissimilar_videos
    from frameatlas.search.duplicates import Duplicate, near_duplicates
    from frameatlas.search.neighbours import Neighbours, frame_neighbours, neighbours
    from frameatlas.search.source_lookup import named_source
    from frameatlas.search.video_paths import VideoPath, path_of
    from frameatlas.search.video_similarity import SimilarVideo, similar_videos
    from frameatlas.store.manifest import Manifest, Source

__all__ = [
    "Atlas",
    "ClusterError",
    "DamagedAtlasError",
    "Duplicate",
    "FormatError",
    "FrameatlasError",
    "Frames",
    "IndexOptions",
    "InputError",
    "InterruptedIndexError",
    "LayoutOptions",
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

_HOMES = {
    "Atlas": "atlas",
    "ClusterError": "errors",
    "DamagedAtlasError": "errors",
    "Duplicate": "search.duplicates",
    "FormatError": "errors",
    "FrameatlasError": "errors",
    "Frames": "frames",
    "IndexOptions": "options",
    "InputError": "errors",
    "InterruptedIndexError": "errors",
    "LayoutOptions": "options",
    "LockedError": "errors",
    "Manifest": "store.manifest",
    "MissingExtraError": "errors",
    "Neighbours": "search.neighbours",
    "NewerFormatError": "errors",
    "NoAtlasError": "errors",
    "Origin": "atlas",
    "SimilarVideo": "search.video_similarity",
    "Source": "store.manifest",
    "SourceError": "errors",
    "SpaceError": "errors",
    "Span": "search.clip_matches",
    "VideoPath": "search.video_paths",
    "WeightsError": "errors",
    "dissimilar_videos": "search.dissimilar_videos",
    "find_clip": "search.clip_search",
    "frame_neighbours": "search.neighbours",
    "named_source": "search.source_lookup",
    "near_duplicates": "search.duplicates",
    "neighbours": "search.neighbours",
    "open_atlas": "atlas",
    "path_of": "search.video_paths",
    "similar_videos": "search.video_similarity",
}
"""Where each of these is; a module is loaded when it is first asked for, so that the command line
starts before NumPy and h5py have been read."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"frameatlas.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_HOMES)
