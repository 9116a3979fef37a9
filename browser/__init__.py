"""The browser wing: an atlas as a web page (the only wing that knows Dash).

from frameatlas import open_atlas
from frameatlas.browser import make_app

make_app(open_atlas("clips.atlas")).run()
"""

from frameatlas.browser.app import make_app
from frameatlas.browser.export.options import SiteOptions, SiteReport
from frameatlas.browser.export.site import export_site
from frameatlas.browser.view.wing_tools import BrowserTools

__all__ = ["BrowserTools", "SiteOptions", "SiteReport", "export_site", "make_app"]
