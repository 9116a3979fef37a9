"""``/api/image``, ``/api/poster``, ``/api/jobs``: work that the page waits for without blocking."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import numpy as np
from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from frameatlas.atlas import Atlas
from frameatlas.browser.downloads.poster_orders import command_line, order_of, preview_order
from frameatlas.browser.server.job_queue import Job, Jobs
from frameatlas.browser.server.security import MOST_UPLOAD
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.neighbours import check_scores, like_rows
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.wing_tools import BrowserTools, PosterOrder
from frameatlas.browser.web.parameters import json_body
from frameatlas.browser.web.responses import as_json, as_picture
from frameatlas.errors import InputError, LockedError, MissingExtraError, SourceError
from frameatlas.search.neighbours import neighbours

PATIENCE = 5.0
"""Seconds that a preview waits for the one before it."""

ALIKE = 24
"""Frames that are found for a picture."""


def job_routes(library: Library, jobs: Jobs) -> Blueprint:
    """Searching by picture, and posters."""
    routes = Blueprint("jobs", __name__)
    previews = BoundedSemaphore(1)

    @routes.post("/api/image")
    def image() -> Response:
        opened = library.map_of(request.args.get("map"))
        data = read_upload()
        job = jobs.submit("image", lambda job, _: search(opened, library.tools, data, job))
        return as_json({"job": job.id})

    @routes.post("/api/warm")
    def warm() -> Response:
        opened = library.map_of(request.args.get("map"))
        prepare = library.tools.prepare_search
        if prepare is None:
            return as_json({"job": None})
        # In the line of the searches: the first picture waits for it, and says so.
        job = jobs.submit("image", lambda job, _: prepared(opened, prepare, job))
        return as_json({"job": job.id})

    @routes.post("/api/poster")
    def poster() -> Response:
        opened = library.map_of(request.args.get("map"))
        order = order_of(json_body())
        _need(library.tools.render_poster)
        job = jobs.submit("poster", lambda job, at: render(opened, library.tools, order, job, at))
        return as_json({"job": job.id, "command": command_line(opened.atlas.folder, order)})

    @routes.get("/api/poster/command")
    def command() -> Response:
        return as_json({"command": command_line(library.folder, order_of(_query()))})

    @routes.get("/api/poster/preview")
    def preview() -> Response:
        opened = library.map_of(request.args.get("map"))
        order = preview_order(order_of(_query()), len(opened.atlas))
        tool = _need(library.tools.render_poster)
        if not previews.acquire(timeout=PATIENCE):
            raise LockedError("Expected one preview at a time. Received: several; try again.")
        try:
            return as_picture(_preview(opened, order, tool), "image/jpeg", forever=False)
        finally:
            previews.release()

    @routes.get("/api/jobs/<job_id>")
    def state(job_id: str) -> Response:
        return as_json(_find_job(jobs, job_id).facts())

    @routes.get("/api/jobs/<job_id>/file")
    def file(job_id: str) -> Response:
        path, name = _find_job(jobs, job_id).file or (None, "")
        if path is None:
            raise NotFound(
                "Expected a job that made a file. Received: one that did not, or not yet."
            )
        return send_file(path, as_attachment=True, download_name=name)

    return routes


def _preview(opened: OpenMap, order: PosterOrder, tool: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "preview.jpg")
        tool(opened.atlas, order, path, lambda *_: None)
        return path.read_bytes()


def read_upload() -> bytes:
    """The picture of a request: its body, or the first file of a form.

    Raises:
        InputError: There is none.
        RequestEntityTooLarge: It has more bytes than a picture may.
    """
    form = next(iter(request.files.values()), None)
    data = form.read() if form else request.get_data(cache=False)
    if len(data) > MOST_UPLOAD:
        raise RequestEntityTooLarge("Expected a picture of at most 20 MB. Received: a larger one.")
    if not data:
        raise InputError("Expected a picture file. Received: nothing.")
    return data


def prepared(opened: OpenMap, prepare: Callable[[Atlas], None], job: Job) -> None:
    """Load the network; the next picture is then described at once."""
    job.text = "Loading the network."
    prepare(opened.atlas)
    job.text = "The network is loaded."


def search(opened: OpenMap, tools: BrowserTools, data: bytes, job: Job) -> None:
    """Describe a picture and find what is like it; the result goes into the job."""
    job.text = "The network looks at the picture."
    try:
        described = _need(tools.describe_image)(opened.atlas, data)
    except SourceError as error:
        raise InputError(
            "Expected a photo, such as a JPEG or PNG file. Received: a file that is none, or one "
            "that is damaged or too large; try another."
        ) from error
    job.share, job.text = 0.8, "Searching the frames."
    check_scores(opened)
    query, groups = described.scores[0], opened.shot_groups()
    every = like_rows(opened, neighbours(opened.atlas, query, ALIKE))
    best = None if groups is None else neighbours(opened.atlas, query, ALIKE, groups=groups)
    place = np.clip(described.coordinates[0], -1, 1)
    job.result = {
        "place": [round(float(value), 6) for value in place] if np.isfinite(place).all() else None,
        "nearest": every if best is None else like_rows(opened, best),
        "every": every,
        "map": opened.id,
    }
    job.text = "Found."


def render(opened: OpenMap, tools: BrowserTools, order: PosterOrder, job: Job, at: Path) -> None:
    """Write a poster; the file goes into the job."""

    def on_cell(done: int, total: int) -> None:
        job.check_wanted()
        job.share, job.text = done / max(1, total), f"{done} of {total} pictures."

    path = at / f"poster{order.ending}"
    job.text = "Finding a place for every picture."
    job.result = _need(tools.render_poster)(opened.atlas, order, path, on_cell)
    job.text, job.file = str(job.result), (path, path.name)


def _need(tool: Any) -> Any:
    if tool is None:
        raise MissingExtraError(
            "Expected the tool for this. Received: a page that was made without it; "
            "start it with `frameatlas browse`."
        )
    return tool


def _find_job(jobs: Jobs, job_id: str) -> Job:
    job = jobs.get(job_id)
    if job is None:
        raise NotFound("Expected a job that was ordered. Received: none, or one long done.")
    return job


def _query() -> dict[str, Any]:
    """An order out of a query: numbers are still text there."""
    values: dict[str, Any] = dict(request.args.items())
    if "center" in values:
        values["center"] = values["center"].split(",")
    return values
