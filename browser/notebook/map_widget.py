"""The map as a widget: anywidget carries messages between this process and the notebook's page."""

from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from frameatlas.atlas import Atlas
from frameatlas.browser.notebook.answers import HEIGHTS, MapAnswers
from frameatlas.browser.notebook.frame_numbers import FrameNumbers
from frameatlas.browser.view.shapes import MOST_SHAPES
from frameatlas.errors import FrameatlasError, InputError

_HERE = Path(__file__).parent

HEIGHT = (120, 4000)
"""CSS pixels that a map is high, at least and at most."""

PARTS = ("widget-parts.js", "widget-paint.js", "map-widget.js")
"""The scripts that make up the one module which anywidget takes."""


class MapWidget(anywidget.AnyWidget):
    """The map of an atlas in a notebook. Make one with ``atlas.show()``.

    Attributes:
        selection: int64 of shape (k,), rising: the frames that are selected. Set it to whole
            numbers or to a mask; ``widget.observe(function, "selection")`` hears of changes.
        frame: Number of the frame that is shown large, or None; may be set and observed.
        height: CSS pixels down.
        frame_count: Number of frames of the atlas.
    """

    _esm = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in PARTS)
    _css = (_HERE / "map-widget.css").read_text(encoding="utf-8")

    selection: Any = FrameNumbers()
    frame = traitlets.CInt(None, allow_none=True)
    height = traitlets.Int(520, min=HEIGHT[0], max=HEIGHT[1]).tag(sync=True)

    _facts = traitlets.Dict().tag(sync=True)
    _first = traitlets.Bytes().tag(sync=True)
    _first_cells = traitlets.Bytes().tag(sync=True)
    _shapes = traitlets.List().tag(sync=True)
    _marks = traitlets.Bytes().tag(sync=True)
    _selected = traitlets.Int(0).tag(sync=True)

    def __init__(self, atlas: Atlas, selection: Any = (), height: int = 520) -> None:
        if not HEIGHT[0] <= height <= HEIGHT[1]:
            raise InputError(
                f"Expected a height of {HEIGHT[0]} to {HEIGHT[1]} pixels. Received: {height}."
            )
        self._answers = MapAnswers(atlas)
        self.frame_count = len(atlas)
        self._drawing = False
        first, cells = self._answers.tile(0, 0, 0, 2)
        super().__init__(
            height=height, _facts=self._answers.facts(), _first=first, _first_cells=cells
        )
        self.selection = selection
        self.on_msg(self._hear)

    @traitlets.validate("frame")
    def _check_frame(self, proposal: Any) -> int | None:
        number = proposal["value"]
        if number is not None:
            self._answers.frame(number, HEIGHTS[0])
        return None if number is None else int(number)

    @traitlets.observe("selection")
    def _mark(self, change: Any) -> None:
        """Tell the page what is selected; shapes that were drawn for something else go."""
        with self.hold_sync():
            if not self._drawing:
                self._shapes = []
            self._marks = self._answers.marks(change["new"])
            self._selected = len(change["new"])

    @traitlets.observe("frame")
    def _open(self, change: Any) -> None:
        if change["new"] is None:
            self.send({"do": "close"})
        else:
            facts, picture = self._answers.frame(change["new"], HEIGHTS[1])
            self.send({"do": "open", **facts}, [picture])

    def _select(self, shapes: Any, *, joins: bool) -> None:
        """Select what lies within shapes that were drawn on the page, or join it to what is."""
        before, drawn = self.selection, self._shapes
        found = self._answers.inside(shapes)
        if joins and shapes:
            whole = [one | {"subtract": False} for one in shapes]
            join = np.setdiff1d if shapes[0].get("subtract") is True else np.union1d
            found = join(before, self._answers.inside(whole))
            shapes = [*drawn, *shapes] if len(drawn) or not len(before) else []
        self._drawing = True
        try:
            self.selection = found
        finally:
            self._drawing = False
        self._shapes = (shapes or [])[-MOST_SHAPES:]

    def _hear(self, _: Any, message: Any, buffers: Any) -> None:
        """Answer the page; what it cannot have meant is said there, and changes nothing."""
        del buffers
        try:
            if isinstance(message, dict):
                self._answer(message)
        except FrameatlasError as error:
            self.send({"do": "error", "text": str(error)})

    def _answer(self, message: dict[str, Any]) -> None:
        match message.get("do"):
            case "tile":
                place = {name: message.get(name) for name in ("z", "x", "y", "scale")}
                self.send({"do": "tile", **place}, list(self._answers.tile(**place)))
            case "hover":
                facts, picture = self._answers.frame(message.get("frame"), HEIGHTS[0])
                self.send({"do": "hover", **facts}, [picture])
            case "open":
                if (frame := message.get("frame")) is not None:
                    self._answers.frame(frame, HEIGHTS[0])
                self.frame = frame
            case "select":
                self._select(message.get("shapes"), joins=message.get("joins") is True)
            case "begin" if self.frame is not None:  # another view of a map where one is open
                self._open({"new": self.frame})
