"""``/`` and ``/page``: the page with what is in the atlas, its script and its style sheet."""

import gzip

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from frameatlas.browser.page.bundle import bundles, page_html
from frameatlas.browser.routes.atlas import atlas_facts
from frameatlas.browser.view.library import Library
from frameatlas.browser.web.responses import FOREVER, json_text

LARGE = 20_000
"""Bytes above which the page is gzipped: an atlas of many videos has long facts."""

QUICK = 3
"""Of gzip: the page is made anew each time."""


def page_routes(library: Library) -> Blueprint:
    """The page of a library.

    Args:
        library: Has a map, or says on the page why not.
    """
    routes = Blueprint("page", __name__)
    script, style = bundles()
    fill = page_html(script, style)
    known = {(one.digest, one.name): one for one in (script, style)}

    @routes.get("/")
    def page() -> Response:
        opened = library.newest()
        # A large map takes a moment to open: until then the page comes without, and asks for them.
        ready = opened.pyramid.ready
        content = fill(json_text(atlas_facts(library, opened)) if ready else "").encode()
        response = Response(content, mimetype="text/html", headers={"Cache-Control": "no-store"})
        if len(content) > LARGE and takes_gzip():
            response.set_data(gzip.compress(content, QUICK, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        return response

    @routes.get("/page/<digest>/<name>")
    def bundle(digest: str, name: str) -> Response:
        found = known.get((digest, name))
        if found is None:
            raise NotFound("Expected a file of this page. Received: another; load the page again.")
        packed = takes_gzip()
        response = Response(found.packed if packed else found.content, mimetype=found.media_type)
        response.headers["Cache-Control"] = FOREVER
        response.headers["Vary"] = "Accept-Encoding"
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response

    return routes


def takes_gzip() -> bool:
    """Whether who asks can unpack."""
    return "gzip" in request.headers.get("Accept-Encoding", "")
