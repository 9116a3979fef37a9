"""``/api/points``, ``density``, ``trust``, ``clusters``, ``names``: what lies over the map."""

import numpy as np
from flask import Blueprint, Response, request

from frameatlas.browser.view.filters import Filter, clustering_of
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.overlays import (
    COLOURS,
    MOST_POINTS,
    POINT,
    density_of,
    spread_evenly,
    values_of,
    visible,
)
from frameatlas.browser.view.regions import name_region, region_facts
from frameatlas.browser.view.window import window_of
from frameatlas.browser.web.parameters import json_body, one_of
from frameatlas.browser.web.responses import as_binary, as_json
from frameatlas.errors import InputError


def overlay_routes(library: Library) -> Blueprint:
    """The overlays of a library's maps."""
    routes = Blueprint("overlays", __name__)

    @routes.get("/api/points/<map_id>")
    def points(map_id: str) -> Response:
        opened = library.map_of(map_id)
        frames = visible(opened, Filter.parse(request.args), window_of(request.args))
        sent = frames[spread_evenly(len(frames), MOST_POINTS)]
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
        return as_json(region_facts(opened, request.args))

    @routes.post("/api/names")
    def names() -> Response:
        opened = library.map_of(request.args.get("map"))
        return as_json(name_region(opened, json_body()))

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
