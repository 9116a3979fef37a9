"""``/api/players``: who is who in a game, and what a person knows better."""

from typing import Any

from flask import Blueprint, Response, request

from frameatlas.browser.players.edits import (
    confirm,
    cut_at,
    give_role,
    leave_out,
    merge,
    move,
    rename,
    take_back,
    tell_apart,
)
from frameatlas.browser.players.statistics import figure, statistics_facts
from frameatlas.browser.players.store import Edit, Players, Shown, check_frames
from frameatlas.browser.view.encoding import MEDIA_TYPES, encode
from frameatlas.browser.view.frame_facts import frame_number
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.player_facts import crop_facts, players_facts
from frameatlas.browser.web.parameters import json_body, one_of, whole, whole_of
from frameatlas.browser.web.responses import as_json, as_picture
from frameatlas.drawing.compose import compose
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.errors import InputError, LockedError
from frameatlas.geometry.cell_size import CellSize
from frameatlas.players.corrections import corrections_text

MOST_ON_STRIP = 24
"""Crops of one picture."""

MOST_IDS = 100_000
"""Tracklets or players that one edit names."""

EDITS = ("merge", "move", "rename", "apart", "same", "cut", "ignore", "heed", "role", "undo")
"""What can be done to players."""

_GREY = (40, 40, 40)
_GAP = 2
_MOST = 2**62


def player_routes(library: Library) -> Blueprint:
    """The players of a library, where it holds some."""
    routes = Blueprint("players", __name__)

    @routes.get("/api/players")
    def players() -> Response:
        opened = library.map_of(request.args.get("map"))
        return _answer(opened, library.players, library.players.shown())

    @routes.post("/api/players")
    def change() -> Response:
        opened = library.map_of(request.args.get("map"))
        _wait_for_run(library)
        check_frames(library.players.shown(), opened.atlas)
        return _answer(opened, library.players, _change(library.players, json_body()))

    @routes.get("/api/players/crops/<segment>")
    def crops(segment: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        shown = check_frames(library.players.shown(), opened.atlas)
        place = shown.view.places.get(whole_of(segment, "the tracklet", 0, _MOST))
        if place is None:
            raise InputError("Expected a tracklet of this page. Received: one that is gone.")
        return as_json(crop_facts(opened, shown, shown.view.segments[place]))

    @routes.get("/api/players/statistics")
    def statistics() -> Response:
        return as_json(statistics_facts(library.players.folder))

    @routes.get("/api/players/figures/<digest>/<name>")
    def picture(digest: str, name: str) -> Response:
        return as_picture(figure(library.players.folder, name, digest), MEDIA_TYPES[".png"])

    @routes.get("/api/players/corrections.yaml")
    def file() -> Response:
        text = corrections_text(library.players.shown().view.corrections)
        response = Response(text, mimetype="text/yaml")
        response.headers["Content-Disposition"] = 'attachment; filename="corrections.yaml"'
        return response

    @routes.get("/api/strip/<map_id>")
    def strip(map_id: str) -> Response:
        opened = library.map_of(map_id)
        height = whole(request.args, "height", 32, 256, 128)
        frames = _frames(opened, request.args.get("frames", ""))
        columns = whole(request.args, "columns", 1, MOST_ON_STRIP, len(frames))
        return as_picture(draw_strip(opened, frames, columns, height), MEDIA_TYPES[".jpg"])

    return routes


def draw_strip(opened: OpenMap, frames: list[int], columns: int, height: int) -> bytes:
    """Some frames side by side as a JPEG file, each shown whole.

    Args:
        opened: The map.
        frames: Which, in their order.
        columns: Pictures in a row; where there are fewer frames, the rest of it is empty.
        height: Of each, in pixels.
    """
    shape = opened.cell()
    cell = CellSize(max(1, round(height * shape.width / shape.height)), height)
    empty: list[None] = [None] * (-len(frames) % columns)
    stored = StoredPictures(opened.atlas)
    pictures = [*(stored(frame) for frame in frames), *empty]
    sheet = compose(pictures, columns, cell, gap=_GAP, background=_GREY, contain=True)
    return encode(sheet, ".jpg")


def _frames(opened: OpenMap, text: str) -> list[int]:
    parts = text.split(",")
    if not 0 < len(parts) <= MOST_ON_STRIP:
        raise InputError(f"Expected 1 to {MOST_ON_STRIP} frames. Received: {len(parts)}.")
    return [frame_number(opened, whole_of(part, "a frame", 0, _MOST)) for part in parts]


def _answer(opened: OpenMap, players: Players, shown: Shown) -> Response:
    return as_json(players_facts(opened, players, check_frames(shown, opened.atlas)))


def _wait_for_run(library: Library) -> None:
    """A run writes its own corrections when it ends: what was pressed meanwhile would be lost."""
    if library.indexing() is not None:
        raise LockedError(
            "Expected players that nobody else writes. Received: a run of frameatlas players that "
            "is not finished; press again when it is."
        )


def _change(players: Players, body: Any) -> Shown:
    """Do what a JSON body asks: {"do", "revision", …}."""
    if not isinstance(body, dict):
        raise InputError('Expected {"do": …, "revision": …}. Received: another value.')
    action = one_of(body.get("do"), "do", EDITS)
    revision = body.get("revision")
    if not isinstance(revision, str):
        raise InputError("Expected the revision that the page shows. Received: another value.")
    return (
        players.undo(revision)
        if action == "undo"
        else players.edit(revision, _edit_of(action, body))
    )


def _edit_of(action: str, body: dict[str, Any]) -> Edit:
    if action in ("ignore", "heed"):
        some = _ids(body, "pieces")
        return lambda _, view: (leave_out if action == "ignore" else take_back)(view, some)
    if action == "role":
        several, role = _ids(body, "players"), body.get("role")
        if not isinstance(role, str) or len(role) > 40:
            raise InputError("Expected a role of players. Received: another value.")
        return lambda _, view: give_role(view, several, role)
    return _edit(action, body)


def _edit(action: str, body: dict[str, Any]) -> Edit:
    if action == "merge":
        players = _ids(body, "players")
        return lambda _, view: merge(view, players)
    if action == "apart":
        pair = _ids(body, "players")
        return lambda _, view: tell_apart(view, pair)
    if action == "move":
        segments = _ids(body, "pieces")
        to = None if body.get("to") is None else _id(body, "to")
        return lambda _, view: move(view, segments, to)
    if action == "rename":
        player, name = _id(body, "player"), body.get("name")
        if not isinstance(name, str) or len(name) > 1000:
            raise InputError("Expected a name for a player. Received: another value.")
        return lambda _, view: rename(view, player, name)
    segment = _id(body, "piece")
    if action == "same":
        return lambda _, view: confirm(view, segment)
    frame = _id(body, "frame")
    return lambda tables, view: cut_at(tables, view, segment, frame)


def _id(body: dict[str, Any], key: str) -> int:
    return _whole_ids([body.get(key)], key)[0]


def _ids(body: dict[str, Any], key: str) -> list[int]:
    return _whole_ids(body.get(key), key)


def _whole_ids(value: Any, key: str) -> list[int]:
    known = isinstance(value, list) and 0 < len(value) <= MOST_IDS
    if not known or not all(type(n) is int and 0 <= n < _MOST for n in value):
        raise InputError(f"Expected {key} to be numbers of this page. Received: other.")
    return list(value)
