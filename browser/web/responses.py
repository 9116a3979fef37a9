"""Answers of the server: JSON, binary columns, and errors as one sentence for page or person."""

import html
import os
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import numpy as np
from flask import Flask, Response, json, request
from numpy.typing import NDArray
from werkzeug.exceptions import HTTPException, NotFound

from frameatlas.errors import (
    DamagedAtlasError,
    FormatError,
    FrameatlasError,
    InputError,
    LockedError,
    MissingExtraError,
    NoAtlasError,
    SourceError,
    SpaceError,
)

FOREVER = "private, max-age=31536000, immutable"
"""Caching of what lies under a map's id: the map never changes."""

_STATUS: tuple[tuple[type[FrameatlasError], int], ...] = (
    (InputError, 400),
    (SourceError, 404),
    (MissingExtraError, 501),
    (SpaceError, 507),
    (NoAtlasError, 503),
    (FormatError, 503),
    (DamagedAtlasError, 503),
    (LockedError, 503),
)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>frameatlas</title>
<meta name="viewport" content="width=device-width,initial-scale=1">{refresh}
<style>body{{font:17px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:40em;padding:0 1em;
background:#fafafa;color:#222}}@media(prefers-color-scheme:dark){{body{{background:#161616;
color:#ddd}}a{{color:#8cf}}}}</style></head>
<body><main><h1>{title}</h1><p>{message}</p><p><a href="/">To the map</a></p></main></body></html>
"""


def json_text(value: Any) -> str:
    """A value as JSON, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def as_json(value: Any, *, status: int = 200, forever: bool = False) -> Response:
    """A value as JSON; ``forever`` where it lies under a map's id."""
    response = Response(json_text(value), status, mimetype="application/json")
    response.headers["Cache-Control"] = FOREVER if forever else "no-store"
    return response


def as_binary(
    array: NDArray[Any], headers: Mapping[str, int | str] | None = None, *, forever: bool = True
) -> Response:
    """An array's bytes, little-endian, row after row; its shape in the header X-Shape."""
    little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
    response = Response(little.tobytes(), mimetype="application/octet-stream")
    response.headers["X-Shape"] = ",".join(str(side) for side in array.shape)
    response.headers["X-Type"] = array.dtype.name
    for name, value in (headers or {}).items():
        response.headers[name] = str(value)
    response.headers["Cache-Control"] = FOREVER if forever else "no-store"
    return response


def as_picture(content: bytes, media_type: str, *, forever: bool = True) -> Response:
    """A picture file."""
    response = Response(content, mimetype=media_type)
    response.headers["Cache-Control"] = FOREVER if forever else "no-store"
    return response


def answer_errors(server: Flask) -> None:
    """Turn every error into a status and one sentence; nobody sees a stack trace."""
    # Dash would answer with its page.
    for place in ("api", "tiles", "frames", "video", "clip", "page"):
        server.add_url_rule(f"/{place}/<path:rest>", place, _unknown)

    @server.errorhandler(FrameatlasError)
    def known(error: FrameatlasError) -> Response:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        return as_error(str(error), status)

    @server.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        response = as_error(error.description or error.name, error.code or 500)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "content-range", "retry-after"):
                response.headers[name] = value
        return response

    @server.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        if isinstance(error, RecursionError):
            return as_error("Expected a plain request. Received: brackets without end.", 400)
        if _is_dash(error):
            return as_error("Expected a request of this server's own page. Received: another.", 400)
        _tell_terminal(error)
        return as_error("frameatlas met a fault of its own; the terminal says which.", 500)


def _unknown(rest: str) -> Response:
    del rest
    raise NotFound("Expected an address of this server. Received: one that it does not know.")


def as_error(message: str, status: int) -> Response:
    """An error for whoever asked: a page for a person, JSON for a program."""
    if request.path.startswith(("/api/", "/tiles/", "/charts/_dash")) or not _by_a_person():
        return as_json({"error": message}, status=status)
    title = "Not yet" if status == 503 else "This did not work"
    refresh = '<meta http-equiv="refresh" content="5">' if status == 503 else ""
    text = _PAGE.format(title=title, message=html.escape(message), refresh=refresh)
    return Response(text, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _tell_terminal(error: Exception) -> None:
    """One line for the person at the terminal; FRAMEATLAS_DEBUG=1 shows where it was."""
    if os.environ.get("FRAMEATLAS_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    else:
        text = f"{type(error).__name__}: {error}".splitlines()[0]
        print(f"A fault at {request.path[:200]!r}: {text}", file=sys.stderr)  # noqa: T201


def _by_a_person() -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _is_dash(error: BaseException) -> bool:
    """Whether Dash itself stumbled over a request, and not what the page has it call."""
    trace = traceback.extract_tb(error.__traceback__)
    return (
        request.path.startswith("/charts/_dash") and f"{os.sep}dash{os.sep}" in trace[-1].filename
    )
