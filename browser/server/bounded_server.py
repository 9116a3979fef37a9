"""A web server that strangers cannot fill: who has no token sends no body, and few connections.

Waitress takes a whole body before anything is asked of it; so the token is looked at when the
headers have come. From one address come so many connections at most, and a request that is not
whole in time is ended, however slowly it goes on.
"""

import threading
import time
from collections import Counter
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from frameatlas.browser.server.security import Access, is_loopback, same_token

if TYPE_CHECKING:
    from socket import socket

MOST_CONNECTIONS = 64
"""Of one address: a browser opens six, and some people share an address."""

HEADER_SECONDS = 20.0
"""Within which the headers of a request must have come."""

_WITHOUT = "Expected the token of this server. Received: none, or another."

BODY_SECONDS = 120.0
"""Within which all of a request must have come."""


def make_server(app: Any, place: "socket", access: Access, **settings: Any) -> Any:
    """Waitress at a socket that listens, within those bounds.

    Args:
        app: The WSGI application.
        place: The socket.
        access: Who is let in.
        settings: Waitress' own.
    """
    import waitress
    from waitress.channel import HTTPChannel
    from waitress.parser import HTTPRequestParser
    from waitress.utilities import Error

    class RefusedError(Error):  # type: ignore[misc]
        code, reason = 403, "Forbidden"

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        """Refuses a body before it comes."""

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            sends = getattr(self, "body_rcv", None) is not None
            if sends and not knows_token(access, self.headers, self.query):
                self.body_rcv = None
                self.connection_close = True
                self.error = RefusedError(_WITHOUT)
                self.completed = True

    class Channel(HTTPChannel):  # type: ignore[misc]
        """Knows since when it waits for the rest of a request."""

        parser_class = Parser

        def __init__(self, *given: Any, **more: Any) -> None:
            self.waiting_since: float | None = time.monotonic()
            super().__init__(*given, **more)

        def received(self, data: bytes) -> bool:
            if self.waiting_since is None:
                self.waiting_since = time.monotonic()
            taken = bool(super().received(data))
            if self.request is None:
                self.waiting_since = None
            return taken

    server = waitress.create_server(app, sockets=[place], **settings)
    bound_server(server, Channel, access)
    return server


def knows_token(access: Access, headers: dict[str, str], query: str) -> bool:
    """Whether a request bears the token, by its cookie or its address."""
    if access.token is None:
        return True
    try:
        cookies = SimpleCookie(headers.get("COOKIE", ""))
    except CookieError:
        cookies = SimpleCookie()
    given = cookies[access.cookie].value if access.cookie in cookies else ""
    in_address = parse_qs(query, max_num_fields=100).get("token", [""])[0] if query else ""
    return same_token(given, access.token) or same_token(in_address, access.token)


def bound_server(server: Any, channel_class: type, access: Access) -> None:
    """Have a Waitress server make channels of this class, few for each address, and end slow ones.

    Args:
        server: The server.
        channel_class: Made for each connection that is taken.
        access: On loopback connections are not counted: this machine is one address.
    """
    lock = threading.Lock()
    counted = not is_loopback(access.host)
    maintain = server.maintenance

    def channel(owner: Any, conn: "socket", addr: tuple[Any, ...], *given: Any, **more: Any) -> Any:
        with lock:
            hosts = Counter(str(one.addr[0]) for one in owner.active_channels.values())
        if counted and addr and hosts[str(addr[0])] >= MOST_CONNECTIONS:
            conn.close()
            return None
        return channel_class(owner, conn, addr, *given, **more)

    def maintenance(now: float) -> None:
        maintain(now)
        clock = time.monotonic()
        for one in list(server.active_channels.values()):
            since = one.waiting_since
            if since is None:
                continue
            request = one.request
            in_body = request is not None and request.headers_finished
            if clock - since > (BODY_SECONDS if in_body else HEADER_SECONDS):
                one.will_close = True

    server.channel_class = channel
    server.maintenance = maintenance
