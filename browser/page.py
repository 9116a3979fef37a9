"""The page: for now a placeholder."""

from typing import TYPE_CHECKING

from frameatlas.browser.library import Library

if TYPE_CHECKING:
    from dash import Dash


def lay_out(app: "Dash", library: Library) -> None:
    """Give the app its page."""
    from dash import html

    app.layout = html.Main(html.H1(library.name))
