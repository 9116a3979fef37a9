"""``/api/columns``, ``dates``, ``said``, ``shots``, ``bins``: what is known and decided."""

from typing import Any

from flask import Blueprint, Response, request

from frameatlas.bins.stored import Bins, edit_bins, renamed, rows_of, with_frames
from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.frame_facts import place_of, source_number
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap, display_name
from frameatlas.browser.view.over_map.date_rows import STEPS, date_rows
from frameatlas.browser.view.selection import Selection
from frameatlas.browser.web.parameters import json_body, one_of, switch, whole_of
from frameatlas.browser.web.responses import as_json
from frameatlas.clock import clock
from frameatlas.errors import InputError
from frameatlas.shots import Shot
from frameatlas.subtitles.said import Spoken

MOST_LINES = 500
"""Lines that a page lists."""

MOST_SHOTS = 5000
"""Shots of one video that a page draws."""

CHANGES = ("add", "take", "rename", "remove")


def known_routes(library: Library) -> Blueprint:
    """Columns, lines and bins of a library."""
    routes = Blueprint("known", __name__)

    @routes.get("/api/columns")
    def columns() -> Response:
        return as_json(library.map_of(request.args.get("map")).known.facts())

    @routes.get("/api/dates")
    def dates() -> Response:
        opened = library.map_of(request.args.get("map"))
        step = one_of(request.args.get("step", ""), "step", ("", *STEPS))
        chosen, every = Filter.parse(request.args), switch(request.args, "every")
        return as_json(date_rows(opened, chosen, step, every=every))

    @routes.get("/api/said")
    def said() -> Response:
        opened = library.map_of(request.args.get("map"))
        found = opened.known.said(request.args.get("q", "")[:1000])
        lines = [_line(opened, one) for one in found[:MOST_LINES]]
        return as_json({"count": len(found), "lines": lines})

    @routes.get("/api/shots/<source>")
    def shots(source: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        number = source_number(opened, whole_of(source, "the video", 0, 2**62))
        found = opened.shots().of_source(number)[:MOST_SHOTS]
        return as_json([_shot(shot) for shot in found])

    @routes.post("/api/bins")
    def bins() -> Response:
        opened = library.map_of(request.args.get("map"))
        body = json_body()
        if not isinstance(body, dict) or body.get("do") not in CHANGES:
            raise InputError('Expected {"do": "add", "name": …}. Received: another value.')
        edit_bins(opened.atlas.folder, lambda now: _changed(opened, now, body))
        return as_json(opened.known.facts())

    return routes


def _changed(opened: OpenMap, now: Bins, body: dict[str, Any]) -> Bins:
    name, to = str(body.get("name") or ""), str(body.get("to") or "")
    if body["do"] == "rename":
        return renamed(now, name, to)
    if body["do"] == "remove":
        return renamed(now, name, None)
    frames = Selection.parse(body.get("selection")).frames(opened)
    rows = rows_of(opened.atlas, frames.tolist())
    return with_frames(now, name, rows, without=body["do"] == "take")


def _shot(shot: Shot) -> dict[str, Any]:
    """A shot, and the frame in its middle; None where it is shorter than the frames' distance."""
    middle = shot.frames[len(shot.frames) // 2] if len(shot.frames) else None
    return {
        "begin": round(shot.begin, 6),
        "until": round(shot.until, 6),
        "beginning": shot.beginning,
        "frame": middle,
    }


def _line(opened: OpenMap, one: Spoken) -> dict[str, Any]:
    return {
        "frame": one.frame,
        "source": one.source,
        "name": opened.name_of(one.source),
        "begin": one.line.begin,
        "end": one.line.end,
        "time": clock(one.line.begin, 2, hours=True),
        "text": display_name(one.line.text),
        "place": place_of(opened, one.frame),
    }
