"""``/video`` and ``/clip``: the film behind the frames."""

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import UnsupportedMediaType

from frameatlas.browser.view.clips import Clips
from frameatlas.browser.view.frame_facts import source_number
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.originals import Originals
from frameatlas.browser.view.playable import media_type
from frameatlas.browser.web.parameters import real, whole_of

MOST_RANGE = 4 * 1024 * 1024
"""Bytes of one answer: a player that asks for the rest of a film must not hold a thread for it."""

_MOST = 2**62


def video_routes(library: Library, clips: Clips, originals: Originals) -> Blueprint:
    """The videos of a library, by number."""
    routes = Blueprint("videos", __name__)

    @routes.get("/video/<source>")
    def video(source: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        number = source_number(opened, whole_of(source, "the video", 0, _MOST))
        path = originals.path_of(opened, number)
        media = media_type(opened.sources[number])
        if media is None:
            raise UnsupportedMediaType("Expected a video that browsers play. Received: another.")
        shorten_range()
        response = send_file(path, mimetype=media, conditional=True, max_age=0)
        response.headers["Accept-Ranges"] = "bytes"
        return response

    @routes.get("/clip/<source>")
    def clip(source: str) -> Response:
        opened = library.map_of(request.args.get("map"))
        number = source_number(opened, whole_of(source, "the video", 0, _MOST))
        begin = real(request.args, "from", -1e9, 1e9, 0.0)
        path, media = clips.clip(opened, number, max(0.0, begin))
        shorten_range()
        return send_file(path, mimetype=media, conditional=True, max_age=3600)

    return routes


def shorten_range() -> None:
    """Answer "all the rest" with some of it, as HTTP allows: the player asks again for more."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return
    first, stop = asked.ranges[0]
    if first is not None and first >= 0 and (stop is None or stop - first > MOST_RANGE):
        request.environ["HTTP_RANGE"] = f"bytes={first}-{first + MOST_RANGE - 1}"
