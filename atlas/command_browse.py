"""``frameatlas browse``: wander over the map in a web browser."""

from typing import TYPE_CHECKING

import click

from frameatlas.atlas import open_atlas
from frameatlas.command_arguments import resolve_atlas

if TYPE_CHECKING:
    from frameatlas.browser import BrowserTools


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
    from frameatlas.browser.serving import serve

    opened = open_atlas(resolve_atlas(atlas))
    serve(
        lambda access: make_app(opened, _tools(), access=access),
        host,
        port,
        open_page=open_page,
        say=lambda text: click.echo(text, err=True),
    )


def _tools() -> "BrowserTools":
    """What the other wings do for the page."""
    from frameatlas.browser import BrowserTools

    return BrowserTools()
