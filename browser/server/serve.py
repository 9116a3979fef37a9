"""Serving the page: a production server, a free port, the person's browser, a quiet end."""

import errno
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from frameatlas.browser.server.bounded_server import make_server
from frameatlas.browser.server.security import MOST_UPLOAD, Access, is_loopback
from frameatlas.errors import InputError

if TYPE_CHECKING:
    from dash import Dash

THREADS = 12
"""More than the two cores that we reckon with: some wait for the disk or for FFmpeg."""

TAKING_TURNS = 0.001
"""Seconds that a thread may compute while others wait to do so; Python's usual 0.005 is what a kept
tile would then wait for."""

TRIED = 50
"""Ports that are tried from the first on."""

Say = Callable[[str], None]


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens at the first free port from ``port`` on; 0 takes any.

    Raises:
        InputError: There is no such address, or none of its ports is free.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"Expected --host to be an address of this machine. Received: {host!r} ({error}); "
            "127.0.0.1 is this machine alone, 0.0.0.0 all its addresses."
        ) from error
    for number in range(port, min(port + TRIED, 65_536)):
        found = socket.socket(family, kind)
        # Without it a port stays taken for a minute after the last server; in Windows it would
        # let two servers share one.
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((place[0], number, *place[2:]))
            found.listen(128)
        except OSError as error:
            found.close()
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                continue
            raise InputError(
                f"Expected --host to be an address of this machine. Received: {host!r} "
                f"({error.strerror}); 127.0.0.1 is this machine alone."
            ) from error
        return found
    raise InputError(
        f"Expected a free port from {port} on. Received: {TRIED} that are taken or forbidden; "
        "give another with --port."
    )


def address_of(host: str, port: int, access: Access) -> str:
    """What a person types to see the page."""
    name = "localhost" if _every_address(host) else host
    name = f"[{name}]" if ":" in name else name
    token = f"/?token={access.token}" if access.token else "/"
    return f"http://{name}:{port}{token}"


def _every_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def serve(
    make: Callable[[Access], "Dash"], host: str, port: int, *, open_page: bool, say: Say
) -> None:
    """Serve a page until Ctrl-C.

    Args:
        make: Makes the app for those who are let in.
        host: Address to listen on.
        port: Port to begin with.
        open_page: Show the page in the person's browser.
        say: Takes notes for the person.

    Raises:
        InputError: Nothing can listen there.
    """
    # Its notes on how many requests wait are not for the person at the terminal.
    logging.getLogger("waitress").setLevel(logging.ERROR)
    sys.setswitchinterval(TAKING_TURNS)
    access = Access.of_host(host)
    with listening_socket(host, port) as place:
        taken = place.getsockname()[1]
        if port and taken != port:
            say(f"Port {port} is taken; using {taken}.")
        if not is_loopback(host):
            say(
                f"Listening on {host}: whoever reaches this machine and knows the token sees all "
                "frames and videos of this atlas, and nothing is encrypted on the way."
            )
        server = make_server(make(access).server, place, access, **_settings())
        address = address_of(host, taken, access)
        say(f"{address}  (Ctrl-C ends)")
        if _every_address(host):
            say(f"From another machine: {address_of(socket.gethostname(), taken, access)}")
        if open_page and has_screen():
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        try:
            with _end_on_sigterm():
                # Ends with Ctrl-C by itself, after the answers that are under way.
                server.run()
        finally:
            server.close()


def has_screen() -> bool:
    """Whether a browser would open in a window of its own, and not in this terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _end_on_sigterm() -> Iterator[None]:
    """Have SIGTERM end the server as Ctrl-C does; elsewhere than in the main thread, nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _settings() -> dict[str, Any]:
    return {
        "threads": THREADS,
        "ident": None,
        "max_request_body_size": MOST_UPLOAD + 128 * 1024,
        "max_request_header_size": 64 * 1024,
        "channel_timeout": 120,
        "cleanup_interval": 5,
        "connection_limit": 500,
        "clear_untrusted_proxy_headers": True,
    }
