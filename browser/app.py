"""The web page's server: ``make_app(atlas)``."""

import atexit
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from frameatlas.atlas import Atlas
from frameatlas.browser.answers import answer_errors
from frameatlas.browser.atlas_routes import atlas_routes
from frameatlas.browser.cache_folder import cache_folder
from frameatlas.browser.cell_routes import cell_routes
from frameatlas.browser.clips import Clips
from frameatlas.browser.file_cache import FileCache
from frameatlas.browser.frame_routes import frame_routes
from frameatlas.browser.job_routes import job_routes
from frameatlas.browser.jobs import Jobs
from frameatlas.browser.kept_tiles import KeptTiles
from frameatlas.browser.library import Library
from frameatlas.browser.neighbour_routes import neighbour_routes
from frameatlas.browser.originals import Originals
from frameatlas.browser.overlay_routes import overlay_routes
from frameatlas.browser.page_routes import page_routes
from frameatlas.browser.player_routes import player_routes
from frameatlas.browser.preparing import prepare_maps
from frameatlas.browser.security import Access, guard
from frameatlas.browser.selection_routes import selection_routes
from frameatlas.browser.tile_routes import Tiles, tile_routes
from frameatlas.browser.tools import BrowserTools
from frameatlas.browser.video_routes import video_routes
from frameatlas.browser.view_routes import view_routes

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

    from frameatlas.browser.page import PREFIX, lay_out

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
        view_routes(library),
        tile_routes(library, tiles),
        frame_routes(library),
        neighbour_routes(library),
        overlay_routes(library),
        cell_routes(library),
        selection_routes(library, originals),
        player_routes(library),
        job_routes(library, jobs),
        video_routes(library, clips, originals),
    ):
        server.register_blueprint(routes)
    lay_out(app, library)
    library.begin()
    if ahead:
        prepare_maps(server, library, tiles)
    return app
