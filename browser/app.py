"""The web page's server: ``make_app(atlas)``."""

import atexit
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from frameatlas.atlas import Atlas
from frameatlas.browser.caching.cache_folder import cache_folder
from frameatlas.browser.caching.file_cache import FileCache
from frameatlas.browser.caching.tile_cache import KeptTiles
from frameatlas.browser.routes.atlas import atlas_routes
from frameatlas.browser.routes.cells import cell_routes
from frameatlas.browser.routes.commands import command_routes
from frameatlas.browser.routes.duplicates import duplicate_routes
from frameatlas.browser.routes.frames import frame_routes
from frameatlas.browser.routes.jobs import job_routes
from frameatlas.browser.routes.known import known_routes
from frameatlas.browser.routes.neighbours import neighbour_routes
from frameatlas.browser.routes.overlays import overlay_routes
from frameatlas.browser.routes.page import page_routes
from frameatlas.browser.routes.players import player_routes
from frameatlas.browser.routes.selection import selection_routes
from frameatlas.browser.routes.sentences import sentence_routes
from frameatlas.browser.routes.tiles import tile_routes
from frameatlas.browser.routes.videos import video_routes
from frameatlas.browser.routes.window import window_routes
from frameatlas.browser.server.job_queue import Jobs
from frameatlas.browser.server.prewarm import prepare_maps
from frameatlas.browser.server.security import Access, guard
from frameatlas.browser.view.clips import Clips
from frameatlas.browser.view.drawn_tiles import Tiles
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.originals import Originals
from frameatlas.browser.view.wing_tools import BrowserTools
from frameatlas.browser.web.responses import answer_errors

if TYPE_CHECKING:
    from dash import Dash

TILES_KEPT = 1_000_000_000
"""Bytes of drawn tiles that are kept on disk."""

CLIPS_KEPT = 500_000_000
"""Bytes of clips that are kept on disk."""


def make_app(
    atlas: Atlas,
    tools: BrowserTools | None = None,
    *,
    access: Access | None = None,
    cache: Path | None = None,
    ahead: bool = False,
) -> "Dash":
    """A Dash app that shows an atlas; ``app.server`` is the Flask server beneath it.

    Args:
        atlas: The atlas. It may be written by another process meanwhile.
        tools: What other wings do for the page: searching, posters, clips.
        access: Who is let in; this machine alone by default.
        cache: Folder for tiles and clips; by default the user's cache folder.
        ahead: Draw the lowest tiles, and read what searches need, before anybody asks for them.
    """
    from dash import Dash

    from frameatlas.browser.page.layout import PREFIX, lay_out

    library = Library(atlas, tools)
    kept = cache or cache_folder()
    tiles = Tiles(KeptTiles(FileCache(kept / "tiles", TILES_KEPT)))
    jobs, originals = Jobs(), Originals()
    clips = Clips(library.tools, FileCache(kept / "clips", CLIPS_KEPT), originals)
    atexit.register(jobs.close)
    server = Flask("frameatlas.browser", static_folder=None)
    app = Dash("frameatlas.browser", server=server, routes_pathname_prefix=PREFIX)  # type: ignore[arg-type]
    server.logger.disabled = True
    guard(server, access or Access())
    answer_errors(server)
    for routes in (
        page_routes(library),
        atlas_routes(library),
        window_routes(library),
        tile_routes(library, tiles),
        frame_routes(library),
        neighbour_routes(library),
        overlay_routes(library),
        cell_routes(library),
        selection_routes(library, originals),
        known_routes(library),
        sentence_routes(library),
        player_routes(library),
        job_routes(library, jobs),
        duplicate_routes(library, jobs),
        command_routes(library, jobs),
        video_routes(library, clips, originals),
    ):
        server.register_blueprint(routes)
    lay_out(app, library)
    library.begin()
    if ahead:
        prepare_maps(server, library, tiles)
    return app
