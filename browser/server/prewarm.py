"""What a server makes before anybody asks for it, once its first page could be shown."""

import os
import sys
import threading
from weakref import WeakSet

from flask import Flask, Response, request

from frameatlas.browser.view.drawn_tiles import Tiles
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.errors import FrameatlasError
from frameatlas.search.cosine_scan import cosines_of

PATIENT = 10
"""Niceness of such work: whoever looks at the page goes first."""


def prepare_maps(server: Flask, library: Library, tiles: Tiles) -> None:
    """Make the lowest tiles of the map at once, and of a newer one when a page shows it.

    What the first search for similar frames needs comes after them, when there is a page.

    Args:
        server: The Flask server.
        library: Gives the maps.
        tiles: Draws them.
    """
    seen: WeakSet[OpenMap] = WeakSet()
    lock = threading.Lock()

    def begin(search: bool) -> None:
        try:
            opened = library.newest()
        except FrameatlasError:
            return
        with lock:
            if search and opened in seen:
                return
            if search:
                seen.add(opened)
        # Python waits for it: a thread torn down within native code takes the process down.
        threading.Thread(
            target=prewarm, args=(opened, tiles), kwargs={"search": search}, daemon=False
        ).start()

    @server.after_request
    def shown(response: Response) -> Response:
        if request.path in ("/", "/api/atlas") and response.status_code == 200:
            begin(search=True)
        return response

    begin(search=False)


def prewarm(opened: OpenMap, tiles: Tiles, *, search: bool) -> None:
    """Draw the lowest tiles of a map; with ``search``, read its scores too."""
    go_behind()
    try:
        tiles.draw_low(opened)
        if search and len(opened.atlas):
            cosines_of(opened.atlas)
    except (FrameatlasError, OSError):
        return  # whoever asks for it is told
    except RuntimeError as error:
        # Once Python ends it starts no more threads, and nobody waits for tiles. The main thread
        # still counts as alive while it waits for pools of threads.
        if threading.main_thread().is_alive() and "shutdown" not in str(error):
            raise


def go_behind() -> None:
    """Have this thread, and those that it starts, wait for others, where the system can."""
    if sys.platform == "linux":  # elsewhere it would be the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PATIENT)
