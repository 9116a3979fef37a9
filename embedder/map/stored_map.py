"""A map as it is stored: what places further frames on it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.embedder.components.pca import Components
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.layout.registry import Layout, load_layout, takes_network
from frameatlas.embedder.layout.rotation import rotate
from frameatlas.embedder.map.stretch import Stretch
from frameatlas.errors import FormatError
from frameatlas.store.json_fields import Fields
from frameatlas.store.map_integrity import map_error, verify_file

MAP_FILE = "map.json"


@dataclass(frozen=True)
class DrawnMap:
    """A map, in the making or as it is stored.

    Attributes:
        folder: Its folder beside the maps.
        components: The frozen PCA.
        layout: The frozen network.
        stretch: The frozen stretch.
        settings: What the layout was made with, as ``map.json`` tells.
    """

    folder: Path
    components: Components
    layout: Layout
    stretch: Stretch
    settings: dict[str, Any]

    def placed(self, code: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coordinates of codes: float64 of shape (n, 2).

        Raises:
            FormatError: The map gives no places: it holds numbers that are none.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            places = self.stretch.apply(rotate(code, float(self.settings["rotate"])))
        if not (np.isfinite(code).all() and np.isfinite(places).all()):
            raise _useless(self.folder, "numbers that are none")
        return places


def load_map(atlas: Atlas) -> DrawnMap:
    """The current map of an atlas, ready to place frames.

    Raises:
        DamagedAtlasError: One of its files is not what was written.
        FormatError: They were written so that they do not fit together.
    """
    folder, record = atlas.map_folder, atlas.manifest.map
    if takes_network(folder):
        import_tensorflow()
    for name in record.files if record else ():
        if name not in ("scores.npy", "coordinates.h5", "quality.json"):
            verify_file(folder, record, name)
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
        drawn = DrawnMap(
            folder,
            Components.load(folder / "components.h5"),
            load_layout(folder),
            Stretch.load(folder / "stretch.h5"),
            _settings(folder / MAP_FILE),
        )
        _refuse_unfit(drawn, atlas)
    return drawn


def _settings(path: Path) -> dict[str, Any]:
    try:
        fields = Fields.of_json(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise map_error(path, str(error)) from error
    return {**fields.values, "rotate": fields.number("rotate")}


def _refuse_unfit(drawn: DrawnMap, atlas: Atlas) -> None:
    """Refuse parts of a map that do not fit together, or give no numbers."""
    numbers = len(drawn.components)
    if drawn.components.basis.shape[1] != atlas.manifest.made.dimension:
        raise _useless(drawn.folder, f"components of {drawn.components.basis.shape[1]} features")
    if len(atlas) and atlas.scores.shape[1] != numbers:
        raise _useless(drawn.folder, f"scores of {atlas.scores.shape[1]} components, not {numbers}")
    try:
        code = np.asarray(drawn.layout.encode(np.zeros((1, numbers), np.float32)), np.float64)
    except Exception as error:  # a network raises whatever a wrong shape makes it run into
        raise _useless(drawn.folder, f"a layout that takes no {numbers} components") from error
    drawn.placed(code)


def _useless(folder: Path, received: str) -> FormatError:
    return FormatError(
        f"Expected {folder} to hold a map that places frames. Received: {received}. Draw the map "
        "again with --refit."
    )
