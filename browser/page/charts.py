"""The Charts panel: what is asked, in a store; what is drawn, by pure functions."""

from typing import TYPE_CHECKING, Any

from frameatlas.browser.page.figures import (
    Figure,
    novelty_figure,
    quality_figure,
    share_figure,
    share_of_map,
)
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.neighbours import novelty_of
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.errors import FrameatlasError
from frameatlas.summary import atlas_info

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

CHARTS = ("novelty", "share", "quality")
"""Ids of the charts, "fa-chart-" before each."""


def charts_panel() -> "list[Component]":
    """A store with what is asked for, and room for the charts.

    Plotly comes with the first chart and not before: it is more than all the rest of the page.
    """
    from dash import dcc, html

    return [dcc.Store(id="fa-charts-of"), html.Div(id="fa-charts")]


def chart_callbacks(app: "Dash", library: Library) -> None:
    """Draw the charts that the page's store asks for.

    Args:
        app: The app.
        library: The open atlas.
    """
    from dash import Input, Output

    @app.callback(
        Output("fa-charts", "children"), Input("fa-charts-of", "data"), prevent_initial_call=True
    )
    def draw(asked: Any) -> "list[Component]":
        from dash import dcc, html

        try:
            opened, video, dark = _understood(library, asked)
            figures = _figures(opened, video, dark=dark)
        except FrameatlasError as error:
            return [html.P(str(error), className="fa-note fa-bad")]
        return [
            html.Div(
                dcc.Graph(id=f"fa-chart-{name}", figure=figure, config={"displayModeBar": False}),
                className="fa-chart",
            )
            for name, figure in zip(CHARTS, figures, strict=True)
        ]


def _understood(library: Library, asked: Any) -> tuple[OpenMap, int, bool]:
    """The map, the video and the look that a store's value asks for; it may hold anything."""
    options = asked if isinstance(asked, dict) else {}
    map_id = options.get("map")
    opened = library.map_of(map_id if isinstance(map_id, str) else None)
    video = options.get("video")
    known = isinstance(video, int) and 0 <= video < len(opened.sources)
    return opened, int(video) if known and video is not None else 0, options.get("dark") is True


def _figures(opened: OpenMap, video: int, *, dark: bool) -> tuple[Figure, ...]:
    names = [opened.name_of(number) for number in range(len(opened.sources))]
    frames = [source.frames for source in opened.sources]
    atlas = opened.atlas
    shares = share_of_map(atlas.coordinates, atlas.source_numbers, len(frames))
    quality = atlas_info(atlas)["quality"] or {}
    return (
        novelty_figure(novelty_of(opened, video), names[video], dark=dark),
        share_figure(frames, shares, names, video, dark=dark),
        quality_figure(quality, dark=dark),
    )
