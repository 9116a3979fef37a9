"""``/api/atlas``, ``/api/find``, ``/api/quality``: what is in the atlas."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request

from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.regions import names_revision
from frameatlas.browser.web.parameters import show_value, whole
from frameatlas.browser.web.responses import as_json
from frameatlas.drawing.tiles import DRAWING
from frameatlas.errors import FrameatlasError, InputError
from frameatlas.summary import atlas_info

LONGEST_TEXT = 200
"""Characters that are looked for in names."""


def atlas_routes(library: Library) -> Blueprint:
    """What a library holds."""
    routes = Blueprint("atlas", __name__)

    @routes.get("/api/atlas")
    def atlas() -> Response:
        opened = library.map_of(request.args.get("map"))
        return as_json(atlas_facts(library, opened))

    @routes.get("/api/state")
    def state() -> Response:
        return as_json(state_of(library, request.args.get("map")))

    @routes.get("/api/find")
    def find() -> Response:
        opened = library.map_of(request.args.get("map"))
        text = request.args.get("text", "")
        if not 0 < len(text.strip()) <= LONGEST_TEXT:
            raise InputError(
                f"Expected text of 1 to {LONGEST_TEXT} characters to look for. "
                f"Received: {show_value(text)}."
            )
        count = whole(request.args, "count", 1, 500, 50)
        found = list(find_by_name(opened, text))
        return as_json({"sources": found[:count], "total": len(found)})

    @routes.get("/api/quality")
    def quality() -> Response:
        opened = library.map_of(request.args.get("map"))
        info = atlas_info(opened.atlas)
        wanted = ("quality", "layout", "components", "fps", "height", "engine")
        text = json.dumps({name: info[name] for name in wanted}, default=str)
        # JSON of other programs may hold NaN, which browsers do not read.
        return as_json(json.loads(text, parse_constant=lambda _: None))

    return routes


def atlas_facts(library: Library, opened: OpenMap) -> dict[str, Any]:
    """What the page must know before it shows the map."""
    cell, tile = opened.cell(), opened.tile()
    folders, _ = opened.folders()
    return {
        "map": opened.id,
        "drawing": DRAWING,
        "name": library.name,
        "frames": len(opened.atlas),
        "cell": [cell.width, cell.height],
        "tile": [tile.width, tile.height],
        "deepest": opened.pyramid().deepest,
        "fps": opened.atlas.manifest.made.fps,
        "sources": [source_facts(opened, number) for number in range(len(opened.sources))],
        "folders": list(folders),
        "tools": _tools(library, opened),
        "said": opened.known.speaks,
        "order": opened.order(),
        **state_of(library, opened.id),
    }


def _tools(library: Library, opened: OpenMap) -> list[str]:
    """What the page may ask for; nothing describes a picture for vectors from elsewhere."""
    no_network = opened.atlas.manifest.made.descriptor == "vectors"
    return [one for one in library.tools.names() if not (no_network and one == "describe_image")]


def state_of(library: Library, map_id: str | None) -> dict[str, Any]:
    """What may change while a page is open: another process' index run, and a newer map.

    Also what other processes find out about the same frames, told by revisions.
    """
    shots, known = library.known_of(map_id)
    run = library.indexing()
    newest = library.newest_id()
    return {
        "indexing": run and {"done": run.done, "under_way": run.under_way, "text": run.text()},
        "players": players_revision(library),
        "names": names_revision(library.folder),
        "sentences": library.takes_sentences(map_id),
        "shots": shots,
        "known": known,
        "newer": newest if map_id not in (None, newest) else None,
    }


def players_revision(library: Library) -> str | None:
    """Another whenever the page shows other players; "" damaged ones; None where there are none."""
    if not library.players.there:
        return None
    try:
        return library.players.shown().revision
    except FrameatlasError:
        return ""


def source_facts(opened: OpenMap, number: int) -> dict[str, Any]:
    """One video, or one folder of photos."""
    source = opened.sources[number]
    return {
        "n": number,
        "name": opened.name_of(number),
        "folder": opened.folder_of(number),
        "frames": source.frames,
        "first": int(opened.atlas.offsets[number]),
        "seconds": source.duration,
        "kind": source.kind,
        "status": source.status,
    }


def find_by_name(opened: OpenMap, text: str) -> Iterator[dict[str, Any]]:
    """Sources whose file name holds every word of a text, then those whose folder does."""
    words = text.casefold().split()
    folders, _ = opened.folders()
    later = []
    for number in range(len(opened.sources)):
        name = opened.name_of(number).casefold()
        place = f"{folders[opened.folder_of(number)].casefold()}/{name}"
        if all(word in name for word in words):
            yield source_facts(opened, number)
        elif all(word in place for word in words):
            later.append(number)
    for number in later:
        yield source_facts(opened, number)
