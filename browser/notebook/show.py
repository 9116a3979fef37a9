"""``atlas.show()``: where the map in a notebook begins, with a sentence where it cannot."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.errors import MissingExtraError

if TYPE_CHECKING:
    from frameatlas.browser.notebook.map_widget import MapWidget


def show(atlas: Atlas | str | Path, *, selection: Any = (), height: int = 520) -> "MapWidget":
    """The map of an atlas as a widget, for Jupyter, VS Code and Colab.

    Args:
        atlas: The atlas, or its folder.
        selection: Frames that are selected at first: whole numbers, or a mask.
        height: CSS pixels down, 120 to 4000.

    Returns:
        The widget; a cell shows it where it is its last value. ``widget.selection`` is what is
        selected, int64 of shape (k,).

    Raises:
        MissingExtraError: anywidget is not installed.
        NoAtlasError: There is no atlas, or no map was drawn yet.
        InputError: The selection is of no frames of the atlas, or the height out of bounds.
    """
    try:
        import anywidget  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "Expected anywidget, which shows the map in a notebook. Received: it is not installed. "
            "Install it with `pip install frameatlas[notebook]`, or see the map with `frameatlas "
            "browse`."
        ) from error
    from frameatlas.browser.notebook.map_widget import MapWidget

    return MapWidget(
        atlas if isinstance(atlas, Atlas) else open_atlas(atlas), selection, height=height
    )
