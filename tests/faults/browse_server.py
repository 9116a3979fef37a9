"""A process that serves an atlas as `frameatlas browse` does, with a describer of a few lines."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from PIL import Image

from frameatlas import open_atlas
from frameatlas.browser import BrowserTools, make_app
from frameatlas.browser.server.serve import serve
from frameatlas.cli.browse import browser_tools
from frameatlas.errors import SourceError


def describe(atlas, data):
    """Scores of the frame that a picture's mean brightness names."""
    try:
        picture = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
    except Exception as error:
        raise SourceError(f"Expected a picture. Received: {error}.") from error
    frame = int(picture.mean()) % len(atlas)
    return SimpleNamespace(
        scores=np.asarray(atlas.scores[frame : frame + 1], np.float32),
        coordinates=atlas.coordinates[frame : frame + 1],
    )


if __name__ == "__main__":
    folder, cache = map(Path, sys.argv[1:])
    real = browser_tools()
    tools = BrowserTools(describe, real.render_poster, real.cut_clip)
    serve(
        lambda access: make_app(open_atlas(folder), tools, access=access, cache=cache, ahead=True),
        "127.0.0.1",
        0,
        open_page=False,
        say=lambda text: print(text, flush=True),
    )
