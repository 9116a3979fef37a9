"""``/api/points``, ``density``, ``trust``, ``clusters``: what lies over the map."""

from collections.abc import Mapping

import numpy as np
from flask import Blueprint, Response, request
from numpy.typing import NDArray

from frameatlas.browser.view.filters import Filter, clustering_of
from frameatlas.browser.view.frame_facts import place_of
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.player_facts import colour_numbers, shown_at, team_numbers
from frameatlas.browser.web.parameters import one_of, real
from frameatlas.browser.web.responses import as_binary, as_json
from frameatlas.errors import InputError

MOST_POINTS = 50_000
"""Points that are sent: above, the density says more."""

DENSITY_GRID = (144, 256)
"""Rows and columns of the density: square pixels on a map of 16 to 9."""

COLOURS = ("source", "folder", "time", "cluster", "player", "team")
"""What points can be coloured by."""

POINT = np.dtype([("frame", "<u4"), ("x", "<f4"), ("y", "<f4"), ("value", "<f4")])
"""One point as it is sent."""


def overlay_routes(library: Library) -> Blueprint:
    """The overlays of a library's maps."""
    routes = Blueprint("overlays", __name__)

    @routes.get("/api/points/<map_id>")
    def points(map_id: str) -> Response:
        opened = library.map_of(map_id)
        frames = visible(opened, Filter.parse(request.args), window_of(request.args))
        sent = frames[spread(len(frames), MOST_POINTS)]
        rows = np.zeros(len(sent), POINT)
        rows["frame"] = sent
        rows["x"], rows["y"] = opened.pyramid().places[sent].T
        colour = request.args.get("value")
        if colour is not None:
            rows["value"] = values_of(opened, sent, one_of(colour, "value", COLOURS), request.args)
        return as_binary(rows.view(np.uint8).reshape(len(rows), 16), {"X-Total": len(frames)})

    @routes.get("/api/density/<map_id>")
    def density(map_id: str) -> Response:
        opened = library.map_of(map_id)
        grid = density_of(opened, visible(opened, Filter.parse(request.args), None))
        return as_binary(grid, {"X-Height": grid.shape[0], "X-Width": grid.shape[1]})

    @routes.get("/api/trust/<map_id>")
    def trust(map_id: str) -> Response:
        found = library.map_of(map_id).trust()
        both = np.stack([found.lost, np.minimum(found.counts, 255).astype(np.uint8)])
        return as_binary(both, {"X-Height": both.shape[1], "X-Width": both.shape[2]})

    @routes.get("/api/clusters/<map_id>")
    def clusters(map_id: str) -> Response:
        opened = library.map_of(map_id)
        return as_json(cluster_facts(opened, request.args), forever=True)

    @routes.get("/api/cluster_of/<map_id>")
    def cluster_of(map_id: str) -> Response:
        opened = library.map_of(map_id)
        if len(opened.atlas) > MOST_POINTS:
            raise InputError(
                f"Expected an atlas of at most {MOST_POINTS} frames. Received: "
                f"{len(opened.atlas)}; ask for points with value=cluster."
            )
        return as_binary(opened.clusters(clustering_of(request.args)).labels)

    return routes


def visible(
    opened: OpenMap, wish: Filter, window: tuple[float, float, float, float] | None
) -> NDArray[np.int64]:
    """The frames of a filter that are drawn within a window: left, bottom, right, top."""
    mask = wish.mask(opened)
    if window is None:
        return np.arange(len(opened.atlas)) if mask is None else np.flatnonzero(mask)
    places = opened.pyramid().places
    left, bottom, right, top = window
    inside = (places[:, 0] >= left) & (places[:, 0] <= right)
    inside &= (places[:, 1] >= bottom) & (places[:, 1] <= top)
    return np.flatnonzero(inside if mask is None else inside & mask)


def spread(count: int, most: int) -> NDArray[np.int64]:
    """Positions evenly through a list, all of them where they are few."""
    if count <= most:
        return np.arange(count)
    return (np.arange(most) * (count / most)).astype(np.int64)


def values_of(
    opened: OpenMap, frames: NDArray[np.int64], colour: str, query: Mapping[str, str]
) -> NDArray[np.float32]:
    """What frames are coloured by: number of video, folder, cluster, player, or share of time."""
    atlas = opened.atlas
    numbers = atlas.source_numbers[frames]
    if colour == "source":
        return numbers.astype(np.float32)
    if colour == "folder":
        return opened.folders()[1][numbers].astype(np.float32)
    if colour == "cluster":
        return opened.clusters(clustering_of(query)).labels[frames].astype(np.float32)
    if colour == "player":
        return colour_numbers(shown_at(opened, query.get("edit")), frames).astype(np.float32)
    if colour == "team":
        return team_numbers(shown_at(opened, query.get("edit")))[frames].astype(np.float32)
    within = (frames - atlas.offsets[numbers]) / np.maximum(np.diff(atlas.offsets)[numbers], 1)
    return within.astype(np.float32)


def density_of(opened: OpenMap, frames: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Frames in each place of a grid, on a logarithmic scale to 255; the top row first."""
    rows, columns = DENSITY_GRID
    places = opened.pyramid().places[frames]
    column = np.clip((places[:, 0] + 1) / 2 * columns, 0, columns - 1).astype(np.int64)
    row = np.clip((1 - places[:, 1]) / 2 * rows, 0, rows - 1).astype(np.int64)
    counts = np.bincount(row * columns + column, minlength=rows * columns)
    scale = np.log1p(max(1, int(counts.max())))
    # What is not empty stays above nothing, however dense another place is.
    shade = np.where(counts > 0, np.maximum(1, np.round(255 * np.log1p(counts) / scale)), 0)
    return shade.astype(np.uint8).reshape(DENSITY_GRID)


def cluster_facts(opened: OpenMap, query: Mapping[str, str]) -> list[dict[str, object]]:
    """The clusters, each with the frame that stands for it and a name to begin with."""
    found = opened.clusters(clustering_of(query))
    facts = []
    for number, (frame, size) in enumerate(zip(found.frames, found.sizes, strict=True)):
        source = int(opened.atlas.source_numbers[frame])
        facts.append(
            {
                "n": number,
                "frame": int(frame),
                "place": place_of(opened, int(frame)),
                "frames": int(size),
                "name": opened.name_of(source).rpartition(".")[0] or opened.name_of(source),
            }
        )
    return facts


def window_of(query: Mapping[str, str]) -> tuple[float, float, float, float] | None:
    """The window that a query names, left, bottom, right, top; None where it names none."""
    if "left" not in query:
        return None
    left, bottom, right, top = (
        real(query, side, -1e30, 1e30, None) for side in ("left", "bottom", "right", "top")
    )
    return left, bottom, right, top
