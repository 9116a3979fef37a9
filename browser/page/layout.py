"""The Dash application: the charts, which the page loads when their panel opens."""

from typing import TYPE_CHECKING

from frameatlas.browser.page.charts import chart_callbacks, charts_panel
from frameatlas.browser.view.library import Library

if TYPE_CHECKING:
    from dash import Dash

PREFIX = "/charts/"
"""Where Dash lives on the server; panels/charts.js loads it from there."""


def lay_out(app: "Dash", library: Library) -> None:
    """Give the app its charts.

    They ask which map they are of, so nothing is read here: an atlas may not have one yet.

    Args:
        app: The app.
        library: The open atlas.
    """
    from dash import html

    app.config.include_assets_files = False
    app.config.update_title = None
    app.title = "frameatlas"
    app.layout = html.Div(charts_panel())
    chart_callbacks(app, library)
