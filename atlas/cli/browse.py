"""``frameatlas browse``: wander over the map in a web browser."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import click

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.cli.arguments import resolve_atlas
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.safe_text import say
from frameatlas.store.notes.run_state import refuse_unfinished

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from frameatlas.browser import BrowserTools
    from frameatlas.browser.view.wing_tools import OnCell, PosterOrder
    from frameatlas.embedder.query.describer import Described, Describer
    from frameatlas.embedder.query.sentences import Sentences


@click.command(epilog="Example:  frameatlas browse clips.atlas --port 8060 --no-open")
@click.argument("atlas", required=False)
@click.option(
    "--port", default=8050, show_default=True, type=click.IntRange(0, 65_535), help="0: any."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in a browser.")
def browse(atlas: str | None, port: int, host: str, open_page: bool) -> None:
    """Wander over the map in a web browser.

    Only this machine can reach the page, unless --host names another address: then the address
    that is printed holds a token, and nobody is let in without it. Ctrl-C ends.
    """
    from frameatlas.browser import make_app
    from frameatlas.browser.server.serve import serve

    opened = open_atlas(resolve_atlas(atlas))
    if opened.manifest.map is None:
        refuse_unfinished(opened.folder)
    serve(
        lambda access: make_app(
            opened, browser_tools(alone=access.token is None), access=access, ahead=True
        ),
        host,
        port,
        open_page=open_page,
        say=lambda text: say(text, err=True),
    )


def browser_tools(*, alone: bool = True) -> "BrowserTools":
    """What the other wings do for the page; each loads when it is first needed.

    Args:
        alone: Whether only this machine reaches the page: it may then run commands.
    """
    from frameatlas.browser import BrowserTools
    from frameatlas.browser.server.own_commands import run_command

    def cut_clip(source: Path, start: float, seconds: float, output: Path) -> None:
        from frameatlas.embedder.decode.ffmpeg.clip_cutter import cut_clip

        cut_clip(source, start, seconds, output)

    def frame_rate(source: Path) -> "Fraction | None":
        from frameatlas.embedder.media.probe import probe_video

        return probe_video(source).average_rate

    describer = _KeptDescriber()
    return BrowserTools(
        describe_image=describer,
        prepare_search=describer.prepare,
        render_poster=_render_poster,
        cut_clip=cut_clip,
        run_command=run_command if alone else None,
        frame_rate=frame_rate,
        describe_texts=KeptSentences(),
    )


class KeptSentences:
    """Keeps the network of an atlas' words open between sentences: opening it takes seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[str, Sentences] | None = None

    def __call__(self, atlas: Atlas, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of sentences, float32 of shape (t, width), unit length."""
        from frameatlas.embedder.query import sentences
        from frameatlas.search.word_rows import words_of

        with self._lock:
            digest = words_of(atlas).digest
            if self._kept is None or self._kept[0] != digest:
                self._kept = (digest, sentences.Sentences(atlas))
            return self._kept[1].of_texts(texts)


class _KeptDescriber:
    """Keeps the engine open between pictures: opening it takes seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[Path, Describer] | None = None

    def __call__(self, atlas: Atlas, data: bytes) -> "Described":
        with self._lock:
            return self._opened(atlas).image(data)

    def prepare(self, atlas: Atlas) -> None:
        """Open the engine before there is a picture."""
        with self._lock:
            self._opened(atlas)

    def _opened(self, atlas: Atlas) -> "Describer":
        from frameatlas.embedder.query.describer import open_describer

        if self._kept is None or self._kept[0] != atlas.map_folder:
            if self._kept is not None:
                self._kept[1].close()
            self._kept = (atlas.map_folder, open_describer(atlas))
        return self._kept[1]


def _render_poster(atlas: Atlas, order: "PosterOrder", output: Path, on_cell: "OnCell") -> str:
    from frameatlas.poster import PosterOptions, render

    options = PosterOptions(
        viewport=Viewport(*order.center, order.width),
        output=output,
        grid=Grid(*order.grid) if order.grid else None,
        count=order.count,
        tile_height=order.tile_height,
        fill=order.fill,
        apart=order.apart,
    )
    report = render(atlas, options, on_cell=on_cell)
    return (
        f"{report.grid} pictures, {report.width} × {report.height} pixels, {report.empty} empty, "
        f"in {report.seconds:.1f} s."
    )
