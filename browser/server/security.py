"""Who may ask, and what the answers forbid: rebinding, other sites' pages, outside addresses."""

import hmac
import ipaddress
import re
import secrets
import socket
from dataclasses import dataclass

from flask import Flask, Request, Response, redirect, request
from werkzeug.exceptions import Forbidden, UnsupportedMediaType
from werkzeug.wrappers import Response as AnyResponse

from frameatlas.store.digests import text_digest

MOST_UPLOAD = 20 * 1024 * 1024
"""Bytes of an uploaded picture."""

COOKIE = "frameatlas-token-"
"""Begins the cookie's name; servers on several ports of one machine share a browser's cookies."""

HEADER = "X-Frameatlas"
"""Our own page sends it with every POST; a form on another site cannot."""

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Nothing from anywhere else, and no script but those that lie on this server.

Dash and Plotly write style elements, so styles may be inline.
"""

_DASH = "/charts/_dash-"

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,255})(?::[0-9]{1,5})?", re.ASCII)
"""What a Host header may be: an address in brackets or a name, and a port; nothing behind them."""


@dataclass(frozen=True)
class Access:
    """Who is let in.

    Attributes:
        host: The address that the server listens on.
        token: What the first address must carry; None on loopback, where only this machine asks.
    """

    host: str = "127.0.0.1"
    token: str | None = None

    @classmethod
    def of_host(cls, host: str) -> "Access":
        """A random token unless only this machine can reach the address."""
        return cls(host, None if is_loopback(host) else secrets.token_urlsafe(24))

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token."""
        return COOKIE + text_digest(self.token or "")[:8]

    def knows(self, name: str) -> bool:
        """Whether a Host header names this server: a page of another name was rebound to us.

        Beyond loopback an address in numbers cannot be rebound, and the token guards the rest.
        """
        if self.token is None:
            return name == "localhost" or is_loopback(name) or name == self.host
        return _is_address(name) or name in ("localhost", self.host, *_own_names())


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def guard(server: Flask, access: Access) -> None:
    """Check every request before anything answers it, and mark every answer.

    Args:
        server: The Flask server.
        access: Who is let in.
    """
    # Room for the multipart wrapping around a picture of the full size.
    server.config["MAX_CONTENT_LENGTH"] = MOST_UPLOAD + 64 * 1024
    server.config["MAX_FORM_MEMORY_SIZE"] = 1024 * 1024

    @server.before_request
    def check() -> AnyResponse | None:
        _check_host(access, request)
        _check_site(request)
        return _check_token(access, request)

    @server.after_request
    def mark(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _check_host(access: Access, asked: Request) -> None:
    found = _HOST.fullmatch(asked.headers.get("Host", ""))
    name = found[1].strip("[]").lower() if found else ""
    if not access.knows(name):
        raise Forbidden(
            "Expected the address that `frameatlas browse` printed. Received: another host name."
        )


def _check_site(asked: Request) -> None:
    """Let no page of another site, not even of another port, use this server."""
    site = asked.headers.get("Sec-Fetch-Site", "same-origin")
    visit = asked.method == "GET" and asked.path == "/"
    if site not in ("same-origin", "none") and not visit:
        raise Forbidden("Expected a request of this server's own page. Received: another site's.")
    if asked.method in ("GET", "HEAD", "OPTIONS"):
        return
    origin = asked.headers.get("Origin")
    if origin is not None and origin != f"{asked.scheme}://{asked.host}":
        raise Forbidden("Expected a request of this server's own page. Received: another origin.")
    if asked.path.startswith(_DASH):
        # Dash sends no header of ours, but JSON, which other origins cannot send unasked.
        if not asked.is_json:
            raise UnsupportedMediaType("Expected JSON. Received: another kind of content.")
    elif asked.headers.get(HEADER) != "1":
        raise Forbidden(f"Expected the header {HEADER}: 1. Received: a request without it.")


def _check_token(access: Access, asked: Request) -> AnyResponse | None:
    if access.token is None:
        return None
    given = asked.args.get("token")
    if given is not None and same_token(given, access.token) and asked.method == "GET":
        # What else the address says, a deep link for example, stays as it was written.
        parts = asked.query_string.decode("latin-1").split("&")
        answer = redirect("/?" + "&".join(p for p in parts if not p.startswith("token=")))
        answer.set_cookie(access.cookie, access.token, httponly=True, samesite="Strict")
        answer.headers["Cache-Control"] = "no-store"
        return answer
    if not same_token(asked.cookies.get(access.cookie, ""), access.token):
        raise Forbidden(
            "Expected the token of this server. Received: none, or another; open the whole "
            "address that `frameatlas browse` printed, with token=… at its end."
        )
    return None


def same_token(given: str, token: str) -> bool:
    """Whether somebody knows the token; compared in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _own_names() -> tuple[str, ...]:
    name = socket.gethostname().lower()
    return name, f"{name}.local", name.split(".")[0]
