"""The page: its landmarks, which the scripts in assets/ fill, and the charts, which Dash fills."""

from typing import TYPE_CHECKING, Any

from frameatlas.browser.page.charts import chart_callbacks, charts_panel
from frameatlas.browser.view.library import Library

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

SCRIPTS = (
    "dom",
    "theme",
    "api",
    "state",
    "players",
    "leaflet/leaflet",
    "atlas-wheel",
    "atlas-map",
    "map-view",
    "canvas-layer",
    "colour",
    "overlays",
    "grids",
    "points",
    "edges",
    "marks",
    "select-tool",
    "hover",
    "clusters",
    "player",
    "drawer",
    "panel-frame",
    "panel-video",
    "panel-search",
    "panel-selection",
    "panel-poster",
    "panel-charts",
    "players-sheets",
    "players-questions",
    "panel-players",
    "shortcuts",
    "popover",
    "filters",
    "bar",
    "news",
    "start",
)
"""The page's scripts in assets/, each after those that it needs."""

STYLES = ("leaflet/leaflet", "colours", "page", "bar", "map", "drawer", "panels", "players")
"""The page's style sheets in assets/."""

PANELS = {
    "frame": "Frame",
    "video": "Video",
    "search": "Search",
    "selection": "Selection",
    "charts": "Charts",
    "poster": "Poster",
    "players": "Players",
}
"""Panels of the drawer, as in the address, and as they are called."""

INDEX = """<!DOCTYPE html>
<html lang="en">
    <head>
        {%metas%}
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
        <meta name="color-scheme" content="light dark">
        <title>{%title%}</title>
        {%favicon%}
        {%css%}
    </head>
    <body>
        {%app_entry%}
        <footer>
            {%config%}
            {%scripts%}
            {%renderer%}
        </footer>
    </body>
</html>"""


def lay_out(app: "Dash", library: Library) -> None:
    """Give the app its page.

    The page asks ``/api/atlas`` itself, so nothing of the map is read here: an atlas may not have
    one yet.

    Args:
        app: The app.
        library: The open atlas.
    """
    # In this order and no other: by itself Dash would load what lies in a folder last.
    app.config.include_assets_files = False
    app.config.external_scripts = [app.get_asset_url(f"{name}.js") for name in SCRIPTS]
    app.config.external_stylesheets = [app.get_asset_url(f"{name}.css") for name in STYLES]
    app.config.update_title = None
    app.title = "frameatlas"  # the script puts the atlas' name before it, as text
    app.index_string = INDEX
    app.layout = page()
    chart_callbacks(app, library)


def page() -> "Component":
    """The landmarks of the page; the same for every atlas and every person."""
    from dash import html

    return html.Div(
        [
            html.Header(id="fa-bar"),
            html.Main(html.Div(id="fa-map", tabIndex=0)),
            html.Div(id="fa-over"),
            html.Div(id="fa-legend", hidden=True, **_aria(label="Colours")),
            html.Aside(
                [
                    html.Div(
                        [
                            html.Div(id="fa-tabs", role="tablist", **_aria(label="Panels")),
                            html.Div(id="fa-drawer-end"),
                        ],
                        id="fa-drawer-head",
                    ),
                    *(_panel(name) for name in PANELS),
                ],
                id="fa-drawer",
                **_aria(label="Panel"),
            ),
            html.Div(id="fa-news", role="status", hidden=True),
            html.Div(id="fa-toasts"),
            html.Div(id="fa-live", role="status", className="fa-off", **_aria(live="polite")),
        ],
        id="fa-page",
    )


def _panel(name: str) -> "Component":
    from dash import html

    return html.Section(
        charts_panel() if name == "charts" else None,
        id=f"fa-panel-{name}",
        className="fa-panel",
        role="tabpanel",
        hidden=True,
        **_aria(labelledby=f"fa-tab-{name}"),
    )


def _aria(**attributes: str) -> dict[str, Any]:
    """Attributes for screen readers, which Dash takes by names that are no Python names."""
    return {f"aria-{name}": text for name, text in attributes.items()}
