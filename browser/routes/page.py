"""``/`` and ``/page``: the page itself, and the script and style sheet that it loads."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from frameatlas.browser.page.bundle import bundles, page_html
from frameatlas.browser.view.library import Library
from frameatlas.browser.web.responses import FOREVER


def page_routes(library: Library) -> Blueprint:
    """The page of a library.

    Args:
        library: Has a map, or says on the page why not.
    """
    routes = Blueprint("page", __name__)
    script, style = bundles()
    html = page_html(script, style)
    known = {(one.digest, one.name): one for one in (script, style)}

    @routes.get("/")
    def page() -> Response:
        library.newest()
        return Response(html, mimetype="text/html", headers={"Cache-Control": "no-store"})

    @routes.get("/page/<digest>/<name>")
    def bundle(digest: str, name: str) -> Response:
        found = known.get((digest, name))
        if found is None:
            raise NotFound("Expected a file of this page. Received: another; load the page again.")
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = Response(found.packed if packed else found.content, mimetype=found.media_type)
        response.headers["Cache-Control"] = FOREVER
        response.headers["Vary"] = "Accept-Encoding"
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response

    return routes
