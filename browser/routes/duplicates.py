"""``/api/duplicates``, ``verdicts``, ``spare``: near-duplicates, and what is decided about them."""

import os
from typing import Any

from flask import Blueprint, Response, request

from frameatlas.browser.server.job_queue import Job, Jobs
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.over_map.duplicate_shots import duplicate_shot_groups
from frameatlas.browser.view.over_map.duplicates import (
    VERDICTS,
    decide,
    duplicate_groups,
    spare_list,
)
from frameatlas.browser.web.parameters import json_body, one_of, within
from frameatlas.browser.web.responses import as_json
from frameatlas.errors import InputError
from frameatlas.search.duplicates import WITHIN
from frameatlas.search.similar_shots import SHOTS_WITHIN

PER = ("file", "shot")
"""What the groups are of."""

MOST_ITEMS = 10_000
"""Items of one verdict or group."""


def duplicate_routes(library: Library, jobs: Jobs) -> Blueprint:
    """Duplicates of a library's atlas."""
    routes = Blueprint("duplicates", __name__)

    @routes.post("/api/duplicates")
    def duplicates() -> Response:
        opened = library.map_of(request.args.get("map"))
        body = _body()
        shots = one_of(body.get("per", "file"), "per", PER) == "shot"
        limit = within(body.get("within", SHOTS_WITHIN if shots else WITHIN), "within", 0, 1)
        job = jobs.submit("duplicates", lambda job, _: find(opened, limit, job, shots=shots))
        return as_json({"job": job.id})

    @routes.post("/api/verdicts")
    def verdicts() -> Response:
        opened = library.map_of(request.args.get("map"))
        body = _body()
        return as_json(decide(opened, one_of(body.get("do"), "do", VERDICTS), _items(body)))

    @routes.post("/api/spare")
    def spare() -> Response:
        opened = library.map_of(request.args.get("map"))
        groups = _body().get("groups")
        if not isinstance(groups, list):
            raise InputError('Expected {"groups": [[…], …]}. Received: another value.')
        paths, lost = spare_list(opened, [_items({"items": group}) for group in groups])
        # A name may hold a line break: such a line would be another file's name.
        fit = [os.fsencode(path) for path in paths if "\n" not in str(path)]
        answer = Response(b"".join(path + b"\n" for path in fit), mimetype="text/plain")
        answer.headers["Content-Disposition"] = 'attachment; filename="spare.txt"'
        answer.headers["X-Left-Out"] = str(lost + len(paths) - len(fit))
        answer.headers["X-Listed"] = str(len(fit))
        return answer

    return routes


def find(opened: OpenMap, limit: float, job: Job, *, shots: bool) -> None:
    """Find the groups, of files or of shots; the result goes into the job."""
    job.text = f"Comparing all {'shots' if shots else 'videos'} and photos."
    groups_of = duplicate_shot_groups if shots else duplicate_groups
    job.result = groups_of(opened, limit, job.check_wanted)
    job.text = "Compared."


def _body() -> dict[str, Any]:
    body = json_body()
    if not isinstance(body, dict):
        raise InputError("Expected a JSON object. Received: another value.")
    return body


def _items(body: dict[str, Any]) -> list[str]:
    items = body.get("items")
    if not isinstance(items, list) or not 0 < len(items) <= MOST_ITEMS:
        raise InputError("Expected a list of videos or photos. Received: another value.")
    if not all(isinstance(item, str) and len(item) < 200 for item in items):
        raise InputError("Expected ids of videos or photos. Received: another value.")
    return items
